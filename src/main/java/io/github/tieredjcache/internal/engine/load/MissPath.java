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
 * The way beyond the near tier: one flight a key on this node, to the tier of record and then to the source.
 *
 * <p>Listeners are told of what was loaded when the flight has landed: they are users' code and may ask for the same key.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
public final class MissPath<K, V> {
    /** How often a load waits for lookups of its keys to end before it gives up. */
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
     * Creates the fetches of a cache.
     *
     * @param clock what waits and logs are measured by
     */
    public MissPath(
            EngineComponents<K, V> components, LoaderInvoker calls, RefreshAhead<K, V> refresh, NanoClock clock) {
        this.singleFlights = components.flights();
        this.record = components.record();
        this.locks = components.locks();
        this.shared = components.shared();
        this.joinsReads = components.joinsReads();
        this.loads = new LoadPath<>(components, calls, clock);
        this.calls = calls;
        this.refresh = refresh;
        this.lookupsLoad = calls.options().readThrough() && components.source().loads();
        this.expiry = components.expiry();
        this.storeByValue = components.isolation();
        this.counters = components.counters();
    }

    /** Fetches one key for a lookup. */
    public FetchResult<V> one(K callersKey) {
        if (!joinsReads) {
            FetchResult<V> found = read(callersKey, FillTicket.unfillable());
            if (found != null || !lookupsLoad) {
                return found == null ? missed() : found;
            }
        }
        K key = storeByValue.key(callersKey);
        if (locks.isHeldByMe(key)) {
            return alone(key);
        }
        PendingNotifications notifications = new PendingNotifications();
        FetchResult<V> fetched = flown(key, mine -> fly(key, mine, notifications));
        notifications.deliverAll();
        return fetched;
    }

    /** Has one thread of this node fetch a key, and all who ask for it meanwhile take what it gets. */
    private FetchResult<V> flown(K key, Function<SingleFlight<FetchResult<V>>, FetchResult<V>> fetch) {
        SingleFlight<FetchResult<V>> mine = singleFlights.prepare();
        SingleFlight<FetchResult<V>> singleFlight = singleFlights.join(key, mine);
        if (singleFlight != mine) {
            return joined(key, singleFlight);
        }
        FetchResult<V> fetched;
        try {
            fetched = fetch.apply(mine);
        } catch (Throwable failure) {
            crash(Map.of(key, mine), failure);
            throw failure;
        }
        land(Map.of(key, mine), landed -> fetched);
        return fetched;
    }

    /** Fetches one key for somebody who makes what is not there himself, and counts the miss; null if no tier has it. */
    @Nullable
    public V find(K callersKey) {
        // Who joins a flight expects it to load, where lookups do.
        if (!joinsReads || lookupsLoad) {
            return valueOf(read(callersKey, FillTicket.unfillable()));
        }
        K key = storeByValue.key(callersKey);
        if (locks.isHeldByMe(key)) {
            return null;
        }
        return flown(key, mine -> {
                    FetchResult<V> found = read(key, mine.ticket());
                    return found == null ? FetchResult.nothing() : found;
                })
                .value();
    }

    private static <V> @Nullable V valueOf(@Nullable FetchResult<V> found) {
        return found == null ? null : found.value();
    }

    /** Fetches keys for a lookup, each once, in {@link Batches}; a key that no tier has is answered too. */
    public Map<K, FetchResult<V>> all(Collection<K> keys) {
        if (keys.isEmpty()) {
            return Map.of();
        }
        Map<K, FetchResult<V>> fetched = new HashMap<>();
        Batches.of(keys, batch -> fetched.putAll(fetchBatch(batch)));
        return fetched;
    }

