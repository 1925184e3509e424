package io.github.tieredjcache;

/** The behaviour of a shared cache while Redis is unavailable, chosen by the setting {@code outage.policy}. */
public enum OutagePolicy {
    /**
     * Operations continue with the memory of this process and the source; none throws because of Redis. The default.
     *
     * <p>During the outage each node works alone: an atomic operation is atomic on this node only, and writes of other
     * nodes become visible on recovery. Keys that were changed during the outage are then removed from Redis rather
     * than overwritten there: entries may be lost, but no outdated one of Redis is read.
     */
    LOCAL,
    /**
     * Operations throw a {@link javax.cache.CacheException} whose message has the duration of the outage. For caches
     * that coordinate nodes, such as rate limits and locks.
     */
    FAIL
}
