package io.github.tieredjcache.benchmark;

import org.jspecify.annotations.Nullable;

/** Refuses to measure what does not work. */
final class Check {
    private Check() {}

    static void equal(Object expected, @Nullable Object actual, String key) {
        that(expected.equals(actual), "the value of " + key + " is the one that was stored");
    }

    static void that(boolean fact, String what) {
        if (!fact) {
            throw new IllegalStateException("not true before the measurement: " + what);
        }
    }
}
