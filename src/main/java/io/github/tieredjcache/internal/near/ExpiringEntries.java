package io.github.tieredjcache.internal.near;

import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Mutation;
import io.github.tieredjcache.internal.model.Outcome;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a store that is the tier of record: the first access to an expired entry reports it, and drops it
 * unless it is kept.
 *
 * @param store holds the entries
 * @param expiration how entries expire
 */
record ExpiringEntries<K, V>(NearStore<K, V> store, Expiration<K, V> expiration) {
    /** Returns the time by which entries expire; not the real one if no entry ever does, as that saves a clock read. */
    long nowNanos() {
        return expiration.isPossible() ? store.nowNanos() : 0;
    }

    /** Prepares a mutation of an entry. */
    ComputedMutation<K, V> computed(Mutation<K, V> mutation, Weighed<V> value) {
        return new ComputedMutation<>(mutation, value, expiration.isPossible(), nowNanos());
    }

    /** Returns the live entry of the key, or null. */
    @Nullable
    Entry<V> find(K key) {
        Entry<V> entry = store.map().get(key);
        if (entry == null || entry.isEternal()) {
            return entry;
        }
        long nowNanos = store.nowNanos();
        if (!entry.isExpiredAt(nowNanos)) {
            return entry;
        }
        if (isKept(entry, nowNanos) || store.map().remove(key, entry)) {
            report(key, entry);
        }
        return null;
    }

    /** Returns the entry of the key if it is live or kept, else null. */
    @Nullable
    Entry<V> findKept(K key) {
        Entry<V> entry = store.map().get(key);
        return entry != null && isKept(entry, store.nowNanos()) ? entry : null;
    }

    private boolean isKept(Entry<V> expired, long nowNanos) {
        return expiration.staleNanos() > 0 && nowNanos - expired.deadlineNanos() < expiration.staleNanos();
    }

    /** Returns the outcome of a mutation, and reports the expired entry that it found. */
    Outcome<V> outcome(ComputedMutation<K, V> computed) {
        report(computed.key(), computed.expired());
        return computed.outcome();
    }

    private void report(K key, @Nullable Entry<V> expired) {
        // Each entry is reported once.
        if (expired != null && expired.claimExpiryReport()) {
            expiration.onExpired().accept(key, expired);
        }
    }

    /** Iterates over the live entries. */
    Iterator<Map.Entry<K, Entry<V>>> live() {
        return store.map().keySet().stream()
                .<Map.Entry<K, Entry<V>>>mapMulti((key, live) -> {
                    Entry<V> entry = find(key);
                    if (entry != null) {
                        live.accept(Map.entry(key, entry));
                    }
                })
                .iterator();
    }

    /** Reports the expired entries, and drops them, even those that are kept. */
    void dropExpired() {
        store.map().forEach((key, entry) -> {
            if (entry.isExpiredAt(store.nowNanos()) && store.map().remove(key, entry)) {
                report(key, entry);
            }
        });
    }
}
