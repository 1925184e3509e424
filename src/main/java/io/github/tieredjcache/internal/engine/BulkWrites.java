package io.github.tieredjcache.internal.engine;

import io.github.tieredjcache.internal.entry.Entry;
import io.github.tieredjcache.internal.entry.Expiry;
import io.github.tieredjcache.internal.entry.Guard;
import io.github.tieredjcache.internal.entry.Lifetime;
import io.github.tieredjcache.internal.entry.Mutation;
import io.github.tieredjcache.internal.entry.Outcome;
import io.github.tieredjcache.internal.entry.TierOfRecord;
import io.github.tieredjcache.internal.source.Source;
import io.github.tieredjcache.internal.stats.Statistics;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import javax.cache.CacheException;
import javax.cache.integration.CacheWriterException;
import org.jspecify.annotations.Nullable;

/**
 * Mutations of many keys, in {@link Batches}: one call of the writer and a few flushes to the tier of record a batch, atomic for each
 * key only.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
final class BulkWrites<K, V> {
    /** How many keys are removed at a time where the cache itself enumerates them. */
    private static final int BATCH_MAX = 1_000;

    private final TierOfRecord<K, V> record;
    private final Source<K, V> source;
    private final Expiry expiry;
    private final Isolation<K, V> isolation;
    private final Publisher<K, V> publisher;
    private final Statistics statistics;
    private final WritePath<K, V> single;
    private final BulkThrough<K, V> through;

    BulkWrites(Parts<K, V> parts, WritePath<K, V> single) {
        this.record = parts.record();
        this.source = parts.source();
        this.expiry = parts.expiry();
        this.isolation = parts.isolation();
        this.publisher = parts.publisher();
        this.statistics = parts.statistics();
        this.single = single;
        this.through = new BulkThrough<>(parts);
    }

    /**
     * Stores entries.
     *
     * @throws CacheWriterException if the writer refused some; the others are stored
     */
    void putAll(Map<? extends K, ? extends V> callers) {
        long startNanos = statistics.start();
        Map<K, V> entries = new LinkedHashMap<>();
        callers.forEach((key, value) -> entries.put(isolation.key(key), isolation.in(value)));
        Tellings tellings = new Tellings();
        Map<K, Outcome<V>> outcomes = source.writes() ? through.store(entries, tellings) : store(entries, tellings);
        statistics.stored(
                outcomes.values().stream().mapToInt(Publisher::storedCount).sum(), startNanos);
        entries.forEach((key, value) -> {
            Outcome<V> outcome = outcomes.get(key);
            if (outcome != null) {
                tellings.add(() -> publisher.tellStored(key, value, outcome));
            }
        });
        tellings.tellAll();
    }

    /**
     * Removes keys.
     *
     * @throws CacheWriterException if the writer refused some; the others are removed
     */
    void removeAll(Collection<? extends K> callers) {
        long startNanos = statistics.start();
        Set<K> keys = new LinkedHashSet<>();
        callers.forEach(key -> keys.add(isolation.key(key)));
        Tellings tellings = new Tellings();
        Map<K, Outcome<V>> outcomes = source.writes() ? through.remove(keys, tellings) : remove(keys, tellings);
        statistics.removed(
                outcomes.values().stream().mapToInt(Publisher::removedCount).sum(), startNanos);
        outcomes.forEach((key, outcome) -> tellings.add(() -> publisher.tellRemoved(key, outcome)));
        tellings.tellAll();
    }

    /** Removes all entries that the tier of record holds, in batches, as {@link #removeAll(Collection)}. */
    void removeAll() {
        Iterator<Map.Entry<K, Entry<V>>> entries = record.entriesToRemove();
        while (entries.hasNext()) {
            List<K> batch = new ArrayList<>();
            while (entries.hasNext() && batch.size() < BATCH_MAX) {
                batch.add(entries.next().getKey());
            }
            removeAll(batch);
        }
    }

    private Map<K, Outcome<V>> store(Map<K, V> entries, Tellings tellings) {
        if (!expiry.isConstant()) {
            // A policy of the user's must know of each key whether it is created or updated.
            return inBatches(
                    entries.keySet(),
                    tellings,
                    batch -> batch.stream()
                            .map(key -> single.storeUntold(key, Objects.requireNonNull(entries.get(key))))
                            .toList());
        }
        return applied(
                entries.keySet(),
                tellings,
                key -> mutation(key, entries.get(key), expiry.creationNanos(), expiry.updateNanos()));
    }

    private Map<K, Outcome<V>> remove(Set<K> keys, Tellings tellings) {
        return applied(keys, tellings, key -> mutation(key, null, Lifetime.UNCHANGED, Lifetime.UNCHANGED));
    }

    private Map<K, Outcome<V>> applied(Set<K> keys, Tellings tellings, Function<K, Mutation<K, V>> mutations) {
        return inBatches(
                keys,
                tellings,
                batch -> record.applyAll(batch.stream().map(mutations).toList()));
    }

    /** The first failure ends the call, and is thrown when what was done before it has been told. */
    private static <K, V> Map<K, Outcome<V>> inBatches(
            Set<K> keys, Tellings tellings, Function<List<K>, List<Outcome<V>>> action) {
        Map<K, Outcome<V>> byKey = new LinkedHashMap<>();
        try {
            Batches.<K>of(keys, batch -> {
                List<Outcome<V>> outcomes = action.apply(batch);
                for (int i = 0; i < outcomes.size(); i++) {
                    byKey.put(batch.get(i), outcomes.get(i));
                }
            });
        } catch (CacheException e) {
            tellings.failed(e);
        }
        return byKey;
    }

    private Mutation<K, V> mutation(K key, @Nullable V value, long creationNanos, long updateNanos) {
        return new Mutation<>(key, Guard.ALWAYS, value, creationNanos, updateNanos, false, publisher.wantsOld());
    }
}
