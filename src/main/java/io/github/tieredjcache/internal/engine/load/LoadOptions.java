package io.github.tieredjcache.internal.engine.load;

import java.time.Duration;

/**
 * How a cache loads.
 *
 * @param readThrough whether lookups and processors load what is missing
 * @param othersWait how long a lookup waits for the load of another node
 * @param timeout how long a call of the loader may take
 * @param softTimeout how long a lookup waits for a load if there is an entry that has ended
 * @param refreshAhead how eagerly entries are loaded again before they end; 0 for never
 * @param executor runs loads that their callers do not run
 * @param room how many loads run at a time
 */
public record LoadOptions(
        boolean readThrough,
        Duration othersWait,
        Duration timeout,
        Duration softTimeout,
        double refreshAhead,
        LoadExecutor executor,
        LoadBulkhead room) {
    /** So long a wait is no limit. */
    private static final Duration UNLIMITED = Duration.ofDays(36_500);

    /** Returns loads on their callers' threads, however long they take. */
    public static LoadOptions plain(boolean readThrough, Duration othersWait, LoadBulkhead bulkhead) {
        return new LoadOptions(
                readThrough, othersWait, UNLIMITED, UNLIMITED, 0, LoadExecutor.of(Runnable::run), bulkhead);
    }

    /** Returns whether nobody waits for a load for longer than {@link #timeout}. */
    public boolean hasTimeout() {
        return timeout.compareTo(UNLIMITED) < 0;
    }

    /** Returns whether a lookup that has something else to answer waits for a shorter time than others do. */
    boolean hasSoftTimeout() {
        return softTimeout.compareTo(timeout) < 0;
    }
}
