package io.github.tieredjcache.internal.codec.api;

import io.github.tieredjcache.TieredCodec;
import org.jspecify.annotations.Nullable;

/**
 * How the values of one cache are encoded, where that is to be chosen.
 *
 * @param codec the user's codec; null for the library's own
 * @param compressedFromBytes how large a payload is at least that is compressed by LZ4; 0 for none
 * @param signature by which entries are sealed; null for a checksum
 * @param <V> the type of the values
 */
public record ValueOptions<V>(
        @Nullable TieredCodec<V> codec,
        int compressedFromBytes,
        @Nullable Signature signature) {

    /** The library's own codec, and nothing else. */
    public static <V> ValueOptions<V> none() {
        return new ValueOptions<>(null, 0, null);
    }
}
