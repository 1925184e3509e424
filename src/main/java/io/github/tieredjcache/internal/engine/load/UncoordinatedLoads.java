package io.github.tieredjcache.internal.engine.load;

import io.github.tieredjcache.internal.near.SingleFlight;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The loads of this node without a load lease, because another node's load takes too long: one a key, however many
 * calls have given up on the load of the other node.
 *
 * <p>The lease of the other node is the same as long as the key has not changed, so the value of a load that began
 * under the same lease is current for later callers, too.
 *
 * @param <K> the type of the keys
 * @param <R> the type of the results
 */
final class UncoordinatedLoads<K, R> {
    private final ConcurrentHashMap<K, Load> running = new ConcurrentHashMap<>();

    /**
     * Begins a load, unless one is in progress that may be joined.
     *
     * @param awaited identifies the load of the other node
     * @return a load with {@code mine} if the caller must load, else the load whose fetch the caller waits for
     */
    Load join(K key, Object awaited, SingleFlight<R> mine) {
        return running.compute(
                key,
                (same, other) -> other != null && other.awaited.equals(awaited) ? other : new Load(key, awaited, mine));
    }

    /** A load in progress. */
    final class Load {
        private final K key;
        private final Object awaited;
        private final SingleFlight<R> singleFlight;

        private Load(K key, Object awaited, SingleFlight<R> singleFlight) {
            this.key = key;
            this.awaited = awaited;
            this.singleFlight = singleFlight;
        }

        SingleFlight<R> singleFlight() {
            return singleFlight;
        }

        /** Ends the load with a result. */
        void complete(R result) {
            running.remove(key, this);
            singleFlight.complete(result);
        }

        /** Ends the load with a failure. */
        void fail(Throwable failure) {
            running.remove(key, this);
            singleFlight.fail(failure);
        }
    }
}
