package io.github.tieredjcache.internal.support;

/** A monotonic clock. Wall clocks decide nothing in this project. */
@FunctionalInterface
public interface NanoClock {
    /** Returns nanoseconds since an arbitrary instant, as {@link System#nanoTime()}. */
    long nanos();
}
