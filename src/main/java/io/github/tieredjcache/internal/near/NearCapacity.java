package io.github.tieredjcache.internal.near;

import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.tieredjcache.internal.model.Entry;

/**
 * How much a near tier holds; beyond it the least valuable entries are evicted.
 *
 * @param maximum entries, or bytes
 * @param inBytes which of both
 * @param overheadBytes what an entry weighs beside its key and value, where bytes count
 */
public record NearCapacity(long maximum, boolean inBytes, int overheadBytes) {
    /** Bounds the number of entries. */
    public static NearCapacity entries(long maximum) {
        return new NearCapacity(maximum, false, 0);
    }

    /** Bounds what entries weigh. */
    public static NearCapacity bytes(long maximum, int overheadBytes) {
        return new NearCapacity(maximum, true, overheadBytes);
    }

    <K, V> Caffeine<K, Entry<V>> bound(Caffeine<K, Entry<V>> builder) {
        return inBytes
                ? builder.maximumWeight(maximum).weigher((key, entry) -> weight(entry))
                : builder.maximumSize(maximum);
    }

    private int weight(Entry<?> entry) {
        return (int) Math.min((long) entry.encodedBytes() + overheadBytes, Integer.MAX_VALUE);
    }
}
