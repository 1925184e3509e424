package io.github.tieredjcache.internal.near;

import io.github.tieredjcache.internal.coherence.CoherenceLease;
import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.support.NanoClock;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The fetches under way on this node, one a key.
 *
 * <p>A change of a key detaches its flight: those who wait for it still get what it brings, which was current during
 * their call; what it brings is not kept; and later callers begin a new one.
 *
 * @param <K> the type of the keys
 * @param <R> what a flight brings
 */
public final class SingleFlights<K, R> {
    private final ConcurrentHashMap<K, SingleFlight<R>> running = new ConcurrentHashMap<>();
    // Which flight each waiting thread waits for.
    private final ConcurrentHashMap<Thread, SingleFlight<R>> waits = new ConcurrentHashMap<>();
    private final NanoClock clock;
    private final @Nullable CoherenceLease lease;

    /**
     * Creates a set of fetches of which none is under way.
     *
     * @param lease without which a flight is joined only while it is younger than the bound; null for a near tier that makes
     *     every change itself
     */
    public SingleFlights(NanoClock clock, @Nullable CoherenceLease lease) {
        this.clock = clock;
        this.lease = lease;
    }

    /**
     * Begins a flight, unless one is under way that may be joined: what a flight brings was current when the flight began,
     * and for those who come later only if they would hear of a change.
     *
     * @param key the key
     * @param mine a fresh flight, from {@link #prepare}
     * @return {@code mine} if the caller must fly, else the flight to wait for
     */
    public SingleFlight<R> join(K key, SingleFlight<R> mine) {
        SingleFlight<R> other = running.putIfAbsent(key, mine);
        if (other == null) {
            return mine;
        }
        return running.compute(key, (k, current) -> {
            if (current == null || mayBeJoined(current)) {
                return current == null ? mine : current;
            }
            current.ticket().invalidate();
            return mine;
        });
    }

    /** Begins a flight; if one is under way nobody joins that from now on, and what it brings is not kept. */
    public void takeOver(K key, SingleFlight<R> mine) {
        SingleFlight<R> other = running.put(key, mine);
        if (other != null) {
            other.ticket().invalidate();
        }
    }

    private boolean mayBeJoined(SingleFlight<R> singleFlight) {
        // The lease first: a change that is announced after this look is younger than the bound.
        boolean fresh = lease == null || isWithin(lease, singleFlight.ticket());
        // Whoever would join himself is told so.
        // One that waits for another node looks again when it is told of a change, and so after this look at it.
        return (fresh && singleFlight.ticket().isValid())
                || singleFlight.ticket().isSuspended()
                || singleFlight.isOwnedByMe();
    }

    private boolean isWithin(CoherenceLease required, FillTicket ticket) {
        long nowNanos = clock.nanos();
        return required.holdsAt(nowNanos) || nowNanos - ticket.takenNanos() <= required.boundNanos();
    }

    /** Returns a flight that is not under way yet, with a ticket taken now. */
    public SingleFlight<R> prepare() {
        return new SingleFlight<>(new FillTicket(clock.nanos()));
    }

    /**
     * Gives a flight that has waited for another node a ticket that is taken now, before it looks again; a void one if a later flight
     * of the key is under way, since the ticket of that would be void otherwise.
     */
    public FillTicket renew(K key, SingleFlight<R> singleFlight) {
        SingleFlight<R> later = running.get(key);
        boolean isLatest = later == null || later == singleFlight;
        FillTicket ticket = isLatest ? new FillTicket(clock.nanos()) : FillTicket.unfillable();
        singleFlight.renew(ticket);
        return ticket;
    }

    /** Says that a flight has ended, and its ticket with it, unless a copy is kept under that. */
    public void leave(K key, SingleFlight<R> singleFlight) {
        running.remove(key, singleFlight);
        singleFlight.ticket().invalidateUnlessKept();
    }

    /**
     * Waits for another thread's flight.
     *
     * @return what it brought; null if it was broken off, or if its pilot waits, directly or through others, for a flight of this
     *     thread, so that waiting would never end
     */
    public @Nullable R await(SingleFlight<R> singleFlight) {
        // Seen by the others before it is looked for: of two threads that close a circle, one at least sees it.
        return whileWaitingFor(
                singleFlight, () -> closesCircle(singleFlight, Thread.currentThread()) ? null : singleFlight.await());
    }

    /** Has this thread seen as one that waits for a flight while it does something that ends when that does. */
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

    /** Voids and detaches the flight of a key that changes. Does not block; may be called inside a map's compute. */
    void voidKey(K key) {
        SingleFlight<R> singleFlight = running.remove(key);
        if (singleFlight != null) {
            singleFlight.ticket().invalidate();
        }
    }

    /** Voids and detaches all flights that began before this call, and returns their tickets. */
    Map<K, FillTicket> voidAll() {
        Map<K, FillTicket> tickets = new HashMap<>();
        for (Map.Entry<K, SingleFlight<R>> flight : running.entrySet()) {
            FillTicket ticket = flight.getValue().ticket();
            ticket.invalidate();
            running.remove(flight.getKey(), flight.getValue());
            tickets.put(flight.getKey(), ticket);
        }
        return tickets;
    }

    private boolean closesCircle(SingleFlight<R> singleFlight, Thread me) {
        SingleFlight<R> next = singleFlight;
        // A chain of other threads' waits may change while it is followed; more steps than waits make no sense.
        for (int steps = waits.size(); next != null && !next.hasEnded() && steps >= 0; steps--) {
            Thread pilot = next.owner();
            if (pilot == me) {
                return true;
            }
            next = pilot == null ? null : waits.get(pilot);
        }
        return false;
    }
}
