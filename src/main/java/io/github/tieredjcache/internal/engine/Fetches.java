package io.github.tieredjcache.internal.engine;

import io.github.tieredjcache.internal.entry.Entry;
import io.github.tieredjcache.internal.entry.Expiry;
import io.github.tieredjcache.internal.entry.FillTicket;
import io.github.tieredjcache.internal.entry.Lifetime;
import io.github.tieredjcache.internal.entry.NanoClock;
import io.github.tieredjcache.internal.entry.TierOfRecord;
import io.github.tieredjcache.internal.near.Flight;
import io.github.tieredjcache.internal.near.Flights;
import io.github.tieredjcache.internal.near.KeyLocks;
import io.github.tieredjcache.internal.stats.TierCounters;
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
final class Fetches<K, V> {
    /** How often a load waits for lookups of its keys to end before it gives up. */
    private static final int ROUNDS_MAX = 100;

    private final Flights<K, Fetched<V>> flights;
    private final TierOfRecord<K, V> record;
    private final KeyLocks<K, ?> locks;
    private final boolean shared;
    private final boolean joinsReads;
    private final LoadPath<K, V> loads;
    private final LoaderCalls calls;
    private final RefreshAhead<K, V> refresh;
    private final boolean lookupsLoad;
    private final Expiry expiry;
    private final Isolation<K, V> isolation;
    private final TierCounters counters;

    /**
     * Creates the fetches of a cache.
     *
     * @param clock what waits and logs are measured by
     */
    Fetches(Parts<K, V> parts, LoaderCalls calls, RefreshAhead<K, V> refresh, NanoClock clock) {
        this.flights = parts.flights();
        this.record = parts.record();
        this.locks = parts.locks();
        this.shared = parts.shared();
        this.joinsReads = parts.joinsReads();
        this.loads = new LoadPath<>(parts, calls, clock);
        this.calls = calls;
        this.refresh = refresh;
        this.lookupsLoad = calls.options().readThrough() && parts.source().loads();
        this.expiry = parts.expiry();
        this.isolation = parts.isolation();
        this.counters = parts.counters();
    }

    /** Fetches one key for a lookup. */
    Fetched<V> one(K callersKey) {
        if (!joinsReads) {
            Fetched<V> found = read(callersKey, FillTicket.unfillable());
            if (found != null || !lookupsLoad) {
                return found == null ? missed() : found;
            }
        }
        K key = isolation.key(callersKey);
        if (locks.isHeldByMe(key)) {
            return alone(key);
        }
        Tellings tellings = new Tellings();
        Fetched<V> fetched = flown(key, mine -> fly(key, mine, tellings));
        tellings.tellAll();
        return fetched;
    }

