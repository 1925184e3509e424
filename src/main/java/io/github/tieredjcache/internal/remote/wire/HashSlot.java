package io.github.tieredjcache.internal.remote.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.lettuce.core.cluster.SlotHash;

/** The slot of a Redis Cluster that all keys with one hash tag are of, so that they are on one server. */
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
     * @param hashTag what stands in the braces; has no brace in it and is not empty
     */
    public static HashSlot of(String hashTag) {
        return new HashSlot(("{" + hashTag + "}:probe").getBytes(US_ASCII));
    }

    /** Returns its number, as the cluster counts. */
    public int number() {
        return number;
    }

    /** Returns one of its keys, which never has a value. */
    public byte[] key() {
        return key;
    }
}
