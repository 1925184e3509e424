package io.github.tieredjcache.internal.remote.record;

import java.time.Duration;

/**
 * What is particular to one cache in Redis.
 *
 * @param namespace the first part of its Redis keys; caches share data if this and the name are the same
 * @param cacheName the second part
 * @param valueBytesMax how large an encoded value may be
 * @param writeLease for how long a lease holds its key
 * @param vanishing whether the entry of a holder who dies disappears with the lease, because the source may already hold
 *     something newer (a cache with a writer); else it stays
 * @param writeWait how long a call waits for a key that another holds
 * @param loadLease for how long the right to load holds its key
 * @param staleFor how long an entry is kept when it has ended, for those who load it and may have nothing better
 * @param dropsWhenFull whether a put for which Redis has no memory ends the entry, as if it had been evicted at once, or else fails
 * @param failoverRepair whether the cache is emptied when the server is another than the one that had it, whose last changes may
 *     be missing there
 */
public record RedisCacheOptions(
        String namespace,
        String cacheName,
        int valueBytesMax,
        Duration writeLease,
        boolean vanishing,
        Duration writeWait,
        Duration loadLease,
        Duration staleFor,
        boolean dropsWhenFull,
        boolean failoverRepair) {}
