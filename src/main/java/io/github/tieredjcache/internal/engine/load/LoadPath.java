package io.github.tieredjcache.internal.engine.load;

import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.engine.common.EngineComponents;
import io.github.tieredjcache.internal.engine.common.FetchResult;
import io.github.tieredjcache.internal.engine.common.PendingNotifications;
import io.github.tieredjcache.internal.engine.common.StoreByValue;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Expiry;
import io.github.tieredjcache.internal.model.Lifetime;
import io.github.tieredjcache.internal.near.SingleFlight;
import io.github.tieredjcache.internal.near.SingleFlights;
import io.github.tieredjcache.internal.port.LoadGrant;
import io.github.tieredjcache.internal.port.LoadLease;
import io.github.tieredjcache.internal.port.TierOfRecord;
import io.github.tieredjcache.internal.source.Source;
import io.github.tieredjcache.internal.stats.TierCounters;
import io.github.tieredjcache.internal.support.NanoClock;
import io.github.tieredjcache.internal.support.ThrottledLog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import javax.cache.integration.CacheLoaderException;
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
final class LoadPath<K, V> implements LoadCall.Ends<K, V> {
    private final SingleFlights<K, FetchResult<V>> singleFlights;
    private final UncoordinatedLoads<K, FetchResult<V>> uncoordinatedLoads = new UncoordinatedLoads<>();
    private final TierOfRecord<K, V> record;
    private final Source<K, V> source;
    private final Expiry expiry;
    private final StoreByValue<K, V> storeByValue;
    private final TierCounters counters;
    private final NanoClock clock;
    private final LoadOptions options;
    private final LoaderInvoker calls;
    private final FillPath<K, V> fillPath;
    private final ThrottledLog staleServings;
    private final ThrottledLog detachedFailures;

    /**
     * Creates the load path of a cache.
     *
     * @param clock measures waits and throttles logs
     */
    LoadPath(EngineComponents<K, V> components, LoaderInvoker calls, NanoClock clock) {
        this.singleFlights = components.singleFlights();
        this.record = components.record();
        this.source = components.source();
        this.expiry = components.expiry();
        this.storeByValue = components.storeByValue();
        this.counters = components.counters();
        this.clock = clock;
        this.calls = calls;
        this.options = calls.options();
        this.fillPath = new FillPath<>(components, clock);
        System.Logger log = System.getLogger("io.github.tieredjcache.load");
        this.staleServings = new ThrottledLog(log, counters.cacheName(), clock);
        this.detachedFailures = new ThrottledLog(log, counters.cacheName(), clock);
    }

    /** Loads one key, or waits for the load of another node. */
    FetchResult<V> one(
            K key, SingleFlight<FetchResult<V>> singleFlight, Set<K> localKeys, PendingNotifications notifications) {
        Map<K, SingleFlight<FetchResult<V>>> mine = Map.of(key, singleFlight);
        Round round = new Round(mine, this::loadOne, false, grants(mine, localKeys, false), notifications);
        return round.load().getOrDefault(key, FetchResult.nothing());
    }

    private Map<K, V> loadOne(List<K> keys) {
        K key = keys.get(0);
        V loaded = source.load(storeByValue.key(key));
        return loaded == null ? Map.of() : Map.of(key, loaded);
    }

    private Map<K, V> loadAll(List<K> keys) {
        return source.loadAll(storeByValue.keys(keys));
    }

    /** Loads one key without a load lease, and stores nothing. */
    FetchResult<V> unshared(K key) {
        V loaded = calls.<@Nullable V>call(() -> source.load(storeByValue.key(key)));
        if (loaded == null) {
            return FetchResult.nothing();
        }
        counters.fillRefused();
        V instance = storeByValue.in(loaded);
        return FetchResult.loaded(instance == null ? loaded : instance);
    }

