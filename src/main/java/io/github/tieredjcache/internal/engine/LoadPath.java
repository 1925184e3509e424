package io.github.tieredjcache.internal.engine;

import io.github.tieredjcache.internal.entry.Entry;
import io.github.tieredjcache.internal.entry.Expiry;
import io.github.tieredjcache.internal.entry.FillTicket;
import io.github.tieredjcache.internal.entry.Lifetime;
import io.github.tieredjcache.internal.entry.LoadRight;
import io.github.tieredjcache.internal.entry.LoadTurn;
import io.github.tieredjcache.internal.entry.NanoClock;
import io.github.tieredjcache.internal.entry.ThrottledLog;
import io.github.tieredjcache.internal.entry.TierOfRecord;
import io.github.tieredjcache.internal.near.Flight;
import io.github.tieredjcache.internal.near.Flights;
import io.github.tieredjcache.internal.source.Source;
import io.github.tieredjcache.internal.stats.TierCounters;
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
    private final Flights<K, Fetched<V>> flights;
    private final SoloLoads<K, Fetched<V>> solos = new SoloLoads<>();
    private final TierOfRecord<K, V> record;
    private final Source<K, V> source;
    private final Expiry expiry;
    private final Isolation<K, V> isolation;
    private final TierCounters counters;
    private final NanoClock clock;
    private final LoadOptions options;
    private final LoaderCalls calls;
    private final Fills<K, V> fills;
    private final ThrottledLog staleness;
    private final ThrottledLog unheard;

    /**
     * Creates the load path of a cache.
     *
     * @param clock what waits and logs are measured by
     */
    LoadPath(Parts<K, V> parts, LoaderCalls calls, NanoClock clock) {
        this.flights = parts.flights();
        this.record = parts.record();
        this.source = parts.source();
        this.expiry = parts.expiry();
        this.isolation = parts.isolation();
        this.counters = parts.counters();
        this.clock = clock;
        this.calls = calls;
        this.options = calls.options();
        this.fills = new Fills<>(parts, clock);
        System.Logger log = System.getLogger("io.github.tieredjcache.load");
        this.staleness = new ThrottledLog(log, counters.cacheName(), clock);
        this.unheard = new ThrottledLog(log, counters.cacheName(), clock);
    }

    /** Loads one key, or has another node do so. */
    Fetched<V> one(K key, Flight<Fetched<V>> flight, Tellings tellings) {
        Round round = new Round(Map.of(key, flight), this::loadOne, false, tellings);
        return round.load().getOrDefault(key, Fetched.nothing());
    }

    private Map<K, V> loadOne(List<K> keys) {
        K key = keys.get(0);
        V loaded = source.load(isolation.key(key));
        return loaded == null ? Map.of() : Map.of(key, loaded);
    }

    private Map<K, V> loadAll(List<K> keys) {
        return source.loadAll(isolation.keys(keys));
    }

    /** Loads one key without asking whose turn it is, and keeps nothing. */
    Fetched<V> alone(K key) {
        V loaded = calls.<@Nullable V>call(() -> source.load(isolation.key(key)));
        if (loaded == null) {
            return Fetched.nothing();
        }
        counters.fillRefused();
        return Fetched.loaded(isolation.in(loaded));
    }

    /** Loads the keys of a batch, or has other nodes do so; a key that the source has not is left out. */
    Map<K, Fetched<V>> all(Map<K, Flight<Fetched<V>>> mine, Tellings tellings) {
        return new Round(mine, this::loadAll, false, tellings).load();
    }

    /**
     * Loads the keys of a batch and stores what was loaded over whatever they have, unless that changes in between. What others load
     * of them is not stored. Calls no writer and counts no put.
     */
    Map<K, Fetched<V>> over(Map<K, Flight<Fetched<V>>> mine, Tellings tellings) {
        return new Round(mine, this::loadAll, true, tellings).load();
    }

    @Override
    public void flightEnds(K key, Flight<Fetched<V>> flight) {
        flights.leave(key, flight);
    }

    @Override
    public void soloEnds(K key, Flight<Fetched<V>> flight) {
        solos.leave(key, flight);
    }

    @Override
    public void failedUnheard(Throwable failure) {
        unheard.warn(
                "a load that nobody waits for any more has failed; look at the CacheLoader: " + failure.getMessage(),
                failure);
    }

    /** One load of several keys. */
    private final class Round {
        private final Map<K, Flight<Fetched<V>>> mine;
        private final Function<List<K>, Map<K, V>> loader;
        private final boolean replaces;
        private final Tellings tellings;
        private final long beganNanos = clock.nanos();
        private final Map<K, Fetched<V>> fetched = new HashMap<>();
        private final Map<K, LoadRight> rights = new HashMap<>();
        private final Map<K, Entry<V>> present = new HashMap<>();
        private final Map<K, Entry<V>> ended = new HashMap<>();
        // What this has begun, and what it waits for, although it is another node's turn.
        private final Map<K, Flight<Fetched<V>>> mySolos = new HashMap<>();
        private final Map<K, Flight<Fetched<V>>> othersSolos = new LinkedHashMap<>();

        Round(
                Map<K, Flight<Fetched<V>>> mine,
                Function<List<K>, Map<K, V>> loader,
                boolean replaces,
                Tellings tellings) {
            this.mine = mine;
            this.loader = loader;
            this.replaces = replaces;
            this.tellings = tellings;
        }

        Map<K, Fetched<V>> load() {
            try {
                Map<K, FillTicket> tickets = new LinkedHashMap<>();
                mine.forEach((key, flight) -> tickets.put(key, flight.ticket()));
                Map<K, LoadTurn<V>> turns = record.turnsToLoad(tickets, replaces);
                turns.forEach(this::takeRight);
                Map<K, LoadTurn<V>> waiting = new LinkedHashMap<>();
                mine.keySet().stream()
                        .filter(key -> turns.get(key) instanceof LoadTurn.Theirs)
                        .forEach(key -> waiting.put(key, turns.get(key)));
                turns.keySet().removeAll(waiting.keySet());
                take(turns);
                take(await(waiting));
                othersSolos.forEach((key, flight) -> fetched.put(key, joined(key, flight)));
                return fetched;
            } catch (RuntimeException | Error e) {
                mySolos.forEach((key, flight) -> {
                    solos.leave(key, flight);
                    flight.crash(e);
                });
                throw e;
            } finally {
                rights.values().forEach(LoadRight::giveUp);
            }
        }

        private void takeRight(K key, LoadTurn<V> turn) {
            if (turn instanceof LoadTurn.Mine<V> given) {
                rights.put(key, given.right());
                Entry<V> old = given.ended();
                if (old != null) {
                    ended.put(key, old);
                }
            }
        }

        /** Waits for the loads of others; where there is a value that has ended, not for longer than for a load of one's own. */
        private Map<K, LoadTurn<V>> await(Map<K, LoadTurn<V>> waiting) {
            Map<K, LoadTurn<V>> turns = new LinkedHashMap<>();
            waiting.forEach((key, theirs) -> {
                counters.loadAwaited();
                Entry<V> old = theirs instanceof LoadTurn.Theirs<V> other ? other.ended() : null;
                boolean soft = !replaces && options.softTimeout().compareTo(options.othersWait()) < 0;
                Duration wait = old != null && soft ? options.softTimeout() : options.othersWait();
                long untilNanos = beganNanos + wait.toNanos();
                LoadTurn<V> turn =
                        calls.whileOthersLoad(() -> record.awaitTurnToLoad(key, () -> renewedTicket(key), untilNanos));
                takeRight(key, turn);
                if (old != null && soft && turn instanceof LoadTurn.Alone) {
                    serveEnded(key, old);
                } else {
                    turns.put(key, turn);
                }
            });
            return turns;
        }

        private FillTicket renewedTicket(K key) {
            return flights.renew(key, Objects.requireNonNull(mine.get(key)));
        }

        private void take(Map<K, LoadTurn<V>> turns) {
            List<K> toLoad = new ArrayList<>();
            turns.forEach((key, turn) -> {
                if (turn instanceof LoadTurn.Present<V> there) {
                    met(key, there.entry(), toLoad);
                } else if (!(turn instanceof LoadTurn.Alone<V> alone) || isMyTurnAlone(key, alone)) {
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
            fetched.put(key, Fetched.loaded(entry.value()));
        }

        /** Returns whether no other call of this node has given up on the same load of another node, and loads. */
        private boolean isMyTurnAlone(K key, LoadTurn.Alone<V> alone) {
            Object awaited = alone.awaited();
            if (awaited == null || replaces) {
                return true;
            }
            Flight<Fetched<V>> prepared = flights.prepare();
            Flight<Fetched<V>> flight = solos.join(key, awaited, prepared);
            (flight == prepared ? mySolos : othersSolos).put(key, flight);
            return flight == prepared;
        }

        private Fetched<V> joined(K key, Flight<Fetched<V>> flight) {
            counters.coalesced();
            Fetched<V> landed = calls.<@Nullable Fetched<V>>whileOthersLoad(() -> flights.await(flight));
            return landed == null ? alone(key) : landed;
        }

        private void serveEnded(K key, Entry<V> old) {
            counters.servedStale();
            fetched.put(key, Fetched.ended(old.value()));
        }

        private void load(List<K> keys) {
            LoadCall<K, V> call = call(keys);
            boolean mayBeStale = !replaces && ended.keySet().containsAll(keys);
            boolean isTimed = options.hasTimeout() || (mayBeStale && options.hasSoftTimeout());
            try {
                Map<K, Fetched<V>> brought = isTimed ? await(call, mayBeStale) : run(call);
                if (brought != null) {
                    fetched.putAll(brought);
                    tellings.addAll(call.tellings());
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

        private Map<K, Fetched<V>> run(LoadCall<K, V> call) {
            return call.run(() -> {
                Map<K, V> loaded = calls.timed(() -> loader.apply(call.keys()));
                return fills.keep(loaded, call.rights(), present, this::ticket, call.tellings());
            });
        }

        private FillTicket ticket(K key) {
            return Objects.requireNonNull(mine.get(key)).ticket();
        }

        /** Returns null if the call goes on without this. */
        private @Nullable Map<K, Fetched<V>> await(LoadCall<K, V> call, boolean mayBeStale) {
            LoaderCalls.UnderWay<Map<K, Fetched<V>>> load;
            try {
                load = calls.begin(() -> run(call));
            } catch (RuntimeException | Error e) {
                call.giveUp();
                call.crash(e);
                throw e;
            }
            Flight<Fetched<V>> any = call.flights().values().iterator().next();
            boolean ended = false;
            try {
                Map<K, Fetched<V>> brought = flights.<@Nullable Map<K, Fetched<V>>>whileWaitingFor(
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

        private @Nullable Map<K, Fetched<V>> ended(
                LoadCall<K, V> call, LoaderCalls.UnderWay<Map<K, Fetched<V>>> load, boolean isSoft) {
            if (isSoft && !load.endsWithin(options.softTimeout()) && call.detach()) {
                call.flights().values().forEach(Flight::outlastLanding);
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
