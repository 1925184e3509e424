package io.github.tieredjcache.internal.port;

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
import io.github.tieredjcache.internal.port.TierOfRecord.Fill;
import io.github.tieredjcache.internal.support.NanoClock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import javax.cache.CacheException;

/**
 * The keys of one cache in a {@link FakeRedis}: versions, lifetimes, leases and invalidations as Redis keeps them. Each method but
 * {@link #locked} is called by an action of {@code locked}.
 */
final class FakeKeyspace {
    private static final long WRITE_WAIT_SECONDS = 20;

    private final NanoClock clock;
    private final Versions versions = new Versions(1);
    private final ReentrantLock state = new ReentrantLock();
    private final Condition changed = state.newCondition();
    private final Map<String, Cell> cells = new TreeMap<>();
    private final Map<String, List<FillTicket>> tracked = new HashMap<>();
    private TrackingGeneration generation = new TrackingGeneration(InvalidationListener.NONE);
    private boolean losesInvalidations;

    FakeKeyspace(NanoClock clock) {
        this.clock = clock;
    }

    <T> T locked(Supplier<T> action) {
        state.lock();
        try {
            return action.get();
        } finally {
            state.unlock();
        }
    }

    void loseInvalidations() {
        losesInvalidations = true;
    }

    Entry<String> read(String key, FillTicket ticket, long accessNanos) {
        track(key, ticket);
        Cell cell = cells.get(key);
        Entry<String> live = live(cell, ticket);
        if (live != null) {
            cell.touch(accessNanos);
            live.touch(cell.deadlineNanos);
        }
        return live;
    }

    Entry<String> peek(String key) {
        return live(cells.get(key), null);
    }

    void touch(String key, Entry<String> entry, long accessNanos) {
        Cell cell = cells.get(key);
        if (live(cell, null) != null && cell.version.equals(entry.version())) {
            cell.touch(accessNanos);
        }
    }

