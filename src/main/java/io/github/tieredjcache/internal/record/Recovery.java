package io.github.tieredjcache.internal.record;

import io.github.tieredjcache.OutcomeUnknownException;
import io.github.tieredjcache.RemoteUnavailableException;
import io.github.tieredjcache.internal.port.RemoteHealth;
import io.github.tieredjcache.internal.port.TierOfRecord;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import javax.cache.CacheException;

/**
 * Removes the journaled keys from Redis as soon as it is available again; only then this node reads them there.
 *
 * <p>A run that fails is repeated by the next call. Safe for use by many threads.
 */
public final class Recovery<K, V> {
    private static final System.Logger LOG = System.getLogger("io.github.tieredjcache.outage");
    private static final int BATCH = 500;

    private final String cacheName;
    private final TierOfRecord<K, V> shared;
    private final LocalFallback<K, V> fallback;
    private final RecoveryJournal<K> journal;
    private final RemoteHealth health;
    private final RecoveryReport report;
    /**
     * Held while Redis removes keys: two removals of a key at once might remove what was stored after the first one. Fair,
     * so that a caller waits for a batch of a run, not for the run.
     */
    private final ReentrantLock removing = new ReentrantLock(true);

    /**
     * Creates the recovery of a cache.
     *
     * @param shared the tier in Redis
     * @param fallback the entries of this node
     * @param report of the cache, whose partitions share it
     */
    public Recovery(
            String cacheName,
            TierOfRecord<K, V> shared,
            LocalFallback<K, V> fallback,
            RecoveryJournal<K> journal,
            RemoteHealth health,
            RecoveryReport report) {
        this.cacheName = cacheName;
        this.shared = shared;
        this.fallback = fallback;
        this.journal = journal;
        this.health = health;
        this.report = report;
    }

    /** Returns whether {@link #run} has something to do now. */
    public boolean isDue() {
        return fallback.isOutdated() || (!journal.isEmpty() && !health.isUnavailable());
    }

    /**
     * Removes what can be removed now. To be called a few times a second; may wait for Redis, does not throw.
     */
    public void run() {
        fallback.followHealth();
        if (journal.isEmpty() || health.isUnavailable()) {
            return;
        }
        try {
            clearIfAll();
            boolean progresses = true;
            while (progresses) {
                progresses = removeBatch();
            }
        } catch (CacheException e) {
            LOG.log(
                    System.Logger.Level.DEBUG,
                    "cache ''{0}'': keys that changed during the outage are not removed from Redis yet, next "
                            + "try soon: {1}",
                    cacheName,
                    e.getMessage());
        }
    }

    private void clearIfAll() {
        removing.lock();
        try {
            if (journal.hasAll()) {
                clear();
                report.add(true, 0);
            }
        } finally {
            removing.unlock();
        }
    }

    private void clear() {
        journal.beginClear();
        boolean cleared = false;
        try {
            shared.clear();
            cleared = true;
        } finally {
            journal.endClear(cleared);
        }
        fallback.dropAllButJournaled();
    }

    /** Removes some keys; returns whether one of them has left the journal. */
    private boolean removeBatch() {
        removing.lock();
        try {
            Map<K, Long> idle = journal.idleKeys(BATCH);
            return remove(idle.keySet(), idle);
        } finally {
            removing.unlock();
        }
    }

    private boolean remove(Set<K> keys, Map<K, Long> idle) {
        if (keys.isEmpty()) {
            return false;
        }
        shared.discardAll(keys);
        List<K> settled = journal.markRemoved(idle);
        settled.forEach(fallback::drop);
        report.add(false, settled.size());
        return !settled.isEmpty();
    }

    /**
     * Removes one key now, before an operation on it, unless Redis has removed it by then; and some others with it,
     * whose callers may wait for this one.
     *
     * @throws CacheException if Redis does not confirm the removal; never an {@link OutcomeUnknownException}, since
     *     the operation has not begun
     */
    public void removeFromRedis(K key) {
        removing.lock();
        try {
            clearIfAll();
            if (journal.has(key)) {
                Map<K, Long> idle = journal.idleKeys(BATCH);
                idle.putAll(journal.idleKeys(key));
                Set<K> keys = new HashSet<>(idle.keySet());
                // Also if a change of it is in progress.
                keys.add(key);
                boolean unused = remove(keys, idle);
            }
        } catch (OutcomeUnknownException e) {
            throw new RemoteUnavailableException(
                    e.kind(),
                    "nothing was done: Redis may hold an old entry of the key, and did not confirm its removal",
                    e);
        } finally {
            removing.unlock();
        }
    }
}
