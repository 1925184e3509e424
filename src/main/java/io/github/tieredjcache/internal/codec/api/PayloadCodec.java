package io.github.tieredjcache.internal.codec.api;

import io.github.tieredjcache.UndecodableReason;
import org.jspecify.annotations.Nullable;

/**
 * The values of one cache as bytes, without a head. Safe for use by any number of threads.
 *
 * @param <V> the declared type of the values
 */
public interface PayloadCodec<V> {
    /** The name that entries carry; null for the library's own codec, of which they say nothing. */
    @Nullable
    String name();

    /**
     * What was encoded.
     *
     * @param bytes the head, and the payload
     * @param bytesNeeded how many bytes must be read for the payload to be decoded, if it is compressed
     */
    @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
    record Encoded(byte[] bytes, long bytesNeeded) {}

    /**
     * Encodes a value, after {@code headBytes} bytes that the caller fills in.
     *
     * @throws javax.cache.CacheException if it cannot be encoded or is too large
     */
    Encoded encode(V value, int headBytes);

    /**
     * Decodes the value that fills the given range to its end, of bytes that are known to be whole.
     *
     * @param bytesRead how many bytes came from Redis for it: fewer than its length if it was compressed
     * @throws UndecodableException if there is none, or none of the declared type
     */
    V decode(byte[] bytes, int start, int length, int bytesRead) throws UndecodableException;

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
