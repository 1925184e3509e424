package io.github.tieredjcache.internal.engine.common;

import io.github.tieredjcache.internal.event.Listeners;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Outcome;
import io.github.tieredjcache.internal.stats.Statistics;
import io.github.tieredjcache.internal.support.NanoClock;
import io.github.tieredjcache.internal.support.ThrottledLog;
import javax.cache.event.CacheEntryListenerException;
import javax.cache.event.EventType;
import org.jspecify.annotations.Nullable;

/**
 * Publishes a committed pair of before and after, once: to the counters, then to the listeners.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
public final class Publisher<K, V> {
    private final Listeners<K, V> listeners;
    private final Statistics statistics;
    private final StoreByValue<K, V> storeByValue;
    private final ThrottledLog failures;

    /**
     * Creates a publisher.
     *
     * @param cacheName named in logs
     * @param clock throttles the log
     */
    public Publisher(
            String cacheName,
            Listeners<K, V> listeners,
            Statistics statistics,
            StoreByValue<K, V> storeByValue,
            NanoClock clock) {
        this.listeners = listeners;
        this.statistics = statistics;
        this.storeByValue = storeByValue;
        this.failures = new ThrottledLog(System.getLogger("io.github.tieredjcache.event"), cacheName, clock);
    }

    /** Returns whether a mutation must return the previous entry. */
    public boolean wantsOld() {
        return listeners.requireOldValues();
    }

    /** Returns whether any listener listens to stored or removed entries. */
    public boolean hasListeners() {
        return listeners.hasListenersOf(EventType.CREATED)
                || listeners.hasListenersOf(EventType.UPDATED)
                || listeners.hasListenersOf(EventType.REMOVED);
    }

    /** Counts a stored value and notifies listeners; {@link Outcome#before} is the replaced entry if one existed. */
    public void stored(K key, V value, Outcome<V> outcome, long startNanos) {
        statistics.stored(storedCount(outcome), startNanos);
        notifyStored(key, value, outcome);
    }

    /** Counts the removal of a key and notifies listeners, if it existed. */
    public void removed(K key, Outcome<V> outcome, long startNanos) {
        statistics.removed(removedCount(outcome), startNanos);
        notifyRemoved(key, outcome);
    }

    /** Notifies listeners of a value that a put or a load has stored; counts nothing. */
    public void notifyStored(K key, V value, Outcome<V> outcome) {
        if (storedCount(outcome) > 0) {
            publish(outcome.existed() ? EventType.UPDATED : EventType.CREATED, key, value, outcome.before());
        }
    }

    /** Notifies listeners of the removal of a key, if it existed; counts nothing. */
    public void notifyRemoved(K key, Outcome<V> outcome) {
        if (removedCount(outcome) > 0) {
            publish(EventType.REMOVED, key, null, outcome.before());
        }
    }

    /** Returns how many entries a store has stored: 0 for a new entry with a lifetime of zero. */
    public static int storedCount(Outcome<?> outcome) {
        return outcome.applied() && (outcome.existed() || outcome.after() != null) ? 1 : 0;
    }

    /** Returns how many entries a removal has removed. */
    public static int removedCount(Outcome<?> outcome) {
        return outcome.applied() && outcome.existed() ? 1 : 0;
    }

    /** Notifies listeners of an expired entry. Does not throw: the operation that found it is not affected. */
    public void expired(K key, Entry<V> entry) {
        try {
            publish(EventType.EXPIRED, key, null, entry);
        } catch (CacheEntryListenerException | Error e) {
            failures.warn("a listener of expired entries threw; it still receives later events; fix the listener", e);
        }
    }

    private void publish(EventType type, K key, @Nullable V value, @Nullable Entry<V> before) {
        if (listeners.hasListenersOf(type)) {
            listeners.publish(
                    type,
                    storeByValue.key(key),
                    value == null ? null : storeByValue.out(value),
                    storeByValue.outOf(before));
        }
    }
}
