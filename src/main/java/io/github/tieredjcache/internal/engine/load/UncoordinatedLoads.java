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
    private final ConcurrentHashMap<K, UncoordinatedLoad<R>> running = new ConcurrentHashMap<>();

    /**
     * Begins a load, unless one is in progress that may be joined.
     *
     * @param awaited identifies the load of the other node
     * @return {@code mine} if the caller must load, else the fetch to wait for
     */
    SingleFlight<R> join(K key, Object awaited, SingleFlight<R> mine) {
        UncoordinatedLoad<R> joined = running.compute(
                key,
                (same, other) -> other != null && other.awaited.equals(awaited)
                        ? other
                        : new UncoordinatedLoad<>(awaited, mine));
        return joined.singleFlight;
    }

    /** Removes a load that has ended; to be called before its fetch is completed. */
    void leave(K key, SingleFlight<R> mine) {
        running.computeIfPresent(key, (same, other) -> other.singleFlight == mine ? null : other);
    }

    private record UncoordinatedLoad<R>(Object awaited, SingleFlight<R> singleFlight) {}
}
