package io.github.tieredjcache.internal.port;

import io.github.tieredjcache.OutcomeUnknownException;
import io.github.tieredjcache.RemoteUnavailableException;
import io.github.tieredjcache.RemoteUnavailableException.Kind;
import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Mutation;
import io.github.tieredjcache.internal.model.Outcome;
import io.github.tieredjcache.internal.support.NanoClock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import javax.cache.CacheException;

/**
 * The tier of record in Redis, in memory, with a log of its calls. It can be unavailable, fail calls, lose replies, call a hook between
 * a reply and its caller, and be changed by another node. It keeps what {@code TierOfRecordContract} asks.
 */
public final class FakeRedis implements TierOfRecord<String, String> {
    /** A call each: its name, and its key or how many keys it has. */
    public final List<String> calls = Collections.synchronizedList(new ArrayList<>());
    /** Runs once, when Redis has replied to a call that takes no lease, and before the caller continues. */
    public volatile Runnable afterNextReply = () -> {};
    /** How many of the next mutations find that another node was faster. */
    public final AtomicInteger conflictsToCome = new AtomicInteger();
    /** A value that cannot be stored; null for none. */
    public volatile String refused;
    /** Whether reads count as answered by this node. */
    public volatile boolean answersLocally;

    public volatile Set<String> lastLocalKeys = Set.of();
    public volatile Map<String, FillTicket> lastTickets = Map.of();

    private final FakeHealth health;
    private final FakeKeyspace keyspace;
    // Guarded by the lock of the keyspace.
    private boolean fails;
    private boolean losesReplies;

    public FakeRedis(NanoClock clock) {
        this.health = new FakeHealth(clock);
        this.keyspace = new FakeKeyspace(clock);
    }

    public FakeHealth health() {
        return health;
    }

    /** Opens the circuit breaker, and has the calls fail that are made all the same. */
    public void becomesUnavailable() {
        failsCalls(true);
        health.set(true);
    }

    /** Closes the circuit breaker. */
    public void becomesAvailable() {
        failsCalls(false);
        health.set(false);
    }

    /** Has calls fail before anything is done, or succeed again. */
    public void failsCalls(boolean itFails) {
        keyspace.locked(() -> fails = itFails);
    }

    /** Has calls do what they do and fail nevertheless, or succeed again. */
    public void losesReplies(boolean itLoses) {
        keyspace.locked(() -> losesReplies = itLoses);
    }

    /** From now on near copies are not invalidated by changes, as while invalidations are under way. */
    public FakeRedis withoutInvalidations() {
        keyspace.locked(() -> {
            keyspace.loseInvalidations();
            return true;
        });
        return this;
    }

    /** Stores a value as another node does; null removes the entry. */
    public void otherNodePuts(String key, String value) {
        keyspace.locked(() -> {
            keyspace.put(key, value);
            return true;
        });
    }

    /** Returns the value of a key as another node reads it, null if there is none. */
    public String value(String key) {
        Entry<String> entry = keyspace.locked(() -> keyspace.peek(key));
        return entry == null ? null : entry.value();
    }

    /** Returns how many write leases are held. */
    public long writeLeases() {
        return keyspace.locked(keyspace::writeLeases);
    }

    @Override
    public ReadResult<String> read(String key, FillTicket ticket, long accessNanos) {
        return call("read " + key, () -> readNow(key, ticket, accessNanos));
    }

    @Override
    public Supplier<Map<String, ReadResult<String>>> beginReadAll(Map<String, FillTicket> tickets, long accessNanos) {
        lastTickets = Map.copyOf(tickets);
        return begin("readAll " + tickets.size(), () -> {
            Map<String, ReadResult<String>> results = new LinkedHashMap<>();
            tickets.forEach((key, ticket) -> results.put(key, readNow(key, ticket, accessNanos)));
            return results;
        });
    }

    private ReadResult<String> readNow(String key, FillTicket ticket, long accessNanos) {
        return new ReadResult<>(keyspace.read(key, ticket, accessNanos), answersLocally);
    }

    @Override
    public boolean contains(String key) {
        return call("contains " + key, () -> keyspace.peek(key) != null);
    }

    @Override
    public void touch(String key, Entry<String> entry, long accessNanos) {
        call("touch " + key, () -> {
            keyspace.touch(key, entry, accessNanos);
            return true;
        });
    }

    @Override
    public Outcome<String> apply(Mutation<String, String> mutation) {
        return call("apply " + mutation.key(), () -> applyNow(mutation));
    }

    @Override
    public Supplier<List<Outcome<String>>> beginApplyAll(List<Mutation<String, String>> mutations) {
        return begin(
                "applyAll " + mutations.size(),
                () -> mutations.stream().map(this::applyNow).toList());
    }

