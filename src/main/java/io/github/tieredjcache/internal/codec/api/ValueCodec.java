package io.github.tieredjcache.internal.codec.api;

/**
 * Encodes the values of one cache. Safe for use by any number of threads.
 *
 * @param <V> the declared type of the values
 */
public interface ValueCodec<V> {
    /**
     * Encodes a value for the given Redis key, on the caller's thread.
     *
     * @throws javax.cache.CacheException if the value could not be read back; the message names the class, the path to
     *     it if known, the rule, and the setting that helps
     */
    byte[] encode(byte[] key, V value);

    /**
     * Decodes {@code storedEntry} from {@code offset} to its end. The checksum covers the key, so an entry that was
     * copied under another key is undecodable.
     *
     * @throws UndecodableException if {@link #encode} does not return such bytes for that key, or if the classes have
     *     changed since
     */
    V decode(byte[] key, byte[] storedEntry, int offset) throws UndecodableException;
}
