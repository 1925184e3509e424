package io.github.tieredjcache.internal.engine;

import io.github.tieredjcache.internal.entry.Entry;
import io.github.tieredjcache.internal.entry.Expiry;
import io.github.tieredjcache.internal.entry.Guard;
import io.github.tieredjcache.internal.entry.Lease;
import io.github.tieredjcache.internal.entry.LeaseLostException;
import io.github.tieredjcache.internal.entry.Lifetime;
import io.github.tieredjcache.internal.entry.Mutation;
import io.github.tieredjcache.internal.entry.Outcome;
import io.github.tieredjcache.internal.entry.TierOfRecord;
import io.github.tieredjcache.internal.source.Source;
import io.github.tieredjcache.internal.source.Source.Unwritten;
import io.github.tieredjcache.internal.stats.TierCounters;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import javax.cache.CacheException;
import org.jspecify.annotations.Nullable;

/**
 * Mutations of many keys of a cache that writes through: all keys are held while the writer is told, so that source and
 * cache get each key's writes in one order.
 *
 * <p>The keys are taken in the order of their hash codes. Two batches whose keys hash alike may wait for each other
 * nevertheless; then the bounded wait for a key ends one of them with an exception, before its writer was called.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
final class BulkThrough<K, V> {
    /** How many keys are held at a time, in one call of the writer: the first lease must not end before the last is taken. */
    private static final int BATCH_MAX = 500;

    private final TierOfRecord<K, V> record;
    private final Source<K, V> source;
    private final Expiry expiry;
    private final Isolation<K, V> isolation;
    private final TierCounters counters;

    BulkThrough(Parts<K, V> parts) {
        this.record = parts.record();
        this.source = parts.source();
        this.expiry = parts.expiry();
        this.isolation = parts.isolation();
        this.counters = parts.counters();
    }

    /** Stores the cache's own instances; what the writer or the tier of record refused is left out of the result. */
    Map<K, Outcome<V>> store(Map<K, V> entries, Tellings failures) {
        return inBatches(new ArrayList<>(entries.keySet()), entries::get, failures, keys -> {
            Map<K, V> shown = new LinkedHashMap<>();
            keys.forEach(key -> shown.put(isolation.key(key), isolation.out(valueOf(key, entries))));
            return source.writeAll(shown);
        });
    }

    /** Removes keys; those that the writer or the tier of record refused are left out of the result. */
    Map<K, Outcome<V>> remove(Set<K> keys, Tellings failures) {
        return inBatches(
                new ArrayList<>(keys), key -> null, failures, batch -> source.deleteAll(isolation.keys(batch)));
    }

    private Map<K, Outcome<V>> inBatches(
            List<K> keys, Function<K, @Nullable V> values, Tellings failures, Function<List<K>, Unwritten<K>> writer) {
        keys.sort(Comparator.comparingInt(Object::hashCode));
        Map<K, Outcome<V>> outcomes = new HashMap<>();
        for (int from = 0; from < keys.size(); from += BATCH_MAX) {
            List<K> batch = keys.subList(from, Math.min(from + BATCH_MAX, keys.size()));
            Deque<Held<K, V>> held = new ArrayDeque<>();
            try {
                batch.forEach(key -> held.add(new Held<>(key, record.lease(key))));
                held.forEach(each -> each.lease().prepare(values.apply(each.key())));
                Unwritten<K> unwritten = writer.apply(batch);
                failures.failed(unwritten.failure());
                Set<K> refused = new HashSet<>(unwritten.keys());
                for (Held<K, V> next = held.poll(); next != null; next = held.poll()) {
                    if (refused.contains(next.key())) {
                        next.lease().release();
                    } else {
                        commit(next.key(), values.apply(next.key()), next.lease(), failures, outcomes);
                    }
                }
            } finally {
                held.forEach(each -> each.lease().release());
            }
        }
        return outcomes;
    }

    private void commit(K key, @Nullable V value, Lease<K, V> lease, Tellings failures, Map<K, Outcome<V>> outcomes) {
        Entry<V> before = lease.before();
        long lifetime = value == null ? Lifetime.UNCHANGED : new AskedExpiry(expiry).lifetime(before != null);
        try {
            Outcome<V> outcome =
                    lease.commit(new Mutation<>(key, Guard.ALWAYS, value, lifetime, lifetime, true, false));
            outcomes.put(key, new Outcome<>(true, before != null, before, outcome.after()));
        } catch (LeaseLostException e) {
            // The source has it, and the entry is gone: whoever looks next asks the source.
            counters.writeVoided();
            outcomes.put(key, new Outcome<>(true, before != null, before, null));
        } catch (CacheException e) {
            // The others have been written to the source, and must reach the cache.
            failures.failed(e);
        }
    }

    /** A key and the lease of it. */
    private record Held<K, V>(K key, Lease<K, V> lease) {}

    private static <K, V> V valueOf(K key, Map<K, V> entries) {
        V value = entries.get(key);
        if (value == null) {
            throw new IllegalStateException("no value for a key that is to be stored");
        }
        return value;
    }
}
