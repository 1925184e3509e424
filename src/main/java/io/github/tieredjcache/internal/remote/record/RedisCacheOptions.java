package io.github.tieredjcache.internal.remote.record;

import java.time.Duration;

/**
 * The options of one cache in Redis.
 *
 * @param namespace the first part of the Redis keys; caches share data if namespace and name are the same
 * @param cacheName the second part of the Redis keys
 * @param valueBytesMax the maximum length of an encoded value
 * @param writeLease the length of a write lease
 * @param expiresWithLease whether the entry is removed if its write lease expires, as when the node of the holder dies:
 *     in a cache with a writer the source may already hold a newer value; else the entry stays
 * @param writeWait how long a call waits for the write lease of another holder
 * @param loadLease the length of a load lease
 * @param staleFor for how long an expired entry is kept, for a load that returns it if the source fails
 * @param dropsWhenFull whether a put for which Redis has no memory removes the entry, as if the new one had been
 *     evicted at once; else the put fails
 * @param failoverRepair whether the cache is emptied when another server takes over, on which the last changes may be
 *     missing
 */
public record RedisCacheOptions(
        String namespace,
        String cacheName,
        int valueBytesMax,
        Duration writeLease,
        boolean expiresWithLease,
        Duration writeWait,
        Duration loadLease,
        Duration staleFor,
        boolean dropsWhenFull,
        boolean failoverRepair) {}