    private Map<K, FetchResult<V>> fetchBatch(List<K> keys) {
        Map<K, FetchResult<V>> seen = joinsReads ? Map.of() : look(keys);
        List<K> missing = keys.stream()
                .filter(key -> !seen.containsKey(key) && !locks.isHeldByMe(key))
                .toList();
        Map<K, SingleFlight<FetchResult<V>>> others = new LinkedHashMap<>();
        Map<K, FetchResult<V>> fetched = fly(missing, lookupsLoad, !joinsReads, others);
        fetched.putAll(seen);
        keys.forEach(key -> {
            // Held by this very thread, for whose end nobody may wait here.
            if (!seen.containsKey(key) && locks.isHeldByMe(key)) {
                fetched.put(storeByValue.key(key), alone(key));
            }
        });
        // Only now: whoever waits for one of my flights must not wait for one of his.
        others.forEach((key, other) -> fetched.put(key, joined(key, other)));
        return fetched;
    }

    /** Looks for keys without joining anybody; a key that is not there is answered only if lookups do not load. */
    private Map<K, FetchResult<V>> look(Collection<K> keys) {
        Map<K, FetchResult<V>> seen = new HashMap<>();
        record.readAll(unfillable(keys), readAccessNanos()).forEach((key, entry) -> seen.put(key, hit(key, entry)));
        if (!lookupsLoad) {
            keys.forEach(key -> seen.computeIfAbsent(key, absent -> missed()));
        }
        return seen;
    }

    private static <K> Map<K, FillTicket> unfillable(Collection<K> keys) {
        Map<K, FillTicket> tickets = new LinkedHashMap<>();
        keys.forEach(key -> tickets.put(key, FillTicket.unfillable()));
        return tickets;
    }

    /** Fetches keys and loads those that the tier of record lacks, whether or not lookups do; in {@link Batches}. */
    public void loadMissing(Collection<K> keys) {
        Batches.of(keys, this::loadMissingOfBatch);
    }

    private void loadMissingOfBatch(List<K> keys) {
        List<K> rest = keys;
        for (int round = 0; !rest.isEmpty(); round++) {
            if (round == ROUNDS_MAX) {
                throw new CacheException("gave up loading " + rest.size() + " keys after " + ROUNDS_MAX
                        + " rounds in which lookups of the same keys were under way");
            }
            List<K> again = new ArrayList<>();
            Map<K, SingleFlight<FetchResult<V>>> others = new LinkedHashMap<>();
            fly(rest, true, false, others);
            others.forEach((key, other) -> {
                // Another thread's lookup may have found nothing and loaded nothing.
                if (joined(key, other).value() == null && !lookupsLoad) {
                    again.add(key);
                }
            });
            rest = again;
        }
    }

    /**
     * Loads keys, in {@link Batches}, and stores what was loaded over whatever they have, unless that changes in between. Calls no
     * writer and counts no put.
     */
    public void loadOver(Collection<K> keys) {
        Batches.of(new LinkedHashSet<>(keys), this::loadOverBatch);
    }

    private void loadOverBatch(List<K> keys) {
        Map<K, SingleFlight<FetchResult<V>>> mine = new LinkedHashMap<>();
        PendingNotifications notifications = new PendingNotifications();
        Map<K, FetchResult<V>> loaded;
        try {
            for (K callersKey : keys) {
                K key = storeByValue.key(callersKey);
                SingleFlight<FetchResult<V>> singleFlight = singleFlights.prepare();
                mine.put(key, singleFlight);
                singleFlights.takeOver(key, singleFlight);
            }
            loaded = loads.over(mine, notifications);
        } catch (Throwable failure) {
            crash(mine, failure);
            throw failure;
        }
        land(mine, key -> loaded.getOrDefault(key, FetchResult.nothing()));
        notifications.deliverAll();
    }

    private FetchResult<V> joined(K key, SingleFlight<FetchResult<V>> singleFlight) {
        if (singleFlight.isOwnedByMe()) {
            throw new CacheException(
                    "recursive load: the cache loader asked its own cache for the key that it is loading, " + key);
        }
        counters.coalesced();
        FetchResult<V> landed =
                calls.<@Nullable FetchResult<V>>whileOthersLoad(() -> singleFlights.await(singleFlight));
        if (landed == null) {
            // Two loads that need each other's keys would wait for ever: then this one loads for itself and keeps
            // nothing.
            return singleFlight.isCancelled() ? one(key) : alone(key);
        }
        if (landed.ended()) {
            counters.servedStale();
        }
        return landed;
    }

