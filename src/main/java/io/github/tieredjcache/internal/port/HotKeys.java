package io.github.tieredjcache.internal.port;

import java.util.List;

/**
 * The keys that nodes have read most of late, where nodes that start find them. Throws {@link javax.cache.CacheException} if they
 * cannot be reached. Safe for use by many threads.
 *
 * @param <K> the type of the keys
 */
public interface HotKeys<K> {
    /**
     * Returns what was written last, hottest first; empty if nothing was, or if it cannot be understood.
     *
     * @param keysMax how many keys are read at most, however many are there
     */
    List<K> read(int keysMax);

    /** Writes them down, for some days. */
    void write(List<K> keys);
}
