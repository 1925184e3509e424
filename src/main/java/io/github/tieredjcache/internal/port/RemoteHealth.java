package io.github.tieredjcache.internal.port;

import org.jspecify.annotations.Nullable;

/** The availability of Redis as this node knows it, without a request. Safe for use by many threads. */
public interface RemoteHealth {
    /** Returns whether Redis is known to be unavailable, so that no call waits for it. */
    boolean isUnavailable();

    /** Returns why Redis is unavailable; null while it is available. */
    @Nullable
    String reason();

    /** Returns the beginning of the outage, by the node's monotonic clock; meaningless while Redis is available. */
    long unavailableSinceNanos();

    /**
     * Waits a bounded time for the end of an outage that has just begun; for a call with many keys, which need not fall
     * back at once.
     */
    void awaitBriefOutage();

    /** Returns a number that changes with the beginning and with the end of each outage. */
    int changes();

    /** Returns the number of outages so far. */
    long outages();

    /** Returns the total time of all outages, including the current one. */
    long unavailableNanos();
}
