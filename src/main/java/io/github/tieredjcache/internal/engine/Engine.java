package io.github.tieredjcache.internal.engine;

import io.github.tieredjcache.internal.entry.NanoClock;
import io.github.tieredjcache.internal.entry.TierOfRecord;
import io.github.tieredjcache.internal.entry.Verb;
import io.github.tieredjcache.internal.near.NearStore;
import io.github.tieredjcache.internal.source.Source;
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
    private final Lookups<K, V> invocations;
    private final Fetches<K, V> fetches;
    private final NearStore<K, V> store;
    private final TierOfRecord<K, V> record;
    private final Source<K, V> source;
    private final Isolation<K, V> isolation;
    private final Parts<K, V> parts;

    /**
     * Creates an engine.
     *
     * @param clock what batches and logs are timed by
     */
    public Engine(Parts<K, V> parts, LoadOptions loads, NanoClock clock) {
        this.parts = parts;
        this.store = parts.store();
        this.record = parts.record();
        this.source = parts.source();
        this.isolation = parts.isolation();
        LoaderCalls calls = new LoaderCalls(loads);
        RefreshAhead<K, V> refresh = new RefreshAhead<>(parts, calls, clock);
        this.fetches = new Fetches<>(parts, calls, refresh, clock);
        this.reads = new ReadPath<>(parts, fetches, refresh);
        this.writes = new WritePath<>(parts);
        this.bulk = new BulkWrites<>(parts, writes);
        this.invocations = new Lookups<>(reads, new Invocations<>(parts, calls, clock), isolation);
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

    public Answer<V> write(K key, Verb<V> verb) {
        return writes.write(key, verb);
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

    /** Removes all entries, and what is left of them. */
    public void purge() {
        record.purge();
    }

    public <T> @Nullable T invoke(K key, EntryProcessor<K, V, T> processor, @Nullable Object... arguments) {
        return invocations.invoke(key, processor, arguments);
    }

    /**
     * Prepares a load of keys from the source into the cache; those that have an entry only if they shall be replaced.
     *
     * @return the load, to run on any thread
     */
    public Runnable loading(Collection<? extends K> callers, boolean replace) {
        List<K> keys = new ArrayList<>(callers.size());
        // Copied now: the caller may change them before the load runs.
        callers.forEach(key -> keys.add(isolation.key(key)));
        if (!source.loads()) {
            return () -> {};
        }
        return replace ? () -> fetches.loadOver(keys) : () -> fetches.loadMissing(absentNear(keys));
    }

    private List<K> absentNear(List<K> keys) {
        return keys.stream().filter(key -> store.find(key) == null).toList();
    }

    /** Iterates over the live entries; each step counts as a lookup and an access, and loads nothing. */
    public Iterator<Map.Entry<K, V>> entries() {
        return new Iteration<>(parts, writes);
    }
}
