package io.github.tieredjcache.internal.engine;

import io.github.tieredjcache.internal.entry.LoadRight;
import io.github.tieredjcache.internal.near.Flight;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One call of the loader, from its begin to the keeping of what it brings. It may run on another thread than the one that it was made
 * on, which awaits it or lets it go on for itself.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
final class LoadCall<K, V> {
    private final List<K> keys;
    private final Map<K, LoadRight> rights = new ConcurrentHashMap<>();
    private final Map<K, Flight<Fetched<V>>> flights = new HashMap<>();
    private final Map<K, Flight<Fetched<V>>> solos = new HashMap<>();
    private final Ends<K, V> ends;
    private final Tellings tellings = new Tellings();
    private final Thread maker = Thread.currentThread();
    // Whether the maker takes what it brings; decided once.
    private final AtomicReference<@Nullable Boolean> isAwaited = new AtomicReference<>();

    /**
     * Creates a call that has not begun.
     *
     * @param ends what is to be done when flights end
     */
    LoadCall(Collection<K> keys, Ends<K, V> ends) {
        this.keys = List.copyOf(keys);
        this.ends = ends;
    }

    List<K> keys() {
        return keys;
    }

    /** Returns the rights to load its keys that end with it. */
    Map<K, LoadRight> rights() {
        return rights;
    }

    /** Returns the flights of its keys. */
    Map<K, Flight<Fetched<V>>> flights() {
        return flights;
    }

    /** Returns the flights of those of its keys that it is not this node's turn to load. */
    Map<K, Flight<Fetched<V>>> solos() {
        return solos;
    }

    /** Returns what listeners must be told of what was kept. */
    Tellings tellings() {
        return tellings;
    }

    /** Lets it go on for itself, or begin so; false if it has ended. */
    boolean detach() {
        boolean goesOn = isAwaited.compareAndSet(null, false);
        if (goesOn) {
            eachFlight(flight -> flight.leftBy(maker));
        }
        return goesOn;
    }

    private boolean isDetached() {
        return Boolean.FALSE.equals(isAwaited.get());
    }

    /** Gives back the rights that are left. */
    void giveUp() {
        rights.values().forEach(LoadRight::giveUp);
    }

    /** Ends the flights of one that will not run, or has been told to stop. */
    void crash(Throwable failure) {
        solos.forEach((key, flight) -> {
            ends.soloEnds(key, flight);
            flight.crash(failure);
        });
    }

    /**
     * Runs it on this thread.
     *
     * @param load calls the loader and keeps what it brings
     */
    Map<K, Fetched<V>> run(Supplier<Map<K, Fetched<V>>> load) {
        eachFlight(Flight::pilotedByMe);
        try {
            Map<K, Fetched<V>> brought = load.get();
            solos.forEach((key, flight) -> {
                ends.soloEnds(key, flight);
                flight.land(brought.getOrDefault(key, Fetched.nothing()));
            });
            if (!isAwaited.compareAndSet(null, true)) {
                tellings.tellAll();
            }
            return brought;
        } catch (RuntimeException | Error e) {
            crash(e);
            if (isDetached()) {
                ends.failedUnheard(e);
            }
            throw e;
        } finally {
            giveUp();
            if (isDetached()) {
                flights.forEach(ends::flightEnds);
            } else {
                eachFlight(flight -> flight.pilotedBy(maker));
            }
        }
    }

    private void eachFlight(Consumer<Flight<Fetched<V>>> action) {
        flights.values().forEach(action);
        solos.values().forEach(action);
    }

    /** What is to be done when flights end. */
    interface Ends<K, V> {
        /** A flight ends whose pilot has landed it before. */
        void flightEnds(K key, Flight<Fetched<V>> flight);

        /** The load of a key ends that it was not this node's turn to load. */
        void soloEnds(K key, Flight<Fetched<V>> flight);

        /** A call has failed that nobody waits for any more. */
        void failedUnheard(Throwable failure);
    }
}
