package io.github.tieredjcache.internal.codec;

import io.github.tieredjcache.UndecodableReason;
import org.jspecify.annotations.Nullable;

/**
 * The values of one cache as bytes, without a head. Safe for use by any number of threads.
 *
 * @param <V> the declared type of the values
 */
interface PayloadCodec<V> {
    /** The name that entries carry; null for the library's own codec, of which they say nothing. */
    @Nullable
    String name();

    /**
     * Encodes a value, after {@code headBytes} bytes that the caller fills in.
     *
     * @throws javax.cache.CacheException if it cannot be encoded or is too large
     */
    byte[] encode(V value, int headBytes);

    /**
     * Decodes the value that fills the given range to its end, of bytes that are known to be whole.
     *
     * @throws UndecodableException if there is none, or none of the declared type
     */
    V decode(byte[] bytes, int start, int length) throws UndecodableException;

    /** Returns a value that was read as one of the declared type. */
    static <V> V checked(Class<V> declaredType, Object value) throws UndecodableException {
        if (!declaredType.isInstance(value)) {
            throw new UndecodableException(
                    UndecodableReason.CLASS_CHANGED,
                    "a value of class " + value.getClass().getName() + " is no " + declaredType.getName());
        }
        return declaredType.cast(value);
    }
}
