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
import java.util.function.Function;
import javax.cache.integration.CacheLoaderException;
import org.jspecify.annotations.Nullable;

/**
 * The way from a miss to the source: whose turn it is to load, the load, and what is kept of it.
 *
 * <p>The tier of record says who loads. Whoever has the right for some keys and waits for others loads his own first, so that no
 * two calls wait for each other. A right that was given ends with the fill or is given up, whatever happens in between.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
final class LoadPath<K, V> implements LoadCall.Ends<K, V> {
    private final SingleFlights<K, FetchResult<V>> singleFlights;
    private final UncoordinatedLoads<K, FetchResult<V>> solos = new UncoordinatedLoads<>();
    private final TierOfRecord<K, V> record;
    private final Source<K, V> source;
    private final Expiry expiry;
    private final StoreByValue<K, V> storeByValue;
    private final TierCounters counters;
    private final NanoClock clock;
    private final LoadOptions options;
    private final LoaderInvoker calls;
    private final FillPath<K, V> fillPath;
    private final ThrottledLog staleness;
    private final ThrottledLog unheard;

    /**
     * Creates the load path of a cache.
     *
     * @param clock what waits and logs are measured by
     */
    LoadPath(EngineComponents<K, V> components, LoaderInvoker calls, NanoClock clock) {
        this.singleFlights = components.flights();
        this.record = components.record();
        this.source = components.source();
        this.expiry = components.expiry();
        this.storeByValue = components.isolation();
        this.counters = components.counters();
        this.clock = clock;
        this.calls = calls;
        this.options = calls.options();
        this.fillPath = new FillPath<>(components, clock);
        System.Logger log = System.getLogger("io.github.tieredjcache.load");
        this.staleness = new ThrottledLog(log, counters.cacheName(), clock);
        this.unheard = new ThrottledLog(log, counters.cacheName(), clock);
    }

    /** Loads one key, or has another node do so. */
    FetchResult<V> one(K key, SingleFlight<FetchResult<V>> singleFlight, PendingNotifications notifications) {
        Round round = new Round(Map.of(key, singleFlight), this::loadOne, false, notifications);
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

    /** Loads one key without asking whose turn it is, and keeps nothing. */
    FetchResult<V> alone(K key) {
        V loaded = calls.<@Nullable V>call(() -> source.load(storeByValue.key(key)));
        if (loaded == null) {
            return FetchResult.nothing();
        }
        counters.fillRefused();
        return FetchResult.loaded(storeByValue.in(loaded));
    }

    /** Loads the keys of a batch, or has other nodes do so; a key that the source has not is left out. */
    Map<K, FetchResult<V>> all(Map<K, SingleFlight<FetchResult<V>>> mine, PendingNotifications notifications) {
        return new Round(mine, this::loadAll, false, notifications).load();
    }

    /**
     * Loads the keys of a batch and stores what was loaded over whatever they have, unless that changes in between. What others load
     * of them is not stored. Calls no writer and counts no put.
     */
    Map<K, FetchResult<V>> over(Map<K, SingleFlight<FetchResult<V>>> mine, PendingNotifications notifications) {
        return new Round(mine, this::loadAll, true, notifications).load();
    }

    @Override
    public void flightEnds(K key, SingleFlight<FetchResult<V>> singleFlight) {
        singleFlights.leave(key, singleFlight);
    }

    @Override
    public void soloEnds(K key, SingleFlight<FetchResult<V>> singleFlight) {
        solos.leave(key, singleFlight);
    }

    @Override
    public void failedUnheard(Throwable failure) {
        unheard.warn(
                "a load that nobody waits for any more has failed; look at the CacheLoader: " + failure.getMessage(),
                failure);
    }

    /** One load of several keys. */
    private final class Round {
        private final Map<K, SingleFlight<FetchResult<V>>> mine;
        private final Function<List<K>, Map<K, V>> loader;
        private final boolean replaces;
        private final PendingNotifications notifications;
        private final long beganNanos = clock.nanos();
        private final Map<K, FetchResult<V>> fetched = new HashMap<>();
        private final Map<K, LoadLease> rights = new HashMap<>();
        private final Map<K, Entry<V>> present = new HashMap<>();
        private final Map<K, Entry<V>> ended = new HashMap<>();
        // What this has begun, and what it waits for, although it is another node's turn.
        private final Map<K, SingleFlight<FetchResult<V>>> mySolos = new HashMap<>();
        private final Map<K, SingleFlight<FetchResult<V>>> othersSolos = new LinkedHashMap<>();

        Round(
                Map<K, SingleFlight<FetchResult<V>>> mine,
                Function<List<K>, Map<K, V>> loader,
                boolean replaces,
                PendingNotifications notifications) {
            this.mine = mine;
            this.loader = loader;
            this.replaces = replaces;
            this.notifications = notifications;
        }

        Map<K, FetchResult<V>> load() {
            try {
                Map<K, FillTicket> tickets = new LinkedHashMap<>();
                mine.forEach((key, singleFlight) -> tickets.put(key, singleFlight.ticket()));
                Map<K, LoadGrant<V>> grants = record.loadGrants(tickets, replaces);
                grants.forEach(this::takeRight);
                Map<K, LoadGrant<V>> waiting = new LinkedHashMap<>();
                mine.keySet().stream()
                        .filter(key -> grants.get(key) instanceof LoadGrant.HeldElsewhere)
                        .forEach(key -> waiting.put(key, grants.get(key)));
                grants.keySet().removeAll(waiting.keySet());
                take(grants);
                take(await(waiting));
                othersSolos.forEach((key, singleFlight) -> fetched.put(key, joined(key, singleFlight)));
                return fetched;
            } catch (RuntimeException | Error e) {
                mySolos.forEach((key, singleFlight) -> {
                    solos.leave(key, singleFlight);
                    singleFlight.fail(e);
                });
                throw e;
            } finally {
                rights.values().forEach(LoadLease::giveUp);
            }
        }

        private void takeRight(K key, LoadGrant<V> grant) {
            if (grant instanceof LoadGrant.Granted<V> given) {
                rights.put(key, given.lease());
                Entry<V> old = given.expired();
                if (old != null) {
                    ended.put(key, old);
                }
            }
        }

        /** Waits for the loads of others; where there is a value that has ended, not for longer than for a load of one's own. */
        private Map<K, LoadGrant<V>> await(Map<K, LoadGrant<V>> waiting) {
            Map<K, LoadGrant<V>> grants = new LinkedHashMap<>();
            waiting.forEach((key, theirs) -> {
                counters.loadAwaited();
                Entry<V> old = theirs instanceof LoadGrant.HeldElsewhere<V> other ? other.expired() : null;
                boolean soft = !replaces && options.softTimeout().compareTo(options.othersWait()) < 0;
                Duration wait = old != null && soft ? options.softTimeout() : options.othersWait();
                long untilNanos = beganNanos + wait.toNanos();
                LoadGrant<V> grant =
                        calls.whileOthersLoad(() -> record.awaitLoadGrant(key, () -> renewedTicket(key), untilNanos));
                takeRight(key, grant);
                if (old != null && soft && grant instanceof LoadGrant.Uncoordinated) {
                    serveEnded(key, old);
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
                if (grant instanceof LoadGrant.Found<V> there) {
                    met(key, there.entry(), toLoad);
                } else if (!(grant instanceof LoadGrant.Uncoordinated<V> alone) || isMyTurnAlone(key, alone)) {
                    toLoad.add(key);
                }
            });
            if (!toLoad.isEmpty()) {
                load(toLoad);
            }
        }

        private void met(K key, Entry<V> entry, List<K> toLoad) {
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

        /** Returns whether no other call of this node has given up on the same load of another node, and loads. */
        private boolean isMyTurnAlone(K key, LoadGrant.Uncoordinated<V> alone) {
            Object awaited = alone.awaited();
            if (awaited == null || replaces) {
                return true;
            }
            SingleFlight<FetchResult<V>> prepared = singleFlights.prepare();
            SingleFlight<FetchResult<V>> singleFlight = solos.join(key, awaited, prepared);
            (singleFlight == prepared ? mySolos : othersSolos).put(key, singleFlight);
            return singleFlight == prepared;
        }

        private FetchResult<V> joined(K key, SingleFlight<FetchResult<V>> singleFlight) {
            counters.coalesced();
            FetchResult<V> landed =
                    calls.<@Nullable FetchResult<V>>whileOthersLoad(() -> singleFlights.await(singleFlight));
            return landed == null ? alone(key) : landed;
        }

        private void serveEnded(K key, Entry<V> old) {
            counters.servedStale();
            fetched.put(key, FetchResult.ended(old.value()));
        }

        private void load(List<K> keys) {
            LoadCall<K, V> call = call(keys);
            boolean mayBeStale = !replaces && ended.keySet().containsAll(keys);
            boolean isTimed = options.hasTimeout() || (mayBeStale && options.hasSoftTimeout());
            try {
                Map<K, FetchResult<V>> brought = isTimed ? await(call, mayBeStale) : run(call);
                if (brought != null) {
                    fetched.putAll(brought);
                    notifications.addAll(call.tellings());
                    return;
                }
            } catch (CacheLoaderException e) {
                if (!mayBeStale) {
                    throw e;
                }
                staleness.warn(
                        "values that had ended were answered, because the CacheLoader failed; look at it (see load.stale-for): "
                                + e.getMessage(),
                        e);
            }
            keys.forEach(key -> serveEnded(key, Objects.requireNonNull(ended.get(key))));
        }

        /** Returns a call that has all that this has of the keys, and may outlive it. */
        private LoadCall<K, V> call(List<K> keys) {
            LoadCall<K, V> call = new LoadCall<>(keys, LoadPath.this);
            keys.forEach(key -> call.flights().put(key, Objects.requireNonNull(mine.get(key))));
            move(keys, rights, call.rights());
            move(keys, mySolos, call.solos());
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
                return fillPath.keep(loaded, call.rights(), present, this::ticket, call.tellings());
            });
        }

        private FillTicket ticket(K key) {
            return Objects.requireNonNull(mine.get(key)).ticket();
        }

        /** Returns null if the call goes on without this. */
        private @Nullable Map<K, FetchResult<V>> await(LoadCall<K, V> call, boolean mayBeStale) {
            LoaderInvoker.UnderWay<Map<K, FetchResult<V>>> load;
            try {
                load = calls.begin(() -> run(call));
            } catch (RuntimeException | Error e) {
                call.giveUp();
                call.crash(e);
                throw e;
            }
            SingleFlight<FetchResult<V>> any =
                    call.flights().values().iterator().next();
            boolean ended = false;
            try {
                Map<K, FetchResult<V>> brought = singleFlights.<@Nullable Map<K, FetchResult<V>>>whileWaitingFor(
                        any, () -> ended(call, load, mayBeStale && options.hasSoftTimeout()));
                ended = true;
                return brought;
            } finally {
                if (!ended) {
                    // Interrupted, perhaps; then it goes on for itself.
                    call.detach();
                }
            }
        }

        private @Nullable Map<K, FetchResult<V>> ended(
                LoadCall<K, V> call, LoaderInvoker.UnderWay<Map<K, FetchResult<V>>> load, boolean isSoft) {
            if (isSoft && !load.endsWithin(options.softTimeout()) && call.detach()) {
                call.flights().values().forEach(SingleFlight::outlastCompletion);
                return null;
            }
            // After the soft timeout it has ended, or just now does.
            if (!load.endsWithin(options.timeout()) && call.detach()) {
                CacheLoaderException late = load.abandon();
                call.giveUp();
                call.crash(late);
                throw late;
            }
            return load.result();
        }
    }
}
