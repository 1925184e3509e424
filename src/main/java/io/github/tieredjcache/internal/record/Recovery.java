package io.github.tieredjcache.internal.record;

import io.github.tieredjcache.internal.port.OutcomeUnknownException;
import io.github.tieredjcache.internal.port.RemoteHealth;
import io.github.tieredjcache.internal.port.RemoteUnavailableException;
import io.github.tieredjcache.internal.port.TierOfRecord;
import io.github.tieredjcache.internal.support.NanoClock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import javax.cache.CacheException;

/**
 * Has Redis forget what it has missed, as soon as it is there again; then, and not before, it is asked again.
 *
 * <p>One run at a time; what cannot be done is tried again at the next.
 */
final class Recovery<K, V> {
    private static final System.Logger LOG = System.getLogger("io.github.tieredjcache.outage");
    private static final int BATCH = 500;
    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final String cacheName;
    private final TierOfRecord<K, V> shared;
    private final LocalFallback<K, V> fallback;
    private final RecoveryJournal<K> journal;
    private final RemoteHealth health;
    private final NanoClock clock;
    private final ReentrantLock running = new ReentrantLock();
    // Guarded by running.
    private boolean untoldAll;
    private long untold;
    private long quietUntilNanos;

    Recovery(
            String cacheName,
            TierOfRecord<K, V> shared,
            LocalFallback<K, V> fallback,
            RecoveryJournal<K> journal,
            RemoteHealth health,
            NanoClock clock) {
        this.cacheName = cacheName;
        this.shared = shared;
        this.fallback = fallback;
        this.journal = journal;
        this.health = health;
        this.clock = clock;
        this.quietUntilNanos = clock.nanos();
    }

    /** Does what can be done now, unless somebody is at it; does not throw. */
    void run() {
        fallback.keepUp();
        if (journal.isEmpty() || health.isUnavailable() || !running.tryLock()) {
            return;
        }
        try {
            recover();
        } catch (CacheException e) {
            LOG.log(
                    System.Logger.Level.DEBUG,
                    "what Redis has missed of the cache ''{0}'' is voided later: {1}",
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
        long voided = 0;
        for (Map<K, Long> idle = journal.idle(BATCH); !idle.isEmpty(); idle = journal.idle(BATCH)) {
            voided += settle(idle);
        }
        report(all, voided);
    }

    /** One line in a while, however often Redis goes and comes; what is left out is in the next one's number. */
    private void report(boolean all, long voided) {
        untoldAll |= all;
        untold += voided;
        long nowNanos = clock.nanos();
        if ((untold == 0 && !untoldAll) || nowNanos - quietUntilNanos < 0) {
            return;
        }
        LOG.log(
                System.Logger.Level.INFO,
                "the cache ''{0}'' is shared again; Redis had missed changes, and forgot {1}",
                cacheName,
                untoldAll ? "all keys" : untold + (untold == 1 ? " key" : " keys"));
        untoldAll = false;
        untold = 0;
        quietUntilNanos = nowNanos + QUIET_NANOS;
    }

    private void clearOnce() {
        running.lock();
        try {
            if (journal.hasAll()) {
                clear();
            }
        } finally {
            running.unlock();
        }
    }

    private void clear() {
        journal.beginClear();
        boolean forgotten = false;
        try {
            shared.clear();
            forgotten = true;
        } finally {
            journal.endClear(forgotten);
        }
        fallback.forgetAllButMissed();
    }

    /** Voids keys; returns how many are asked for in Redis from now on. */
    private int settle(Map<K, Long> idle) {
        shared.discardAll(idle.keySet());
        List<K> gone = journal.voided(idle);
        gone.forEach(fallback::leave);
        return gone.size();
    }

    /**
     * Voids one key now, before an operation that needs it.
     *
     * @throws CacheException if Redis cannot be asked; the operation has not begun then, so its outcome is never unknown
     */
    void settle(K key) {
        try {
            voidNow(key);
        } catch (OutcomeUnknownException e) {
            throw new RemoteUnavailableException(
                    e.kind(),
                    "nothing was done: Redis may have missed a change of the key, and did not confirm that it has removed the key",
                    e);
        }
    }

    private void voidNow(K key) {
        if (journal.hasAll()) {
            clearOnce();
        }
        Map<K, Long> idle = journal.idle(key);
        shared.discardAll(List.of(key));
        journal.voided(idle).forEach(fallback::leave);
    }
}
