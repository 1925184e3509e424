package io.github.tieredjcache.internal.remote.wire;

import io.github.tieredjcache.internal.coherence.TrackingGeneration;
import java.util.Arrays;

/**
 * The time of a cache between two clears. The Redis keys of entries contain the number of the epoch, so a clear only
 * has to begin a new epoch: no caller reads the entries of the old one any more.
 */
public final class Epoch {
    /** The number that stands for no epoch: no entry is stored, and none can be. */
    public static final long NONE = 0;

    private final KeySpace space;
    private final long number;
    private final TrackingGeneration generation;
    private final boolean tracked;
    private final byte[] prefix;
    private final byte[] digits;

    /**
     * Creates an epoch.
     *
     * @param space the keys of the cache
     * @param number greater than the numbers of all earlier epochs
     * @param generation ends at the latest when this node receives the invalidation by the next epoch
     * @param tracked whether the server sends an invalidation when the next epoch begins
     */
    public Epoch(KeySpace space, long number, TrackingGeneration generation, boolean tracked) {
        this.space = space;
        this.number = number;
        this.generation = generation;
        this.tracked = tracked;
        this.prefix = space.prefixOf(number);
        this.digits = Digits.of(number);
    }

    public long number() {
        return number;
    }

    public TrackingGeneration generation() {
        return generation;
    }

    /**
     * Returns whether this node can rely on the epoch being current: the server announces the next epoch, and has not
     * done so.
     */
    public boolean isCertainlyCurrent() {
        return tracked && !generation.isOver();
    }

    /** Returns the key that holds the number of the current epoch. */
    public byte[] epochKey() {
        return space.epochKey();
    }

    /** Returns for how many milliseconds Redis keeps an expired entry, in ASCII digits for the scripts. */
    byte[] staleDigits() {
        return space.staleDigits();
    }

    /** Returns the maximum length of a stored entry. */
    public long storedEntryBytesMax() {
        return space.storedEntryBytesMax();
    }

    /** Returns the number in ASCII digits, as Redis holds it. */
    public byte[] digits() {
        return digits;
    }

    /** Returns the Redis key of an encoded key. */
    byte[] redisKey(byte[] encoded) {
        byte[] key = Arrays.copyOf(prefix, prefix.length + encoded.length);
        System.arraycopy(encoded, 0, key, prefix.length, encoded.length);
        return key;
    }

    /** Returns the length of the prefix before the encoded key. */
    int prefixLength() {
        return prefix.length;
    }

    /** Returns the encoded key within a Redis key of this epoch. */
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
