package io.github.tieredjcache.internal.record;

import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Lifetime;
import io.github.tieredjcache.internal.near.InMemoryTierOfRecord;
import io.github.tieredjcache.internal.near.NearStore;
import io.github.tieredjcache.internal.near.NearTier;
import io.github.tieredjcache.internal.port.RemoteHealth;
import io.github.tieredjcache.internal.support.NanoClock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What this node answers while it is cut off: what it has changed and loaded since, and behind that the near copies that it had.
 *
 * <p>It holds something of a key only while Redis is away or the key is in the journal. Safe for use by many threads.
 */
final class LocalFallback<K, V> {
    private final InMemoryTierOfRecord<K, V> record;
    private final NearStore<K, V> copies;
    private final NearTier<K, V> near;
    private final RecoveryJournal<K> journal;
    private final RemoteHealth health;
    private final NanoClock clock;
    private final long copyNanos;
    private volatile int seen;
    private volatile boolean copiesOver;

    /**
     * Creates an empty island.
     *
     * @param record where changes and loads are kept
     * @param copies the near copies of what Redis held
     * @param near the tier that they are
     * @param copyNanos for how long after Redis went they are shown
     */
    LocalFallback(
            InMemoryTierOfRecord<K, V> record,
            NearStore<K, V> copies,
            NearTier<K, V> near,
            RecoveryJournal<K> journal,
            RemoteHealth health,
            NanoClock clock,
            long copyNanos) {
        this.record = record;
        this.copies = copies;
        this.near = near;
        this.journal = journal;
        this.health = health;
        this.clock = clock;
        this.copyNanos = copyNanos;
        this.seen = health.changes();
    }

    /**
     * Returns the record, from which what belongs to another outage is gone; if it has nothing of the key, with the near copy of it.
     *
     * @param last the near copy that there was before somebody asked Redis in vain, null if there was none
     */
    InMemoryTierOfRecord<K, V> of(K key, @Nullable Entry<V> last) {
        keepUp();
        record.adopt(key, () -> shown(key, last));
        return record;
    }

    /** Returns the near copy of the key of which no change was heard, null if there is none. */
    @Nullable
    Entry<V> lastKnownCopy(K key) {
        return journal.has(key) ? null : copies.lastKnown(key);
    }

    /**
     * Returns the near copy of the key, null if there is none that may be shown: while Redis is away the last that was known of it;
     * else, since one answer that failed is no outage, and this node may have been standing still, one within the staleness bound.
     *
     * @param last as in {@link #of}
     */
    @Nullable
    Entry<V> shown(K key, @Nullable Entry<V> last) {
        long nowNanos = clock.nanos();
        boolean may = !journal.has(key)
                && (health.isUnavailable() ? !isTooLateForCopies(nowNanos) : copies.areProvenAt(nowNanos));
        if (!may) {
            return null;
        }
        return last != null && !last.isExpiredAt(nowNanos) ? last : copies.lastKnown(key);
    }

    private boolean isTooLateForCopies(long nowNanos) {
        return health.isUnavailable() && nowNanos - health.unavailableSinceNanos() > copyNanos;
    }

    /** Says that the key is about to be changed here: Redis misses it from now on, and the near copy is no more. */
    void beginChange(K key) {
        journal.begin(key);
        near.forget(key);
    }

    /** Says that the change is made, or has failed. */
    void endChange(K key) {
        journal.end(key);
    }

    /** Returns what is there now. */
    Iterator<Map.Entry<K, Entry<V>>> entries() {
        keepUp();
        Set<K> keys = new HashSet<>(copies.keys());
        record.entries().forEachRemaining(entry -> keys.add(entry.getKey()));
        List<Map.Entry<K, Entry<V>>> all = new ArrayList<>();
        for (K key : keys) {
            boolean isHere = health.isUnavailable() || journal.has(key);
            Entry<V> entry =
                    isHere ? of(key, null).read(key, FillTicket.unfillable(), Lifetime.UNCHANGED) : shown(key, null);
            if (entry != null) {
                all.add(Map.entry(key, entry));
            }
        }
        return List.copyOf(all).iterator();
    }

    /** As {@link #entries}; from now on all keys are missed, since Redis may hold others. */
    Iterator<Map.Entry<K, Entry<V>>> beginRemoval() {
        adoptAll();
        Iterator<Map.Entry<K, Entry<V>>> own = record.entriesToRemove();
        List<Map.Entry<K, Entry<V>>> all = new ArrayList<>();
        own.forEachRemaining(all::add);
        return List.copyOf(all).iterator();
    }

    /** Removes everything. */
    void clear() {
        adoptAll();
        record.clear();
    }

    private void adoptAll() {
        keepUp();
        copies.keys().forEach(key -> record.adopt(key, () -> shown(key, null)));
        journal.addAll();
        near.forgetAll();
    }

    /** Drops the key, when Redis is asked for it again. */
    void leave(K key) {
        record.forget(key);
    }

    /** Drops all keys that Redis is asked for again. */
    void forgetAllButMissed() {
        record.voidFetches();
        record.forgetAllBut(key -> health.isUnavailable() || journal.has(key));
    }

    /** Returns whether Redis has gone or come back since the last call of {@link #keepUp}. */
    boolean isOutdated() {
        return seen != health.changes();
    }

    /** Drops what is there since another time, if Redis has gone or come back since the last call. */
    void keepUp() {
        if (isOutdated()) {
            forgetOther();
        }
        if (!copiesOver && isTooLateForCopies(clock.nanos())) {
            copiesOver = true;
            record.forgetAdopted();
        }
    }

    private synchronized void forgetOther() {
        int now = health.changes();
        if (seen != now) {
            // What was fetched here in Redis's place. What is being fetched when it goes hears nothing more, and keeps
            // nothing.
            boolean wasBack = !health.isUnavailable() || now - seen > 1;
            if (wasBack) {
                record.voidFetches();
            }
            record.forgetAllBut(journal::has);
            copiesOver = false;
            seen = now;
        }
    }
}
