package io.github.tieredjcache.internal.near;

import io.github.tieredjcache.internal.entry.CoherenceLease;
import io.github.tieredjcache.internal.entry.FillTicket;
import io.github.tieredjcache.internal.entry.NanoClock;
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
public final class Flights<K, R> {
    private final ConcurrentHashMap<K, Flight<R>> running = new ConcurrentHashMap<>();
    // Which flight each waiting thread waits for.
    private final ConcurrentHashMap<Thread, Flight<R>> waits = new ConcurrentHashMap<>();
    private final NanoClock clock;
    private final @Nullable CoherenceLease lease;

    /**
     * Creates a set of fetches of which none is under way.
     *
     * @param lease without which a flight is joined only while it is younger than the bound; null for a near tier that makes
     *     every change itself
     */
    public Flights(NanoClock clock, @Nullable CoherenceLease lease) {
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
    public Flight<R> join(K key, Flight<R> mine) {
        Flight<R> other = running.putIfAbsent(key, mine);
        if (other == null) {
            return mine;
        }
        return running.compute(key, (k, current) -> {
            if (current == null || mayBeJoined(current)) {
                return current == null ? mine : current;
            }
            current.ticket().voidIt();
            return mine;
        });
    }

    /** Begins a flight; if one is under way nobody joins that from now on, and what it brings is not kept. */
    public void takeOver(K key, Flight<R> mine) {
        Flight<R> other = running.put(key, mine);
        if (other != null) {
            other.ticket().voidIt();
        }
    }

    private boolean mayBeJoined(Flight<R> flight) {
        // The lease first: a change that is announced after this look is younger than the bound.
        boolean fresh = lease == null || isWithin(lease, flight.ticket());
        // Whoever would join himself is told so.
        // One that waits for another node looks again when it is told of a change, and so after this look at it.
        return (fresh && flight.ticket().isValid()) || flight.ticket().isResting() || flight.isPilotedByMe();
    }

    private boolean isWithin(CoherenceLease required, FillTicket ticket) {
        long nowNanos = clock.nanos();
        return required.holdsAt(nowNanos) || nowNanos - ticket.takenNanos() <= required.boundNanos();
    }

    /** Returns a flight that is not under way yet, with a ticket taken now. */
    public Flight<R> prepare() {
        return new Flight<>(new FillTicket(clock.nanos()));
    }

    /**
     * Gives a flight that has waited for another node a ticket that is taken now, before it looks again; a void one if a later flight
     * of the key is under way, since the ticket of that would be void otherwise.
     */
    public FillTicket renew(K key, Flight<R> flight) {
        Flight<R> later = running.get(key);
        boolean isLatest = later == null || later == flight;
        FillTicket ticket = isLatest ? new FillTicket(clock.nanos()) : FillTicket.unfillable();
        flight.renew(ticket);
        return ticket;
    }

    /** Says that a flight has ended, and its ticket with it, unless a copy is kept under that. */
    public void leave(K key, Flight<R> flight) {
        running.remove(key, flight);
        flight.ticket().voidUnlessKept();
    }

    /**
     * Waits for another thread's flight.
     *
     * @return what it brought; null if it was broken off, or if its pilot waits, directly or through others, for a flight of this
     *     thread, so that waiting would never end
     */
    public @Nullable R await(Flight<R> flight) {
        // Seen by the others before it is looked for: of two threads that close a circle, one at least sees it.
        return whileWaitingFor(flight, () -> closesCircle(flight, Thread.currentThread()) ? null : flight.await());
    }

    /** Has this thread seen as one that waits for a flight while it does something that ends when that does. */
    public <T extends @Nullable Object> T whileWaitingFor(Flight<R> flight, Supplier<T> wait) {
        Thread me = Thread.currentThread();
        Flight<R> before = waits.put(me, flight);
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
        Flight<R> flight = running.remove(key);
        if (flight != null) {
            flight.ticket().voidIt();
        }
    }

    /** Voids and detaches all flights that began before this call, and returns their tickets. */
    Map<K, FillTicket> voidAll() {
        Map<K, FillTicket> tickets = new HashMap<>();
        for (Map.Entry<K, Flight<R>> flight : running.entrySet()) {
            FillTicket ticket = flight.getValue().ticket();
            ticket.voidIt();
            running.remove(flight.getKey(), flight.getValue());
            tickets.put(flight.getKey(), ticket);
        }
        return tickets;
    }

    private boolean closesCircle(Flight<R> flight, Thread me) {
        Flight<R> next = flight;
        // A chain of other threads' waits may change while it is followed; more steps than waits make no sense.
        for (int steps = waits.size(); next != null && !next.hasEnded() && steps >= 0; steps--) {
            Thread pilot = next.pilot();
            if (pilot == me) {
                return true;
            }
            next = pilot == null ? null : waits.get(pilot);
        }
        return false;
    }
}
