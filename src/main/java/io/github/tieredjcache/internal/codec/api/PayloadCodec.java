package io.github.tieredjcache.internal.codec.api;

import io.github.tieredjcache.UndecodableReason;
import org.jspecify.annotations.Nullable;

/**
 * Encodes the values of one cache, without the header of an entry. Safe for use by any number of threads.
 *
 * @param <V> the declared type of the values
 */
public interface PayloadCodec<V> {
    /** Returns the name that entries carry; null for the library's own codec, whose entries carry none. */
    @Nullable
    String name();

    /**
     * An encoded value.
     *
     * @param bytes room for the header, then the payload
     * @param bytesNeeded the least length of the compressed payload with which a reader accepts the cost of decoding it
     */
    @SuppressWarnings("ArrayRecordComponent") // passed on, never compared
    record Encoded(byte[] bytes, long bytesNeeded) {}

    /**
     * Encodes a value after {@code headBytes} bytes, which the caller fills in.
     *
     * @throws javax.cache.CacheException if the value cannot be encoded or is too large
     */
    Encoded encode(V value, int headBytes);

    /**
     * Decodes the value that fills the given range. The integrity tag of the bytes must have been checked.
     *
     * @param bytesRead the length of the payload in Redis: less than {@code length} if it was compressed there
     * @throws UndecodableException if the range holds no value of the declared type
     */
    V decode(byte[] bytes, int start, int length, int bytesRead) throws UndecodableException;

    /** Casts a decoded value to the declared type. */
    static <V> V checked(Class<V> declaredType, Object value) throws UndecodableException {
        if (!declaredType.isInstance(value)) {
            throw new UndecodableException(
                    UndecodableReason.CLASS_CHANGED,
                    "a value of class " + value.getClass().getName() + " is not a " + declaredType.getName());
        }
        return declaredType.cast(value);
    }
}
