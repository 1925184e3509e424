package io.github.tieredjcache.internal.record;

import io.github.tieredjcache.internal.support.NanoClock;
import java.util.concurrent.TimeUnit;

/**
 * The log line about the keys that recovery has removed from Redis: one for all partitions of a cache, and at most one in
 * ten seconds, however often outages end; the next line has the sum. Safe for use by many threads.
 */
public final class RecoveryReport {
    private static final System.Logger LOG = System.getLogger("io.github.tieredjcache.outage");
    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final String cacheName;
    private final NanoClock clock;
    // All guarded by this.
    private boolean all;
    private long removed;
    private long quietUntilNanos;

    /** Creates a report of nothing. */
    public RecoveryReport(String cacheName, NanoClock clock) {
        this.cacheName = cacheName;
        this.clock = clock;
        this.quietUntilNanos = clock.nanos();
    }

    /**
     * Adds what a recovery has removed.
     *
     * @param addedAll whether it has removed all keys of its partition
     * @param addedRemoved how many single keys it has removed
     */
    synchronized void add(boolean addedAll, long addedRemoved) {
        all |= addedAll;
        removed += addedRemoved;
    }

    /** Returns whether {@link #log} would log a line now. */
    public synchronized boolean isDue() {
        return (removed > 0 || all) && clock.nanos() - quietUntilNanos >= 0;
    }

    /** Logs what was removed since the last line, if it is due. */
    public synchronized void log() {
        if (!isDue()) {
            return;
        }
        LOG.log(
                System.Logger.Level.INFO,
                "cache ''{0}'' recovered: {1} removed from Redis",
                cacheName,
                all
                        ? "all keys changed during the outage, or more than the journal holds; all were"
                        : removed == 1
                                ? "1 key changed during the outage and was"
                                : removed + " keys changed during the outage and were");
        all = false;
        removed = 0;
        quietUntilNanos = clock.nanos() + QUIET_NANOS;
    }
}
