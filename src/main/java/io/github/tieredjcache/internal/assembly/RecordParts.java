package io.github.tieredjcache.internal.assembly;

import io.github.tieredjcache.TieredSettings;
import io.github.tieredjcache.internal.codec.api.RefusedValues;
import io.github.tieredjcache.internal.engine.common.StoreByValue;
import io.github.tieredjcache.internal.near.KeyLocks;
import io.github.tieredjcache.internal.near.NearStore;
import io.github.tieredjcache.internal.near.SingleFlights;
import io.github.tieredjcache.internal.stats.TierCounters;
import io.github.tieredjcache.internal.support.NanoClock;
import java.util.List;

/**
 * What the tiers of a cache have in common.
 *
 * @param store of the near tier
 * @param closeables receives what is closed with the cache
 */
record RecordParts<K, V>(
        String cacheName,
        TieredSettings settings,
        NearStore<K, V> store,
        SingleFlights<K, ?> singleFlights,
        KeyLocks<K, ?> locks,
        StoreByValue<K, V> storeByValue,
        CacheCodecs<K, V> codecs,
        RefusedValues refused,
        TierCounters counters,
        NanoClock clock,
        ManagerExecutors executors,
        List<AutoCloseable> closeables) {}
