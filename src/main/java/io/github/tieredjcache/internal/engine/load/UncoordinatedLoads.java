package io.github.tieredjcache.internal.engine.load;

import io.github.tieredjcache.internal.near.SingleFlight;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The loads of this node that are not its turn, because another node's takes too long: one a key, however many calls have given up on
 * that.
 *
 * <p>What the other node's right is known by has not changed as long as the key has not, so what a load brings that began under the
 * same right is as good for whoever comes later.
 *
 * @param <K> the type of the keys
 * @param <R> what a load brings
 */
final class UncoordinatedLoads<K, R> {
    private final ConcurrentHashMap<K, Solo<R>> running = new ConcurrentHashMap<>();

    /**
     * Begins a load, unless one is under way that may be joined.
     *
     * @param awaited what stands for the load that was given up on
     * @return {@code mine} if the caller must load, else what to wait for
     */
    SingleFlight<R> join(K key, Object awaited, SingleFlight<R> mine) {
        Solo<R> joined = running.compute(
                key,
                (same, other) -> other != null && other.awaited.equals(awaited) ? other : new Solo<>(awaited, mine));
        return joined.flight;
    }

    /** Says that a load has ended; to be called before its flight ends. */
    void leave(K key, SingleFlight<R> mine) {
        running.computeIfPresent(key, (same, solo) -> solo.flight == mine ? null : solo);
    }

    private record Solo<R>(Object awaited, SingleFlight<R> flight) {}
}
