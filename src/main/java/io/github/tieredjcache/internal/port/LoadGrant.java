package io.github.tieredjcache.internal.port;

import io.github.tieredjcache.internal.model.Entry;
import org.jspecify.annotations.Nullable;

/**
 * The decision which caller loads a key that a lookup has not found.
 *
 * @param <V> the type of the value
 */
public sealed interface LoadGrant<V> {
    /** Gives the load lease back if there is one. Neither waits nor throws. */
    default void giveUp() {}

    /** Returns the expired entry if it is kept and the key must be loaded. */
    default @Nullable Entry<V> expired() {
        return null;
    }

    /**
     * No load: there is an entry after all.
     *
     * @param entry the live entry
     * @param local whether the entry is this node's own, because Redis is not configured or unavailable
     */
    record Found<V>(Entry<V> entry, boolean local) implements LoadGrant<V> {}

    /**
     * The caller loads, for all nodes.
     *
     * @param lease ends with a fill, or must be given up
     * @param expired the expired entry, if it is kept
     */
    record Granted<V>(LoadLease lease, @Nullable Entry<V> expired) implements LoadGrant<V> {
        @Override
        public void giveUp() {
            lease.giveUp();
        }
    }

    /**
     * Another node or another call loads.
     *
     * @param expired the expired entry, if it is kept
     */
    record HeldElsewhere<V>(@Nullable Entry<V> expired) implements LoadGrant<V> {}

    /**
     * Each caller loads without a lease, since the load of another node takes too long. The loaded value is not stored.
     *
     * @param awaited identifies the load that took too long, null if no load was awaited: the key has not changed
     *     while it is the same, so calls that gave up on the same load may share a load of their own
     */
    record Uncoordinated<V>(@Nullable Object awaited) implements LoadGrant<V> {
        /** Returns the grant of a caller that has waited for no load. */
        public static <V> Uncoordinated<V> withoutWait() {
            return new Uncoordinated<>(null);
        }
    }
}
