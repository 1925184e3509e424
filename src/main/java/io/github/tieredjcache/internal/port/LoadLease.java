package io.github.tieredjcache.internal.port;

/**
 * The right of one caller to load a key for all nodes, and to store the loaded value. It ends with the fill, with
 * {@link #giveUp}, or with a change of the key, after which the loaded value is not stored.
 */
public interface LoadLease {
    /** The load lease of a tier of one node, where single flights prevent concurrent loads. */
    LoadLease LOCAL = () -> {};

    /** Gives the lease back, so that other nodes need not wait. Neither waits nor throws. */
    void giveUp();
}
