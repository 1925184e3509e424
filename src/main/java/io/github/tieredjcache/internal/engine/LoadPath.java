package io.github.tieredjcache.internal.engine;

import io.github.tieredjcache.internal.entry.Entry;
import io.github.tieredjcache.internal.entry.Expiry;
import io.github.tieredjcache.internal.entry.FillTicket;
import io.github.tieredjcache.internal.entry.Guard;
import io.github.tieredjcache.internal.entry.Lifetime;
import io.github.tieredjcache.internal.entry.LoadRight;
import io.github.tieredjcache.internal.entry.LoadTurn;
import io.github.tieredjcache.internal.entry.Mutation;
import io.github.tieredjcache.internal.entry.NanoClock;
import io.github.tieredjcache.internal.entry.Outcome;
import io.github.tieredjcache.internal.entry.RemoteUnavailableException;
import io.github.tieredjcache.internal.entry.ThrottledLog;
import io.github.tieredjcache.internal.entry.TierOfRecord;
import io.github.tieredjcache.internal.entry.TierOfRecord.Fill;
import io.github.tieredjcache.internal.near.Flight;
import io.github.tieredjcache.internal.near.Flights;
import io.github.tieredjcache.internal.source.Source;
import io.github.tieredjcache.internal.stats.TierCounters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import javax.cache.CacheException;
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
final class LoadPath<K, V> {
    private static final System.Logger LOG = System.getLogger("io.github.tieredjcache.load");

    /** How many keys one call of the loader is asked for. */
    private static final int BATCH_MAX = 500;

