package io.github.tieredjcache.internal.engine.verification;

import io.github.tieredjcache.internal.model.Entry;
import org.jspecify.annotations.Nullable;

/**
 * The verifications of one cache; both sample its hits.
 *
 * @param near compares near copies with Redis; null if that is off
 * @param source compares entries of Redis with the source; null if that is off
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
public record Verification<K, V>(
        @Nullable NearVerification<K, V> near, @Nullable SourceVerification<K, V> source) {

    /** Returns the verifications that are on; null if none is. */
    public static <K, V> @Nullable Verification<K, V> of(
            @Nullable NearVerification<K, V> near, @Nullable SourceVerification<K, V> source) {
        return near == null && source == null ? null : new Verification<>(near, source);
    }

    /** Samples a hit of the near tier. Neither waits nor throws. */
    public void readNear(K key, Entry<V> copy) {
        if (near != null) {
            near.read(key, copy);
        }
        readRemote(key);
    }

    /** Samples a hit of Redis. Neither waits nor throws. */
    public void readRemote(K key) {
        if (source != null) {
            source.read(key);
        }
    }
}
