package io.github.tieredjcache.internal.port;

import io.github.tieredjcache.LeaseLostException;
import io.github.tieredjcache.OutcomeUnknownException;
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
import io.github.tieredjcache.internal.port.FakeReply.Status;
import io.github.tieredjcache.internal.port.FakeWire.Kind;
import io.github.tieredjcache.internal.remote.tracking.TrackedKeys;
import io.github.tieredjcache.internal.support.NanoClock;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.cache.CacheException;

/**
 * The tier of record in Redis, in memory, with a log of its calls: the part of one node, whose tracked keys are the library's own. By itself it
 * has a keyspace of its own and a connection without delays, can be unavailable, fail calls, lose replies, call a hook between a reply and its
 * caller, and be changed by another node. With a {@link FakeWire} it is one of several nodes at one {@link FakeKeyspace}. It keeps what
 * {@code TierOfRecordContract} asks.
 */
public final class FakeRedis implements TierOfRecord<String, String> {
    private static final byte[] EPOCH_KEY = FakeKeyspace.EPOCH.getBytes(StandardCharsets.UTF_8);

    /** A call each: its name, and its key or how many keys it has. */
    public final List<String> calls = Collections.synchronizedList(new ArrayList<>());
    /** Runs once, when Redis has replied to a call that takes no lease, and before the caller continues. */
    public volatile Runnable afterNextReply = () -> {};
    /** Runs once, before the next call that takes no lease is sent. */
    public volatile Runnable beforeNextCall = () -> {};
    /** How many of the next mutations find that another node was faster. */
    public final AtomicInteger conflictsToCome = new AtomicInteger();
    /** A value that cannot be stored; null for none. */
    public volatile String refused;
    /** Whether reads count as answered by this node. */
    public volatile boolean answersLocally;

    public volatile Set<String> lastLocalKeys = Set.of();
    public volatile Map<String, FillTicket> lastTickets = Map.of();

    private final NanoClock clock;
    private final FakeHealth health;
    private final FakeKeyspace keyspace;
    private final TrackedKeys trackedKeys;
    private final FakeWire wire;
    private final FakeDirectWire direct;
    private final FakeTerms terms;
    private final InvalidationListener listener;
    private final Versions versions;
    private final Versions otherVersions = new Versions(-1);
    private final FakeLeases leases;
    private volatile Epoch latest;
    private volatile long highest;

    public FakeRedis(NanoClock clock) {
        this.clock = clock;
        this.health = new FakeHealth(clock);
        this.keyspace = new FakeKeyspace(clock, FakeKeyspace.Listener.NONE);
        this.trackedKeys = new TrackedKeys();
        this.direct = new FakeDirectWire(clock, trackedKeys);
        this.wire = direct;
        this.terms = FakeTerms.WITHOUT_END;
        this.listener = InvalidationListener.NONE;
        this.versions = new Versions(1);
        this.leases = new FakeLeases(clock);
    }

    /** Creates the part of one of several nodes. */
    public FakeRedis(
            NanoClock clock,
            FakeHealth health,
            FakeKeyspace keyspace,
            TrackedKeys trackedKeys,
            FakeWire wire,
            FakeTerms terms) {
        this.clock = clock;
        this.health = health;
        this.keyspace = keyspace;
        this.trackedKeys = trackedKeys;
        this.wire = wire;
        this.direct = null;
        this.terms = terms;
        this.listener = terms.listener();
        this.versions = new Versions(terms.node());
        this.leases = new FakeLeases(clock);
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
        direct.fails(itFails);
    }

    /** Has calls do what they do and fail nevertheless, or succeed again. */
    public void losesReplies(boolean itLoses) {
        direct.losesReplies(itLoses);
    }

    /** From now on near copies are not invalidated by changes of other nodes, as while invalidations are under way. */
    public FakeRedis withoutInvalidations() {
        direct.losesAnnouncements();
        return this;
    }

    /** Stores a value as another node does; null removes the entry. */
    public void otherNodePuts(String key, String value) {
        Mutation<String, String> mutation =
                new Mutation<>(key, Precondition.ALWAYS, value, Lifetime.ETERNAL, Lifetime.ETERNAL, false, false);
        direct.locked(() -> {
            long epoch = keyspace.epoch(direct, 0).epoch();
            return keyspace.apply(direct, epoch, mutation, otherVersions.next());
        });
    }

