package io.github.tieredjcache.internal.outage;

import io.github.tieredjcache.internal.entry.Guard;
import io.github.tieredjcache.internal.entry.Lifetime;
import io.github.tieredjcache.internal.entry.Mutation;
import io.github.tieredjcache.internal.entry.RemoteHealth;
import io.github.tieredjcache.internal.entry.TierOfRecord;
import java.util.List;
import java.util.Map;
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

    private final String cacheName;
    private final TierOfRecord<K, V> shared;
    private final Island<K, V> island;
    private final Journal<K> journal;
    private final RemoteHealth health;
    private final ReentrantLock running = new ReentrantLock();

    Recovery(
            String cacheName, TierOfRecord<K, V> shared, Island<K, V> island, Journal<K> journal, RemoteHealth health) {
        this.cacheName = cacheName;
        this.shared = shared;
        this.island = island;
        this.journal = journal;
        this.health = health;
    }

    /** Does what can be done now, unless somebody is at it; does not throw. */
    void run() {
        island.keepUp();
        if (journal.isEmpty() || health.isAway() || !running.tryLock()) {
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
        if (all || voided > 0) {
            LOG.log(
                    System.Logger.Level.INFO,
                    "the cache ''{0}'' is shared again: {1} that Redis had missed changes of were voided there",
                    cacheName,
                    all ? "all keys" : voided == 1 ? "1 key" : voided + " keys");
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
        island.forgetAllButMissed();
    }

    /** Voids keys; returns how many are asked for in Redis from now on. */
    private int settle(Map<K, Long> idle) {
        var unused = shared.applyAll(
                idle.keySet().stream().map(Recovery::<K, V>voiding).toList());
        List<K> gone = journal.voided(idle);
        gone.forEach(island::leave);
        return gone.size();
    }

    /**
     * Voids one key now, on behalf of one who needs it.
     *
     * @throws CacheException if Redis cannot be asked
     */
    void settle(K key) {
        if (journal.hasAll()) {
            clear();
        }
        Map<K, Long> idle = journal.idle(key);
        var unused = shared.apply(voiding(key));
        journal.voided(idle).forEach(island::leave);
    }

    private static <K, V> Mutation<K, V> voiding(K key) {
        return new Mutation<>(key, Guard.ALWAYS, null, Lifetime.UNCHANGED, Lifetime.UNCHANGED, false, false);
    }
}
