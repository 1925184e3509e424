package io.github.tieredjcache.internal.near;

import io.github.tieredjcache.internal.coherence.CoherenceLease;
import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.support.NanoClock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The fetches in progress on this node, one a key.
 *
 * <p>A change of a key detaches its fetch: callers that wait for it still get its result, which was current during
 * their call; the result is not kept; and later callers begin a new fetch.
 *
 * @param <K> the type of the keys
 * @param <R> the type of the results
 */
public final class SingleFlights<K, R> {
    private final ConcurrentHashMap<K, SingleFlight<R>> running = new ConcurrentHashMap<>();
    // The fetch that each waiting thread waits for.
    private final ConcurrentHashMap<Thread, SingleFlight<R>> waits = new ConcurrentHashMap<>();
    private final NanoClock clock;
    private final @Nullable CoherenceLease lease;

    /**
     * Creates an empty set of fetches.
     *
     * @param lease while it does not hold, a fetch is joined only while it is younger than the bound; null for a near
     *     tier that makes every change itself
     */
    public SingleFlights(NanoClock clock, @Nullable CoherenceLease lease) {
        this.clock = clock;
        this.lease = lease;
    }

    /**
     * Begins a fetch, unless one is in progress that may be joined. The result of a fetch was current when the fetch
     * began; for later callers it is current only if a change in between would have been received.
     *
     * @param key the key
     * @param mine a fresh fetch, from {@link #prepare}
     * @return {@code mine} if the caller must fetch, else the fetch to wait for
     */
    public SingleFlight<R> join(K key, SingleFlight<R> mine) {
        SingleFlight<R> current = running.putIfAbsent(key, mine);
        if (current == null) {
            return mine;
        }
        return running.compute(key, (k, present) -> {
            if (present == null || mayBeJoined(present)) {
                return present == null ? mine : present;
            }
            present.ticket().invalidate();
            return mine;
        });
    }

    /** Begins a fetch. One in progress is not joined from now on, and its result is not kept. */
    public void takeOver(K key, SingleFlight<R> mine) {
        SingleFlight<R> current = running.put(key, mine);
        if (current != null) {
            current.ticket().invalidate();
        }
    }

    private boolean mayBeJoined(SingleFlight<R> singleFlight) {
        // The lease is checked first: a change that is announced after the check is younger than the bound.
        boolean fresh = lease == null || isWithin(lease, singleFlight.ticket());
        // A suspended fetch waits for another node and reads again after that, and so after this check. A fetch of the
        // current thread is returned so that the caller detects the recursion.
        return (fresh && singleFlight.ticket().isValid())
                || singleFlight.ticket().isSuspended()
                || singleFlight.isOwnedByMe();
    }

    private boolean isWithin(CoherenceLease required, FillTicket ticket) {
        long nowNanos = clock.nanos();
        return required.covers(ticket, nowNanos) || nowNanos - ticket.takenNanos() <= required.boundNanos();
    }

    /** Returns a fetch that has not begun, with a ticket taken now. */
    public SingleFlight<R> prepare() {
        return new SingleFlight<>(new FillTicket(clock.nanos()));
    }

    /**
     * Gives a fetch that has waited for another node a new ticket before it reads again. If a later fetch of the key
     * is in progress the ticket is invalid: a second valid one would invalidate the ticket of the later fetch.
     */
    public FillTicket renew(K key, SingleFlight<R> singleFlight) {
        SingleFlight<R> later = running.get(key);
        boolean isLatest = later == null || later == singleFlight;
        FillTicket ticket = isLatest ? new FillTicket(clock.nanos()) : FillTicket.unfillable();
        singleFlight.renew(ticket);
        return ticket;
    }

    /** Removes a fetch that has ended, and invalidates its ticket unless a copy is kept under the ticket. */
    public void leave(K key, SingleFlight<R> singleFlight) {
        running.remove(key, singleFlight);
        singleFlight.ticket().invalidateUnlessKept();
    }

    /** Ends a fetch with a result. Later callers begin a new fetch, unless this one outlasts its completion. */
    public void complete(K key, SingleFlight<R> singleFlight, R result) {
        // Removed before its completion: a later caller must begin a new fetch.
        if (!singleFlight.outlastsCompletion()) {
            leave(key, singleFlight);
        }
        singleFlight.complete(result);
    }

    /** Ends a fetch with a failure, which all waiting callers get. */
    public void fail(K key, SingleFlight<R> singleFlight, Throwable failure) {
        leave(key, singleFlight);
        singleFlight.fail(failure);
    }

    /** Ends a fetch that will not be made; its waiting callers fetch again. */
    public void cancel(K key, SingleFlight<R> singleFlight) {
        leave(key, singleFlight);
        singleFlight.cancel();
    }

    /**
     * Waits for another thread's fetch.
     *
     * @return the result; null if the fetch was cancelled, or if its owner waits, directly or through other threads,
     *     for a fetch of this thread, so that the wait would never end
     */
    public @Nullable R await(SingleFlight<R> singleFlight) {
        // The wait is registered before the check: of two threads that close a cycle, at least one sees it.
        return whileWaitingFor(
                singleFlight, () -> closesCycle(singleFlight, Thread.currentThread()) ? null : singleFlight.await());
    }

    /**
     * As {@link #await(SingleFlight)}, for a fetch that its owner may postpone.
     *
     * @param postponedMax for how long; its owner may be making a load that needs this thread
     * @return null also if it is postponed for longer
     */
    public @Nullable R await(SingleFlight<R> singleFlight, Duration postponedMax) {
        long leftNanos = singleFlight.ticket().takenNanos() + postponedMax.toNanos() - clock.nanos();
        return singleFlight.awaitTurn(leftNanos) ? await(singleFlight) : null;
    }

    /**
     * Registers this thread as waiting for a fetch while it waits for an event that comes with the completion of the
     * fetch.
     */
    public <T extends @Nullable Object> T whileWaitingFor(SingleFlight<R> singleFlight, Supplier<T> wait) {
        Thread me = Thread.currentThread();
        SingleFlight<R> before = waits.put(me, singleFlight);
        try {
            return wait.get();
        } finally {
            if (before == null) {
                waits.remove(me);
            } else {
                waits.put(me, before);
            }
        }
    }

    /**
     * Detaches the fetch of a key that changes, and invalidates its ticket. Does not block; may be called inside a
     * map's compute.
     */
    void invalidateKey(K key) {
        SingleFlight<R> singleFlight = running.remove(key);
        if (singleFlight != null) {
            singleFlight.ticket().invalidate();
        }
    }

    /** Detaches all fetches that began before this call, and returns their tickets, which are invalid. */
    Map<K, FillTicket> invalidateAll() {
        Map<K, FillTicket> tickets = new HashMap<>();
        for (Map.Entry<K, SingleFlight<R>> flight : running.entrySet()) {
            FillTicket ticket = flight.getValue().ticket();
            ticket.invalidate();
            running.remove(flight.getKey(), flight.getValue());
            tickets.put(flight.getKey(), ticket);
        }
        return tickets;
    }

    private boolean closesCycle(SingleFlight<R> singleFlight, Thread me) {
        SingleFlight<R> next = singleFlight;
        // The chain of waits may change while it is followed; it has at most as many steps as there are waits.
        for (int steps = waits.size(); next != null && !next.hasEnded() && steps >= 0; steps--) {
            Thread owner = next.owner();
            if (owner == me) {
                return true;
            }
            next = owner == null ? null : waits.get(owner);
        }
        return false;
    }
}
