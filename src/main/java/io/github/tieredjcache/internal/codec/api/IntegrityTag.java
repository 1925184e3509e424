package io.github.tieredjcache.internal.codec.api;

import io.github.tieredjcache.UndecodableReason;

/**
 * A checksum or signature that proves that an entry is undamaged and stored under the key for which it was written.
 * Safe for use by any number of threads.
 */
public interface IntegrityTag {
    /** The offset of the tag in an entry; the tag covers the bytes before and after it. */
    int OFFSET = 2;

    /** Returns the length of the tag in bytes. */
    int length();

    /** Returns the reason that is reported if the tag does not match. */
    UndecodableReason mismatch();

    /**
     * Writes the tag into an entry that is otherwise complete.
     *
     * @throws javax.cache.CacheException if the tag cannot be computed
     */
    void write(byte[] key, byte[] entry);

    /**
     * Returns whether the tag of the entry that begins at {@code offset} is correct; the entry must be long enough for
     * a tag.
     */
    boolean matches(byte[] key, byte[] storedEntry, int offset);
}
