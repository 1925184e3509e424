package io.github.tieredjcache.internal.remote;

import io.github.tieredjcache.internal.entry.NanoClock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import javax.cache.CacheException;

/** One call's wait for a key that another holds: longer pauses each time, and an end. Used by one thread. */
final class Patience {
    private static final Backoff PAUSES = new Backoff(Duration.ofMillis(1), Duration.ofMillis(20));

    private final NanoClock clock;
    private final Duration wait;
    private final long deadlineNanos;
    private int pauses;

    Patience(NanoClock clock, Duration wait) {
        this.clock = clock;
        this.wait = wait;
        this.deadlineNanos = clock.nanos() + wait.toNanos();
    }

    /**
     * Pauses before the next attempt.
     *
     * @param key for the message
     * @throws CacheException if the wait is over, or the thread is interrupted; it stays so
     */
    void pause(Object key) {
        long leftNanos = deadlineNanos - clock.nanos();
        if (leftNanos <= 0) {
            throw new CacheException("busy: gave up on '" + key + "', which another call had exclusively for more than "
                    + wait.toMillis() + " ms; see the setting write-wait");
        }
        try {
            TimeUnit.NANOSECONDS.sleep(Math.min(leftNanos, PAUSES.delayNanos(pauses++)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CacheException(
                    "interrupted while waiting for '" + key + "', which another call has exclusively", e);
        }
    }
}
