package io.github.tieredjcache.internal.remote.connection;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The delay before a retry: doubled with each failure up to a maximum, and drawn at random between half of that and all
 * of it.
 *
 * @param first the full delay after the first failure
 * @param most the maximum of the full delay
 */
public record Backoff(Duration first, Duration most) {
    private static final int DOUBLINGS_MAX = 30;

    /**
     * Returns a random delay in nanoseconds.
     *
     * @param failures how many attempts have failed before the last one; not negative
     */
    public long delayNanos(int failures) {
        long full = Math.min(most.toNanos(), first.toNanos() << Math.min(failures, DOUBLINGS_MAX));
        return ThreadLocalRandom.current().nextLong(full / 2, full + 1);
    }
}
