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
import java.util.function.Function;
import javax.cache.CacheException;
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
    private final Duration wait;
    private final ThrottledLog refusals;

    /**
     * Creates the load path of a cache.
     *
     * @param clock what waits and logs are measured by
     */
    LoadPath(Parts<K, V> parts, LoadOptions options, NanoClock clock) {
        this.flights = parts.flights();
        this.record = parts.record();
        this.source = parts.source();
        this.expiry = parts.expiry();
        this.isolation = parts.isolation();
        this.publisher = parts.publisher();
        this.counters = parts.counters();
        this.clock = clock;
        this.wait = options.othersWait();
        this.refusals = new ThrottledLog(LOG, clock);
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
        V loaded = source.load(isolation.key(key));
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
        private final long untilNanos = clock.nanos() + wait.toNanos();
        private final Map<K, Fetched<V>> fetched = new HashMap<>();
        private final Map<K, LoadRight> rights = new HashMap<>();
        private final Map<K, Entry<V>> present = new HashMap<>();

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
                theirs.forEach(turns::remove);
                take(turns);
                for (K key : theirs) {
                    counters.loadAwaited();
                    turns.put(key, record.awaitTurnToLoad(key, () -> renewedTicket(key), untilNanos));
                }
                turns.keySet().retainAll(theirs);
                take(turns);
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

        private void take(Map<K, LoadTurn<V>> turns) {
            List<K> toLoad = new ArrayList<>();
            turns.forEach((key, turn) -> {
                if (turn instanceof LoadTurn.Present<V> there) {
                    met(key, there.entry(), toLoad);
                } else {
                    if (turn instanceof LoadTurn.Mine<V> given) {
                        rights.put(key, given.right());
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

        private void loadBatch(List<K> keys) {
            Map<K, V> loaded = loader.apply(keys);
            List<Fill<K, V>> fills = new ArrayList<>();
            List<Mutation<K, V>> replacements = new ArrayList<>();
            for (K key : keys) {
                V value = loaded.get(key);
                if (value == null) {
                    continue;
                }
                V own = isolation.in(value);
                fetched.put(key, new Fetched<>(own, false));
                Entry<V> before = present.get(key);
                LoadRight right = rights.get(key);
                if (before != null) {
                    long lifetime = expiry.updateNanos();
                    replacements.add(new Mutation<>(
                            key, Guard.unchanged(before), own, lifetime, lifetime, true, publisher.wantsOld()));
                } else if (right != null) {
                    fills.add(new Fill<>(key, right, ticket(key), own, expiry.creationNanos()));
                } else {
                    counters.fillRefused();
                }
            }
            keep(fills);
            keepOver(replacements);
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
                rights.remove(fill.key());
                told(fill.key(), fill.value(), outcomes.get(i));
            }
        }

        /** A tier that cannot take what was loaded does not keep its callers from getting it, nor the others from being kept. */
        private void notKept(List<Fill<K, V>> fills, CacheException why) {
            if (fills.size() > 1 && !(why instanceof RemoteUnavailableException)) {
                fills.forEach(fill -> keep(List.of(fill)));
                return;
            }
            fills.forEach(fill -> counters.fillRefused());
            refusals.warn(
                    "loaded values were returned to their callers but could not be cached: " + why.getMessage(), why);
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
