package io.github.tieredjcache.internal.engine.load;

import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.engine.common.EngineComponents;
import io.github.tieredjcache.internal.engine.common.FetchResult;
import io.github.tieredjcache.internal.engine.common.PendingNotifications;
import io.github.tieredjcache.internal.engine.common.StoreByValue;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Expiry;
import io.github.tieredjcache.internal.near.SingleFlight;
import io.github.tieredjcache.internal.near.SingleFlights;
import io.github.tieredjcache.internal.port.LoadGrant;
import io.github.tieredjcache.internal.port.TierOfRecord;
import io.github.tieredjcache.internal.source.Source;
import io.github.tieredjcache.internal.stats.TierCounters;
import io.github.tieredjcache.internal.support.NanoClock;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The path from a miss to the source: the load lease, the load, and the storing of its values.
 *
 * <p>The tier of record decides which caller loads. A call that has load leases for some keys and waits for others
 * loads its own keys first, so that no two calls wait for each other. A granted lease ends with the fill or is given
 * up, whatever happens in between.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
final class LoadPath<K, V> {
    private final SingleFlights<K, FetchResult<V>> singleFlights;
    private final UncoordinatedLoads<K, FetchResult<V>> uncoordinatedLoads = new UncoordinatedLoads<>();
    private final TierOfRecord<K, V> record;
    private final Source<K, V> source;
    private final Expiry expiry;
    private final StoreByValue<K, V> storeByValue;
    private final TierCounters counters;
    private final NanoClock clock;
    private final LoadOptions options;
    private final LoaderInvoker invoker;
    private final LoadCalls<K, V> calls;

    /**
     * Creates the load path of a cache.
     *
     * @param clock measures waits and throttles logs
     */
    LoadPath(EngineComponents<K, V> components, LoaderInvoker invoker, NanoClock clock) {
        this.singleFlights = components.singleFlights();
        this.record = components.record();
        this.source = components.source();
        this.expiry = components.expiry();
        this.storeByValue = components.storeByValue();
        this.counters = components.counters();
        this.clock = clock;
        this.options = invoker.options();
        this.invoker = invoker;
        this.calls = new LoadCalls<>(components, invoker, clock);
    }

    /** Loads one key, or waits for the load of another node. */
    FetchResult<V> one(
            K key, SingleFlight<FetchResult<V>> singleFlight, Set<K> localKeys, PendingNotifications notifications) {
        Map<K, SingleFlight<FetchResult<V>>> mine = Map.of(key, singleFlight);
        Map<K, LoadGrant<V>> grants = record.loadGrants(tickets(mine), localKeys, false);
        return new Round(mine, grants, this::loadOne, LoadPurpose.LOOKUP, notifications)
                .load()
                .getOrDefault(key, FetchResult.nothing());
    }

    private Map<K, V> loadOne(List<K> keys) {
        K key = keys.get(0);
        V loaded = source.load(storeByValue.key(key));
        return loaded == null ? Map.of() : Map.of(key, loaded);
    }

    private Map<K, V> loadAll(List<K> keys) {
        // Has the instances of the loader as its keys, which the loader may change.
        Map<K, V> loaded = source.loadAll(storeByValue.keys(keys));
        Map<K, V> values = new HashMap<>();
        for (K key : keys) {
            V value = loaded.get(key);
            if (value != null) {
                values.put(key, value);
            }
        }
        return values;
    }

    /** Loads one key without a load lease, and stores nothing. */
    FetchResult<V> unshared(K key) {
        V loaded = invoker.<@Nullable V>call(() -> source.load(storeByValue.key(key)));
        if (loaded == null) {
            return FetchResult.nothing();
        }
        counters.fillRefused();
        V instance = storeByValue.in(loaded);
        return FetchResult.loaded(instance == null ? loaded : instance);
    }

    static <K, V> Map<K, FillTicket> tickets(Map<K, SingleFlight<FetchResult<V>>> mine) {
        Map<K, FillTicket> tickets = new LinkedHashMap<>();
        mine.forEach((key, singleFlight) -> tickets.put(key, singleFlight.ticket()));
        return tickets;
    }

    /**
     * Loads the keys of a batch, or waits for the loads of other nodes; a key that the source lacks is left out.
     *
     * @param grants the grants of the keys; their leases end with this call
     * @param purpose if it is a replacement, concurrent loads of the keys by other callers are not stored
     */
    Map<K, FetchResult<V>> all(
            Map<K, SingleFlight<FetchResult<V>>> mine,
            Map<K, LoadGrant<V>> grants,
            LoadPurpose purpose,
            PendingNotifications notifications) {
        return new Round(mine, grants, this::loadAll, purpose, notifications).load();
    }

