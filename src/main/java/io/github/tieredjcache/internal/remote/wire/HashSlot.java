package io.github.tieredjcache.internal.remote.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.lettuce.core.cluster.SlotHash;
import java.util.Arrays;

/** The slot of a Redis Cluster to which all keys with one hash tag belong, so that one server holds them. */
public final class HashSlot {
    private final String hashTag;
    private final byte[] key;
    private final int number;

    private HashSlot(String hashTag) {
        this.hashTag = hashTag;
        this.key = ("{" + hashTag + "}:probe").getBytes(US_ASCII);
        this.number = numberOf(hashTag);
    }

    /**
     * Returns the slot of a hash tag.
     *
     * @param hashTag the text between the braces; ASCII, not empty and without a brace
     */
    public static HashSlot of(String hashTag) {
        return new HashSlot(hashTag);
    }

    /** Returns the number of the slot of a hash tag. */
    static int numberOf(String hashTag) {
        return SlotHash.getSlot(hashTag.getBytes(US_ASCII));
    }

    /** Returns the hash tag of a Redis key: the text between its braces; empty if there is none. */
    public static String hashTagOf(byte[] redisKey) {
        int open = indexOf('{', redisKey, 0);
        int close = indexOf('}', redisKey, open + 1);
        return close == redisKey.length ? "" : new String(Arrays.copyOfRange(redisKey, open + 1, close), US_ASCII);
    }

    private static int indexOf(char brace, byte[] redisKey, int from) {
        int i = from;
        while (i < redisKey.length && redisKey[i] != brace) {
            i++;
        }
        return Math.min(i, redisKey.length);
    }

    /** Returns the hash tag. */
    public String hashTag() {
        return hashTag;
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
