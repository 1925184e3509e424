package io.github.tieredjcache.internal.remote.wire;

/**
 * Where an entry stands in Redis.
 *
 * @param bytes the Redis key
 * @param epoch the epoch in which it stands there; in a later one nothing is written to it any more
 */
public @SuppressWarnings("ArrayRecordComponent") // Never compared.
record EntryKey(byte[] bytes, Epoch epoch) {
    /** Returns the length of the key and a value as their codecs encode them. */
    public int encodedBytes(int valueBytes) {
        return bytes.length - epoch.prefixLength() + valueBytes;
    }
}
