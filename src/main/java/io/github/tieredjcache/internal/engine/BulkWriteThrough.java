package io.github.tieredjcache.internal.engine;

import io.github.tieredjcache.LeaseLostException;
import io.github.tieredjcache.internal.engine.common.Batches;
import io.github.tieredjcache.internal.engine.common.EngineComponents;
import io.github.tieredjcache.internal.engine.common.MemoizedExpiry;
import io.github.tieredjcache.internal.engine.common.PendingNotifications;
import io.github.tieredjcache.internal.engine.common.StoreByValue;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Expiry;
import io.github.tieredjcache.internal.model.Lifetime;
import io.github.tieredjcache.internal.model.Outcome;
import io.github.tieredjcache.internal.port.Lease;
import io.github.tieredjcache.internal.port.Lease.Prepared;
import io.github.tieredjcache.internal.port.TierOfRecord;
import io.github.tieredjcache.internal.source.Source;
import io.github.tieredjcache.internal.source.Source.Unwritten;
import io.github.tieredjcache.internal.stats.TierCounters;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.cache.CacheException;
import org.jspecify.annotations.Nullable;

/**
 * Mutations of many keys of a cache that writes through: all keys are leased while the writer runs, so that source and
 * cache get each key's writes in one order.
 *
 * <p>Every caller that takes several keys takes them in one order. Keys that could not be committed after the writer
 * was called are left without an entry.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
final class BulkWriteThrough<K, V> {
    /** How many bytes of commits are sent before their replies are awaited. */
    private static final long BEGUN_BYTES_MAX = 1 << 20;

    private final TierOfRecord<K, V> record;
    private final Source<K, V> source;
    private final Expiry expiry;
    private final StoreByValue<K, V> storeByValue;
    private final TierCounters counters;

    BulkWriteThrough(EngineComponents<K, V> components) {
        this.record = components.record();
        this.source = components.source();
        this.expiry = components.expiry();
        this.storeByValue = components.storeByValue();
        this.counters = components.counters();
    }

    /**
     * Stores the cache's own instances; keys that the writer or the tier of record refused are left out of the result.
     *
     * @param dropped the keys whose values are written to the source only
     */
    Map<K, Outcome<V>> store(Map<K, V> entries, Set<K> dropped, PendingNotifications failures) {
        Function<K, @Nullable V> kept = key -> dropped.contains(key) ? null : entries.get(key);
        return inBatches(entries.keySet(), kept, failures, keys -> {
            Map<K, V> copies = new LinkedHashMap<>();
            keys.forEach(key -> copies.put(storeByValue.key(key), storeByValue.out(valueOf(key, entries))));
            return source.writeAll(copies);
        });
    }

    /** Removes keys; keys that the writer or the tier of record refused are left out of the result. */
    Map<K, Outcome<V>> remove(Set<K> keys, PendingNotifications failures) {
        return inBatches(keys, key -> null, failures, batch -> source.deleteAll(storeByValue.keys(batch)));
    }

    private Map<K, Outcome<V>> inBatches(
            Collection<K> all,
            Function<K, @Nullable V> values,
            PendingNotifications failures,
            Function<List<K>, Unwritten<K>> writer) {
        Map<K, Outcome<V>> outcomes = new HashMap<>();
        for (List<K> batch : Batches.of(record.inLeasingOrder(all))) {
            inBatch(batch, values, failures, writer, outcomes);
        }
        return outcomes;
    }

    private void inBatch(
            List<K> batch,
            Function<K, @Nullable V> values,
            PendingNotifications failures,
            Function<List<K>, Unwritten<K>> writer,
            Map<K, Outcome<V>> outcomes) {
        Map<K, Lease<K, V>> held = new LinkedHashMap<>();
        Map<K, Prepared<V>> prepared = new HashMap<>();
        boolean writerCalled = false;
        try {
            Iterator<Lease<K, V>> leases = record.leaseAll(batch).iterator();
            batch.forEach(key -> held.put(key, leases.next()));
            held.forEach((key, lease) -> prepared.put(key, lease.prepare(values.apply(key))));
            writerCalled = true;
            Unwritten<K> unwritten = writer.apply(batch);
            failures.failed(unwritten.failure());
            unwritten.keys().forEach(key -> {
                Lease<K, V> lease = held.remove(key);
                if (lease != null) {
                    lease.release();
                }
            });
            commitAll(held, prepared, failures, outcomes);
        } finally {
            held.values().forEach(writerCalled ? Lease::abandon : Lease::release);
        }
    }

    /** Commits the held leases, many in one wait; removes those that were begun from {@code held}. */
    private void commitAll(
            Map<K, Lease<K, V>> held,
            Map<K, Prepared<V>> prepared,
            PendingNotifications failures,
            Map<K, Outcome<V>> outcomes) {
        Deque<Commit<K, V>> begun = new ArrayDeque<>();
        long bytes = 0;
        try {
            for (K key : List.copyOf(held.keySet())) {
                Prepared<V> change = Objects.requireNonNull(prepared.get(key));
                if (bytes + change.bytes() > BEGUN_BYTES_MAX) {
                    end(begun, failures, outcomes);
                    bytes = 0;
                }
                Lease<K, V> lease = Objects.requireNonNull(held.get(key));
                long lifetime = lifetimeNanos(change, lease);
                held.remove(key);
                begun.add(new Commit<>(key, lease.before(), lease.beginCommit(change, lifetime)));
                bytes += change.bytes();
            }
        } finally {
            end(begun, failures, outcomes);
        }
    }

    /** Waits for all commits, whatever becomes of each one: its key is locked until then. */
    private void end(Deque<Commit<K, V>> begun, PendingNotifications failures, Map<K, Outcome<V>> outcomes) {
        try {
            while (!begun.isEmpty()) {
                end(begun.remove(), failures, outcomes);
            }
        } finally {
            if (!begun.isEmpty()) {
                end(begun, failures, outcomes);
            }
        }
    }

    private long lifetimeNanos(Prepared<V> change, Lease<K, V> lease) {
        return change.value() == null
                ? Lifetime.UNCHANGED
                : new MemoizedExpiry(expiry).lifetime(lease.before() != null);
    }

    private void end(Commit<K, V> commit, PendingNotifications failures, Map<K, Outcome<V>> outcomes) {
        Entry<V> before = commit.before;
        try {
            Outcome<V> outcome = commit.outcome.get();
            outcomes.put(commit.key, new Outcome<>(true, before != null, before, outcome.after()));
        } catch (LeaseLostException e) {
            // The source has the value and the entry was removed: the next lookup loads from the source.
            counters.writeVoided();
            outcomes.put(commit.key, new Outcome<>(true, before != null, before, null));
        } catch (CacheException e) {
            // Collected, not thrown: the other keys have been written to the source, and must reach the cache.
            failures.failed(e);
        }
    }

    private static <K, V> V valueOf(K key, Map<K, V> entries) {
        V value = entries.get(key);
        if (value == null) {
            throw new IllegalStateException("no value for a key that is to be stored");
        }
        return value;
    }

    /** A commit that was begun; {@code outcome} waits for its reply. */
    private record Commit<K, V>(K key, @Nullable Entry<V> before, Supplier<Outcome<V>> outcome) {}
}
