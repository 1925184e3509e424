package io.github.tieredjcache.internal.engine.common;

import io.github.tieredjcache.internal.model.Expiry;
import io.github.tieredjcache.internal.near.KeyLocks;
import io.github.tieredjcache.internal.near.NearStore;
import io.github.tieredjcache.internal.near.SingleFlights;
import io.github.tieredjcache.internal.port.TierOfRecord;
import io.github.tieredjcache.internal.source.Source;
import io.github.tieredjcache.internal.stats.Statistics;
import io.github.tieredjcache.internal.stats.TierCounters;
import org.jspecify.annotations.Nullable;

/**
 * What an engine is made of; put together by the roof.
 *
 * @param store what the near tier holds
 * @param flights the fetches under way
 * @param record the tier of record
 * @param locks the queues of this node before its keys, the same that the tier of record uses
 * @param shared whether the tier of record lies beyond the near tier
 * @param joinsReads whether lookups of a key that overlap may share one look into the tier of record, which for some of them
 *     was made before they began; if not, they share loads only
 * @param source the loader and writer
 * @param expiry the expiry policy
 * @param isolation keeps the instances of cache and callers apart
 * @param publisher tells counters and listeners
 * @param statistics JCache's counters
 * @param counters the counters by tier
 * @param sampling looks whether near hits were right; null for no such look
 */
public record EngineComponents<K, V>(
        NearStore<K, V> store,
        SingleFlights<K, FetchResult<V>> flights,
        TierOfRecord<K, V> record,
        KeyLocks<K, InvocationBatch<K, V>> locks,
        boolean shared,
        boolean joinsReads,
        Source<K, V> source,
        Expiry expiry,
        StoreByValue<K, V> isolation,
        Publisher<K, V> publisher,
        Statistics statistics,
        TierCounters counters,
        @Nullable NearVerification<K, V> sampling) {}
