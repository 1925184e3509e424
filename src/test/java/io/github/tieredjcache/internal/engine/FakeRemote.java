package io.github.tieredjcache.internal.engine;

import io.github.tieredjcache.RemoteUnavailableException;
import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.coherence.InvalidationListener;
import io.github.tieredjcache.internal.coherence.TrackingGeneration;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Lifetime;
import io.github.tieredjcache.internal.model.Mutation;
import io.github.tieredjcache.internal.model.Outcome;
import io.github.tieredjcache.internal.model.Precondition;
import io.github.tieredjcache.internal.model.Version;
import io.github.tieredjcache.internal.model.Versions;
import io.github.tieredjcache.internal.port.Lease;
import io.github.tieredjcache.internal.port.LoadGrant;
import io.github.tieredjcache.internal.port.LoadLease;
import io.github.tieredjcache.internal.port.ReadResult;
import io.github.tieredjcache.internal.port.TierOfRecord;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import javax.cache.CacheException;

/**
 * A remote tier in a map: with versions, preconditions and leases as in Redis, but without lifetimes; for tests, with
 * a log of the calls, a hook between reply and caller, changes by another node, and an outage.
 */
public final class FakeRemote implements TierOfRecord<String, String> {
    private final Map<String, Entry<String>> entries = new ConcurrentHashMap<>();
    private final Map<String, LoadLease> loadLeases = new ConcurrentHashMap<>();
    private final Versions versions = new Versions(1);
    private final Versions others = new Versions(2);
    public final List<String> calls = Collections.synchronizedList(new ArrayList<>());
    public final AtomicInteger leasesOut = new AtomicInteger();
    final AtomicInteger leasesOutMax = new AtomicInteger();
    volatile Runnable afterNextReply = () -> {};
    volatile int conflictsToCome;
    public volatile boolean unavailable;
    public volatile String refused;
    volatile boolean answersLocally;
    volatile Set<String> lastLocalKeys = Set.of();
    volatile Map<String, FillTicket> lastTickets = Map.of();
    private volatile TrackingGeneration generation = new TrackingGeneration(InvalidationListener.NONE);

    /** Stores a value as another node. */
    public void otherNodeStores(String key, String value) {
        loadLeases.remove(key);
        entries.put(key, new Entry<>(value, others.next(), Entry.NO_DEADLINE));
    }

    void otherNodeRemoves(String key) {
        loadLeases.remove(key);
        entries.remove(key);
    }

    public String held(String key) {
        Entry<String> entry = entries.get(key);
        return entry == null ? null : entry.value();
    }

    @Override
    public ReadResult<String> read(String key, FillTicket ticket, long accessNanos) {
        call("read " + key);
        ticket.bindTo(generation);
        return reply(new ReadResult<>(entries.get(key), answersLocally));
    }

    @Override
    public Map<String, ReadResult<String>> readAll(Map<String, FillTicket> tickets, long accessNanos) {
        lastTickets = Map.copyOf(tickets);
        call("readAll " + tickets.size());
        Map<String, ReadResult<String>> results = new HashMap<>();
        tickets.forEach((key, ticket) -> {
            ticket.bindTo(generation);
            results.put(key, new ReadResult<>(entries.get(key), answersLocally));
        });
        return reply(results);
    }

    @Override
    public boolean contains(String key) {
        call("contains " + key);
        return entries.containsKey(key);
    }

    @Override
    public void touch(String key, Entry<String> entry, long accessNanos) {
        call("touch " + key);
    }

    @Override
    public Outcome<String> apply(Mutation<String, String> mutation) {
        call("apply " + mutation.key());
        return reply(change(mutation));
    }

    @Override
    public List<Outcome<String>> applyAll(List<Mutation<String, String>> mutations) {
        call("applyAll " + mutations.size());
        return reply(mutations.stream().map(this::change).toList());
    }

    @Override
    public Map<String, LoadGrant<String>> loadGrants(
            Map<String, FillTicket> tickets, Set<String> localKeys, boolean takesOver) {
        lastLocalKeys = Set.copyOf(localKeys);
        call("loadGrants " + tickets.size());
        Map<String, LoadGrant<String>> grants = new HashMap<>();
        tickets.forEach((key, ticket) -> {
            ticket.bindTo(generation);
            Entry<String> entry = entries.get(key);
            if (takesOver) {
                loadLeases.remove(key);
            }
            grants.put(key, entry != null ? new LoadGrant.Found<>(entry, false) : loading(key));
        });
        return reply(grants);
    }

    private LoadGrant<String> loading(String key) {
        LoadLease mine = new LoadLease() {
            @Override
            public void giveUp() {
                loadLeases.remove(key, this);
            }
        };
        LoadLease other = loadLeases.putIfAbsent(key, mine);
        return other == null ? new LoadGrant.Granted<>(mine, null) : new LoadGrant.HeldElsewhere<>(null);
    }

    @Override
    public LoadGrant<String> awaitLoadGrant(String key, Supplier<FillTicket> tickets, long untilNanos) {
        call("awaitTurnToLoad " + key);
        LoadGrant<String> grant =
                loadGrants(Map.of(key, tickets.get()), Set.of(), false).get(key);
        return grant instanceof LoadGrant.HeldElsewhere ? LoadGrant.Uncoordinated.withoutWait() : grant;
    }

