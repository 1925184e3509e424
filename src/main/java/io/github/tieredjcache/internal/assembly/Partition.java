package io.github.tieredjcache.internal.assembly;

import io.github.tieredjcache.internal.port.RemoteHealth;
import io.github.tieredjcache.internal.port.TierOfRecord;
import io.github.tieredjcache.internal.record.Recovery;
import io.github.tieredjcache.internal.record.RecoveryJournal;
import io.github.tieredjcache.internal.remote.record.RedisTierOfRecord;

/**
 * One partition of a cache with Redis.
 *
 * @param redis the innermost tier
 * @param record the outermost tier
 * @param journal the keys of which Redis may hold an old entry
 * @param health of the connection to the partition
 */
record Partition<K, V>(
        RedisTierOfRecord<K, V> redis,
        TierOfRecord<K, V> record,
        Recovery<K, V> recovery,
        RecoveryJournal<K> journal,
        RemoteHealth health) {
    /** Returns whether the node reads the key from Redis: Redis is available, and has no old entry of the key. */
    boolean isUsable(K key) {
        return !health.isUnavailable() && !journal.has(key);
    }
}
