package io.github.tieredjcache.internal.record;

import io.github.tieredjcache.RemoteUnavailableException;
import io.github.tieredjcache.internal.model.Entry;
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
 * An iteration over the entries in Redis that goes on with the entries of this node if Redis fails in the middle. It
 * remembers only those returned keys that this node holds, too, and so could return again.
 */
final class FailoverIterator<K, V> implements Iterator<Map.Entry<K, Entry<V>>> {
    private final Predicate<K> heldLocally;
    private final Function<CacheException, Iterator<Map.Entry<K, Entry<V>>>> fallback;
    private final Set<K> returned = new HashSet<>();
    private Iterator<Map.Entry<K, Entry<V>>> current;
    private boolean failedOver;
    private Map.@Nullable Entry<K, Entry<V>> next;

    /**
     * Begins an iteration.
     *
     * @param remote iterates over the entries in Redis
     * @param heldLocally whether this node holds a key, too
     * @param fallback returns the iteration to go on with after a failure, or throws the failure
     */
    FailoverIterator(
            Iterator<Map.Entry<K, Entry<V>>> remote,
            Predicate<K> heldLocally,
            Function<CacheException, Iterator<Map.Entry<K, Entry<V>>>> fallback) {
        this.current = remote;
        this.heldLocally = heldLocally;
        this.fallback = fallback;
    }

    @Override
    public boolean hasNext() {
        while (next == null) {
            Map.Entry<K, Entry<V>> found = step();
            if (found == null) {
                return false;
            }
            if (!failedOver || !returned.contains(found.getKey())) {
                next = found;
            }
        }
        return true;
    }

    private Map.@Nullable Entry<K, Entry<V>> step() {
        try {
            return current.hasNext() ? current.next() : null;
        } catch (RemoteUnavailableException e) {
            if (failedOver) {
                throw e;
            }
            current = fallback.apply(e);
            failedOver = true;
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
        if (!failedOver && heldLocally.test(found.getKey())) {
            returned.add(found.getKey());
        }
        return found;
    }
}
