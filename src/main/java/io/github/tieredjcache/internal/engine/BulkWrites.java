package io.github.tieredjcache.internal.engine;

import io.github.tieredjcache.internal.engine.common.Batches;
import io.github.tieredjcache.internal.engine.common.EngineComponents;
import io.github.tieredjcache.internal.engine.common.PendingNotifications;
import io.github.tieredjcache.internal.engine.common.Publisher;
import io.github.tieredjcache.internal.engine.common.StoreByValue;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Expiry;
import io.github.tieredjcache.internal.model.Lifetime;
import io.github.tieredjcache.internal.model.Mutation;
import io.github.tieredjcache.internal.model.Outcome;
import io.github.tieredjcache.internal.model.Precondition;
import io.github.tieredjcache.internal.port.TierOfRecord;
import io.github.tieredjcache.internal.source.Source;
import io.github.tieredjcache.internal.stats.Statistics;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
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
 * Mutations of many keys, in {@link Batches}: each batch is one call of the writer and a few flushes to the tier of
 * record. Atomic for each key only.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
final class BulkWrites<K, V> {
    /** How many keys are removed at a time when the cache itself enumerates them. */
    private static final int BATCH_MAX = 1_000;

    private final TierOfRecord<K, V> record;
    private final Source<K, V> source;
    private final Expiry expiry;
    private final StoreByValue<K, V> storeByValue;
    private final Publisher<K, V> publisher;
    private final Statistics statistics;
    private final WritePath<K, V> single;
    private final BulkWriteThrough<K, V> through;

    BulkWrites(EngineComponents<K, V> components, WritePath<K, V> single) {
        this.record = components.record();
        this.source = components.source();
        this.expiry = components.expiry();
        this.storeByValue = components.storeByValue();
        this.publisher = components.publisher();
        this.statistics = components.statistics();
        this.single = single;
        this.through = new BulkWriteThrough<>(components);
    }

    /**
     * Stores entries.
     *
     * @throws CacheWriterException if the writer refused some; the others are stored
     */
    void putAll(Map<? extends K, ? extends V> supplied) {
        long startNanos = statistics.start();
        Map<K, V> entries = new LinkedHashMap<>();
        Set<K> dropped = new HashSet<>();
        supplied.forEach((suppliedKey, value) -> {
            K key = storeByValue.key(suppliedKey);
            V instance = storeByValue.in(value);
            entries.put(key, instance == null ? value : instance);
            if (instance == null) {
                dropped.add(key);
            }
        });
        PendingNotifications notifications = new PendingNotifications();
        Map<K, Outcome<V>> outcomes = source.writes()
                ? through.store(entries, dropped, notifications)
                : store(entries, dropped, notifications);
        statistics.stored(
                outcomes.values().stream().mapToInt(Publisher::storedCount).sum(), startNanos);
        entries.forEach((key, value) -> {
            Outcome<V> outcome = outcomes.get(key);
            if (outcome != null) {
                notifications.add(() -> publisher.notifyStored(key, value, outcome));
            }
        });
        notifications.deliverAll();
    }

    /**
     * Removes keys.
     *
     * @throws CacheWriterException if the writer refused some; the others are removed
     */
    void removeAll(Collection<? extends K> supplied) {
        long startNanos = statistics.start();
        Set<K> keys = new LinkedHashSet<>();
        supplied.forEach(key -> keys.add(storeByValue.key(key)));
        PendingNotifications notifications = new PendingNotifications();
        Map<K, Outcome<V>> outcomes =
                source.writes() ? through.remove(keys, notifications) : remove(keys, notifications);
        statistics.removed(
                outcomes.values().stream().mapToInt(Publisher::removedCount).sum(), startNanos);
        outcomes.forEach((key, outcome) -> notifications.add(() -> publisher.notifyRemoved(key, outcome)));
        notifications.deliverAll();
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

    private Map<K, Outcome<V>> store(Map<K, V> entries, Set<K> dropped, PendingNotifications notifications) {
        if (!expiry.isConstant()) {
            // A custom expiry policy is called for creation or for update, so each key is decided by itself.
            return inBatches(
                    entries.keySet(),
                    notifications,
                    batch -> batch.stream()
                            .map(key -> single.storeSilently(
                                    key, Objects.requireNonNull(entries.get(key)), dropped.contains(key)))
                            .toList());
        }
        return applied(
                entries.keySet(),
                notifications,
                key -> mutation(
                        key,
                        dropped.contains(key) ? null : entries.get(key),
                        expiry.creationNanos(),
                        expiry.updateNanos()));
    }

    private Map<K, Outcome<V>> remove(Set<K> keys, PendingNotifications notifications) {
        return applied(keys, notifications, key -> mutation(key, null, Lifetime.UNCHANGED, Lifetime.UNCHANGED));
    }

    private Map<K, Outcome<V>> applied(
            Set<K> keys, PendingNotifications notifications, Function<K, Mutation<K, V>> mutations) {
        return inBatches(
                keys,
                notifications,
                batch -> record.applyAll(batch.stream().map(mutations).toList()));
    }

    /**
     * Runs an action on each batch. The first failure ends the call, and is thrown after the notifications for the
     * earlier batches.
     */
    private static <K, V> Map<K, Outcome<V>> inBatches(
            Set<K> keys, PendingNotifications notifications, Function<List<K>, List<Outcome<V>>> action) {
        Map<K, Outcome<V>> byKey = new LinkedHashMap<>();
        try {
            for (List<K> batch : Batches.of(keys)) {
                List<Outcome<V>> outcomes = action.apply(batch);
                for (int i = 0; i < outcomes.size(); i++) {
                    byKey.put(batch.get(i), outcomes.get(i));
                }
            }
        } catch (CacheException e) {
            notifications.failed(e);
        }
        return byKey;
    }

    private Mutation<K, V> mutation(K key, @Nullable V value, long creationNanos, long updateNanos) {
        return new Mutation<>(key, Precondition.ALWAYS, value, creationNanos, updateNanos, false, publisher.wantsOld());
    }
}
