package io.github.tieredjcache.internal.record;

import io.github.tieredjcache.OutcomeUnknownException;
import io.github.tieredjcache.RemoteUnavailableException;
import io.github.tieredjcache.internal.port.RemoteHealth;
import io.github.tieredjcache.internal.port.TierOfRecord;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import javax.cache.CacheException;

/**
 * Removes the journaled keys from Redis as soon as it is available again; only then this node reads them there.
 *
 * <p>One run at a time; a run that fails is repeated by the next call.
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
    private final ReentrantLock running = new ReentrantLock();

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
     * Removes what can be removed now, unless another thread is doing so, and adds it to the report. To be called a few
     * times a second; may wait for Redis, does not throw.
     */
    public void run() {
        fallback.followHealth();
        if (journal.isEmpty() || health.isUnavailable() || !running.tryLock()) {
            return;
        }
        try {
            recover();
        } catch (CacheException e) {
            LOG.log(
                    System.Logger.Level.DEBUG,
                    "cache ''{0}'': keys that changed during the outage are not removed from Redis yet, next "
                            + "try soon: {1}",
                    cacheName,
                    e.getMessage());
        } finally {
            running.unlock();
        }
    }

    private void recover() {
        boolean all = journal.hasAll();
        if (all) {
            clear();
        }
        long removed = 0;
        for (Map<K, Long> idle = journal.idleKeys(BATCH); !idle.isEmpty(); idle = journal.idleKeys(BATCH)) {
            removed += removeFromRedis(idle);
        }
        report.add(all, removed);
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

    /** Removes keys; returns how many of them are read from Redis from now on. */
    private int removeFromRedis(Map<K, Long> idle) {
        shared.discardAll(idle.keySet());
        List<K> settled = journal.markRemoved(idle);
        settled.forEach(fallback::drop);
        return settled.size();
    }

    /**
     * Removes one key now, before an operation on it, unless Redis has removed it by then; waits for a run in progress.
     *
     * @throws CacheException if Redis does not confirm the removal; never an {@link OutcomeUnknownException}, since
     *     the operation has not begun
     */
    public void removeFromRedis(K key) {
        running.lock();
        try {
            if (journal.hasAll()) {
                clear();
            }
            // Another caller may have removed the key meanwhile, and stored a new entry since.
            if (journal.has(key)) {
                Map<K, Long> idle = journal.idleKeys(key);
                shared.discardAll(List.of(key));
                journal.markRemoved(idle).forEach(fallback::drop);
            }
        } catch (OutcomeUnknownException e) {
            throw new RemoteUnavailableException(
                    e.kind(),
                    "nothing was done: Redis may hold an old entry of the key, and did not confirm its removal",
                    e);
        } finally {
            running.unlock();
        }
    }
}
