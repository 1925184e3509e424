package io.github.tieredjcache.internal.codec.api;

/**
 * Encodes the keys of one cache: equal keys have equal bytes in every JVM, unequal keys have unequal bytes. Safe for
 * use by any number of threads.
 *
 * @param <K> the declared type of the keys
 */
public interface KeyCodec<K> {
    /**
     * Returns the canonical bytes of a key.
     *
     * @throws javax.cache.CacheException if the key has no canonical form, its class is not allowed, or its bytes are
     *     too many; the message names the class or the length, the rule, and the cure
     */
    byte[] encode(K key);

    /**
     * Returns the key that has these bytes.
     *
     * @throws UndecodableException if {@link #encode} does not return these bytes for any key of this cache
     */
    K decode(byte[] bytes) throws UndecodableException;
}
