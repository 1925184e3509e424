package io.github.tieredjcache.internal.stats;

import io.github.tieredjcache.internal.coherence.CoherenceLease;
import org.jspecify.annotations.Nullable;

/**
 * The sources of the numbers of a cache that {@link TierCounters} reads rather than counts.
 *
 * @param cacheName the name of the cache
 * @param lease the coherence lease of the near tier; null for a cache without Redis
 * @param outage the numbers of outages; null for a cache without Redis
 * @param near the numbers of the near tier
 */
public record GaugeSources(
        String cacheName,
        @Nullable CoherenceLease lease,
        @Nullable OutageGauges outage,
        NearGauges near) {
    /** Returns sources for a cache without Redis and without a near tier. */
    public static GaugeSources none(String cacheName) {
        return new GaugeSources(cacheName, null, null, NearGauges.none());
    }
}
