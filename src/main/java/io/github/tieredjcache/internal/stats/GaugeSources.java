package io.github.tieredjcache.internal.stats;

import io.github.tieredjcache.internal.coherence.CoherenceLease;
import org.jspecify.annotations.Nullable;

/**
 * What the counters of a cache look at.
 *
 * @param cacheName its name
 * @param lease by which a near tier answers for a shared cache; null where none is needed
 * @param outage what is known of outages; null where there is no Redis
 * @param near what is held in memory
 */
public record GaugeSources(
        String cacheName,
        @Nullable CoherenceLease lease,
        @Nullable OutageGauges outage,
        NearGauges near) {
    /** Nothing but a name. */
    public static GaugeSources none(String cacheName) {
        return new GaugeSources(cacheName, null, null, NearGauges.none());
    }
}