    /** One load of several keys. */
    private final class Round {
        // The loads that are not part of a call yet: their leases end with this round.
        private final Map<K, KeyLoad<K, V>> loads = new LinkedHashMap<>();
        private final Function<List<K>, Map<K, V>> loader;
        private final LoadPurpose purpose;
        private final boolean replaces;
        private final PendingNotifications notifications;
        private final long beganNanos = clock.nanos();
        private final Map<K, FetchResult<V>> fetched = new HashMap<>();
        // The loads without a lease that another call of this node has begun.
        private final Map<K, SingleFlight<FetchResult<V>>> joined = new LinkedHashMap<>();

        Round(
                Map<K, SingleFlight<FetchResult<V>>> mine,
                Map<K, LoadGrant<V>> grants,
                Function<List<K>, Map<K, V>> loader,
                LoadPurpose purpose,
                PendingNotifications notifications) {
            mine.forEach((key, singleFlight) ->
                    loads.put(key, new KeyLoad<>(singleFlight, Objects.requireNonNull(grants.get(key)))));
            this.loader = loader;
            this.purpose = purpose;
            this.replaces = purpose == LoadPurpose.REPLACEMENT;
            this.notifications = notifications;
        }

        Map<K, FetchResult<V>> load() {
            try {
                Map<K, KeyLoad<K, V>> waiting = new LinkedHashMap<>(loads);
                waiting.values().removeIf(load -> !(load.grant() instanceof LoadGrant.HeldElsewhere));
                Map<K, KeyLoad<K, V>> decided = new LinkedHashMap<>(loads);
                decided.keySet().removeAll(waiting.keySet());
                take(decided);
                waiting.forEach(this::await);
                waiting.keySet().removeAll(fetched.keySet());
                take(waiting);
                joined.forEach((key, singleFlight) -> fetched.put(key, joined(key, singleFlight)));
                return fetched;
            } catch (RuntimeException | Error e) {
                loads.values().forEach(load -> load.fail(e));
                throw e;
            } finally {
                loads.values().forEach(KeyLoad::giveUp);
            }
        }

        /** Waits for the load of another caller; with an expired entry, at most as long as for a load of its own. */
        private void await(K key, KeyLoad<K, V> load) {
            counters.loadAwaited();
            Entry<V> expired = load.grant().expired();
            boolean soft = !replaces && options.softTimeout().compareTo(options.othersWait()) < 0;
            Duration wait = expired != null && soft ? options.softTimeout() : options.othersWait();
            long untilNanos = beganNanos + wait.toNanos();
            Supplier<FillTicket> tickets = () -> singleFlights.renew(key, load.singleFlight());
            // The load gets the grant within the wait: afterwards the thread may be refused its permit, and throw.
            LoadGrant<V> awaited =
                    invoker.whileOthersLoad(() -> load.decide(record.awaitLoadGrant(key, tickets, untilNanos)));
            if (expired != null && soft && awaited instanceof LoadGrant.Uncoordinated) {
                fetched.put(key, calls.stale(expired));
            }
        }

        private void take(Map<K, KeyLoad<K, V>> decided) {
            Map<K, KeyLoad<K, V>> toLoad = new LinkedHashMap<>();
            decided.forEach((key, load) -> {
                if (!replaces && load.grant() instanceof LoadGrant.Found<V> found) {
                    if (purpose == LoadPurpose.LOOKUP) {
                        record.touch(key, found.entry(), expiry);
                    }
                    fetched.put(key, FetchResult.loaded(found.entry().value()));
                } else if (!(load.grant() instanceof LoadGrant.Uncoordinated<V> uncoordinated)
                        || mayLoadUncoordinated(key, load, uncoordinated.awaited())) {
                    toLoad.put(key, load);
                }
            });
            if (!toLoad.isEmpty()) {
                loads.keySet().removeAll(toLoad.keySet());
                fetched.putAll(calls.load(toLoad, loader, replaces, notifications));
            }
        }

        /** Returns whether this call loads without a lease; false if it joins a call of this node that does so. */
        private boolean mayLoadUncoordinated(K key, KeyLoad<K, V> load, @Nullable Object awaited) {
            if (awaited == null || replaces) {
                return true;
            }
            SingleFlight<FetchResult<V>> prepared = singleFlights.prepare();
            var uncoordinated = uncoordinatedLoads.join(key, awaited, prepared);
            boolean isMine = uncoordinated.singleFlight() == prepared;
            if (isMine) {
                load.begin(uncoordinated);
            } else {
                joined.put(key, uncoordinated.singleFlight());
            }
            return isMine;
        }

        private FetchResult<V> joined(K key, SingleFlight<FetchResult<V>> singleFlight) {
            counters.coalesced();
            FetchResult<V> result =
                    invoker.<@Nullable FetchResult<V>>whileOthersLoad(() -> singleFlights.await(singleFlight));
            return result == null ? unshared(key) : result;
        }
    }
}
