package io.github.tieredjcache.internal.model;

import java.util.function.DoubleSupplier;

/**
 * Shortens lifetimes at random, so that entries which were stored together do not expire together; never prolongs one.
 *
 * @param percent the maximum shortening
 * @param random draws from 0 (inclusive) to 1
 */
public record Jitter(int percent, DoubleSupplier random) {
    /** Leaves lifetimes as they are. */
    public static final Jitter NONE = new Jitter(0, () -> 0);

    long shortened(long nanos) {
        if (percent == 0 || nanos == Lifetime.ETERNAL || nanos == Lifetime.UNCHANGED) {
            return nanos;
        }
        return nanos - (long) (nanos / 100.0 * percent * random.getAsDouble());
    }
}
