package io.github.tieredjcache.internal.engine;

import io.github.tieredjcache.internal.engine.common.EngineComponents;
import io.github.tieredjcache.internal.engine.common.StoreByValue;
import io.github.tieredjcache.internal.engine.load.BulkMissPath;
import io.github.tieredjcache.internal.engine.load.LoadOptions;
import io.github.tieredjcache.internal.engine.load.LoaderInvoker;
import io.github.tieredjcache.internal.engine.load.MissPath;
import io.github.tieredjcache.internal.engine.load.RefreshAhead;
import io.github.tieredjcache.internal.model.CacheOperation;
import io.github.tieredjcache.internal.near.NearStore;
import io.github.tieredjcache.internal.port.TierOfRecord;
import io.github.tieredjcache.internal.source.Source;
import io.github.tieredjcache.internal.support.NanoClock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.cache.processor.EntryProcessor;
import org.jspecify.annotations.Nullable;

/**
 * One cache without its facade: every operation of JCache that touches entries.
 *
 * <p>Arguments are checked by the roof: no nulls, right types, an open cache. Safe for use by many threads.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
public final class Engine<K, V> {
    private final ReadPath<K, V> reads;
    private final WritePath<K, V> writes;
    private final BulkWrites<K, V> bulk;
    private final LookupShortcut<K, V> invocations;
    private final BulkMissPath<K, V> bulkMissPath;
    private final NearStore<K, V> store;
    private final TierOfRecord<K, V> record;
    private final Source<K, V> source;
    private final StoreByValue<K, V> storeByValue;
    private final EngineComponents<K, V> components;

    /**
     * Creates an engine.
     *
     * @param clock measures batches and throttles logs
     */
    public Engine(EngineComponents<K, V> components, LoadOptions loads, NanoClock clock) {
        this.components = components;
        this.store = components.store();
        this.record = components.record();
        this.source = components.source();
        this.storeByValue = components.storeByValue();
        LoaderInvoker calls = new LoaderInvoker(loads);
        RefreshAhead<K, V> refresh = new RefreshAhead<>(components, calls, clock);
        MissPath<K, V> missPath = new MissPath<>(components, calls, refresh, clock);
        this.bulkMissPath = new BulkMissPath<>(components, missPath);
        this.reads = new ReadPath<>(components, missPath, bulkMissPath, refresh);
        this.writes = new WritePath<>(components);
        this.bulk = new BulkWrites<>(components, writes);
        this.invocations = new LookupShortcut<>(reads, new Invocations<>(components, calls, clock), components);
    }

    public @Nullable V get(K key) {
        return reads.get(key);
    }

    public Map<K, V> getAll(Set<? extends K> keys) {
        return reads.getAll(keys);
    }

    public boolean contains(K key) {
        return reads.contains(key);
    }

    public OperationResult<V> write(K key, CacheOperation<V> operation) {
        return writes.write(key, operation);
    }

    public void putAll(Map<? extends K, ? extends V> entries) {
        bulk.putAll(entries);
    }

    public void removeAll(Collection<? extends K> keys) {
        bulk.removeAll(keys);
    }

    public void removeAll() {
        bulk.removeAll();
    }

    public void clear() {
        record.clear();
    }

    /** Removes all entries, and all other data of the cache in the tier of record. */
    public void purge() {
        record.purge();
    }

    public <T> @Nullable T invoke(K key, EntryProcessor<K, V, T> processor, @Nullable Object... arguments) {
        return invocations.invoke(key, processor, arguments);
    }

    /**
     * Prepares a load of keys from the source into the cache; keys with an entry are loaded only if {@code replace}.
     *
     * @return the load, to run on any thread
     */
    public Runnable loading(Collection<? extends K> suppliedKeys, boolean replace) {
        List<K> keys = new ArrayList<>(suppliedKeys.size());
        // Copied now: the caller may change the keys before the load runs.
        suppliedKeys.forEach(key -> keys.add(storeByValue.key(key)));
        if (!source.loads()) {
            return () -> {};
        }
        return replace ? () -> bulkMissPath.loadOver(keys) : () -> bulkMissPath.loadMissing(absentNear(keys));
    }

    private List<K> absentNear(List<K> keys) {
        return keys.stream().filter(key -> store.find(key) == null).toList();
    }

    /** Iterates over the live entries; each step counts as a lookup and an access, and loads nothing. */
    public Iterator<Map.Entry<K, V>> entries() {
        return new Iteration<>(components, writes);
    }
}
