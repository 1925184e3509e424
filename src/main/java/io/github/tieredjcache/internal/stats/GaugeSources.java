package io.github.tieredjcache.internal.stats;

import io.github.tieredjcache.TierNumber;
import io.github.tieredjcache.internal.port.RemoteHealth;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The sources of the numbers of a cache that {@link TierCounters} reads rather than counts.
 *
 * @param cacheName the name of the cache
 * @param gauges returns the current numbers; one that is absent is 0
 * @param remote the Redis of the cache; null if it has none
 */
public record GaugeSources(
        String cacheName,
        Map<TierNumber, LongSupplier> gauges,
        @Nullable Remote remote) {
    /** Returns sources for a cache without Redis and without a near tier. */
    public static GaugeSources none(String cacheName) {
        return new GaugeSources(cacheName, Map.of(), null);
    }

    /**
     * The Redis of a cache.
     *
     * @param server its address, without credentials
     * @param failsCalls whether calls fail while it is unavailable
     */
    public record Remote(String server, RemoteHealth health, boolean failsCalls) {}
}
