package io.github.tieredjcache.internal.near;

import io.github.tieredjcache.internal.port.Lease;
import java.util.function.ToIntBiFunction;
import org.jspecify.annotations.Nullable;

/**
 * A value and its size in bytes, where bytes bound the store, else 0.
 *
 * @param value null for a removal, and for a value that is dropped instead of stored
 */
record Weighed<V>(@Nullable V value, int encodedBytes) implements Lease.Prepared<V> {
    /** The size of a value that is dropped instead of stored. */
    static final int DROPPED = -1;

    static <K, V> Weighed<V> of(K key, @Nullable V value, ToIntBiFunction<K, V> weigher) {
        int encodedBytes = value == null ? 0 : weigher.applyAsInt(key, value);
        return encodedBytes == DROPPED ? new Weighed<>(null, 0) : new Weighed<>(value, encodedBytes);
    }
}
