package io.github.tieredjcache.internal.engine;

import io.github.tieredjcache.internal.entry.Entry;
import io.github.tieredjcache.internal.entry.Lifetime;
import io.github.tieredjcache.internal.entry.Verb;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One pass over the entries of a cache, with instances that its caller may keep. Not safe for use by several threads. */
final class Iteration<K, V> implements Iterator<Map.Entry<K, V>> {
    private final Parts<K, V> parts;
    private final WritePath<K, V> writes;
    private final Iterator<Map.Entry<K, Entry<V>>> entries;
    private @Nullable K current;

    Iteration(Parts<K, V> parts, WritePath<K, V> writes) {
        this.parts = parts;
        this.writes = writes;
        this.entries = parts.record().entries();
    }

    @Override
    public boolean hasNext() {
        return entries.hasNext();
    }

    @Override
    public Map.Entry<K, V> next() {
        long startNanos = parts.statistics().start();
        Map.Entry<K, Entry<V>> next = entries.next();
        K key = next.getKey();
        current = key;
        long accessNanos = parts.expiry().mayTouch() ? parts.expiry().accessNanos() : Lifetime.UNCHANGED;
        if (accessNanos != Lifetime.UNCHANGED) {
            parts.record().touch(key, next.getValue(), accessNanos);
        }
        parts.statistics().lookedUp(1, 0, startNanos);
        return Map.entry(
                parts.isolation().key(key),
                parts.isolation().out(next.getValue().value()));
    }

    /** Removes the key that was returned last, whatever value it has by now. */
    @Override
    public void remove() {
        K key = current;
        if (key == null) {
            throw new IllegalStateException("next() was not called, or its entry was removed already");
        }
        current = null;
        writes.write(key, Verb.remove());
    }
}
