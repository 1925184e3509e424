package io.github.tieredjcache.internal.codec.api;

/**
 * The keys of one cache as bytes: equal keys are equal bytes in every JVM, unequal keys are unequal bytes. Safe
 * for use by any number of threads.
 *
 * @param <K> the declared type of the keys
 */
public interface KeyCodec<K> {
    /**
     * The canonical bytes of a key.
     *
     * @throws javax.cache.CacheException if the key has no canonical form, its class is not allowed, or its bytes
     *     are too many; names the class or the length, the rule, and what helps
     */
    byte[] encode(K key);

    /**
     * The key that has these bytes.
     *
     * @throws UndecodableException if {@link #encode} writes these bytes for no key of this cache
     */
    K decode(byte[] bytes) throws UndecodableException;
}