    /** Returns the value of a key as another node reads it, null if there is none. */
    public String value(String key) {
        return direct.locked(() -> keyspace.value(key));
    }

    /** Returns how many write leases are held. */
    public long writeLeases() {
        return direct.locked(keyspace::writeLeases);
    }

    /** Renews the leases that this node holds, those that are due; to be called several times in the length of a lease. */
    public void renewLeases() {
        leases.due().forEach(lease -> {
            long sentNanos = clock.nanos();
            wire.send(
                    () -> keyspace.renew(wire, lease.epoch(), lease.key(), lease.id(), lease.lengthNanos()), reply -> {
                        if (reply.status() == Status.APPLIED) {
                            echo(lease.key(), reply, lease.ticket());
                        }
                        lease.renewed(reply.status() == Status.APPLIED, sentNanos);
                    });
        });
    }

    // The epoch.

    private record Epoch(long number, TrackingGeneration generation) {}

    private Epoch current() {
        Epoch known = latest;
        return known != null && !known.generation.isOver() ? known : readEpoch();
    }

    private Epoch readEpoch() {
        TrackingGeneration generation = new TrackingGeneration(listener);
        trackedKeys.beginGeneration(EPOCH_KEY, generation);
        Epoch before = latest;
        FakeReply reply;
        try {
            reply = wire.call(Kind.INTERNAL, () -> keyspace.epoch(wire, highest), each -> {
                if (each.changes()) {
                    trackedKeys.beganEpoch(EPOCH_KEY, generation, listener);
                }
            });
        } catch (CacheException e) {
            trackedKeys.endGeneration(EPOCH_KEY, generation);
            throw e;
        }
        if (before != null && before.number == reply.epoch() && !before.generation.isOver()) {
            trackedKeys.endGeneration(EPOCH_KEY, generation);
            return before;
        }
        if (before != null) {
            trackedKeys.endGeneration(EPOCH_KEY, before.generation);
        }
        highest = Math.max(highest, reply.epoch());
        Epoch read = new Epoch(reply.epoch(), generation);
        latest = read;
        return read;
    }

    /** Reads in the current epoch; again if it was over when the reply came. */
    private <T> T inEpoch(Function<Epoch, T> reading) {
        while (true) {
            Epoch known = latest;
            Epoch epoch = known != null && terms.trustsEpochs() ? known : current();
            T result = reading.apply(epoch);
            if (terms.trustsEpochs() || !epoch.generation.isOver() || readEpoch().number == epoch.number) {
                return result;
            }
        }
    }

    private void markOver(Epoch epoch) {
        epoch.generation.end();
    }

    private static byte[] redisKey(String key) {
        return FakeKeyspace.trackedKey(key).getBytes(StandardCharsets.UTF_8);
    }

    private FillTicket watch(String key, FillTicket ticket, Epoch epoch) {
        trackedKeys.watch(redisKey(key), ticket, epoch.generation);
        return ticket;
    }

    private FillTicket freshTicket() {
        return new FillTicket(clock.nanos());
    }

    private void echo(String key, FakeReply reply, FillTicket own) {
        if (reply.changes()) {
            trackedKeys.wrote(redisKey(key), own, listener);
        }
    }

    // Reads.

    @Override
    public ReadResult<String> read(String key, FillTicket ticket, long accessNanos) {
        return call("read " + key, () -> inEpoch(epoch -> readIn(epoch, key, ticket, accessNanos)));
    }

    @Override
    public Supplier<Map<String, ReadResult<String>>> beginReadAll(Map<String, FillTicket> tickets, long accessNanos) {
        lastTickets = Map.copyOf(tickets);
        return begin(
                "readAll " + tickets.size(),
                () -> inEpoch(epoch -> {
                    Map<String, ReadResult<String>> results = new LinkedHashMap<>();
                    tickets.forEach((key, ticket) -> results.put(key, readIn(epoch, key, ticket, accessNanos)));
                    return results;
                }));
    }