    Outcome<String> apply(Mutation<String, String> mutation) {
        String key = mutation.key();
        if (mutation.returnsResult()) {
            awaitNoWriteLease(key);
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

    /** Stores a value, or removes the entry if it is null, whatever is there. */
    Entry<String> put(String key, String value) {
        return change(key, cell(key), value, Entry.NO_DEADLINE);
    }

    LoadGrant<String> grant(String key, FillTicket ticket, boolean takesOver) {
        track(key, ticket);
        Cell cell = cell(key);
        Entry<String> live = live(cell, ticket);
        if (live != null) {
            return new LoadGrant.Found<>(live, false);
        }
        if (cell.writeLease != null || (cell.loadLease != null && !takesOver)) {
            return new LoadGrant.HeldElsewhere<>(null);
        }
        cell.loadLease = new LoadLease() {
            @Override
            public void giveUp() {
                locked(() -> {
                    if (cell.loadLease == this) {
                        cell.loadLease = null;
                        invalidate(key);
                    }
                    return true;
                });
            }
        };
        return new LoadGrant.Granted<>(cell.loadLease, null);
    }

    LoadGrant<String> awaitGrant(String key, Supplier<FillTicket> tickets, long untilNanos) {
        LoadGrant<String> grant = grant(key, tickets.get(), false);
        while (grant instanceof LoadGrant.HeldElsewhere && clock.nanos() - untilNanos < 0) {
            await();
            grant = grant(key, tickets.get(), false);
        }
        return grant instanceof LoadGrant.HeldElsewhere ? LoadGrant.Uncoordinated.withoutWait() : grant;
    }

    Outcome<String> fill(Fill<String, String> fill) {
        Cell cell = cell(fill.key());
        if (cell.loadLease != fill.lease()) {
            return new Outcome<>(false, false, null, null);
        }
        String value = fill.creationNanos() == Lifetime.ZERO ? null : fill.value();
        Entry<String> after = change(fill.key(), cell, value, deadline(cell, false, fill.creationNanos()));
        return new Outcome<>(true, false, null, after);
    }

    /** Returns the entry under the new lease, null if there is none; waits for the end of another call's lease. */
    Entry<String> lease(String key, Object lease) {
        awaitNoWriteLease(key);
        Cell cell = cell(key);
        Entry<String> before = live(cell, null);
        cell.loadLease = null;
        cell.writeLease = lease;
        return before;
    }

    boolean isLeased(String key, Object lease) {
        Cell cell = cells.get(key);
        return cell != null && cell.writeLease == lease;
    }

    /** Stores a value under a lease and keeps the lease. */
    Entry<String> store(String key, String value, boolean existed, long lifetimeNanos) {
        Cell cell = cells.get(key);
        return store(key, cell, lifetimeNanos == Lifetime.ZERO ? null : value, deadline(cell, existed, lifetimeNanos));
    }

    void endLease(String key, Object lease) {
        if (isLeased(key, lease)) {
            cells.get(key).writeLease = null;
            changed.signalAll();
        }
    }

    long writeLeases() {
        return cells.values().stream().filter(cell -> cell.writeLease != null).count();
    }

    Iterator<Map.Entry<String, Entry<String>>> entries() {
        List<Map.Entry<String, Entry<String>>> live = new ArrayList<>();
        cells.forEach((key, cell) -> {
            Entry<String> entry = live(cell, null);
            if (entry != null) {
                live.add(Map.entry(key, entry));
            }
        });
        return List.copyOf(live).iterator();
    }

    void endLoadLeases() {
        cells.values().forEach(cell -> cell.loadLease = null);
    }

    void clear() {
        cells.clear();
        generation.end();
        generation = new TrackingGeneration(InvalidationListener.NONE);
        changed.signalAll();
    }

    /** Returns a ticket for what this node has just stored or seen. */
    FillTicket ticketOf(String key) {
        FillTicket ticket = new FillTicket(clock.nanos());
        track(key, ticket);
        return ticket;
    }

    private Cell cell(String key) {
        return cells.computeIfAbsent(key, each -> new Cell());
    }

    private Entry<String> live(Cell cell, FillTicket ticket) {
        if (cell == null || cell.value == null) {
            return null;
        }
        Entry<String> entry = new Entry<>(cell.value, cell.version, cell.deadlineNanos, 0, cell.writeLease == null);
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

    /** Changes a key, ends its leases, and invalidates the tickets of its copies. */
    private Entry<String> change(String key, Cell cell, String value, long deadlineNanos) {
        cell.loadLease = null;
        cell.writeLease = null;
        return store(key, cell, value, deadlineNanos);
    }

    private Entry<String> store(String key, Cell cell, String value, long deadlineNanos) {
        cell.value = value;
        cell.version = versions.next();
        cell.deadlineNanos = deadlineNanos;
        invalidate(key);
        return live(cell, ticketOf(key));
    }

    private void track(String key, FillTicket ticket) {
        ticket.bindTo(generation);
        tracked.computeIfAbsent(key, each -> new ArrayList<>()).add(ticket);
    }

    private void invalidate(String key) {
        List<FillTicket> tickets = tracked.remove(key);
        if (tickets != null && !losesInvalidations) {
            tickets.forEach(FillTicket::invalidate);
        }
        changed.signalAll();
    }

    private void awaitNoWriteLease(String key) {
        long untilNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(WRITE_WAIT_SECONDS);
        while (cell(key).writeLease != null) {
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

    /** What Redis holds of one key. */
    private final class Cell {
        private String value;
        private Version version;
        private long deadlineNanos;
        private LoadLease loadLease;
        private Object writeLease;

        void touch(long accessNanos) {
            if (accessNanos != Lifetime.UNCHANGED) {
                deadlineNanos = Lifetime.deadline(clock.nanos(), accessNanos);
            }
        }
    }
}
