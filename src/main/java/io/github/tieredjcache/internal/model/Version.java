package io.github.tieredjcache.internal.model;

import java.util.Locale;

/**
 * The identity of one write: the node that made it and that node's running number.
 *
 * <p>No two writes share a version, so comparing versions compares entries without comparing values, and an entry that
 * was replaced by an equal one is still noticed (no ABA).
 *
 * @param node a random number that identifies the writing node
 * @param counter the running number of the write on that node
 */
public record Version(long node, long counter) {

    /** The version of entries that never leave this process and are compared by identity. */
    public static final Version LOCAL = new Version(0, 0);

    /** Returns the number of a node as messages and beans show it: 16 hexadecimal digits. */
    public static String nodeText(long node) {
        return String.format(Locale.ROOT, "%016x", node);
    }
}
