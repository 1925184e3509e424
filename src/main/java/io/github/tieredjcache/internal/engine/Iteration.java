package io.github.tieredjcache.internal.engine;

import io.github.tieredjcache.internal.engine.common.EngineComponents;
import io.github.tieredjcache.internal.model.CacheOperation;
import io.github.tieredjcache.internal.model.Entry;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One iteration over the entries of a cache, with instances of the caller's own. Not safe for use by several threads.
 */
final class Iteration<K, V> implements Iterator<Map.Entry<K, V>> {
    private final EngineComponents<K, V> components;
    private final WritePath<K, V> writes;
    private final Iterator<Map.Entry<K, Entry<V>>> entries;
    private @Nullable K current;

    Iteration(EngineComponents<K, V> components, WritePath<K, V> writes) {
        this.components = components;
        this.writes = writes;
        this.entries = components.record().entries();
    }

    @Override
    public boolean hasNext() {
        return entries.hasNext();
    }

    @Override
    public Map.Entry<K, V> next() {
        long startNanos = components.statistics().start();
        Map.Entry<K, Entry<V>> next = entries.next();
        K key = next.getKey();
        current = key;
        components.record().touch(key, next.getValue(), components.expiry());
        components.statistics().lookedUp(1, 0, startNanos);
        return Map.entry(
                components.storeByValue().key(key),
                components.storeByValue().out(next.getValue().value()));
    }

    /** Removes the key that was returned last, whatever value it has by now. */
    @Override
    public void remove() {
        K key = current;
        if (key == null) {
            throw new IllegalStateException("next() was not called, or its entry was removed already");
        }
        current = null;
        writes.write(key, CacheOperation.remove());
    }
}
