package io.github.tieredjcache.internal.entry;

import org.jspecify.annotations.Nullable;

/**
 * Who is to load a key that a lookup has not found.
 *
 * @param <V> the type of the value
 */
public sealed interface LoadTurn<V> {
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
    record Mine<V>(LoadRight right, @Nullable Entry<V> ended) implements LoadTurn<V> {}

    /**
     * Another node, or another call.
     *
     * @param ended the entry that has ended, if it is kept
     */
    record Theirs<V>(@Nullable Entry<V> ended) implements LoadTurn<V> {}

    /** Each for himself: the other one takes too long. What is loaded so is stored nowhere. */
    record Alone<V>() implements LoadTurn<V> {}
}
