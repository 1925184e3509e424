package io.github.tieredjcache.internal.remote.wire;

/**
 * The Redis key of one entry.
 *
 * @param bytes the Redis key
 * @param epoch the epoch that the key belongs to; once the epoch is over, the key is not written any more
 */
public @SuppressWarnings("ArrayRecordComponent") // Never compared.
record EntryKey(byte[] bytes, Epoch epoch) {
    /** Returns the key of an entry in an epoch. */
    public static EntryKey of(Epoch epoch, byte[] encodedKey) {
        return new EntryKey(epoch.redisKey(encodedKey), epoch);
    }

    /** Returns the encoded length of key and value together, without the prefix of the Redis key. */
    public int encodedBytes(int valueBytes) {
        return bytes.length - epoch.prefixLength() + valueBytes;
    }
}
