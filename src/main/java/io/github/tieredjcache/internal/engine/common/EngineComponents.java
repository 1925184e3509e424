package io.github.tieredjcache.internal.engine.common;

import io.github.tieredjcache.internal.engine.verification.Verification;
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
 * The components of an engine; assembled by the roof.
 *
 * @param store the entries in memory
 * @param singleFlights the fetches in progress
 * @param record the tier of record
 * @param locks the locks of the keys on this node, the same that the tier of record uses
 * @param shared whether the tier of record lies beyond the near tier
 * @param joinsReads whether overlapping lookups of a key may share one read of the tier of record, which began before
 *     some of the lookups did; if not, they share loads only
 * @param source the loader and writer
 * @param expiry the expiry policy
 * @param storeByValue keeps the instances of cache and callers apart
 * @param publisher updates counters and notifies listeners
 * @param statistics the counters of JCache
 * @param counters the counters by tier
 * @param verification compares a sample of the hits with the tier behind; null if that is off
 */
public record EngineComponents<K, V>(
        NearStore<K, V> store,
        SingleFlights<K, FetchResult<V>> singleFlights,
        TierOfRecord<K, V> record,
        KeyLocks<K, InvocationBatch<K, V>> locks,
        boolean shared,
        boolean joinsReads,
        Source<K, V> source,
        Expiry expiry,
        StoreByValue<K, V> storeByValue,
        Publisher<K, V> publisher,
        Statistics statistics,
        TierCounters counters,
        @Nullable Verification<K, V> verification) {}
