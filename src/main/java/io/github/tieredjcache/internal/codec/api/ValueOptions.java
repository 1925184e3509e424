package io.github.tieredjcache.internal.codec.api;

import io.github.tieredjcache.TieredCodec;
import org.jspecify.annotations.Nullable;

/**
 * Options of the encoding of the values of one cache.
 *
 * @param codec the user's codec; null for the library's own
 * @param compressionThresholdBytes the least size of a payload that LZ4 compresses; 0 for no compression
 * @param signature the signature of entries; null for a checksum
 * @param <V> the type of the values
 */
public record ValueOptions<V>(
        @Nullable TieredCodec<V> codec,
        int compressionThresholdBytes,
        @Nullable Signature signature) {

    /** Returns the defaults: the library's own codec, no compression, a checksum. */
    public static <V> ValueOptions<V> none() {
        return new ValueOptions<>(null, 0, null);
    }
}
