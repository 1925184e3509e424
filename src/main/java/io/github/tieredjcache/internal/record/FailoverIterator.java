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
import java.util.function.Supplier;
import javax.cache.CacheException;
import org.jspecify.annotations.Nullable;

/**
 * An iteration over the entries in Redis: without those that may be old, in whose place the entries of this node follow,
 * and going on with the entries of this node if Redis fails in the middle. Returns each key once.
 */
final class FailoverIterator<K, V> implements Iterator<Map.Entry<K, Entry<V>>> {
    private final Predicate<K> isJournaled;
    private final Supplier<Iterator<Map.Entry<K, Entry<V>>>> journaled;
    private final Function<CacheException, Iterator<Map.Entry<K, Entry<V>>>> fallback;
    private final Set<K> returned = new HashSet<>();
    private Iterator<Map.Entry<K, Entry<V>>> current;
    private boolean isRemote = true;
    private Map.@Nullable Entry<K, Entry<V>> next;

    /**
     * Begins an iteration.
     *
     * @param remote iterates over the entries in Redis
     * @param isJournaled whether Redis may hold an old entry of the key
     * @param journaled returns this node's entries of such keys
     * @param fallback returns the iteration to go on with after a failure, or throws the failure
     */
    FailoverIterator(
            Iterator<Map.Entry<K, Entry<V>>> remote,
            Predicate<K> isJournaled,
            Supplier<Iterator<Map.Entry<K, Entry<V>>>> journaled,
            Function<CacheException, Iterator<Map.Entry<K, Entry<V>>>> fallback) {
        this.current = remote;
        this.isJournaled = isJournaled;
        this.journaled = journaled;
        this.fallback = fallback;
    }

    @Override
    public boolean hasNext() {
        while (next == null) {
            Map.Entry<K, Entry<V>> found = step();
            if (found == null) {
                return false;
            }
            boolean isOld = isRemote && isJournaled.test(found.getKey());
            if (!isOld && returned.add(found.getKey())) {
                next = found;
            }
        }
        return true;
    }

    private Map.@Nullable Entry<K, Entry<V>> step() {
        try {
            if (!current.hasNext() && isRemote) {
                current = journaled.get();
                isRemote = false;
            }
            return current.hasNext() ? current.next() : null;
        } catch (RemoteUnavailableException e) {
            if (!isRemote) {
                throw e;
            }
            current = fallback.apply(e);
            isRemote = false;
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
        return found;
    }
}
