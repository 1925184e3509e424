package io.github.tieredjcache.internal.engine.load;

import java.time.Duration;

/**
 * The options of loads.
 *
 * @param readThrough whether lookups and processors load missing keys
 * @param othersWait how long a lookup waits for the load of another node
 * @param timeout how long a call of the loader may take
 * @param softTimeout how long a lookup waits for a load if there is an expired entry
 * @param refreshAhead how eagerly entries are loaded again before they expire; 0 for never
 * @param executor runs loads that do not run on their callers' threads
 * @param bulkhead bounds the concurrent loads
 */
public record LoadOptions(
        boolean readThrough,
        Duration othersWait,
        Duration timeout,
        Duration softTimeout,
        double refreshAhead,
        LoadExecutor executor,
        LoadBulkhead bulkhead) {
    /** A timeout that counts as none. */
    private static final Duration UNLIMITED = Duration.ofDays(36_500);

    /** Returns whether the wait for a load is bounded by {@link #timeout}. */
    public boolean hasTimeout() {
        return timeout.compareTo(UNLIMITED) < 0;
    }

    /** Returns whether a lookup with an expired entry waits for a shorter time than other lookups. */
    boolean hasSoftTimeout() {
        return softTimeout.compareTo(timeout) < 0;
    }
}
