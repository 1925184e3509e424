package io.github.tieredjcache.internal.remote;

import io.github.tieredjcache.internal.entry.Era;
import java.util.Arrays;

/**
 * The time of a cache between two clears: its entries have the epoch's number in their Redis keys, so that a clear, which
 * only begins a new epoch, leaves them all behind.
 */
final class Epoch {
    /** The number of none: nothing is stored yet, and nothing can be. */
    static final long NONE = 0;

    private final KeySpace space;
    private final long number;
    private final Era era;
    private final boolean announced;
    private final byte[] prefix;
    private final byte[] digits;

    /**
     * Creates what is known of an epoch.
     *
     * @param space the keys of the cache
     * @param number greater than those of all earlier epochs
     * @param era ends at the latest when this node hears of the next epoch
     * @param announced whether the server announces the next epoch
     */
    Epoch(KeySpace space, long number, Era era, boolean announced) {
        this.space = space;
        this.number = number;
        this.era = era;
        this.announced = announced;
        this.prefix = space.prefixOf(number);
        this.digits = Request.number(number);
    }

    long number() {
        return number;
    }

    Era era() {
        return era;
    }

    /** Returns whether no next epoch was heard of, although it would have been. */
    boolean isSure() {
        return announced && !era.isOver();
    }

    /** Returns the key that holds the number. */
    byte[] epochKey() {
        return space.epochKey();
    }

    /** Returns how many milliseconds Redis keeps an entry when it has ended, as scripts take it. */
    byte[] staleDigits() {
        return space.staleDigits();
    }

    /** Returns how much may stand in a key. */
    long cellBytesMax() {
        return space.cellBytesMax();
    }

    /** Returns the number as Redis holds it. */
    byte[] digits() {
        return digits;
    }

    /** Returns where the entry of an encoded key stands in this epoch. */
    EntryKey key(byte[] encoded) {
        byte[] key = Arrays.copyOf(prefix, prefix.length + encoded.length);
        System.arraycopy(encoded, 0, key, prefix.length, encoded.length);
        return new EntryKey(key, this);
    }

    /** Returns how many bytes of a Redis key come before the encoded key. */
    int prefixLength() {
        return prefix.length;
    }

    /** Returns the encoded key of a Redis key of this epoch. */
    byte[] encodedKey(byte[] redisKey) {
        return Arrays.copyOfRange(redisKey, prefix.length, redisKey.length);
    }

    /** Returns the pattern that matches the Redis keys of this epoch and no others. */
    byte[] pattern() {
        byte[] pattern = Arrays.copyOf(prefix, prefix.length + 1);
        pattern[prefix.length] = '*';
        return pattern;
    }
}
