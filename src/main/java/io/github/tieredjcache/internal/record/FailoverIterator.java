package io.github.tieredjcache.internal.record;

import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.port.RemoteUnavailableException;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import javax.cache.CacheException;
import org.jspecify.annotations.Nullable;

/**
 * An iteration over what Redis holds that goes on with what this node holds if Redis goes in the middle of it. Remembers of what it
 * has shown only what this node could show again.
 */
final class FailoverIterator<K, V> implements Iterator<Map.Entry<K, Entry<V>>> {
    private final Predicate<K> isHere;
    private final Function<CacheException, Iterator<Map.Entry<K, Entry<V>>>> rest;
    private final Set<K> shown = new HashSet<>();
    private Iterator<Map.Entry<K, Entry<V>>> current;
    private boolean cut;
    private Map.@Nullable Entry<K, Entry<V>> next;

    /**
     * Begins an iteration.
     *
     * @param there over what Redis holds
     * @param isHere whether this node holds a key, too
     * @param rest returns what is left to go on with after a failure, or throws it
     */
    FailoverIterator(
            Iterator<Map.Entry<K, Entry<V>>> there,
            Predicate<K> isHere,
            Function<CacheException, Iterator<Map.Entry<K, Entry<V>>>> rest) {
        this.current = there;
        this.isHere = isHere;
        this.rest = rest;
    }

    @Override
    public boolean hasNext() {
        while (next == null) {
            Map.Entry<K, Entry<V>> found = step();
            if (found == null) {
                return false;
            }
            if (!cut || !shown.contains(found.getKey())) {
                next = found;
            }
        }
        return true;
    }

    private Map.@Nullable Entry<K, Entry<V>> step() {
        try {
            return current.hasNext() ? current.next() : null;
        } catch (RemoteUnavailableException e) {
            if (cut) {
                throw e;
            }
            current = rest.apply(e);
            cut = true;
            return step();
        }
    }

    @Override
    public Map.Entry<K, Entry<V>> next() {
        if (!hasNext() || next == null) {
            throw new NoSuchElementException();
        }
        Map.Entry<K, Entry<V>> found = next;
        next = null;
        if (!cut && isHere.test(found.getKey())) {
            shown.add(found.getKey());
        }
        return found;
    }
}
