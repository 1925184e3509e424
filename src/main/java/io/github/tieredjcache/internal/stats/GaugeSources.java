package io.github.tieredjcache.internal.stats;

import io.github.tieredjcache.TierNumber;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * The sources of the numbers of a cache that {@link TierCounters} reads rather than counts.
 *
 * @param cacheName the name of the cache
 * @param gauges returns the current numbers; one that is absent is 0
 */
public record GaugeSources(String cacheName, Map<TierNumber, LongSupplier> gauges) {
    /** Returns sources for a cache without Redis and without a near tier. */
    public static GaugeSources none(String cacheName) {
        return new GaugeSources(cacheName, Map.of());
    }
}