    private ReadResult<String> readIn(Epoch epoch, String key, FillTicket ticket, long accessNanos) {
        watch(key, ticket, epoch);
        long sentNanos = clock.nanos();
        Kind kind = accessNanos == Lifetime.UNCHANGED ? Kind.READ : Kind.CHANGE;
        FakeReply reply = wire.call(
                kind, () -> keyspace.read(wire, epoch.number, key, accessNanos), each -> echo(key, each, ticket));
        return new ReadResult<>(withTicket(reply.entry(sentNanos), ticket), answersLocally);
    }

    private static Entry<String> withTicket(Entry<String> entry, FillTicket ticket) {
        return entry == null ? null : entry.withTicket(ticket);
    }

    @Override
    public boolean contains(String key) {
        return call(
                "contains " + key,
                () -> inEpoch(epoch -> wire.call(
                                Kind.READ,
                                () -> keyspace.read(wire, epoch.number, key, Lifetime.UNCHANGED),
                                reply -> {})
                        .existed()));
    }

    @Override
    public void touch(String key, Entry<String> entry, long accessNanos) {
        call("touch " + key, () -> {
            Epoch epoch = current();
            long sentNanos = clock.nanos();
            FakeReply reply = wire.call(
                    Kind.CHANGE,
                    () -> keyspace.touch(wire, epoch.number, key, entry.version(), accessNanos),
                    each -> echo(key, each, entry.ticket()));
            if (reply.status() == Status.APPLIED) {
                entry.touch(Lifetime.deadline(sentNanos, accessNanos));
            }
            return true;
        });
    }

    @Override
    public Iterator<Map.Entry<String, Entry<String>>> entries() {
        return call("entries", this::entriesNow);
    }

    @Override
    public Iterator<Map.Entry<String, Entry<String>>> entriesToRemove() {
        return call("entriesToRemove", () -> {
            wire.send(
                    () -> {
                        keyspace.endLoadLeases();
                        return true;
                    },
                    reply -> {});
            return entriesNow();
        });
    }

    private Iterator<Map.Entry<String, Entry<String>>> entriesNow() {
        long sentNanos = clock.nanos();
        Map<String, FakeReply> replies =
                inEpoch(epoch -> wire.call(Kind.READ, () -> keyspace.entries(epoch.number), reply -> {}));
        List<Map.Entry<String, Entry<String>>> entries = new ArrayList<>();
        replies.forEach((key, reply) -> entries.add(Map.entry(key, reply.entry(sentNanos))));
        return List.copyOf(entries).iterator();
    }

    // Writes.

    @Override
    public Outcome<String> apply(Mutation<String, String> mutation) {
        return call("apply " + mutation.key(), () -> applyNow(mutation));
    }

    @Override
    public Supplier<List<Outcome<String>>> beginApplyAll(List<Mutation<String, String>> mutations) {
        return begin("applyAll " + mutations.size(), () -> {
            List<Outcome<String>> outcomes = new ArrayList<>();
            for (Mutation<String, String> each : mutations) {
                try {
                    outcomes.add(applyNow(each));
                } catch (RemoteUnavailableException e) {
                    throw outcomes.isEmpty() ? e : partlyDone(e);
                }
            }
            return List.copyOf(outcomes);
        });
    }

    @Override
    public void discardAll(Collection<String> keys) {
        call("discardAll " + keys.size(), () -> {
            keys.forEach(this::invalidate);
            return true;
        });
    }

    private void invalidate(String key) {
        while (true) {
            Epoch epoch = current();
            FakeReply reply = wire.call(
                    Kind.CHANGE, () -> keyspace.invalidate(wire, epoch.number, key), each -> echo(key, each, null));
            if (reply.status() != Status.EPOCH_OVER) {
                return;
            }
            markOver(epoch);
        }
    }

    private static OutcomeUnknownException partlyDone(RemoteUnavailableException failure) {
        return new OutcomeUnknownException(failure.kind(), "some keys were changed: " + failure.getMessage(), failure);
    }