    @Override
    public boolean mayRefresh(String key) {
        call("mayRefresh " + key);
        return true;
    }

    @Override
    public List<Outcome<String>> fillAll(List<Fill<String, String>> fills) {
        call("fillAll " + fills.size());
        return reply(fills.stream().map(this::filled).toList());
    }

    @Override
    public List<Lease<String, String>> leaseAll(List<String> keys) {
        return Lease.allOrNone(keys, this::leaseNow);
    }

    private Lease<String, String> leaseNow(String key) {
        call("lease " + key);
        leasesOutMax.accumulateAndGet(leasesOut.incrementAndGet(), Math::max);
        Entry<String> before = entries.get(key);
        return new Lease<>() {
            private Entry<String> held = before;

            @Override
            public Entry<String> before() {
                return before;
            }

            @Override
            public Prepared<String> prepare(String value) {
                if (value != null && value.equals(refused)) {
                    throw new CacheException("refused");
                }
                return () -> value;
            }

            @Override
            public Outcome<String> save(Prepared<String> change, long lifetimeNanos) {
                call("save " + key + " " + change.value());
                Outcome<String> outcome = changed(change, lifetimeNanos);
                held = outcome.applied() ? outcome.after() : held;
                return reply(outcome);
            }

            @Override
            public Supplier<Outcome<String>> beginCommit(Prepared<String> change, long lifetimeNanos) {
                return () -> commitNow(change, lifetimeNanos);
            }

            private Outcome<String> commitNow(Prepared<String> change, long lifetimeNanos) {
                leasesOut.decrementAndGet();
                call("commit " + key + " " + change.value());
                return reply(changed(change, lifetimeNanos));
            }

            private Outcome<String> changed(Prepared<String> change, long lifetimeNanos) {
                Precondition unchanged = Precondition.unchanged(held);
                return change(
                        new Mutation<>(key, unchanged, change.value(), lifetimeNanos, lifetimeNanos, true, false));
            }

            @Override
            public void release() {
                leasesOut.decrementAndGet();
                calls.add("release " + key);
            }

            @Override
            public void abandon() {
                leasesOut.decrementAndGet();
                calls.add("abandon " + key);
                entries.remove(key);
            }
        };
    }

    @Override
    public Iterator<Map.Entry<String, Entry<String>>> entries() {
        call("entries");
        return Map.copyOf(entries).entrySet().iterator();
    }

    @Override
    public Iterator<Map.Entry<String, Entry<String>>> entriesToRemove() {
        loadLeases.clear();
        return entries();
    }

    @Override
    public List<String> inLeasingOrder(Collection<String> keys) {
        return keys.stream().sorted().toList();
    }

    @Override
    public void clear() {
        call("clear");
        entries.clear();
        generation.end();
        generation = new TrackingGeneration(InvalidationListener.NONE);
    }

    private FillTicket ticket() {
        FillTicket ticket = new FillTicket(0);
        ticket.bindTo(generation);
        return ticket;
    }

    private Outcome<String> filled(Fill<String, String> fill) {
        if (!loadLeases.remove(fill.key(), fill.lease())) {
            return new Outcome<>(false, false, null, null);
        }
        Outcome<String> outcome =
                change(new Mutation<>(fill.key(), Precondition.ABSENT, fill.value(), 1, 1, false, false));
        Entry<String> after = outcome.after();
        return after == null
                ? outcome
                : new Outcome<>(
                        outcome.applied(), outcome.existed(), outcome.before(), after.withTicket(fill.ticket()));
    }

    private synchronized Outcome<String> change(Mutation<String, String> mutation) {
        String key = mutation.key();
        loadLeases.remove(key);
        if (conflictsToCome > 0) {
            conflictsToCome--;
            otherNodeStores(key, "conflict " + conflictsToCome);
        }
        Entry<String> before = entries.get(key);
        if (!holds(mutation.precondition(), before)) {
            Entry<String> winner = before == null ? null : before.withTicket(ticket());
            return new Outcome<>(false, before != null, winner, null);
        }
        long lifetime = before == null ? mutation.creationNanos() : mutation.updateNanos();
        Entry<String> after = mutation.value() == null || lifetime == Lifetime.ZERO
                ? null
                : new Entry<>(mutation.value(), versions.next(), Entry.NO_DEADLINE);
        if (after == null) {
            entries.remove(key);
        } else {
            entries.put(key, after);
        }
        Entry<String> kept = after == null ? null : after.withTicket(ticket());
        return new Outcome<>(true, before != null, mutation.wantsOld() ? before : null, kept);
    }

    private static boolean holds(Precondition precondition, Entry<String> before) {
        if (precondition instanceof Precondition.Unchanged unchanged) {
            Version seen = unchanged.seen().version();
            return before != null && before.version().equals(seen);
        }
        return precondition instanceof Precondition.Always
                || (precondition instanceof Precondition.Present) == (before != null);
    }

    private void call(String what) {
        calls.add(what);
        if (unavailable) {
            throw new RemoteUnavailableException(
                    RemoteUnavailableException.Kind.UNAVAILABLE, "Redis is unavailable", null);
        }
    }

    private <T> T reply(T value) {
        Runnable hook = afterNextReply;
        afterNextReply = () -> {};
        hook.run();
        return value;
    }
}
