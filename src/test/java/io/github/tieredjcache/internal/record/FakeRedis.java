package io.github.tieredjcache.internal.record;

import io.github.tieredjcache.OutcomeUnknownException;
import io.github.tieredjcache.RemoteUnavailableException;
import io.github.tieredjcache.RemoteUnavailableException.Kind;
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
import io.github.tieredjcache.internal.port.FakeHealth;
import io.github.tieredjcache.internal.port.Lease;
import io.github.tieredjcache.internal.port.LoadGrant;
import io.github.tieredjcache.internal.port.LoadLease;
import io.github.tieredjcache.internal.port.ReadResult;
import io.github.tieredjcache.internal.port.TierOfRecord;
import io.github.tieredjcache.internal.support.NanoClock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import javax.cache.CacheException;

/**
 * The tier of record in Redis, in memory: versions, lifetimes, load leases, write leases and invalidations as Redis keeps them. It
 * can be unavailable, fail calls, and lose replies. It keeps what {@code TierOfRecordContract} asks.
 */
final class FakeRedis implements TierOfRecord<String, String> {
    private static final long WRITE_WAIT_SECONDS = 20;

    private final NanoClock clock;
    private final Versions versions = new Versions(1);
    private final FakeHealth health;
    private final ReentrantLock state = new ReentrantLock();
    private final Condition changed = state.newCondition();
    // Guarded by state.
    private final Map<String, Cell> cells = new TreeMap<>();
    private final Map<String, List<FillTicket>> tracked = new HashMap<>();
    private final List<String> calls = new ArrayList<>();
    private TrackingGeneration generation = new TrackingGeneration(InvalidationListener.NONE);
    private boolean fails;
    private boolean losesReplies;

    FakeRedis(NanoClock clock) {
        this.clock = clock;
        this.health = new FakeHealth(clock);
    }

    FakeHealth health() {
        return health;
    }

    /** Opens the circuit breaker, and has the calls fail that are made all the same. */
    void becomesUnavailable() {
        failsCalls(true);
        health.set(true);
    }

    /** Closes the circuit breaker. */
    void becomesAvailable() {
        failsCalls(false);
        health.set(false);
    }

    /** Has calls fail before anything is done, or succeed again. */
    void failsCalls(boolean itFails) {
        locked(() -> fails = itFails);
    }

    /** Has calls do what they do and fail nevertheless, or succeed again. */
    void losesReplies(boolean itLoses) {
        locked(() -> losesReplies = itLoses);
    }

    /** Returns the names of the calls that were made since the last call of this. */
    List<String> calls() {
        return locked(() -> {
            List<String> made = List.copyOf(calls);
            calls.clear();
            return made;
        });
    }

    /** Changes a key as another node does. */
    void otherNodePuts(String key, String value) {
        locked(() -> {
            change(key, cell(key), value, Entry.NO_DEADLINE);
            return value;
        });
    }

    /** Returns the value of a key as another node reads it, null if there is none. */
    String value(String key) {
        return locked(() -> {
            Entry<String> live = live(cells.get(key), null);
            return live == null ? null : live.value();
        });
    }

    @Override
    public ReadResult<String> read(String key, FillTicket ticket, long accessNanos) {
        return readAll(Map.of(key, ticket), accessNanos).get(key);
    }

    @Override
    public Map<String, ReadResult<String>> readAll(Map<String, FillTicket> tickets, long accessNanos) {
        return call("readAll", () -> {
            Map<String, ReadResult<String>> results = new LinkedHashMap<>();
            tickets.forEach((key, ticket) -> {
                track(key, ticket);
                Cell cell = cells.get(key);
                Entry<String> live = live(cell, ticket);
                if (live != null) {
                    cell.touch(accessNanos);
                    live.touch(cell.deadlineNanos);
                }
                results.put(key, new ReadResult<>(live, false));
            });
            return results;
        });
    }

    @Override
    public boolean contains(String key) {
        return call("contains", () -> live(cells.get(key), null) != null);
    }

    @Override
    public void touch(String key, Entry<String> entry, long accessNanos) {
        call("touch", () -> {
            Cell cell = cells.get(key);
            if (live(cell, null) != null && cell.version.equals(entry.version())) {
                cell.touch(accessNanos);
            }
            return true;
        });
    }

    @Override
    public Outcome<String> apply(Mutation<String, String> mutation) {
        return applyAll(List.of(mutation)).get(0);
    }

    @Override
    public List<Outcome<String>> applyAll(List<Mutation<String, String>> mutations) {
        return call("applyAll", () -> mutations.stream().map(this::applyLocked).toList());
    }

