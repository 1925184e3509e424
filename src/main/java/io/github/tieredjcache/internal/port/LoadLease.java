package io.github.tieredjcache.internal.port;

/**
 * The right to load one key for all nodes, and to store what was loaded; ends with the fill, with {@link #giveUp}, or with a
 * change of the key, after which what was loaded is not stored.
 */
public interface LoadLease {
    /** For a tier that belongs to one node, where flights do the same. */
    LoadLease LOCAL = () -> {};

    /** Gives the right back, so that others need not wait. Neither waits nor throws. */
    void giveUp();
}
