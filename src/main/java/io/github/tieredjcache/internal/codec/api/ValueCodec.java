package io.github.tieredjcache.internal.codec.api;

/**
 * The values of one cache as bytes. Safe for use by any number of threads.
 *
 * @param <V> the declared type of the values
 */
public interface ValueCodec<V> {
    /**
     * Encodes a value for the given Redis key, on the caller's thread.
     *
     * @throws javax.cache.CacheException if the value could not be read back; names the class, the path to it
     *     where known, the rule, and the setting that helps
     */
    byte[] encode(byte[] key, V value);

    /**
     * Decodes {@code cell} from {@code offset} to its end. The key is part of the checksum, so an entry under a
     * key that it was not written for is undecodable.
     *
     * @throws UndecodableException if the bytes are not what {@link #encode} writes for that key, or no longer fit
     *     the classes
     */
    V decode(byte[] key, byte[] cell, int offset) throws UndecodableException;
}
