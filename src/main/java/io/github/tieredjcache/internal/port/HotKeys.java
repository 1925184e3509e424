package io.github.tieredjcache.internal.port;

import java.util.List;

/**
 * The list of the keys that nodes have read most recently, stored for nodes that start. Methods throw
 * {@link javax.cache.CacheException} if the store is unavailable. Safe for use by many threads.
 *
 * @param <K> the type of the keys
 */
public interface HotKeys<K> {
    /**
     * Returns the list that was written last, hottest first; empty if there is none, or if it cannot be decoded.
     *
     * @param keysMax how many keys are read at most
     */
    List<K> read(int keysMax);

    /** Stores the list for some days. */
    void write(List<K> keys);
}
