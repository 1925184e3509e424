package io.github.tieredjcache.internal.engine.load;

import io.github.tieredjcache.internal.engine.common.FetchResult;
import io.github.tieredjcache.internal.engine.common.PendingNotifications;
import io.github.tieredjcache.internal.near.SingleFlight;
import io.github.tieredjcache.internal.near.SingleFlights;
import io.github.tieredjcache.internal.support.ThrottledLog;
import java.util.Map;
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
    private final Map<K, KeyLoad<K, V>> loads;
    private final SingleFlights<K, FetchResult<V>> singleFlights;
    private final ThrottledLog detachedFailures;
    private final PendingNotifications notifications = new PendingNotifications();
    private final Thread creator = Thread.currentThread();
    // Whether the creator takes the results; decided once.
    private final AtomicReference<@Nullable Boolean> isAwaited = new AtomicReference<>();

    /**
     * Creates a call that has not begun.
     *
     * @param loads the loads of its keys; their leases end with this call
     * @param singleFlights has the fetches of the keys
     * @param detachedFailures receives the failure of a detached call
     */
    LoadCall(
            Map<K, KeyLoad<K, V>> loads,
            SingleFlights<K, FetchResult<V>> singleFlights,
            ThrottledLog detachedFailures) {
        this.loads = loads;
        this.singleFlights = singleFlights;
        this.detachedFailures = detachedFailures;
    }

    /** Returns the loads of its keys. */
    Map<K, KeyLoad<K, V>> loads() {
        return loads;
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

    /** Gives the leases back of a call that will not run, or was interrupted, and fails its loads without a lease. */
    void abandon(Throwable failure) {
        giveUp();
        fail(failure);
    }

    private void giveUp() {
        loads.values().forEach(KeyLoad::giveUp);
    }

    private void fail(Throwable failure) {
        loads.values().forEach(load -> load.fail(failure));
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
            loads.forEach((key, keyLoad) -> keyLoad.complete(results.getOrDefault(key, FetchResult.nothing())));
            if (!isAwaited.compareAndSet(null, true)) {
                notifications.deliverAll();
            }
            return results;
        } catch (Throwable e) {
            fail(e);
            if (isDetached()) {
                detachedFailures.warn(
                        "a load failed after its caller had stopped waiting for it; check the CacheLoader: "
                                + e.getMessage(),
                        e);
            }
            throw e;
        } finally {
            giveUp();
            if (isDetached()) {
                loads.forEach((key, keyLoad) -> singleFlights.leave(key, keyLoad.singleFlight()));
            } else {
                eachFetch(singleFlight -> singleFlight.setOwner(creator));
            }
        }
    }

    private void eachFetch(Consumer<SingleFlight<FetchResult<V>>> action) {
        loads.values().forEach(load -> load.eachFetch(action));
    }
}
