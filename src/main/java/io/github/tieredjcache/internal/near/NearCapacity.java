package io.github.tieredjcache.internal.near;

import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.tieredjcache.internal.model.Entry;

/**
 * The capacity of a near tier; beyond it the least valuable entries are evicted.
 *
 * @param maximum number of entries, or bytes
 * @param inBytes whether {@code maximum} counts bytes
 * @param overheadBytes added to the size of each entry's key and value, where bytes count
 */
public record NearCapacity(long maximum, boolean inBytes, int overheadBytes) {
    /** Bounds the number of entries. */
    public static NearCapacity entries(long maximum) {
        return new NearCapacity(maximum, false, 0);
    }

    /** Bounds the bytes of the entries. */
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
