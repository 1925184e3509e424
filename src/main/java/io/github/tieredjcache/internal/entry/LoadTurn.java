package io.github.tieredjcache.internal.entry;

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
     */
    record Mine<V>(LoadRight right) implements LoadTurn<V> {}

    /** Another node, or another call. */
    record Theirs<V>() implements LoadTurn<V> {}

    /** Each for himself: the other one takes too long. What is loaded so is stored nowhere. */
    record Alone<V>() implements LoadTurn<V> {}
}
