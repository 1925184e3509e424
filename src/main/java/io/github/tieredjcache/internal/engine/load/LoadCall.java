package io.github.tieredjcache.internal.engine.load;

import io.github.tieredjcache.internal.engine.common.FetchResult;
import io.github.tieredjcache.internal.engine.common.PendingNotifications;
import io.github.tieredjcache.internal.near.SingleFlight;
import io.github.tieredjcache.internal.port.LoadLease;
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
    private final Map<K, LoadLease> rights = new ConcurrentHashMap<>();
    private final Map<K, SingleFlight<FetchResult<V>>> flights = new HashMap<>();
    private final Map<K, SingleFlight<FetchResult<V>>> solos = new HashMap<>();
    private final Ends<K, V> ends;
    private final PendingNotifications notifications = new PendingNotifications();
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
    Map<K, LoadLease> rights() {
        return rights;
    }

    /** Returns the flights of its keys. */
    Map<K, SingleFlight<FetchResult<V>>> flights() {
        return flights;
    }

    /** Returns the flights of those of its keys that it is not this node's turn to load. */
    Map<K, SingleFlight<FetchResult<V>>> solos() {
        return solos;
    }

    /** Returns what listeners must be told of what was kept. */
    PendingNotifications tellings() {
        return notifications;
    }

    /** Lets it go on for itself, or begin so; false if it has ended. */
    boolean detach() {
        boolean goesOn = isAwaited.compareAndSet(null, false);
        if (goesOn) {
            eachFlight(singleFlight -> singleFlight.clearOwner(maker));
        }
        return goesOn;
    }

    private boolean isDetached() {
        return Boolean.FALSE.equals(isAwaited.get());
    }

    /** Gives back the rights that are left. */
    void giveUp() {
        rights.values().forEach(LoadLease::giveUp);
    }

    /** Ends the flights of one that will not run, or has been told to stop. */
    void crash(Throwable failure) {
        solos.forEach((key, singleFlight) -> {
            ends.soloEnds(key, singleFlight);
            singleFlight.fail(failure);
        });
    }

    /**
     * Runs it on this thread.
     *
     * @param load calls the loader and keeps what it brings
     */
    Map<K, FetchResult<V>> run(Supplier<Map<K, FetchResult<V>>> load) {
        eachFlight(SingleFlight::takeOwnership);
        try {
            Map<K, FetchResult<V>> brought = load.get();
            solos.forEach((key, singleFlight) -> {
                ends.soloEnds(key, singleFlight);
                singleFlight.complete(brought.getOrDefault(key, FetchResult.nothing()));
            });
            if (!isAwaited.compareAndSet(null, true)) {
                notifications.deliverAll();
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
                eachFlight(singleFlight -> singleFlight.setOwner(maker));
            }
        }
    }

    private void eachFlight(Consumer<SingleFlight<FetchResult<V>>> action) {
        flights.values().forEach(action);
        solos.values().forEach(action);
    }

    /** What is to be done when flights end. */
    interface Ends<K, V> {
        /** A flight ends whose pilot has landed it before. */
        void flightEnds(K key, SingleFlight<FetchResult<V>> singleFlight);

        /** The load of a key ends that it was not this node's turn to load. */
        void soloEnds(K key, SingleFlight<FetchResult<V>> singleFlight);

        /** A call has failed that nobody waits for any more. */
        void failedUnheard(Throwable failure);
    }
}
