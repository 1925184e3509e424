package io.github.tieredjcache.internal.codec.api;

import io.github.tieredjcache.UndecodableReason;

/** What tells that an entry is whole, and under the key that it was written for. Safe for use by any number of threads. */
public interface IntegrityTag {
    /** Where the seal stands in an entry; behind it, what is sealed goes on. */
    int AT = 2;

    /** The length of the seal in bytes. */
    int length();

    /** What it is when it does not match. */
    UndecodableReason mismatch();

    /**
     * Puts the seal into an entry that is complete but for it.
     *
     * @throws javax.cache.CacheException if it cannot be made
     */
    void put(byte[] key, byte[] entry);

    /** Whether the entry that begins at {@code offset}, and is long enough for a seal, has the one that it must have. */
    boolean matches(byte[] key, byte[] cell, int offset);
}
