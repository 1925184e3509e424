package io.github.tieredjcache.internal.remote.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.lettuce.core.cluster.SlotHash;

/** The slot of a Redis Cluster to which all keys with one hash tag belong, so that one server holds them. */
public final class HashSlot {
    private final byte[] key;
    private final int number;

    private HashSlot(byte[] key) {
        this.key = key;
        this.number = SlotHash.getSlot(key);
    }

    /**
     * Returns the slot of a hash tag.
     *
     * @param hashTag the text between the braces; not empty and without a brace
     */
    public static HashSlot of(String hashTag) {
        return new HashSlot(("{" + hashTag + "}:probe").getBytes(US_ASCII));
    }

    /** Returns the number of the slot, from 0 to 16383. */
    public int number() {
        return number;
    }

    /** Returns a key of this slot that never has a value. */
    public byte[] key() {
        return key;
    }
}