    private Outcome<String> applyNow(Mutation<String, String> mutation) {
        int conflicts = conflictsToCome.getAndUpdate(left -> Math.max(0, left - 1));
        if (conflicts > 0) {
            keyspace.put(mutation.key(), "conflict " + (conflicts - 1));
        }
        return keyspace.apply(mutation);
    }

    @Override
    public Supplier<Map<String, LoadGrant<String>>> beginLoadGrants(
            Map<String, FillTicket> tickets, Set<String> localKeys, boolean takesOver) {
        lastLocalKeys = Set.copyOf(localKeys);
        return begin("loadGrants " + tickets.size(), () -> {
            Map<String, LoadGrant<String>> grants = new LinkedHashMap<>();
            tickets.forEach((key, ticket) -> grants.put(key, keyspace.grant(key, ticket, takesOver)));
            return grants;
        });
    }

    @Override
    public LoadGrant<String> awaitLoadGrant(String key, Supplier<FillTicket> tickets, long untilNanos) {
        return call("awaitLoadGrant " + key, () -> keyspace.awaitGrant(key, tickets, untilNanos));
    }

    @Override
    public boolean mayRefresh(String key) {
        return call("mayRefresh " + key, () -> true);
    }

    @Override
    public Supplier<List<Outcome<String>>> beginFillAll(List<Fill<String, String>> fills) {
        return begin(
                "fillAll " + fills.size(),
                () -> fills.stream().map(keyspace::fill).toList());
    }

    @Override
    public List<String> inLeasingOrder(Collection<String> keys) {
        return keys.stream().sorted().toList();
    }

    @Override
    public List<Lease<String, String>> leaseAll(List<String> keys) {
        return Lease.allOrNone(keys, key -> send("lease " + key, () -> new WriteLease(key)));
    }

    @Override
    public Iterator<Map.Entry<String, Entry<String>>> entries() {
        return call("entries", keyspace::entries);
    }

    @Override
    public Iterator<Map.Entry<String, Entry<String>>> entriesToRemove() {
        return call("entriesToRemove", () -> {
            keyspace.endLoadLeases();
            return keyspace.entries();
        });
    }

    @Override
    public Runnable beginClear() {
        Supplier<Boolean> begun = begin("clear", () -> {
            keyspace.clear();
            return true;
        });
        return () -> {
            var unused = begun.get();
        };
    }

    /** Runs a call now, and has its failure thrown by the result, as a reply would. */
    private <T> Supplier<T> begin(String name, Supplier<T> action) {
        try {
            T reply = call(name, action);
            return () -> reply;
        } catch (CacheException e) {
            return () -> {
                throw e;
            };
        }
    }

    private <T> T call(String name, Supplier<T> action) {
        T reply = send(name, action);
        Runnable hook = afterNextReply;
        afterNextReply = () -> {};
        hook.run();
        return reply;
    }

    private <T> T send(String name, Supplier<T> action) {
        return keyspace.locked(() -> {
            calls.add(name);
            if (fails) {
                throw new RemoteUnavailableException(Kind.CONNECTION, "Redis is unavailable", null);
            }
            T reply = action.get();
            if (losesReplies) {
                throw new OutcomeUnknownException(Kind.TIMEOUT, "the reply is lost", null);
            }
            return reply;
        });
    }

    private final class WriteLease implements Lease<String, String> {
        private final String key;
        private final Entry<String> before;
        private Entry<String> held;

        WriteLease(String key) {
            this.key = key;
            this.before = keyspace.lease(key, this);
            this.held = before;
        }

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
            return call("save " + key + " " + change.value(), () -> changed(change, lifetimeNanos));
        }

        @Override
        public Supplier<Outcome<String>> beginCommit(Prepared<String> change, long lifetimeNanos) {
            return () -> {
                try {
                    return call("commit " + key + " " + change.value(), () -> changed(change, lifetimeNanos));
                } finally {
                    // Of a commit that fails the lease runs out.
                    end();
                }
            };
        }

        private Outcome<String> changed(Prepared<String> change, long lifetimeNanos) {
            if (!keyspace.isLeased(key, this)) {
                return new Outcome<>(false, held != null, held, null);
            }
            Entry<String> old = held;
            held = keyspace.store(key, change.value(), old != null, lifetimeNanos);
            return new Outcome<>(true, old != null, old, held == null ? null : settled(held));
        }

        private Entry<String> settled(Entry<String> entry) {
            return new Entry<>(entry.value(), entry.version(), entry.deadlineNanos())
                    .withTicket(keyspace.ticketOf(key));
        }

        @Override
        public void release() {
            calls.add("release " + key);
            end();
        }

        private void end() {
            keyspace.locked(() -> {
                keyspace.endLease(key, this);
                return true;
            });
        }

        @Override
        public void abandon() {
            // If Redis is unavailable, the entry is removed when the lease runs out.
            keyspace.locked(() -> {
                calls.add("abandon " + key);
                return keyspace.isLeased(key, this) ? keyspace.put(key, null) : null;
            });
        }
    }
}
