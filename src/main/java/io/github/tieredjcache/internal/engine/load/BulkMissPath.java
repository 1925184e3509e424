package io.github.tieredjcache.internal.engine.load;

import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.engine.common.Batches;
import io.github.tieredjcache.internal.engine.common.EngineComponents;
import io.github.tieredjcache.internal.engine.common.FetchResult;
import io.github.tieredjcache.internal.engine.common.PendingNotifications;
import io.github.tieredjcache.internal.engine.common.StoreByValue;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Lifetime;
import io.github.tieredjcache.internal.near.KeyLocks;
import io.github.tieredjcache.internal.near.SingleFlight;
import io.github.tieredjcache.internal.near.SingleFlights;
import io.github.tieredjcache.internal.port.LoadGrant;
import io.github.tieredjcache.internal.port.LoadLease;
import io.github.tieredjcache.internal.port.TierOfRecord;
import io.github.tieredjcache.internal.stats.TierCounters;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.cache.CacheException;
import org.jspecify.annotations.Nullable;

/**
 * The path of the near misses of a call with many keys, in {@link Batches}: one fetch a key on this node, from the tier
 * of record and then from the source.
 *
 * <p>While the loader works on a batch of which no tier had a key, the load leases of the next batch are requested.
 * That batch is not read: its grants have the entries that there are. Nothing is requested ahead by a call whose batch
 * waits for other callers, so that no two calls wait for each other, nor while this node answers for Redis.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
public final class BulkMissPath<K, V> {
    /** How often a load waits for concurrent lookups of its keys before it gives up. */
    private static final int ROUNDS_MAX = 100;

    private final MissPath<K, V> single;
    private final SingleFlights<K, FetchResult<V>> singleFlights;
    private final TierOfRecord<K, V> record;
    private final KeyLocks<K, ?> locks;
    private final boolean joinsReads;
    private final boolean lookupsLoad;
    private final StoreByValue<K, V> storeByValue;
    private final TierCounters counters;

    /** Creates the bulk path of a cache, beside the path of its single keys. */
    public BulkMissPath(EngineComponents<K, V> components, MissPath<K, V> single) {
        this.single = single;
        this.singleFlights = components.singleFlights();
        this.record = components.record();
        this.locks = components.locks();
        this.joinsReads = components.joinsReads();
        this.lookupsLoad = single.lookupsLoad();
        this.storeByValue = components.storeByValue();
        this.counters = components.counters();
    }

    /** Fetches keys for a lookup, each once; the result has all keys, also those that no tier has. */
    public Map<K, FetchResult<V>> all(Collection<K> keys) {
        Map<K, FetchResult<V>> fetched = new HashMap<>();
        try (Sweep sweep = new Sweep(keys, LoadPurpose.LOOKUP, joinsReads, lookupsLoad)) {
            while (sweep.hasNext()) {
                lookUp(sweep.next(), fetched);
            }
        }
        return fetched;
    }

    private void lookUp(Batch batch, Map<K, FetchResult<V>> fetched) {
        if (!joinsReads) {
            readUnshared(batch.keys, fetched);
        }
        batch.keys.removeAll(fetched.keySet());
        // This thread holds these keys exclusively: it neither joins their fetches nor lets other callers join its own.
        List<K> held = batch.keys.stream().filter(locks::isHeldByMe).toList();
        batch.keys.removeAll(held);
        fetched.putAll(fetch(batch));
        held.forEach(key -> fetched.put(storeByValue.key(key), single.fetchUnshared(key)));
        // Only after the fetches of this thread have completed: else two threads could wait for each other's fetches.
        batch.others.forEach((key, other) -> fetched.put(key, single.joined(key, other)));
    }

    /**
     * Reads keys from the tier of record without sharing the read; adds a missing key to {@code fetched} only if lookups
     * do not load.
     */
    private void readUnshared(Collection<K> keys, Map<K, FetchResult<V>> fetched) {
        Map<K, FillTicket> tickets = new LinkedHashMap<>();
        keys.forEach(key -> tickets.put(key, FillTicket.unfillable()));
        record.readAll(tickets, single.readAccessNanos(LoadPurpose.LOOKUP)).forEach((key, read) -> {
            Entry<V> entry = read.entry();
            if (entry != null) {
                fetched.put(key, single.foundUnshared(key, entry, read.local()));
            } else if (!lookupsLoad) {
                fetched.put(key, single.countMiss());
            }
        });
    }

    /**
     * Reads keys from the tier of record; adds the entries to {@code fetched}, and to {@code localKeys} the missing keys
     * whose read was answered locally.
     */
    private void read(
            Map<K, FillTicket> tickets, LoadPurpose purpose, Map<K, FetchResult<V>> fetched, Set<K> localKeys) {
        record.readAll(tickets, single.readAccessNanos(purpose)).forEach((key, read) -> {
            Entry<V> entry = read.entry();
            if (entry != null) {
                fetched.put(key, single.found(key, entry, read.local(), purpose));
            } else if (read.local()) {
                localKeys.add(key);
            }
        });
    }

    /** Fetches keys and loads those that the tier of record lacks, also if lookups do not load. */
    public void loadMissing(Collection<K> keys) {
        try (Sweep sweep = new Sweep(keys, LoadPurpose.FILL, true, true)) {
            while (sweep.hasNext()) {
                Batch batch = sweep.next();
                for (int round = 0; !batch.keys.isEmpty(); round++) {
                    if (round == ROUNDS_MAX) {
                        throw new CacheException("gave up loading " + batch.keys.size() + " keys after " + ROUNDS_MAX
                                + " rounds in which lookups of the same keys were in progress; try again when "
                                + "fewer callers read them");
                    }
                    fetch(batch);
                    batch = new Batch(sweep, notLoadedBy(batch.others));
                }
            }
        }
    }

    /** Waits for the fetches of other threads; returns the keys of lookups that found no entry and do not load. */
    private List<K> notLoadedBy(Map<K, SingleFlight<FetchResult<V>>> others) {
        List<K> again = new ArrayList<>();
        others.forEach((key, other) -> {
            if (single.joined(key, other).value() == null && !lookupsLoad) {
                again.add(key);
            }
        });
        return again;
    }

    /**
     * Loads keys and stores the values over existing entries, unless an entry changes in between. Calls no writer and
     * counts no put.
     */
    public void loadOver(Collection<K> keys) {
        try (Sweep sweep = new Sweep(new LinkedHashSet<>(keys), LoadPurpose.REPLACEMENT, false, true)) {
            while (sweep.hasNext()) {
                fetch(sweep.next());
            }
        }
    }

    /** Fetches the keys without a fetch in progress; the other fetches are added to the batch's. */
    private Map<K, FetchResult<V>> fetch(Batch batch) {
        PendingNotifications notifications = new PendingNotifications();
        Map<K, FetchResult<V>> fetched;
        try {
            batch.begin();
            fetched = batch.mine.isEmpty() ? Map.of() : readAndLoad(batch, notifications);
        } catch (Throwable failure) {
            batch.mine.forEach((key, singleFlight) -> singleFlights.fail(key, singleFlight, failure));
            throw failure;
        }
        batch.mine.forEach((key, singleFlight) ->
                singleFlights.complete(key, singleFlight, fetched.getOrDefault(key, FetchResult.nothing())));
        notifications.deliverAll();
        return fetched;
    }

    private Map<K, FetchResult<V>> readAndLoad(Batch batch, PendingNotifications notifications) {
        Sweep sweep = batch.sweep;
        Map<K, FetchResult<V>> fetched = new HashMap<>();
        Map<K, SingleFlight<FetchResult<V>>> missing = new LinkedHashMap<>(batch.mine);
        Map<K, LoadGrant<V>> grants = new HashMap<>();
        Set<K> localKeys = new HashSet<>();
        try {
            if (batch.ahead != null) {
                grants.putAll(batch.ahead.await());
                if (!sweep.replaces()) {
                    takeHits(grants, sweep.purpose, fetched);
                }
            } else if (sweep.reads) {
                read(LoadPath.tickets(batch.mine), sweep.purpose, fetched, localKeys);
            }
            missing.keySet().removeAll(fetched.keySet());
            if (!sweep.replaces()) {
                missing.forEach((key, singleFlight) -> counters.missed());
            }
            if (sweep.loading && batch.ahead == null && !missing.isEmpty()) {
                grants.putAll(record.loadGrants(LoadPath.tickets(missing), localKeys, sweep.replaces()));
            }
            if (sweep.loading && fetched.isEmpty() && batch.isGranted(grants)) {
                sweep.requestAhead();
            }
        } catch (RuntimeException | Error e) {
            grants.values().forEach(LoadGrant::giveUp);
            throw e;
        }
        if (sweep.loading && !missing.isEmpty()) {
            fetched.putAll(single.loads().all(missing, grants, sweep.purpose, notifications));
        }
        missing.keySet().forEach(key -> fetched.putIfAbsent(key, FetchResult.nothing()));
        return fetched;
    }

    /** Takes the entries out of the grants of keys that were not read before; each counts as a hit. */
    private void takeHits(Map<K, LoadGrant<V>> grants, LoadPurpose purpose, Map<K, FetchResult<V>> fetched) {
        long accessNanos = single.readAccessNanos(purpose);
        grants.forEach((key, grant) -> {
            if (grant instanceof LoadGrant.Found<V> found) {
                if (accessNanos != Lifetime.UNCHANGED) {
                    record.touch(key, found.entry(), accessNanos);
                }
                fetched.put(key, single.found(key, found.entry(), found.local(), purpose));
            }
        });
        grants.keySet().removeAll(fetched.keySet());
    }

    /** The batches of one call; one of them may have been requested ahead. */
    private final class Sweep implements AutoCloseable {
        private final Iterator<List<K>> batches;
        private final LoadPurpose purpose;
        private final boolean reads;
        private final boolean loading;
        private @Nullable Batch next;

        /**
         * @param reads whether a fetch of a key begins with a read of the tier of record
         * @param loading whether keys are loaded that the tier of record lacks
         */
        Sweep(Collection<K> keys, LoadPurpose purpose, boolean reads, boolean loading) {
            this.batches = Batches.of(keys).iterator();
            this.purpose = purpose;
            this.reads = reads;
            this.loading = loading;
        }

        boolean replaces() {
            return purpose == LoadPurpose.REPLACEMENT;
        }

        boolean hasNext() {
            return next != null || batches.hasNext();
        }

        Batch next() {
            Batch batch = next == null ? new Batch(this, batches.next()) : next;
            next = null;
            return batch;
        }

        /** Requests the load leases of the next batch, unless it must be read first without being shared. */
        void requestAhead() {
            if ((reads || replaces()) && hasNext()) {
                next = next();
                next.requestAhead();
            }
        }

        /** Cancels what was requested for a batch whose turn does not come. */
        @Override
        public void close() {
            if (next != null) {
                next.cancel();
            }
        }
    }

    /** The fetches of one batch. */
    private final class Batch {
        private final Sweep sweep;
        private final List<K> keys;
        private final Map<K, SingleFlight<FetchResult<V>>> mine = new LinkedHashMap<>();
        private final Map<K, SingleFlight<FetchResult<V>>> others = new LinkedHashMap<>();
        private @Nullable GrantsAhead<K, V> ahead;

        Batch(Sweep sweep, List<K> keys) {
            this.sweep = sweep;
            this.keys = new ArrayList<>(keys);
        }

        /** Begins a fetch for each key without a fetch in progress, unless that was done ahead. */
        void begin() {
            if (ahead == null) {
                keys.forEach(this::join);
            }
            mine.values().forEach(SingleFlight::begin);
        }

        private void join(K suppliedKey) {
            K key = storeByValue.key(suppliedKey);
            SingleFlight<FetchResult<V>> prepared = singleFlights.prepare();
            if (sweep.replaces()) {
                mine.put(key, prepared);
                singleFlights.takeOver(key, prepared);
            } else {
                SingleFlight<FetchResult<V>> singleFlight = singleFlights.join(key, prepared);
                (singleFlight == prepared ? mine : others).put(key, singleFlight);
            }
        }

        /** Requests the load leases while the batch before is loaded. */
        void requestAhead() {
            if (keys.stream().anyMatch(locks::isHeldByMe)) {
                return;
            }
            try {
                keys.forEach(this::join);
                mine.values().forEach(SingleFlight::postpone);
                // Taken on this thread, since it may cancel the batch while the other one requests.
                Map<K, FillTicket> tickets = LoadPath.tickets(mine);
                ahead = new GrantsAhead<>(() -> record.loadGrants(tickets, Set.of(), sweep.replaces()));
                single.executor().execute(ahead);
            } catch (RuntimeException e) {
                // No thread is free, or a key cannot be copied: the batch begins at its turn, and may fail then.
                cancel();
            }
        }

        /** Returns whether Redis has granted all leases, and no fetch of another caller is awaited. */
        boolean isGranted(Map<K, LoadGrant<V>> grants) {
            return others.isEmpty()
                    && grants.values().stream()
                            .allMatch(grant -> grant instanceof LoadGrant.Granted<V> granted
                                    ? granted.lease() != LoadLease.LOCAL
                                    : sweep.replaces() && grant instanceof LoadGrant.Found<V> found && !found.local());
        }

        void cancel() {
            // Given back first: the callers that wait for these fetches request the leases again.
            if (ahead != null) {
                ahead.abandon();
                ahead = null;
            }
            mine.forEach(singleFlights::cancel);
            mine.clear();
            others.clear();
        }
    }
}