    private Outcome<String> applyLocked(Mutation<String, String> mutation) {
        String key = mutation.key();
        if (mutation.returnsResult()) {
            awaitNoLease(key);
        }
        Cell cell = cell(key);
        Entry<String> before = live(cell, ticketOf(key));
        if (!holds(mutation.precondition(), before)) {
            return new Outcome<>(false, before != null, before, null);
        }
        long lifetime = before == null ? mutation.creationNanos() : mutation.updateNanos();
        Entry<String> after = change(
                key,
                cell,
                lifetime == Lifetime.ZERO ? null : mutation.value(),
                deadline(cell, before != null, lifetime));
        return new Outcome<>(true, before != null, mutation.wantsOld() ? before : null, after);
    }

    @Override
    public Map<String, LoadGrant<String>> loadGrants(
            Map<String, FillTicket> tickets, Set<String> localKeys, boolean takesOver) {
        return call("loadGrants", () -> {
            Map<String, LoadGrant<String>> grants = new LinkedHashMap<>();
            tickets.forEach((key, ticket) -> grants.put(key, grant(key, ticket, takesOver)));
            return grants;
        });
    }

    private LoadGrant<String> grant(String key, FillTicket ticket, boolean takesOver) {
        track(key, ticket);
        Cell cell = cell(key);
        Entry<String> live = live(cell, ticket);
        if (live != null) {
            return new LoadGrant.Found<>(live, false);
        }
        if (cell.lease != null || (cell.load != null && !takesOver)) {
            return new LoadGrant.HeldElsewhere<>(null);
        }
        cell.load = new LoadLease() {
            @Override
            public void giveUp() {
                locked(() -> {
                    if (cell.load == this) {
                        cell.load = null;
                        invalidate(key);
                    }
                    return true;
                });
            }
        };
        return new LoadGrant.Granted<>(cell.load, null);
    }

    @Override
    public LoadGrant<String> awaitLoadGrant(String key, Supplier<FillTicket> tickets, long untilNanos) {
        return call("awaitLoadGrant", () -> {
            LoadGrant<String> grant = grant(key, tickets.get(), false);
            while (grant instanceof LoadGrant.HeldElsewhere && clock.nanos() - untilNanos < 0) {
                await();
                grant = grant(key, tickets.get(), false);
            }
            return grant instanceof LoadGrant.HeldElsewhere ? LoadGrant.Uncoordinated.withoutWait() : grant;
        });
    }

    @Override
    public boolean mayRefresh(String key) {
        return call("mayRefresh", () -> true);
    }

    @Override
    public List<Outcome<String>> fillAll(List<Fill<String, String>> fills) {
        return call("fillAll", () -> fills.stream().map(this::fillLocked).toList());
    }

    private Outcome<String> fillLocked(Fill<String, String> fill) {
        Cell cell = cell(fill.key());
        if (cell.load != fill.lease()) {
            return new Outcome<>(false, false, null, null);
        }
        boolean ends = fill.creationNanos() == Lifetime.ZERO;
        Entry<String> after =
                change(fill.key(), cell, ends ? null : fill.value(), deadline(cell, false, fill.creationNanos()));
        return new Outcome<>(true, false, null, after);
    }

    @Override
    public List<String> inLeasingOrder(Collection<String> keys) {
        return keys.stream().sorted().toList();
    }

    @Override
    public List<Lease<String, String>> leaseAll(List<String> keys) {
        return call("leaseAll", () -> Lease.allOrNone(keys, this::leaseLocked));
    }

    private Lease<String, String> leaseLocked(String key) {
        awaitNoLease(key);
        Cell cell = cell(key);
        Entry<String> before = live(cell, null);
        cell.load = null;
        cell.lease = new WriteLease(key, before);
        return cell.lease;
    }

    @Override
    public Iterator<Map.Entry<String, Entry<String>>> entries() {
        return call("entries", this::liveEntries);
    }

    private Iterator<Map.Entry<String, Entry<String>>> liveEntries() {
        List<Map.Entry<String, Entry<String>>> live = new ArrayList<>();
        cells.forEach((key, cell) -> {
            Entry<String> entry = live(cell, null);
            if (entry != null) {
                live.add(Map.entry(key, entry));
            }
        });
        return List.copyOf(live).iterator();
    }

    @Override
    public Iterator<Map.Entry<String, Entry<String>>> entriesToRemove() {
        return call("entriesToRemove", () -> {
            cells.values().forEach(cell -> cell.load = null);
            return liveEntries();
        });
    }

    @Override
    public void clear() {
        call("clear", () -> {
            cells.clear();
            generation.end();
            generation = new TrackingGeneration(InvalidationListener.NONE);
            changed.signalAll();
            return true;
        });
    }

    // What follows is called with the state locked.

    private Cell cell(String key) {
        return cells.computeIfAbsent(key, each -> new Cell());
    }

    private Entry<String> live(Cell cell, FillTicket ticket) {
        if (cell == null || cell.value == null) {
            return null;
        }
        Entry<String> entry = new Entry<>(cell.value, cell.version, cell.deadlineNanos, 0, cell.lease == null);
        if (entry.isExpiredAt(clock.nanos())) {
            return null;
        }
        return ticket == null ? entry : entry.withTicket(ticket);
    }

