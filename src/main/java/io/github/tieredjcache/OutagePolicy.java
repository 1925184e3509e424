package io.github.tieredjcache;

/** What a shared cache does with an operation while its Redis is away. */
public enum OutagePolicy {
    /**
     * Goes on with this process's memory and the source; no operation throws because of Redis. Each node is for itself meanwhile:
     * what is atomic is so on this node, and what other nodes write is seen when Redis is back. Then what was written meanwhile is
     * removed from Redis, not published: the cache may forget, it does not lie.
     */
    LOCAL,
    /**
     * Throws a {@link javax.cache.CacheException} that tells since when Redis is away: for caches by which nodes coordinate, such as
     * rate limits and locks.
     */
    FAIL
}
