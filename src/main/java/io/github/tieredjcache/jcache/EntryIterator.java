package io.github.tieredjcache.jcache;

import java.util.Iterator;
import java.util.Map;
import javax.cache.Cache;

/**
 * The iterator of a cache.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
final class EntryIterator<K, V> implements Iterator<Cache.Entry<K, V>> {
    private final Iterator<Map.Entry<K, V>> entries;
    private final Runnable requireOpen;

    /** @param requireOpen throws if the cache is closed */
    EntryIterator(Iterator<Map.Entry<K, V>> entries, Runnable requireOpen) {
        this.entries = entries;
        this.requireOpen = requireOpen;
    }

    @Override
    public boolean hasNext() {
        requireOpen.run();
        return entries.hasNext();
    }

    @Override
    public Cache.Entry<K, V> next() {
        requireOpen.run();
        Map.Entry<K, V> next = entries.next();
        return new TieredEntry<>(next.getKey(), next.getValue());
    }

    @Override
    public void remove() {
        requireOpen.run();
        entries.remove();
    }
}
