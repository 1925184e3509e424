package io.github.tieredjcache.internal.port;

import io.github.tieredjcache.internal.model.Entry;
import org.jspecify.annotations.Nullable;

/**
 * Who is to load a key that a lookup has not found.
 *
 * @param <V> the type of the value
 */
public sealed interface LoadGrant<V> {
    /** Gives the right back if there is one. Neither waits nor throws. */
    default void giveUp() {}

    /**
     * Nobody: there is an entry after all.
     *
     * @param entry the live entry
     */
    record Found<V>(Entry<V> entry) implements LoadGrant<V> {}

    /**
     * The caller, for all nodes.
     *
     * @param lease ends with a fill, or must be given up
     * @param expired the entry that has ended, if it is kept
     */
    record Granted<V>(LoadLease lease, @Nullable Entry<V> expired) implements LoadGrant<V> {
        @Override
        public void giveUp() {
            lease.giveUp();
        }
    }

    /**
     * Another node, or another call.
     *
     * @param ended the entry that has ended, if it is kept
     */
    record HeldElsewhere<V>(@Nullable Entry<V> ended) implements LoadGrant<V> {}

    /**
     * Each for himself: the other one takes too long. What is loaded so is stored nowhere.
     *
     * @param awaited what stands for the load that took too long, null if nothing does: as long as it is the same the key has not
     *     changed, so calls that gave up on the same one may share a load of their own
     */
    record Uncoordinated<V>(@Nullable Object awaited) implements LoadGrant<V> {
        /** Returns the turn of one who has waited for no load. */
        public static <V> Uncoordinated<V> forItself() {
            return new Uncoordinated<>(null);
        }
    }
}