    private final Flights<K, Fetched<V>> flights;
    private final TierOfRecord<K, V> record;
    private final Source<K, V> source;
    private final Expiry expiry;
    private final Isolation<K, V> isolation;
    private final Publisher<K, V> publisher;
    private final TierCounters counters;
    private final NanoClock clock;
    private final LoadOptions options;
    private final LoaderCalls calls;
    private final ThrottledLog refusals;
    private final ThrottledLog staleness;

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
        this.publisher = parts.publisher();
        this.counters = parts.counters();
        this.clock = clock;
        this.calls = calls;
        this.options = calls.options();
        this.refusals = new ThrottledLog(LOG, clock);
        this.staleness = new ThrottledLog(LOG, clock);
    }

    /** Loads one key, or has another node do so. */
    Fetched<V> one(K key, Flight<Fetched<V>> flight, Tellings tellings) {
        Round round = new Round(Map.of(key, flight), this::loadOne, false, tellings);
        return round.load(List.of(key)).getOrDefault(key, Fetched.nothing());
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
        return new Fetched<>(isolation.in(loaded), false);
    }

    /** Loads keys, or has other nodes do so; a key that the source has not is left out. */
    Map<K, Fetched<V>> all(Map<K, Flight<Fetched<V>>> mine, Tellings tellings) {
        return new Round(mine, this::loadAll, false, tellings).load(mine.keySet());
    }

    /**
     * Loads keys and stores what was loaded over whatever they have, unless that changes in between. Calls no writer and
     * counts no put.
     *
     * @param mine the flights of those keys for which no other flight is under way
     */
    Map<K, Fetched<V>> over(Collection<K> keys, Map<K, Flight<Fetched<V>>> mine, Tellings tellings) {
        return new Round(mine, this::loadAll, true, tellings).load(keys);
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

        Map<K, Fetched<V>> load(Collection<K> keys) {
            try {
                Map<K, FillTicket> tickets = new LinkedHashMap<>();
                keys.forEach(key -> tickets.put(key, ticket(key)));
                Map<K, LoadTurn<V>> turns = record.turnsToLoad(tickets);
                List<K> theirs = keys.stream()
                        .filter(key -> turns.get(key) instanceof LoadTurn.Theirs)
                        .toList();
                Map<K, LoadTurn<V>> waiting = new LinkedHashMap<>();
                theirs.forEach(key -> waiting.put(key, turns.remove(key)));
                take(turns);
                await(waiting);
                return fetched;
            } finally {
                rights.values().forEach(LoadRight::giveUp);
            }
        }

        private FillTicket ticket(K key) {
            Flight<Fetched<V>> flight = mine.get(key);
            return flight == null ? FillTicket.unfillable() : flight.ticket();
        }

        private FillTicket renewedTicket(K key) {
            Flight<Fetched<V>> flight = mine.get(key);
            return flight == null ? FillTicket.unfillable() : flights.renew(flight);
        }

        /** Waits for the loads of others; where there is a value that has ended, not for longer than for a load of one's own. */
        private void await(Map<K, LoadTurn<V>> waiting) {
            Map<K, LoadTurn<V>> turns = new LinkedHashMap<>();
            waiting.forEach((key, theirs) -> {
                counters.loadAwaited();
                Entry<V> old = theirs instanceof LoadTurn.Theirs<V> other ? other.ended() : null;
                boolean soft = !replaces && options.softTimeout().compareTo(options.othersWait()) < 0;
                Duration wait = old != null && soft ? options.softTimeout() : options.othersWait();
                long untilNanos = beganNanos + wait.toNanos();
                LoadTurn<V> turn = record.awaitTurnToLoad(key, () -> renewedTicket(key), untilNanos);
                if (old != null && soft && turn instanceof LoadTurn.Alone) {
                    serveEnded(key, old);
                } else {
                    turns.put(key, turn);
                }
            });
            take(turns);
        }

        private void take(Map<K, LoadTurn<V>> turns) {
            List<K> toLoad = new ArrayList<>();
            turns.forEach((key, turn) -> {
                if (turn instanceof LoadTurn.Present<V> there) {
                    met(key, there.entry(), toLoad);
                } else {
                    if (turn instanceof LoadTurn.Mine<V> given) {
                        rights.put(key, given.right());
                        ended.computeIfAbsent(key, same -> given.ended());
                    }
                    toLoad.add(key);
                }
            });
            for (int from = 0; from < toLoad.size(); from += BATCH_MAX) {
                loadBatch(toLoad.subList(from, Math.min(from + BATCH_MAX, toLoad.size())));
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
            fetched.put(key, new Fetched<>(entry.value(), false));
        }

        private void serveEnded(K key, Entry<V> old) {
            counters.servedStale();
            fetched.put(key, new Fetched<>(old.value(), false));
        }

        private void loadBatch(List<K> keys) {
            Call call = new Call(keys);
            // They are the call's from now on, which may outlive this.
            rights.keySet().removeAll(keys);
            boolean mayBeStale = !replaces && ended.keySet().containsAll(keys);
            try {
                Map<K, Fetched<V>> brought = calls.areTimed() ? await(call, mayBeStale) : call.run();
                if (brought != null) {
                    fetched.putAll(brought);
                    tellings.addAll(call.tellings);
                    return;
                }
            } catch (CacheLoaderException e) {
                if (!mayBeStale) {
                    throw e;
                }
                staleness.warn(
                        "the cache loader failed and expired values were answered instead: " + e.getMessage(), e);
            }
            keys.forEach(key -> serveEnded(key, Objects.requireNonNull(ended.get(key))));
        }

        /** Returns null if the call goes on without this. */
        private @Nullable Map<K, Fetched<V>> await(Call call, boolean mayBeStale) {
            LoaderCalls.UnderWay<Map<K, Fetched<V>>> load = calls.begin(call::run);
            boolean detaches = mayBeStale && options.softTimeout().compareTo(options.timeout()) < 0;
            if (detaches && !load.endsWithin(options.softTimeout()) && call.detach()) {
                return null;
            }
            // After the soft timeout it has ended, or just now does.
            if (!load.endsWithin(options.timeout()) && call.detach()) {
                CacheLoaderException late = load.abandon();
                call.giveUp();
                throw late;
            }
            return load.result();
        }

        /** One call of the loader and the keeping of what it brings. */
        private final class Call {
            private final List<K> keys;
            private final Map<K, LoadRight> own = new ConcurrentHashMap<>();
            private final Tellings tellings = new Tellings();
            // Whether whoever waits takes what it brings; decided once.
            private final AtomicReference<@Nullable Boolean> isAwaited = new AtomicReference<>();

            Call(List<K> keys) {
                this.keys = List.copyOf(keys);
                keys.forEach(key -> {
                    LoadRight right = rights.get(key);
                    if (right != null) {
                        own.put(key, right);
                    }
                });
            }

            /** Lets it go on for itself; false if it has ended. */
            boolean detach() {
                return isAwaited.compareAndSet(null, false);
            }

            void giveUp() {
                own.values().forEach(LoadRight::giveUp);
            }

            Map<K, Fetched<V>> run() {
                try {
                    mine.forEach((key, flight) -> flight.pilotedByMe());
                    Map<K, Fetched<V>> brought = kept(calls.timed(() -> loader.apply(keys)));
                    if (!isAwaited.compareAndSet(null, true)) {
                        tellings.tellAll();
                    }
                    return brought;
                } finally {
                    giveUp();
                }
            }

            private Map<K, Fetched<V>> kept(Map<K, V> loaded) {
                Map<K, Fetched<V>> brought = new HashMap<>();
                List<Fill<K, V>> fills = new ArrayList<>();
                List<Mutation<K, V>> replacements = new ArrayList<>();
                for (K key : keys) {
                    V value = loaded.get(key);
                    if (value == null) {
                        continue;
                    }
                    V instance = isolation.in(value);
                    brought.put(key, new Fetched<>(instance, false));
                    Entry<V> before = present.get(key);
                    LoadRight right = own.get(key);
                    if (before != null) {
                        long lifetime = expiry.updateNanos();
                        replacements.add(new Mutation<>(
                                key,
                                Guard.unchanged(before),
                                instance,
                                lifetime,
                                lifetime,
                                true,
                                publisher.wantsOld()));
                    } else if (right != null) {
                        fills.add(new Fill<>(key, right, ticket(key), instance, expiry.creationNanos()));
                    } else {
                        counters.fillRefused();
                    }
                }
                keep(fills);
                keepOver(replacements);
                return brought;
            }

            private void keep(List<Fill<K, V>> fills) {
                if (fills.isEmpty()) {
                    return;
                }
                List<Outcome<V>> outcomes;
                try {
                    outcomes = record.fillAll(fills);
                } catch (CacheException e) {
                    notKept(fills, e);
                    return;
                }
                for (int i = 0; i < outcomes.size(); i++) {
                    Fill<K, V> fill = fills.get(i);
                    own.remove(fill.key());
                    told(fill.key(), fill.value(), outcomes.get(i));
                }
            }

            /** A tier that cannot take what was loaded does not keep callers from getting it, nor the rest from being kept. */
            private void notKept(List<Fill<K, V>> fills, CacheException why) {
                if (fills.size() > 1 && !(why instanceof RemoteUnavailableException)) {
                    fills.forEach(fill -> keep(List.of(fill)));
                    return;
                }
                fills.forEach(fill -> counters.fillRefused());
                refusals.warn(
                        "loaded values were returned to their callers but could not be cached: " + why.getMessage(),
                        why);
            }

            private void keepOver(List<Mutation<K, V>> replacements) {
                List<Outcome<V>> outcomes = replacements.isEmpty() ? List.of() : record.applyAll(replacements);
                for (int i = 0; i < outcomes.size(); i++) {
                    told(replacements.get(i).key(), replacements.get(i).value(), outcomes.get(i));
                }
            }

            private void told(K key, @Nullable V value, Outcome<V> outcome) {
                if (!outcome.applied()) {
                    counters.fillRefused();
                } else if (value != null) {
                    tellings.add(() -> publisher.tellStored(key, value, outcome));
                }
            }
        }
    }
}
