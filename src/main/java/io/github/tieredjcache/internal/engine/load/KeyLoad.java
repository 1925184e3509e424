package io.github.tieredjcache.internal.engine.load;

import io.github.tieredjcache.internal.engine.common.FetchResult;
import io.github.tieredjcache.internal.near.SingleFlight;
import io.github.tieredjcache.internal.port.LoadGrant;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The load of one key: its fetch, and the grant that decides who calls the loader.
 *
 * @param <K> the type of the key
 * @param <V> the type of the value
 */
final class KeyLoad<K, V> {
    private final SingleFlight<FetchResult<V>> singleFlight;
    private LoadGrant<V> grant;
    private UncoordinatedLoads<K, FetchResult<V>>.@Nullable Load uncoordinated;
    // Set by the thread of the load; its caller reads it on another one when the timeout is over.
    private volatile boolean leaseEnded;

    KeyLoad(SingleFlight<FetchResult<V>> singleFlight, LoadGrant<V> grant) {
        this.singleFlight = singleFlight;
        this.grant = grant;
    }

    SingleFlight<FetchResult<V>> singleFlight() {
        return singleFlight;
    }

    LoadGrant<V> grant() {
        return grant;
    }

    /** Replaces the grant of a key that was held elsewhere, and returns the new one. */
    LoadGrant<V> decide(LoadGrant<V> awaited) {
        grant = awaited;
        return awaited;
    }

    /** Makes this a load without a lease, because another node's load takes too long. */
    void begin(UncoordinatedLoads<K, FetchResult<V>>.Load begun) {
        uncoordinated = begun;
    }

    /** Completes the load without a lease, if this is one. */
    void complete(FetchResult<V> result) {
        if (uncoordinated != null) {
            uncoordinated.complete(result);
        }
    }

    /** Fails the load without a lease, if this is one. */
    void fail(Throwable failure) {
        if (uncoordinated != null) {
            uncoordinated.fail(failure);
        }
    }

    void eachFetch(Consumer<SingleFlight<FetchResult<V>>> action) {
        action.accept(singleFlight);
        if (uncoordinated != null) {
            action.accept(uncoordinated.singleFlight());
        }
    }

    /** Notes that the lease has ended with a fill. */
    void leaseEnds() {
        leaseEnded = true;
    }

    /** Gives the lease back, if there is one and it has not ended. Neither waits nor throws. */
    void giveUp() {
        if (!leaseEnded) {
            grant.giveUp();
        }
    }
}
