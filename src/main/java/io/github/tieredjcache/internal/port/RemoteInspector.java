package io.github.tieredjcache.internal.port;

/**
 * Reads the entries of a cache in Redis for people: beside the cache's own traffic, and without changing anything.
 * Methods throw {@link javax.cache.CacheException} if Redis is unavailable.
 *
 * @param <K> the type of the keys
 */
public interface RemoteInspector<K> {
    /** Describes the entry of one key. */
    RemoteEntryInfo inspect(K key);

    /**
     * Counts the Redis keys of the cache's entries, by a scan of the whole database.
     *
     * @param keysMax the count at which the scan stops
     */
    KeyCount count(long keysMax);

    /**
     * The result of a count.
     *
     * @param keys an estimate; keys that are added or removed meanwhile may be missed or counted twice
     * @param complete false if counting was stopped before the end
     */
    record KeyCount(long keys, boolean complete) {}
}
