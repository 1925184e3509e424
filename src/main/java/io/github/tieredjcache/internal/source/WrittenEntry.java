package io.github.tieredjcache.internal.source;

import io.github.tieredjcache.internal.support.Unwrapping;
import javax.cache.Cache;

/** An entry as a cache writer sees it. */
record WrittenEntry<K, V>(K key, V value) implements Cache.Entry<K, V> {
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
}