    private Outcome<String> applyNow(Mutation<String, String> mutation) {
        int conflicts = conflictsToCome.getAndUpdate(left -> Math.max(0, left - 1));
        if (conflicts > 0) {
            otherNodePuts(mutation.key(), "conflict " + (conflicts - 1));
        }
        String key = mutation.key();
        Version version = versions.next();
        long untilNanos = wire.waitNanos() + terms.waitNanos();
        while (true) {
            Epoch epoch = current();
            FillTicket ticket = watch(key, freshTicket(), epoch);
            long sentNanos = clock.nanos();
            FakeReply reply = null;
            try {
                reply = wire.call(
                        Kind.CHANGE,
                        () -> keyspace.apply(wire, epoch.number, mutation, version),
                        each -> echo(key, each, ticket));
            } finally {
                if (reply == null) {
                    ticket.invalidate();
                }
            }
            switch (reply.status()) {
                case EPOCH_OVER -> markOver(epoch);
                case BUSY -> awaitHolder(key, reply, untilNanos);
                default -> {
                    return outcome(mutation, reply, sentNanos, ticket);
                }
            }
        }
    }

    private static Outcome<String> outcome(
            Mutation<String, String> mutation, FakeReply reply, long sentNanos, FillTicket ticket) {
        boolean applied = reply.status() == Status.APPLIED;
        Entry<String> before = reply.entry(sentNanos);
        Entry<String> after = applied ? reply.stored(sentNanos, ticket) : null;
        Entry<String> held = applied ? after : before;
        if (held == null) {
            ticket.invalidate();
        }
        Entry<String> reported = applied ? (mutation.wantsOld() ? before : null) : withTicket(before, ticket);
        return new Outcome<>(applied, reply.existed(), reported, after);
    }

    private void awaitHolder(String key, FakeReply reply, long untilNanos) {
        if (wire.waitNanos() - untilNanos >= 0) {
            throw new CacheException("another call has the key '" + key + "'");
        }
        wire.await(Math.min(reply.busyNanos(), untilNanos - wire.waitNanos()));
    }