    private static boolean holds(Precondition precondition, Entry<String> before) {
        if (precondition instanceof Precondition.Unchanged unchanged) {
            Version seen = unchanged.seen().version();
            return before != null && before.version().equals(seen);
        }
        return precondition instanceof Precondition.Always
                || (precondition instanceof Precondition.Present) == (before != null);
    }

    private long deadline(Cell cell, boolean existed, long lifetimeNanos) {
        if (lifetimeNanos == Lifetime.UNCHANGED) {
            return existed ? cell.deadlineNanos : Entry.NO_DEADLINE;
        }
        return Lifetime.deadline(clock.nanos(), lifetimeNanos);
    }

    /** Changes a key, ends what others hold of it, and announces the change. */
    private Entry<String> change(String key, Cell cell, String value, long deadlineNanos) {
        cell.load = null;
        cell.lease = null;
        return store(key, cell, value, deadlineNanos);
    }

    private Entry<String> store(String key, Cell cell, String value, long deadlineNanos) {
        cell.value = value;
        cell.version = versions.next();
        cell.deadlineNanos = deadlineNanos;
        invalidate(key);
        return live(cell, ticketOf(key));
    }

    private FillTicket ticketOf(String key) {
        FillTicket ticket = new FillTicket(clock.nanos());
        track(key, ticket);
        return ticket;
    }

    private void track(String key, FillTicket ticket) {
        ticket.bindTo(generation);
        tracked.computeIfAbsent(key, each -> new ArrayList<>()).add(ticket);
    }

    private void invalidate(String key) {
        List<FillTicket> tickets = tracked.remove(key);
        if (tickets != null) {
            tickets.forEach(FillTicket::invalidate);
        }
        changed.signalAll();
    }

    private void awaitNoLease(String key) {
        long untilNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(WRITE_WAIT_SECONDS);
        while (cell(key).lease != null) {
            if (System.nanoTime() - untilNanos > 0) {
                throw new CacheException("another call has the key '" + key + "'");
            }
            await();
        }
    }

    @SuppressWarnings("WaitNotInLoop") // Its callers loop.
    private void await() {
        try {
            // Wakes by itself, too: a clock may have moved.
            var unused = changed.awaitNanos(TimeUnit.MILLISECONDS.toNanos(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CacheException("interrupted", e);
        }
    }

    private <T> T locked(Supplier<T> action) {
        state.lock();
        try {
            return action.get();
        } finally {
            state.unlock();
        }
    }

    private <T> T call(String name, Supplier<T> action) {
        return locked(() -> {
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

    /** What Redis holds of one key. */
    private final class Cell {
        private String value;
        private Version version;
        private long deadlineNanos;
        private LoadLease load;
        private WriteLease lease;

        void touch(long accessNanos) {
            if (accessNanos != Lifetime.UNCHANGED) {
                deadlineNanos = Lifetime.deadline(clock.nanos(), accessNanos);
            }
        }
    }

    private final class WriteLease implements Lease<String, String> {
        private final String key;
        private final Entry<String> before;
        private Entry<String> held;

        WriteLease(String key, Entry<String> before) {
            this.key = key;
            this.before = before;
            this.held = before;
        }

        @Override
        public Entry<String> before() {
            return before;
        }

        @Override
        public Prepared<String> prepare(String value) {
            return () -> value;
        }

        @Override
        public Outcome<String> save(Prepared<String> change, long lifetimeNanos) {
            return call("save", () -> changed(change, lifetimeNanos));
        }

        @Override
        public Supplier<Outcome<String>> beginCommit(Prepared<String> change, long lifetimeNanos) {
            return () -> call("commit", () -> {
                Outcome<String> outcome = changed(change, lifetimeNanos);
                end();
                return outcome;
            });
        }

        private Outcome<String> changed(Prepared<String> change, long lifetimeNanos) {
            Cell cell = cells.get(key);
            if (cell == null || cell.lease != this) {
                return new Outcome<>(false, held != null, held, null);
            }
            Entry<String> old = held;
            String value = lifetimeNanos == Lifetime.ZERO ? null : change.value();
            held = store(key, cell, value, deadline(cell, old != null, lifetimeNanos));
            return new Outcome<>(true, old != null, old, held == null ? null : settled(held));
        }

        private Entry<String> settled(Entry<String> entry) {
            return new Entry<>(entry.value(), entry.version(), entry.deadlineNanos()).withTicket(ticketOf(key));
        }

        private void end() {
            Cell cell = cells.get(key);
            if (cell != null && cell.lease == this) {
                cell.lease = null;
                changed.signalAll();
            }
        }

        @Override
        public void release() {
            locked(() -> {
                end();
                return true;
            });
        }

        @Override
        public void abandon() {
            locked(() -> {
                Cell cell = cells.get(key);
                if (!fails && cell != null && cell.lease == this) {
                    change(key, cell, null, Entry.NO_DEADLINE);
                }
                return true;
            });
        }
    }
}