    private FetchResult<V> alone(K key) {
        FetchResult<V> found = read(key, FillTicket.unfillable());
        if (found == null) {
            counters.missed();
        }
        return found != null ? found : lookupsLoad ? loads.alone(key) : FetchResult.nothing();
    }

    private FetchResult<V> fly(K key, SingleFlight<FetchResult<V>> singleFlight, PendingNotifications notifications) {
        // Who joins no reads has looked already, and whose turn it is to load is asked of the tier of record, too.
        FetchResult<V> found = joinsReads ? read(key, singleFlight.ticket()) : null;
        if (found != null) {
            return found;
        }
        counters.missed();
        return lookupsLoad ? loads.one(key, singleFlight, notifications) : FetchResult.nothing();
    }

    /**
     * Flies for those keys for which no other flight is under way; the others are added to {@code others}.
     *
     * @param loading whether keys are loaded that the tier of record lacks
     * @param looked whether it has been looked for them there
     */
    private Map<K, FetchResult<V>> fly(
            Collection<K> keys, boolean loading, boolean looked, Map<K, SingleFlight<FetchResult<V>>> others) {
        Map<K, SingleFlight<FetchResult<V>>> mine = new LinkedHashMap<>();
        PendingNotifications notifications = new PendingNotifications();
        Map<K, FetchResult<V>> fetched;
        try {
            join(keys, mine, others);
            fetched = flyAll(mine, loading, looked, notifications);
        } catch (Throwable failure) {
            crash(mine, failure);
            throw failure;
        }
        land(mine, key -> fetched.getOrDefault(key, FetchResult.nothing()));
        notifications.deliverAll();
        return fetched;
    }

    /** Begins a flight for each key for which none is under way. */
    private void join(
            Collection<K> keys,
            Map<K, SingleFlight<FetchResult<V>>> mine,
            Map<K, SingleFlight<FetchResult<V>>> others) {
        for (K callersKey : keys) {
            K key = storeByValue.key(callersKey);
            SingleFlight<FetchResult<V>> prepared = singleFlights.prepare();
            SingleFlight<FetchResult<V>> singleFlight = singleFlights.join(key, prepared);
            (singleFlight == prepared ? mine : others).put(key, singleFlight);
        }
    }

    private void land(Map<K, SingleFlight<FetchResult<V>>> mine, Function<K, FetchResult<V>> results) {
        mine.forEach((key, singleFlight) -> {
            // Left before it lands: who comes from now on must look for himself.
            if (!singleFlight.outlastsCompletion()) {
                singleFlights.leave(key, singleFlight);
            }
            singleFlight.complete(results.apply(key));
        });
    }

    private void crash(Map<K, SingleFlight<FetchResult<V>>> mine, Throwable failure) {
        mine.forEach((key, singleFlight) -> {
            singleFlights.leave(key, singleFlight);
            singleFlight.fail(failure);
        });
    }

    private Map<K, FetchResult<V>> flyAll(
            Map<K, SingleFlight<FetchResult<V>>> mine,
            boolean loading,
            boolean looked,
            PendingNotifications notifications) {
        Map<K, FetchResult<V>> fetched = new HashMap<>();
        if (mine.isEmpty()) {
            return fetched;
        }
        if (!looked) {
            Map<K, FillTicket> tickets = new LinkedHashMap<>();
            mine.forEach((key, singleFlight) -> tickets.put(key, singleFlight.ticket()));
            record.readAll(tickets, readAccessNanos()).forEach((key, entry) -> fetched.put(key, hit(key, entry)));
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

    private FetchResult<V> missed() {
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

    /** The access that the tier of record counts as it reads; a policy of the user's is asked after a hit only. */
    private long readAccessNanos() {
        return expiry.isConstant() ? expiry.accessNanos() : Lifetime.UNCHANGED;
    }
}