    /**
     * Requests the load leases of keys.
     *
     * @param localKeys the keys whose read before was answered locally
     * @param replaces whether existing entries are loaded, too, and other callers' leases are taken over
     */
    Map<K, LoadGrant<V>> grants(Map<K, SingleFlight<FetchResult<V>>> mine, Set<K> localKeys, boolean replaces) {
        return record.loadGrants(tickets(mine), localKeys, replaces);
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
     * @param replaces whether the values are stored over existing entries, unless an entry changes in between;
     *     concurrent loads of the keys by other callers are not stored
     */
    Map<K, FetchResult<V>> all(
            Map<K, SingleFlight<FetchResult<V>>> mine,
            Map<K, LoadGrant<V>> grants,
            boolean replaces,
            PendingNotifications notifications) {
        return new Round(mine, this::loadAll, replaces, grants, notifications).load();
    }

    @Override
    public void fetchEnds(K key, SingleFlight<FetchResult<V>> singleFlight) {
        singleFlights.leave(key, singleFlight);
    }

    @Override
    public void uncoordinatedEnds(K key, SingleFlight<FetchResult<V>> singleFlight) {
        uncoordinatedLoads.leave(key, singleFlight);
    }

    @Override
    public void failedDetached(Throwable failure) {
        detachedFailures.warn(
                "a load failed after its caller had stopped waiting for it; check the CacheLoader: "
                        + failure.getMessage(),
                failure);
    }

    /** One load of several keys. */
    private final class Round {
        private final Map<K, SingleFlight<FetchResult<V>>> mine;
        private final Function<List<K>, Map<K, V>> loader;
        private final boolean replaces;
        private final Map<K, LoadGrant<V>> grants;
        private final PendingNotifications notifications;
        private final long beganNanos = clock.nanos();
        private final Map<K, FetchResult<V>> fetched = new HashMap<>();
        private final Map<K, LoadLease> leases = new HashMap<>();
        private final Map<K, Entry<V>> present = new HashMap<>();
        private final Map<K, Entry<V>> expired = new HashMap<>();
        // Loads without a lease, because another node's load takes too long: begun by this call, and joined by it.
        private final Map<K, SingleFlight<FetchResult<V>>> myUncoordinated = new HashMap<>();
        private final Map<K, SingleFlight<FetchResult<V>>> joinedUncoordinated = new LinkedHashMap<>();

        Round(
                Map<K, SingleFlight<FetchResult<V>>> mine,
                Function<List<K>, Map<K, V>> loader,
                boolean replaces,
                Map<K, LoadGrant<V>> grants,
                PendingNotifications notifications) {
            this.mine = mine;
            this.loader = loader;
            this.replaces = replaces;
            this.grants = grants;
            this.notifications = notifications;
        }

        Map<K, FetchResult<V>> load() {
            try {
                grants.forEach(this::takeLease);
                Map<K, LoadGrant<V>> decided = new LinkedHashMap<>();
                Map<K, LoadGrant<V>> waiting = new LinkedHashMap<>();
                mine.keySet().forEach(key -> {
                    LoadGrant<V> grant = Objects.requireNonNull(grants.get(key));
                    (grant instanceof LoadGrant.HeldElsewhere ? waiting : decided).put(key, grant);
                });
                take(decided);
                take(await(waiting));
                joinedUncoordinated.forEach((key, singleFlight) -> fetched.put(key, joined(key, singleFlight)));
                return fetched;
            } catch (RuntimeException | Error e) {
                myUncoordinated.forEach((key, singleFlight) -> {
                    uncoordinatedLoads.leave(key, singleFlight);
                    singleFlight.fail(e);
                });
                throw e;
            } finally {
                leases.values().forEach(LoadLease::giveUp);
            }
        }

        private void takeLease(K key, LoadGrant<V> grant) {
            if (grant instanceof LoadGrant.Granted<V> granted) {
                leases.put(key, granted.lease());
                Entry<V> expiredEntry = granted.expired();
                if (expiredEntry != null) {
                    expired.put(key, expiredEntry);
                }
            }
        }

        /** Waits for the loads of other callers; with an expired entry, at most as long as for a load of its own. */
        private Map<K, LoadGrant<V>> await(Map<K, LoadGrant<V>> waiting) {
            Map<K, LoadGrant<V>> grants = new LinkedHashMap<>();
            waiting.forEach((key, held) -> {
                counters.loadAwaited();
                Entry<V> expiredEntry = held instanceof LoadGrant.HeldElsewhere<V> other ? other.expired() : null;
                boolean soft = !replaces && options.softTimeout().compareTo(options.othersWait()) < 0;
                Duration wait = expiredEntry != null && soft ? options.softTimeout() : options.othersWait();
                long untilNanos = beganNanos + wait.toNanos();
                LoadGrant<V> grant =
                        calls.whileOthersLoad(() -> record.awaitLoadGrant(key, () -> renewedTicket(key), untilNanos));
                takeLease(key, grant);
                if (expiredEntry != null && soft && grant instanceof LoadGrant.Uncoordinated) {
                    serveStale(key, expiredEntry);
                } else {
                    grants.put(key, grant);
                }
            });
            return grants;
        }

        private FillTicket renewedTicket(K key) {
            return singleFlights.renew(key, Objects.requireNonNull(mine.get(key)));
        }

        private void take(Map<K, LoadGrant<V>> grants) {
            List<K> toLoad = new ArrayList<>();
            grants.forEach((key, grant) -> {
                if (grant instanceof LoadGrant.Found<V> found) {
                    foundEntry(key, found.entry(), toLoad);
                } else if (!(grant instanceof LoadGrant.Uncoordinated<V> uncoordinated)
                        || mayLoadUncoordinated(key, uncoordinated)) {
                    toLoad.add(key);
                }
            });
            if (!toLoad.isEmpty()) {
                load(toLoad);
            }
        }

        private void foundEntry(K key, Entry<V> entry, List<K> toLoad) {
            if (replaces) {
                present.put(key, entry);
                toLoad.add(key);
                return;
            }
            long accessNanos = expiry.mayTouch() ? expiry.accessNanos() : Lifetime.UNCHANGED;
            if (accessNanos != Lifetime.UNCHANGED) {
                record.touch(key, entry, accessNanos);
            }
            fetched.put(key, FetchResult.loaded(entry.value()));
        }

        /** Returns whether this call loads without a lease; false if it joins a call of this node that does so. */
        private boolean mayLoadUncoordinated(K key, LoadGrant.Uncoordinated<V> grant) {
            Object awaited = grant.awaited();
            if (awaited == null || replaces) {
                return true;
            }
            SingleFlight<FetchResult<V>> prepared = singleFlights.prepare();
            SingleFlight<FetchResult<V>> singleFlight = uncoordinatedLoads.join(key, awaited, prepared);
            (singleFlight == prepared ? myUncoordinated : joinedUncoordinated).put(key, singleFlight);
            return singleFlight == prepared;
        }

        private FetchResult<V> joined(K key, SingleFlight<FetchResult<V>> singleFlight) {
            counters.coalesced();
            FetchResult<V> result =
                    calls.<@Nullable FetchResult<V>>whileOthersLoad(() -> singleFlights.await(singleFlight));
            return result == null ? unshared(key) : result;
        }

        private void serveStale(K key, Entry<V> expiredEntry) {
            counters.servedStale();
            fetched.put(key, FetchResult.expired(expiredEntry.value()));
        }

        private void load(List<K> keys) {
            LoadCall<K, V> call = call(keys);
            boolean mayBeStale = !replaces && expired.keySet().containsAll(keys);
            boolean isTimed = options.hasTimeout() || (mayBeStale && options.hasSoftTimeout());
            try {
                Map<K, FetchResult<V>> results = isTimed ? await(call, mayBeStale) : run(call);
                if (results != null) {
                    fetched.putAll(results);
                    notifications.addAll(call.notifications());
                    return;
                }
            } catch (CacheLoaderException e) {
                if (!mayBeStale) {
                    throw e;
                }
                staleServings.warn(
                        "expired values were served (load.stale-for) because the CacheLoader failed; check the "
                                + "CacheLoader: "
                                + e.getMessage(),
                        e);
            }
            keys.forEach(key -> serveStale(key, Objects.requireNonNull(expired.get(key))));
        }

        /** Returns a call that takes over the fetches and leases of the keys, and may outlive this round. */
        private LoadCall<K, V> call(List<K> keys) {
            LoadCall<K, V> call = new LoadCall<>(keys, LoadPath.this);
            keys.forEach(key -> call.singleFlights().put(key, Objects.requireNonNull(mine.get(key))));
            move(keys, leases, call.leases());
            move(keys, myUncoordinated, call.uncoordinated());
            return call;
        }

        private static <K, T> void move(List<K> keys, Map<K, T> from, Map<K, T> to) {
            keys.forEach(key -> {
                T moved = from.remove(key);
                if (moved != null) {
                    to.put(key, moved);
                }
            });
        }

        private Map<K, FetchResult<V>> run(LoadCall<K, V> call) {
            return call.run(() -> {
                Map<K, V> loaded = calls.timed(() -> loader.apply(call.keys()));
                return fillPath.keep(loaded, call.leases(), present, this::ticket, call.notifications());
            });
        }

        private FillTicket ticket(K key) {
            return Objects.requireNonNull(mine.get(key)).ticket();
        }

        /** Returns the results; null if the call runs on detached. */
        private @Nullable Map<K, FetchResult<V>> await(LoadCall<K, V> call, boolean mayBeStale) {
            LoaderInvoker.RunningLoad<Map<K, FetchResult<V>>> load;
            try {
                load = calls.begin(() -> run(call));
            } catch (RuntimeException | Error e) {
                call.giveUp();
                call.fail(e);
                throw e;
            }
            SingleFlight<FetchResult<V>> any =
                    call.singleFlights().values().iterator().next();
            boolean ended = false;
            try {
                Map<K, FetchResult<V>> results = singleFlights.<@Nullable Map<K, FetchResult<V>>>whileWaitingFor(
                        any, () -> awaitEnd(call, load, mayBeStale && options.hasSoftTimeout()));
                ended = true;
                return results;
            } finally {
                if (!ended) {
                    // After an interruption, for one, the call runs on detached.
                    call.detach();
                }
            }
        }

        private @Nullable Map<K, FetchResult<V>> awaitEnd(
                LoadCall<K, V> call, LoaderInvoker.RunningLoad<Map<K, FetchResult<V>>> load, boolean isSoft) {
            if (isSoft && !load.endsWithin(options.softTimeout()) && call.detach()) {
                call.singleFlights().values().forEach(SingleFlight::outlastCompletion);
                return null;
            }
            // If the call could not be detached at the soft timeout, it has ended or is just ending.
            if (!load.endsWithin(options.timeout()) && call.detach()) {
                CacheLoaderException late = load.abandon();
                call.giveUp();
                call.fail(late);
                throw late;
            }
            return load.result();
        }
    }
}
