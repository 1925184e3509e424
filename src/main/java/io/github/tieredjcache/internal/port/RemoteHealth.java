package io.github.tieredjcache.internal.port;

/** What a node knows of its Redis without asking it. Safe for use by many threads. */
public interface RemoteHealth {
    /** Returns whether it is known to be away: nobody is to wait for it. */
    boolean isUnavailable();

    /** Returns since when, by the node's monotonic clock; without meaning while it is not away. */
    long unavailableSinceNanos();

    /** Waits for its return if it has just gone, a bounded time: for a call with many keys, which need not go on without it at once. */
    void awaitBriefOutage();

    /** Returns a number that changes each time it goes and each time it comes back. */
    int changes();

    /** Returns how often it went. */
    long outages();

    /** Returns for how long it was away, all times together, and this one if it is. */
    long unavailableNanos();
}
