package io.github.tieredjcache.internal.port;

/**
 * Looks at what a cache has in Redis, changing nothing, beside the cache's own traffic; for people. Throws {@link
 * javax.cache.CacheException} if Redis cannot be asked.
 *
 * @param <K> the type of the keys
 */
public interface RemoteInspector<K> {
    /** Looks at one key. */
    RemoteEntryInfo look(K key);

    /**
     * Counts the Redis keys of the cache's entries, looking through the whole database.
     *
     * @param keysMax when to stop
     */
    KeyCount count(long keysMax);

    /**
     * How many there are.
     *
     * @param keys about; what comes or goes meanwhile may be missed or counted twice
     * @param complete false if counting was stopped before the end
     */
    record KeyCount(long keys, boolean complete) {}
}
