package io.github.tieredjcache.internal.remote.wire;

import io.github.tieredjcache.internal.coherence.TrackingGeneration;
import java.util.Arrays;

/**
 * The time of a cache between two clears: its entries have the epoch's number in their Redis keys, so that a clear, which
 * only begins a new epoch, leaves them all behind.
 */
public final class Epoch {
    /** The number of none: nothing is stored yet, and nothing can be. */
    public static final long NONE = 0;

    private final KeySpace space;
    private final long number;
    private final TrackingGeneration generation;
    private final boolean announced;
    private final byte[] prefix;
    private final byte[] digits;

    /**
     * Creates what is known of an epoch.
     *
     * @param space the keys of the cache
     * @param number greater than those of all earlier epochs
     * @param generation ends at the latest when this node hears of the next epoch
     * @param announced whether the server announces the next epoch
     */
    Epoch(KeySpace space, long number, TrackingGeneration generation, boolean announced) {
        this.space = space;
        this.number = number;
        this.generation = generation;
        this.announced = announced;
        this.prefix = space.prefixOf(number);
        this.digits = RedisCommand.number(number);
    }

    public long number() {
        return number;
    }

    public TrackingGeneration generation() {
        return generation;
    }

    /** Returns whether no next epoch was heard of, although it would have been. */
    public boolean isSure() {
        return announced && !generation.isOver();
    }

    /** Returns the key that holds the number. */
    public byte[] epochKey() {
        return space.epochKey();
    }

    /** Returns how many milliseconds Redis keeps an entry when it has ended, as scripts take it. */
    byte[] staleDigits() {
        return space.staleDigits();
    }

    /** Returns how much may stand in a key. */
    public long cellBytesMax() {
        return space.cellBytesMax();
    }

    /** Returns the number as Redis holds it. */
    public byte[] digits() {
        return digits;
    }

    /** Returns where the entry of an encoded key stands in this epoch. */
    public EntryKey key(byte[] encoded) {
        byte[] key = Arrays.copyOf(prefix, prefix.length + encoded.length);
        System.arraycopy(encoded, 0, key, prefix.length, encoded.length);
        return new EntryKey(key, this);
    }

    /** Returns how many bytes of a Redis key come before the encoded key. */
    int prefixLength() {
        return prefix.length;
    }

    /** Returns the encoded key of a Redis key of this epoch. */
    public byte[] encodedKey(byte[] redisKey) {
        return Arrays.copyOfRange(redisKey, prefix.length, redisKey.length);
    }

    /** Returns the pattern that matches the Redis keys of this epoch and no others. */
    public byte[] pattern() {
        byte[] pattern = Arrays.copyOf(prefix, prefix.length + 1);
        pattern[prefix.length] = '*';
        return pattern;
    }
}
