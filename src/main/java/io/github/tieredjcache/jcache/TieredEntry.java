package io.github.tieredjcache.jcache;

import io.github.tieredjcache.internal.support.Unwrapping;
import javax.cache.Cache;

/**
 * An entry of an iteration. Key and value are copies of the caller if the cache stores by value.
 *
 * @param <K> the type of the key
 * @param <V> the type of the value
 */
public final class TieredEntry<K, V> implements Cache.Entry<K, V> {
    private final K key;
    private final V value;

    TieredEntry(K key, V value) {
        this.key = key;
        this.value = value;
    }

    @Override
    public K getKey() {
        return key;
    }

    @Override
    public V getValue() {
        return value;
    }

    @Override
    public <T> T unwrap(Class<T> type) {
        return Unwrapping.unwrap(this, type);
    }

    @Override
    public String toString() {
        return "TieredEntry[" + key + "]";
    }
}
