package io.github.tieredjcache.internal.engine.load;

import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.engine.common.Batches;
import io.github.tieredjcache.internal.engine.common.EngineComponents;
import io.github.tieredjcache.internal.engine.common.FetchResult;
import io.github.tieredjcache.internal.engine.common.PendingNotifications;
import io.github.tieredjcache.internal.engine.common.StoreByValue;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Expiry;
import io.github.tieredjcache.internal.model.Lifetime;
import io.github.tieredjcache.internal.near.KeyLocks;
import io.github.tieredjcache.internal.near.SingleFlight;
import io.github.tieredjcache.internal.near.SingleFlights;
import io.github.tieredjcache.internal.port.LoadGrant;
import io.github.tieredjcache.internal.port.TierOfRecord;
import io.github.tieredjcache.internal.stats.TierCounters;
import io.github.tieredjcache.internal.support.NanoClock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import javax.cache.CacheException;
import org.jspecify.annotations.Nullable;

/**
 * The path of a near miss: one fetch a key on this node, from the tier of record and then from the source.
 *
 * <p>Listeners are notified of loaded values after the fetch is completed: they are user code and may read the same
 * key.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
public final class MissPath<K, V> {
    /** How often a load waits for concurrent lookups of its keys before it gives up. */
    private static final int ROUNDS_MAX = 100;

    private final SingleFlights<K, FetchResult<V>> singleFlights;
    private final TierOfRecord<K, V> record;
    private final KeyLocks<K, ?> locks;
    private final boolean shared;
    private final boolean joinsReads;
    private final LoadPath<K, V> loads;
    private final LoaderInvoker calls;
    private final RefreshAhead<K, V> refresh;
    private final boolean lookupsLoad;
    private final Expiry expiry;
    private final StoreByValue<K, V> storeByValue;
    private final TierCounters counters;

    /**
     * Creates the miss path of a cache.
     *
     * @param clock measures waits and throttles logs
     */
    public MissPath(
            EngineComponents<K, V> components, LoaderInvoker calls, RefreshAhead<K, V> refresh, NanoClock clock) {
        this.singleFlights = components.singleFlights();
        this.record = components.record();
        this.locks = components.locks();
        this.shared = components.shared();
        this.joinsReads = components.joinsReads();
        this.loads = new LoadPath<>(components, calls, clock);
        this.calls = calls;
        this.refresh = refresh;
        this.lookupsLoad = calls.options().readThrough() && components.source().loads();
        this.expiry = components.expiry();
        this.storeByValue = components.storeByValue();
        this.counters = components.counters();
    }

    /** Fetches one key for a lookup. */
    public FetchResult<V> one(K suppliedKey) {
        if (!joinsReads) {
            FetchResult<V> found = read(suppliedKey, FillTicket.unfillable());
            if (found != null || !lookupsLoad) {
                return found == null ? countMiss() : found;
            }
        }
        K key = storeByValue.key(suppliedKey);
        if (locks.isHeldByMe(key)) {
            return fetchUnshared(key);
        }
        PendingNotifications notifications = new PendingNotifications();
        FetchResult<V> fetched = fetchShared(key, mine -> fetchOwned(key, mine, notifications));
        notifications.deliverAll();
        return fetched;
    }

    /** Fetches a key on one thread of this node; concurrent callers wait for its result. */
    private FetchResult<V> fetchShared(K key, Function<SingleFlight<FetchResult<V>>, FetchResult<V>> fetch) {
        SingleFlight<FetchResult<V>> mine = singleFlights.prepare();
        SingleFlight<FetchResult<V>> singleFlight = singleFlights.join(key, mine);
        if (singleFlight != mine) {
            return joined(key, singleFlight);
        }
        FetchResult<V> fetched;
        try {
            fetched = fetch.apply(mine);
        } catch (Throwable failure) {
            fail(Map.of(key, mine), failure);
            throw failure;
        }
        complete(Map.of(key, mine), result -> fetched);
        return fetched;
    }

    /**
     * Fetches one key for a caller that creates a missing value itself, and counts the miss; null if no tier has the
     * key.
     */
    @Nullable
    public V find(K suppliedKey) {
        // If lookups load, callers that join a fetch expect it to load.
        if (!joinsReads || lookupsLoad) {
            return valueOf(read(suppliedKey, FillTicket.unfillable()));
        }
        K key = storeByValue.key(suppliedKey);
        if (locks.isHeldByMe(key)) {
            return null;
        }
        return fetchShared(key, mine -> {
                    FetchResult<V> found = read(key, mine.ticket());
                    return found == null ? FetchResult.nothing() : found;
                })
                .value();
    }

    private static <V> @Nullable V valueOf(@Nullable FetchResult<V> found) {
        return found == null ? null : found.value();
    }

    /**
     * Fetches keys for a lookup, each once, in {@link Batches}; the result has all keys, also those that no tier has.
     */
    public Map<K, FetchResult<V>> all(Collection<K> keys) {
        if (keys.isEmpty()) {
            return Map.of();
        }
        Map<K, FetchResult<V>> fetched = new HashMap<>();
        Sweep sweep = new Sweep();
        Batches.of(keys, batch -> fetched.putAll(fetchBatch(batch, sweep)));
        return fetched;
    }

    private Map<K, FetchResult<V>> fetchBatch(List<K> keys, Sweep sweep) {
        Map<K, FetchResult<V>> found = joinsReads ? Map.of() : readUnshared(keys);
        List<K> missing = keys.stream()
                .filter(key -> !found.containsKey(key) && !locks.isHeldByMe(key))
                .toList();
        Map<K, SingleFlight<FetchResult<V>>> others = new LinkedHashMap<>();
        Map<K, FetchResult<V>> fetched = fetchJoining(missing, lookupsLoad, joinsReads ? sweep : null, others);
        fetched.putAll(found);
        keys.forEach(key -> {
            // This thread holds the key exclusively: it neither joins a fetch of the key nor lets other callers join
            // its own.
            if (!found.containsKey(key) && locks.isHeldByMe(key)) {
                fetched.put(storeByValue.key(key), fetchUnshared(key));
            }
        });
        // Only after the fetches of this thread have completed: else two threads could wait for each other's fetches.
        others.forEach((key, other) -> fetched.put(key, joined(key, other)));
        return fetched;
    }

    /**
     * Reads keys from the tier of record without sharing the read; a missing key is in the result only if lookups do
     * not load.
     */
    private Map<K, FetchResult<V>> readUnshared(Collection<K> keys) {
        Map<K, FetchResult<V>> found = new HashMap<>();
        record.readAll(unfillable(keys), readAccessNanos()).forEach((key, entry) -> found.put(key, hit(key, entry)));
        if (!lookupsLoad) {
            keys.forEach(key -> found.computeIfAbsent(key, absent -> countMiss()));
        }
        return found;
    }

    private static <K> Map<K, FillTicket> unfillable(Collection<K> keys) {
        Map<K, FillTicket> tickets = new LinkedHashMap<>();
        keys.forEach(key -> tickets.put(key, FillTicket.unfillable()));
        return tickets;
    }

    /** Fetches keys and loads those that the tier of record lacks, also if lookups do not load; in {@link Batches}. */
    public void loadMissing(Collection<K> keys) {
        Sweep sweep = new Sweep();
        Batches.of(keys, batch -> loadMissingOfBatch(batch, sweep));
    }

    private void loadMissingOfBatch(List<K> keys, Sweep sweep) {
        List<K> remaining = keys;
        for (int round = 0; !remaining.isEmpty(); round++) {
            if (round == ROUNDS_MAX) {
                throw new CacheException("gave up loading " + remaining.size() + " keys after " + ROUNDS_MAX
                        + " rounds in which lookups of the same keys were in progress; try again when "
                        + "fewer callers read them");
            }
            List<K> again = new ArrayList<>();
            Map<K, SingleFlight<FetchResult<V>>> others = new LinkedHashMap<>();
            fetchJoining(remaining, true, sweep, others);
            others.forEach((key, other) -> {
                // The joined lookup of another thread found no entry and does not load.
                if (joined(key, other).value() == null && !lookupsLoad) {
                    again.add(key);
                }
            });
            remaining = again;
        }
    }

    /**
     * Loads keys, in {@link Batches}, and stores the values over existing entries, unless an entry changes in between.
     * Calls no writer and counts no put.
     */
    public void loadOver(Collection<K> keys) {
        Batches.of(new LinkedHashSet<>(keys), this::loadOverBatch);
    }

    private void loadOverBatch(List<K> keys) {
        Map<K, SingleFlight<FetchResult<V>>> mine = new LinkedHashMap<>();
        PendingNotifications notifications = new PendingNotifications();
        Map<K, FetchResult<V>> loaded;
        try {
            for (K suppliedKey : keys) {
                K key = storeByValue.key(suppliedKey);
                SingleFlight<FetchResult<V>> singleFlight = singleFlights.prepare();
                mine.put(key, singleFlight);
                singleFlights.takeOver(key, singleFlight);
            }
            loaded = loads.over(mine, notifications);
        } catch (Throwable failure) {
            fail(mine, failure);
            throw failure;
        }
        complete(mine, key -> loaded.getOrDefault(key, FetchResult.nothing()));
        notifications.deliverAll();
    }

    private FetchResult<V> joined(K key, SingleFlight<FetchResult<V>> singleFlight) {
        if (singleFlight.isOwnedByMe()) {
            throw new CacheException(
                    "recursive load: the cache loader asked its own cache for the key that it is loading, " + key);
        }
        counters.coalesced();
        FetchResult<V> result =
                calls.<@Nullable FetchResult<V>>whileOthersLoad(() -> singleFlights.await(singleFlight));
        if (result == null) {
            // Two loads that need each other's keys would never end: this thread loads by itself and stores nothing.
            return singleFlight.isCancelled() ? one(key) : fetchUnshared(key);
        }
        if (result.expired()) {
            counters.servedStale();
        }
        return result;
    }

    private FetchResult<V> fetchUnshared(K key) {
        FetchResult<V> found = read(key, FillTicket.unfillable());
        if (found == null) {
            counters.missed();
        }
        return found != null ? found : lookupsLoad ? loads.unshared(key) : FetchResult.nothing();
    }

    private FetchResult<V> fetchOwned(
            K key, SingleFlight<FetchResult<V>> singleFlight, PendingNotifications notifications) {
        // Without shared reads the key was read before, and the load grant checks for an entry once more.
        FetchResult<V> found = joinsReads ? read(key, singleFlight.ticket()) : null;
        if (found != null) {
            return found;
        }
        counters.missed();
        return lookupsLoad ? loads.one(key, singleFlight, notifications) : FetchResult.nothing();
    }

    /**
     * Fetches the keys without a fetch in progress; the other fetches are added to {@code others}.
     *
     * @param loading whether keys are loaded that the tier of record lacks
     * @param sweep the call that the keys belong to; null if the tier of record has been read for the keys
     */
    private Map<K, FetchResult<V>> fetchJoining(
            Collection<K> keys, boolean loading, @Nullable Sweep sweep, Map<K, SingleFlight<FetchResult<V>>> others) {
        Map<K, SingleFlight<FetchResult<V>>> mine = new LinkedHashMap<>();
        PendingNotifications notifications = new PendingNotifications();
        Map<K, FetchResult<V>> fetched;
        try {
            join(keys, mine, others);
            fetched = readAndLoad(mine, loading, sweep, notifications);
        } catch (Throwable failure) {
            fail(mine, failure);
            throw failure;
        }
        complete(mine, key -> fetched.getOrDefault(key, FetchResult.nothing()));
        notifications.deliverAll();
        return fetched;
    }

    /** Begins a fetch for each key without a fetch in progress. */
    private void join(
            Collection<K> keys,
            Map<K, SingleFlight<FetchResult<V>>> mine,
            Map<K, SingleFlight<FetchResult<V>>> others) {
        for (K suppliedKey : keys) {
            K key = storeByValue.key(suppliedKey);
            SingleFlight<FetchResult<V>> prepared = singleFlights.prepare();
            SingleFlight<FetchResult<V>> singleFlight = singleFlights.join(key, prepared);
            (singleFlight == prepared ? mine : others).put(key, singleFlight);
        }
    }

    private void complete(Map<K, SingleFlight<FetchResult<V>>> mine, Function<K, FetchResult<V>> results) {
        mine.forEach((key, singleFlight) -> {
            // Removed before its completion: a later caller must begin a new fetch.
            if (!singleFlight.outlastsCompletion()) {
                singleFlights.leave(key, singleFlight);
            }
            singleFlight.complete(results.apply(key));
        });
    }

    private void fail(Map<K, SingleFlight<FetchResult<V>>> mine, Throwable failure) {
        mine.forEach((key, singleFlight) -> {
            singleFlights.leave(key, singleFlight);
            singleFlight.fail(failure);
        });
    }

    private Map<K, FetchResult<V>> readAndLoad(
            Map<K, SingleFlight<FetchResult<V>>> mine,
            boolean loading,
            @Nullable Sweep sweep,
            PendingNotifications notifications) {
        Map<K, FetchResult<V>> fetched = new HashMap<>();
        if (mine.isEmpty()) {
            return fetched;
        }
        if (sweep != null && loading && sweep.isCold) {
            fetched.putAll(loads.allUnread(mine, sweep, notifications));
            mine.keySet().forEach(key -> fetched.putIfAbsent(key, FetchResult.nothing()));
            return fetched;
        }
        if (sweep != null) {
            Map<K, FillTicket> tickets = new LinkedHashMap<>();
            mine.forEach((key, singleFlight) -> tickets.put(key, singleFlight.ticket()));
            record.readAll(tickets, readAccessNanos()).forEach((key, entry) -> fetched.put(key, hit(key, entry)));
            sweep.isCold = fetched.isEmpty();
        }
        List<K> missing =
                mine.keySet().stream().filter(key -> !fetched.containsKey(key)).toList();
        missing.forEach(key -> counters.missed());
        if (loading) {
            Map<K, SingleFlight<FetchResult<V>>> toLoad = new LinkedHashMap<>();
            missing.forEach(key -> toLoad.put(key, mine.get(key)));
            fetched.putAll(loads.all(toLoad, notifications));
        }
        missing.forEach(key -> fetched.putIfAbsent(key, FetchResult.nothing()));
        return fetched;
    }

    private FetchResult<V> countMiss() {
        counters.missed();
        return FetchResult.nothing();
    }

    private @Nullable FetchResult<V> read(K key, FillTicket ticket) {
        Entry<V> entry = record.read(key, ticket, readAccessNanos());
        return entry == null ? null : hit(key, entry);
    }

    private FetchResult<V> hit(K key, Entry<V> entry) {
        if (!expiry.isConstant()) {
            long accessNanos = expiry.accessNanos();
            if (accessNanos != Lifetime.UNCHANGED) {
                record.touch(key, entry, accessNanos);
            }
        }
        if (shared) {
            counters.remoteHit();
        }
        if (refresh.isOn()) {
            refresh.read(key, entry);
        }
        return FetchResult.hit(entry.value());
    }

    /**
     * One call with many keys. If the tier of record has none of a batch, the next batch is not read: its load leases
     * are requested at once, and the grants have the entries that there are.
     */
    private final class Sweep implements LoadPath.UnreadKeys<K, V> {
        private boolean isCold;

        @Override
        public FetchResult<V> found(K key, LoadGrant.Found<V> found) {
            isCold = false;
            if (found.local() && shared) {
                counters.hitLocally();
            }
            long accessNanos = readAccessNanos();
            if (accessNanos != Lifetime.UNCHANGED) {
                record.touch(key, found.entry(), accessNanos);
            }
            return hit(key, found.entry());
        }

        @Override
        public void notFound(boolean granted) {
            isCold &= granted;
            counters.missed();
        }
    }

    /** Returns the lifetime that a read of the tier of record gives; a custom policy is called after a hit only. */
    private long readAccessNanos() {
        return expiry.isConstant() ? expiry.accessNanos() : Lifetime.UNCHANGED;
    }
}
