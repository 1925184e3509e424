package io.github.tieredjcache.internal.remote.connection;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How long to wait before the next attempt: twice as long each time, between half and all of it.
 *
 * @param first before the second attempt
 * @param most never more than this
 */
public record Backoff(Duration first, Duration most) {
    private static final int DOUBLINGS_MAX = 30;

    /** Returns a wait after so many earlier failures. */
    public long delayNanos(int failures) {
        long full = Math.min(most.toNanos(), first.toNanos() << Math.min(failures, DOUBLINGS_MAX));
        return ThreadLocalRandom.current().nextLong(full / 2, full + 1);
    }
}
