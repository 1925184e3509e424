package io.github.tieredjcache.internal.remote.record;

import io.github.tieredjcache.RemoteUnavailableException;
import io.github.tieredjcache.internal.remote.connection.CommandExecutor;
import io.github.tieredjcache.internal.stats.TierCounters;
import io.github.tieredjcache.internal.support.ThrottledLog;

/**
 * Logs when Redis refuses the values of one cache because it is out of memory, and when it stores one again. Safe for
 * use by many threads.
 */
final class OutOfMemoryLog {
    private static final System.Logger LOG = System.getLogger("io.github.tieredjcache.remote");

    private final TierCounters counters;
    private final CommandExecutor executor;
    // Throttled, since a Redis at its limit may store every other value.
    private final ThrottledLog beginnings;
    private final ThrottledLog ends;

    OutOfMemoryLog(TierCounters counters, CommandExecutor executor) {
        this.counters = counters;
        this.executor = executor;
        this.beginnings = new ThrottledLog(LOG, counters.cacheName(), executor.clock());
        this.ends = new ThrottledLog(LOG, counters.cacheName(), executor.clock());
    }

    /** Notes that Redis has refused a command. */
    void refused() {
        if (counters.remoteOutOfMemory(true)) {
            beginnings.warn(
                    "Redis at " + executor.address()
                            + " is out of memory and stores no new values; raise its maxmemory or give it an eviction"
                            + " policy",
                    null);
        }
    }

    /** Notes that Redis has dropped an entry instead of storing its new value. */
    void dropped() {
        counters.remoteCallFailed(RemoteUnavailableException.Kind.REFUSAL);
        refused();
    }

    /** Notes that Redis has stored something. */
    void stored() {
        if (counters.remoteOutOfMemory(false)) {
            ends.info("Redis at " + executor.address() + " has memory again and stores new values");
        }
    }
}