    /** Has one thread of this node fetch a key, and all who ask for it meanwhile take what it gets. */
    private Fetched<V> flown(K key, Function<Flight<Fetched<V>>, Fetched<V>> fetch) {
        Flight<Fetched<V>> mine = flights.prepare();
        Flight<Fetched<V>> flight = flights.join(key, mine);
        if (flight != mine) {
            return joined(key, flight);
        }
        Fetched<V> fetched;
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
    V find(K callersKey) {
        // Who joins a flight expects it to load, where lookups do.
        if (!joinsReads || lookupsLoad) {
            return valueOf(read(callersKey, FillTicket.unfillable()));
        }
        K key = isolation.key(callersKey);
        if (locks.isHeldByMe(key)) {
            return null;
        }
        return flown(key, mine -> {
                    Fetched<V> found = read(key, mine.ticket());
                    return found == null ? Fetched.nothing() : found;
                })
                .value();
    }

    private static <V> @Nullable V valueOf(@Nullable Fetched<V> found) {
        return found == null ? null : found.value();
    }

    /** Fetches keys for a lookup, each once, in {@link Batches}; a key that no tier has is answered too. */
    Map<K, Fetched<V>> all(Collection<K> keys) {
        if (keys.isEmpty()) {
            return Map.of();
        }
        Map<K, Fetched<V>> fetched = new HashMap<>();
        Batches.of(keys, batch -> fetched.putAll(fetchBatch(batch)));
        return fetched;
    }

    private Map<K, Fetched<V>> fetchBatch(List<K> keys) {
        Map<K, Fetched<V>> seen = joinsReads ? Map.of() : look(keys);
        List<K> missing = keys.stream()
                .filter(key -> !seen.containsKey(key) && !locks.isHeldByMe(key))
                .toList();
        Map<K, Flight<Fetched<V>>> others = new LinkedHashMap<>();
        Map<K, Fetched<V>> fetched = fly(missing, lookupsLoad, !joinsReads, others);
        fetched.putAll(seen);
        keys.forEach(key -> {
            // Held by this very thread, for whose end nobody may wait here.
            if (!seen.containsKey(key) && locks.isHeldByMe(key)) {
                fetched.put(isolation.key(key), alone(key));
            }
        });
        // Only now: whoever waits for one of my flights must not wait for one of his.
        others.forEach((key, other) -> fetched.put(key, joined(key, other)));
        return fetched;
    }

    /** Looks for keys without joining anybody; a key that is not there is answered only if lookups do not load. */
    private Map<K, Fetched<V>> look(Collection<K> keys) {
        Map<K, Fetched<V>> seen = new HashMap<>();
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
    void loadMissing(Collection<K> keys) {
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
            Map<K, Flight<Fetched<V>>> others = new LinkedHashMap<>();
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
    void loadOver(Collection<K> keys) {
        Batches.of(new LinkedHashSet<>(keys), this::loadOverBatch);
    }

    private void loadOverBatch(List<K> keys) {
        Map<K, Flight<Fetched<V>>> mine = new LinkedHashMap<>();
        Tellings tellings = new Tellings();
        Map<K, Fetched<V>> loaded;
        try {
            for (K callersKey : keys) {
                K key = isolation.key(callersKey);
                Flight<Fetched<V>> flight = flights.prepare();
                mine.put(key, flight);
                flights.takeOver(key, flight);
            }
            loaded = loads.over(mine, tellings);
        } catch (Throwable failure) {
            crash(mine, failure);
            throw failure;
        }
        land(mine, key -> loaded.getOrDefault(key, Fetched.nothing()));
        tellings.tellAll();
    }

    private Fetched<V> joined(K key, Flight<Fetched<V>> flight) {
        if (flight.isPilotedByMe()) {
            throw new CacheException(
                    "recursive load: the cache loader asked its own cache for the key that it is loading, " + key);
        }
        counters.coalesced();
        Fetched<V> landed = calls.<@Nullable Fetched<V>>whileOthersLoad(() -> flights.await(flight));
        if (landed == null) {
            // Two loads that need each other's keys would wait for ever: then this one loads for itself and keeps
            // nothing.
            return flight.isBrokenOff() ? one(key) : alone(key);
        }
        if (landed.ended()) {
            counters.servedStale();
        }
        return landed;
    }

    private Fetched<V> alone(K key) {
        Fetched<V> found = read(key, FillTicket.unfillable());
        if (found == null) {
            counters.missed();
        }
        return found != null ? found : lookupsLoad ? loads.alone(key) : Fetched.nothing();
    }

    private Fetched<V> fly(K key, Flight<Fetched<V>> flight, Tellings tellings) {
        // Who joins no reads has looked already, and whose turn it is to load is asked of the tier of record, too.
        Fetched<V> found = joinsReads ? read(key, flight.ticket()) : null;
        if (found != null) {
            return found;
        }
        counters.missed();
        return lookupsLoad ? loads.one(key, flight, tellings) : Fetched.nothing();
    }

    /**
     * Flies for those keys for which no other flight is under way; the others are added to {@code others}.
     *
     * @param loading whether keys are loaded that the tier of record lacks
     * @param looked whether it has been looked for them there
     */
    private Map<K, Fetched<V>> fly(
            Collection<K> keys, boolean loading, boolean looked, Map<K, Flight<Fetched<V>>> others) {
        Map<K, Flight<Fetched<V>>> mine = new LinkedHashMap<>();
        Tellings tellings = new Tellings();
        Map<K, Fetched<V>> fetched;
        try {
            join(keys, mine, others);
            fetched = flyAll(mine, loading, looked, tellings);
        } catch (Throwable failure) {
            crash(mine, failure);
            throw failure;
        }
        land(mine, key -> fetched.getOrDefault(key, Fetched.nothing()));
        tellings.tellAll();
        return fetched;
    }

    /** Begins a flight for each key for which none is under way. */
    private void join(Collection<K> keys, Map<K, Flight<Fetched<V>>> mine, Map<K, Flight<Fetched<V>>> others) {
        for (K callersKey : keys) {
            K key = isolation.key(callersKey);
            Flight<Fetched<V>> prepared = flights.prepare();
            Flight<Fetched<V>> flight = flights.join(key, prepared);
            (flight == prepared ? mine : others).put(key, flight);
        }
    }

    private void land(Map<K, Flight<Fetched<V>>> mine, Function<K, Fetched<V>> results) {
        mine.forEach((key, flight) -> {
            // Left before it lands: who comes from now on must look for himself.
            if (!flight.outlastsLanding()) {
                flights.leave(key, flight);
            }
            flight.land(results.apply(key));
        });
    }

    private void crash(Map<K, Flight<Fetched<V>>> mine, Throwable failure) {
        mine.forEach((key, flight) -> {
            flights.leave(key, flight);
            flight.crash(failure);
        });
    }

    private Map<K, Fetched<V>> flyAll(
            Map<K, Flight<Fetched<V>>> mine, boolean loading, boolean looked, Tellings tellings) {
        Map<K, Fetched<V>> fetched = new HashMap<>();
        if (mine.isEmpty()) {
            return fetched;
        }
        if (!looked) {
            Map<K, FillTicket> tickets = new LinkedHashMap<>();
            mine.forEach((key, flight) -> tickets.put(key, flight.ticket()));
            record.readAll(tickets, readAccessNanos()).forEach((key, entry) -> fetched.put(key, hit(key, entry)));
        }
        List<K> missing =
                mine.keySet().stream().filter(key -> !fetched.containsKey(key)).toList();
        missing.forEach(key -> counters.missed());
        if (loading) {
            Map<K, Flight<Fetched<V>>> toLoad = new LinkedHashMap<>();
            missing.forEach(key -> toLoad.put(key, mine.get(key)));
            fetched.putAll(loads.all(toLoad, tellings));
        }
        missing.forEach(key -> fetched.putIfAbsent(key, Fetched.nothing()));
        return fetched;
    }

    private Fetched<V> missed() {
        counters.missed();
        return Fetched.nothing();
    }

    private @Nullable Fetched<V> read(K key, FillTicket ticket) {
        Entry<V> entry = record.read(key, ticket, readAccessNanos());
        return entry == null ? null : hit(key, entry);
    }

    private Fetched<V> hit(K key, Entry<V> entry) {
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
        return Fetched.hit(entry.value());
    }

    /** The access that the tier of record counts as it reads; a policy of the user's is asked after a hit only. */
    private long readAccessNanos() {
        return expiry.isConstant() ? expiry.accessNanos() : Lifetime.UNCHANGED;
    }
}
