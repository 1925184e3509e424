package io.github.tieredjcache.internal.assembly;

import io.github.tieredjcache.internal.engine.Inspection;
import io.github.tieredjcache.internal.engine.WarmStart;
import io.github.tieredjcache.internal.engine.verification.Verification;
import io.github.tieredjcache.internal.port.TierOfRecord;
import org.jspecify.annotations.Nullable;

/**
 * The tier of record of one cache with its decorators, and what belongs to them.
 *
 * @param record the outermost one
 * @param inspection looks into Redis for diagnostics; null without Redis
 * @param keyPrefix the common prefix of all Redis keys of the cache; empty without Redis
 * @param verification compares a sample of the hits with the tier behind; null if that is off
 * @param warm null if it is off
 * @param finalRecovery the last recovery, when the cache is closed
 */
record RecordChain<K, V>(
        TierOfRecord<K, V> record,
        Inspection.@Nullable Shared<K> inspection,
        String keyPrefix,
        @Nullable Verification<K, V> verification,
        @Nullable WarmStart<?> warm,
        AutoCloseable finalRecovery) {

    /** Returns the chain of a cache without Redis. */
    static <K, V> RecordChain<K, V> of(TierOfRecord<K, V> record) {
        return new RecordChain<>(record, null, "", null, null, () -> {});
    }
}