    @Override
    public Runnable beginClear() {
        Supplier<FakeReply> begun = begin("clear", () -> {
            FakeReply reply = wire.call(
                    Kind.CHANGE,
                    () -> keyspace.nextEpoch(wire, highest),
                    each -> trackedKeys.beganEpoch(EPOCH_KEY, null, listener));
            trackedKeys.endGenerations(EPOCH_KEY);
            return reply;
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

    // Loads.

    @Override
    public Supplier<Map<String, LoadGrant<String>>> beginLoadGrants(
            Map<String, FillTicket> tickets, Set<String> localKeys, boolean takesOver) {
        lastLocalKeys = Set.copyOf(localKeys);
        return begin("loadGrants " + tickets.size(), () -> {
            Map<String, LoadGrant<String>> grants = new LinkedHashMap<>();
            try {
                tickets.forEach((key, ticket) -> grants.put(key, grant(key, ticket, takesOver).grant));
                return grants;
            } catch (CacheException e) {
                grants.values().forEach(LoadGrant::giveUp);
                throw e;
            }
        });
    }

    @Override
    public LoadGrant<String> awaitLoadGrant(String key, Supplier<FillTicket> tickets, long untilNanos) {
        return call("awaitLoadGrant " + key, () -> {
            while (true) {
                FillTicket ticket = tickets.get();
                Granted granted = grant(key, ticket, false);
                if (!(granted.grant instanceof LoadGrant.HeldElsewhere)) {
                    return granted.grant;
                }
                long leftNanos = untilNanos - clock.nanos();
                if (leftNanos <= 0) {
                    return new LoadGrant.Uncoordinated<>(granted.reply.awaitedLease());
                }
                ticket.suspend();
                wire.await(Math.min(leftNanos, granted.reply.busyNanos()));
            }
        });
    }

    private record Granted(LoadGrant<String> grant, FakeReply reply) {}

    private Granted grant(String key, FillTicket ticket, boolean takesOver) {
        Version id = versions.next();
        while (true) {
            Epoch epoch = current();
            watch(key, ticket, epoch);
            long sentNanos = clock.nanos();
            FakeReply reply = null;
            try {
                reply = wire.call(
                        Kind.CHANGE,
                        () -> keyspace.grant(
                                wire,
                                epoch.number,
                                key,
                                id,
                                takesOver || terms.takesOverLoads(),
                                terms.loadLeaseNanos()),
                        each -> echo(key, each, ticket));
            } finally {
                if (reply == null) {
                    // Redis may have granted it.
                    wire.send(() -> keyspace.release(wire, epoch.number, key, id), each -> {});
                }
            }
            switch (reply.status()) {
                case EPOCH_OVER -> {
                    markOver(epoch);
                    return new Granted(new LoadGrant.HeldElsewhere<>(null), reply);
                }
                case FAILED -> {
                    return new Granted(
                            new LoadGrant.Found<>(reply.entry(sentNanos).withTicket(ticket), false), reply);
                }
                case BUSY -> {
                    return new Granted(new LoadGrant.HeldElsewhere<>(null), reply);
                }
                case APPLIED -> {
                    HeldLease lease = leases.hold(key, epoch.number, id, terms.loadLeaseNanos(), ticket, sentNanos);
                    return new Granted(new LoadGrant.Granted<>(new HeldLoad(lease), null), reply);
                }
            }
        }
    }

    /** A load lease that this node holds. */
    private final class HeldLoad implements LoadLease {
        private final HeldLease lease;

        HeldLoad(HeldLease lease) {
            this.lease = lease;
        }

        @Override
        public void giveUp() {
            release(lease);
        }
    }

    private void release(HeldLease lease) {
        lease.end();
        wire.send(() -> keyspace.release(wire, lease.epoch(), lease.key(), lease.id()), reply -> {});
    }

    @Override
    public Supplier<List<Outcome<String>>> beginFillAll(List<Fill<String, String>> fills) {
        return begin(
                "fillAll " + fills.size(), () -> fills.stream().map(this::fill).toList());
    }

    private Outcome<String> fill(Fill<String, String> fill) {
        HeldLease lease = ((HeldLoad) fill.lease()).lease;
        lease.end();
        Version version = versions.next();
        long sentNanos = clock.nanos();
        FakeReply reply = wire.call(
                Kind.CHANGE,
                () -> keyspace.fill(
                        wire, lease.epoch(), fill.key(), lease.id(), fill.value(), version, fill.creationNanos()),
                each -> echo(fill.key(), each, fill.ticket()));
        boolean applied = reply.status() == Status.APPLIED;
        return new Outcome<>(applied, reply.existed(), null, applied ? reply.stored(sentNanos, fill.ticket()) : null);
    }

    @Override
    public boolean mayRefresh(String key) {
        return call("mayRefresh " + key, () -> wire.call(Kind.READ, () -> true, reply -> {}));
    }

    // Leases.

    @Override
    public List<String> inLeasingOrder(Collection<String> keys) {
        return keys.stream().sorted().toList();
    }

    @Override
    public List<Lease<String, String>> leaseAll(List<String> keys) {
        return Lease.allOrNone(keys, this::lease);
    }

    @Override
    public Lease<String, String> lease(String key) {
        calls.add("lease " + key);
        Version id = versions.next();
        long untilNanos = wire.waitNanos() + terms.waitNanos();
        while (true) {
            Epoch epoch = current();
            long sentNanos = clock.nanos();
            Supplier<FakeReply> release = () -> keyspace.release(wire, epoch.number, key, id);
            FakeReply reply = null;
            try {
                reply = wire.call(
                        Kind.CHANGE,
                        () -> keyspace.lease(
                                wire, epoch.number, key, id, terms.writeLeaseNanos(), terms.expiresWithLease()),
                        each -> echo(key, each, null));
            } finally {
                if (reply == null) {
                    // Redis may have granted it.
                    wire.leaseRunsOut(release);
                }
            }
            switch (reply.status()) {
                case EPOCH_OVER -> markOver(epoch);
                case BUSY -> awaitHolder(key, reply, untilNanos);
                default -> {
                    HeldLease lease = leases.hold(key, epoch.number, id, terms.writeLeaseNanos(), null, sentNanos);
                    return new WriteLease(lease, epoch, reply.entry(sentNanos));
                }
            }
        }
    }

    private <T> T call(String name, Supplier<T> action) {
        calls.add(name);
        Runnable before = beforeNextCall;
        beforeNextCall = () -> {};
        before.run();
        T reply = action.get();
        Runnable hook = afterNextReply;
        afterNextReply = () -> {};
        hook.run();
        return reply;
    }

    private final class WriteLease implements Lease<String, String> {
        private final String key;
        private final HeldLease lease;
        private final Epoch epoch;
        private final Entry<String> before;
        private Entry<String> held;

        WriteLease(HeldLease lease, Epoch epoch, Entry<String> before) {
            this.key = lease.key();
            this.lease = lease;
            this.epoch = epoch;
            this.before = before;
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
            boolean isLost = lease.isOverwritten() ? terms.expiresWithLease() : !lease.isCertainlyHeld();
            if (isLost) {
                throw new LeaseLostException("the change was not made: the write lease was lost");
            }
            return () -> value;
        }

        @Override
        public Outcome<String> save(Prepared<String> change, long lifetimeNanos) {
            return call("save " + key + " " + change.value(), () -> changed(change, lifetimeNanos, true));
        }

        @Override
        public Supplier<Outcome<String>> beginCommit(Prepared<String> change, long lifetimeNanos) {
            lease.end();
            return () -> call("commit " + key + " " + change.value(), () -> changed(change, lifetimeNanos, false));
        }

        private Outcome<String> changed(Prepared<String> change, long lifetimeNanos, boolean keepsLease) {
            FillTicket ticket = keepsLease ? FillTicket.unfillable() : freshTicket();
            watch(key, ticket, epoch);
            long sentNanos = clock.nanos();
            FakeCommit commit = new FakeCommit(
                    key,
                    lease.id(),
                    change.value(),
                    versions.next(),
                    lifetimeNanos,
                    keepsLease,
                    terms.expiresWithLease());
            Entry<String> stored = null;
            boolean replied = false;
            try {
                FakeReply reply = wire.call(
                        Kind.CHANGE,
                        () -> keyspace.commit(wire, epoch.number, commit),
                        each -> echo(key, each, ticket));
                replied = true;
                if (reply.status() != Status.APPLIED) {
                    return refused(reply);
                }
                Entry<String> old = held;
                stored = reply.stored(sentNanos, ticket);
                held = stored;
                return new Outcome<>(true, old != null, old, stored);
            } finally {
                if (stored == null) {
                    ticket.invalidate();
                }
                if (!replied) {
                    wire.leaseRunsOut(() -> keyspace.release(wire, epoch.number, key, lease.id()));
                }
            }
        }

        private Outcome<String> refused(FakeReply reply) {
            boolean late = !lease.isOverwritten() && !lease.isCertainlyHeld();
            if (reply.status() == Status.EPOCH_OVER) {
                markOver(epoch);
                if (terms.expiresWithLease()) {
                    // A value that was loaded since the clear may be older than the value that the writer has written.
                    invalidate(key);
                }
            }
            if (late) {
                throw new LeaseLostException("the change came too late and was not made");
            }
            return new Outcome<>(false, held != null, held, null);
        }

        @Override
        public void release() {
            calls.add("release " + key);
            FakeRedis.this.release(lease);
        }

        @Override
        public void abandon() {
            calls.add("abandon " + key);
            if (direct == null && !terms.expiresWithLease()) {
                FakeRedis.this.release(lease);
                return;
            }
            lease.end();
            FakeCommit removal = new FakeCommit(
                    key, lease.id(), null, versions.next(), Lifetime.UNCHANGED, false, terms.expiresWithLease());
            try {
                FakeReply reply = wire.call(
                        Kind.INTERNAL,
                        () -> keyspace.commit(wire, epoch.number, removal),
                        each -> echo(key, each, null));
                if (reply.status() == Status.EPOCH_OVER) {
                    markOver(epoch);
                    if (terms.expiresWithLease()) {
                        invalidate(key);
                    }
                }
            } catch (CacheException e) {
                // The entry expires with the lease.
            }
        }
    }
}
