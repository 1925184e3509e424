package io.github.tieredjcache.internal.entry;

import org.jspecify.annotations.Nullable;

/**
 * Who is to load a key that a lookup has not found.
 *
 * @param <V> the type of the value
 */
public sealed interface LoadTurn<V> {
    /** Gives the right back if there is one. Neither waits nor throws. */
    default void giveUp() {}

    /**
     * Nobody: there is an entry after all.
     *
     * @param entry the live entry
     */
    record Present<V>(Entry<V> entry) implements LoadTurn<V> {}

    /**
     * The caller, for all nodes.
     *
     * @param right ends with a fill, or must be given up
     * @param ended the entry that has ended, if it is kept
     */
    record Mine<V>(LoadRight right, @Nullable Entry<V> ended) implements LoadTurn<V> {
        @Override
        public void giveUp() {
            right.giveUp();
        }
    }

    /**
     * Another node, or another call.
     *
     * @param ended the entry that has ended, if it is kept
     */
    record Theirs<V>(@Nullable Entry<V> ended) implements LoadTurn<V> {}

    /**
     * Each for himself: the other one takes too long. What is loaded so is stored nowhere.
     *
     * @param awaited what stands for the load that took too long, null if nothing does: as long as it is the same the key has not
     *     changed, so calls that gave up on the same one may share a load of their own
     */
    record Alone<V>(@Nullable Object awaited) implements LoadTurn<V> {
        /** Returns the turn of one who has waited for no load. */
        public static <V> Alone<V> forItself() {
            return new Alone<>(null);
        }
    }
}
