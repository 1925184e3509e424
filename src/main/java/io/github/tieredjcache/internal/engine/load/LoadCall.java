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
 * One call of the loader, from its beginning to the storing of its values. It may run on another thread than its
 * creator, which awaits it or detaches it.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
final class LoadCall<K, V> {
    private final List<K> keys;
    private final Map<K, LoadLease> leases = new ConcurrentHashMap<>();
    private final Map<K, SingleFlight<FetchResult<V>>> singleFlights = new HashMap<>();
    private final Map<K, SingleFlight<FetchResult<V>>> uncoordinated = new HashMap<>();
    private final Ends<K, V> ends;
    private final PendingNotifications notifications = new PendingNotifications();
    private final Thread creator = Thread.currentThread();
    // Whether the creator takes the results; decided once.
    private final AtomicReference<@Nullable Boolean> isAwaited = new AtomicReference<>();

    /**
     * Creates a call that has not begun.
     *
     * @param ends callbacks for the ends of fetches
     */
    LoadCall(Collection<K> keys, Ends<K, V> ends) {
        this.keys = List.copyOf(keys);
        this.ends = ends;
    }

    List<K> keys() {
        return keys;
    }

    /** Returns the load leases of its keys; they end with this call. */
    Map<K, LoadLease> leases() {
        return leases;
    }

    /** Returns the fetches of its keys. */
    Map<K, SingleFlight<FetchResult<V>>> singleFlights() {
        return singleFlights;
    }

    /** Returns the fetches of those of its keys for which this node has no load lease. */
    Map<K, SingleFlight<FetchResult<V>>> uncoordinated() {
        return uncoordinated;
    }

    /** Returns the notifications of the stored values. */
    PendingNotifications notifications() {
        return notifications;
    }

    /** Lets the call run on, or begin, without its creator; returns false if it has ended. */
    boolean detach() {
        boolean detached = isAwaited.compareAndSet(null, false);
        if (detached) {
            eachFetch(singleFlight -> singleFlight.clearOwner(creator));
        }
        return detached;
    }

    private boolean isDetached() {
        return Boolean.FALSE.equals(isAwaited.get());
    }

    /** Gives back the remaining load leases. */
    void giveUp() {
        leases.values().forEach(LoadLease::giveUp);
    }

    /** Fails the fetches of a call that will not run, or was interrupted. */
    void fail(Throwable failure) {
        uncoordinated.forEach((key, singleFlight) -> {
            ends.uncoordinatedEnds(key, singleFlight);
            singleFlight.fail(failure);
        });
    }

    /**
     * Runs the call on this thread.
     *
     * @param load calls the loader and stores its values
     */
    Map<K, FetchResult<V>> run(Supplier<Map<K, FetchResult<V>>> load) {
        eachFetch(SingleFlight::takeOwnership);
        try {
            Map<K, FetchResult<V>> results = load.get();
            uncoordinated.forEach((key, singleFlight) -> {
                ends.uncoordinatedEnds(key, singleFlight);
                singleFlight.complete(results.getOrDefault(key, FetchResult.nothing()));
            });
            if (!isAwaited.compareAndSet(null, true)) {
                notifications.deliverAll();
            }
            return results;
        } catch (RuntimeException | Error e) {
            fail(e);
            if (isDetached()) {
                ends.failedDetached(e);
            }
            throw e;
        } finally {
            giveUp();
            if (isDetached()) {
                singleFlights.forEach(ends::fetchEnds);
            } else {
                eachFetch(singleFlight -> singleFlight.setOwner(creator));
            }
        }
    }

    private void eachFetch(Consumer<SingleFlight<FetchResult<V>>> action) {
        singleFlights.values().forEach(action);
        uncoordinated.values().forEach(action);
    }

    /** Callbacks for the ends of fetches. */
    interface Ends<K, V> {
        /** The load of a key has ended whose fetch was completed before. */
        void fetchEnds(K key, SingleFlight<FetchResult<V>> singleFlight);

        /** A load of a key without a load lease has ended. */
        void uncoordinatedEnds(K key, SingleFlight<FetchResult<V>> singleFlight);

        /** A detached call has failed. */
        void failedDetached(Throwable failure);
    }
}
