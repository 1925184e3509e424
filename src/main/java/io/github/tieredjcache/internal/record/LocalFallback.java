package io.github.tieredjcache.internal.record;

import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Lifetime;
import io.github.tieredjcache.internal.near.InMemoryTierOfRecord;
import io.github.tieredjcache.internal.near.NearStore;
import io.github.tieredjcache.internal.near.NearTier;
import io.github.tieredjcache.internal.port.Lease;
import io.github.tieredjcache.internal.port.RemoteHealth;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The answers of this node while Redis is unavailable: the entries that it has changed and loaded since, and behind
 * them the near copies that it had.
 *
 * <p>It holds entries of a key only while Redis is unavailable or the key is in the journal. Safe for use by many
 * threads.
 */
public final class LocalFallback<K, V> {
    private final InMemoryTierOfRecord<K, V> record;
    private final NearStore<K, V> copies;
    private final NearTier<K, V> near;
    private final RecoveryJournal<K> journal;
    private final RemoteHealth health;
    private final long copyNanos;
    private final Predicate<K> owns;
    private volatile int seenChanges;
    private volatile boolean copiesExpired;

    /**
     * Creates an empty fallback.
     *
     * @param record holds local changes and loads; empty. The partitions of a cache share one
     * @param near the near copies of entries of Redis
     * @param journal the keys of which Redis may hold an old entry
     * @param health of the Redis
     * @param copyNanos how long after the beginning of an outage near copies are returned
     * @param owns whether a key belongs to the partition of this fallback
     */
    public LocalFallback(
            InMemoryTierOfRecord<K, V> record,
            NearTier<K, V> near,
            RecoveryJournal<K> journal,
            RemoteHealth health,
            long copyNanos,
            Predicate<K> owns) {
        this.record = record;
        this.near = near;
        this.copies = near.store();
        this.journal = journal;
        this.health = health;
        this.copyNanos = copyNanos;
        this.owns = owns;
        this.seenChanges = health.changes();
    }

    /** Returns whether Redis is available and has no old entry of the key. */
    boolean isRemoteUsable(K key) {
        return !health.isUnavailable() && !journal.has(key);
    }

    /**
     * Returns the local record, without entries of an earlier outage; if it has no entry of the key, the near copy is
     * put in first.
     *
     * @param last the near copy from before a read of Redis that failed, null if there was none
     */
    InMemoryTierOfRecord<K, V> recordFor(K key, @Nullable Entry<V> last) {
        followHealth();
        record.adopt(key, () -> usableCopy(key, last));
        return record;
    }

    /** Returns the near copy of the key if no change of the key was received, else null. */
    @Nullable
    Entry<V> lastKnownCopy(K key) {
        return journal.hasSingly(key) ? null : copies.lastKnown(key);
    }

    /**
     * Returns the near copy of the key, null if there is none that may be returned to callers.
     *
     * <p>While Redis is unavailable that is the last known copy. Otherwise it is a copy within the staleness bound
     * only: a single failed reply is no outage, and this process may have been stopped, so that changes were not
     * received.
     *
     * @param last as in {@link #recordFor}
     */
    @Nullable
    Entry<V> usableCopy(K key, @Nullable Entry<V> last) {
        long nowNanos = copies.nowNanos();
        // After an overflow, the copies of the keys that this node has not changed are still the last known ones.
        if (journal.hasSingly(key)) {
            return null;
        }
        // The last copy may be from before a change, or a clear, that all keys in the journal stand for.
        boolean isLast = last != null && !journal.has(key) && !last.isExpiredAt(nowNanos);
        Entry<V> copy = isLast ? last : copies.lastKnown(key);
        boolean may = copy != null
                && (health.isUnavailable() ? !copiesHaveExpired(nowNanos) : copies.isProvenAt(copy, nowNanos));
        return may ? copy : null;
    }

    private boolean copiesHaveExpired(long nowNanos) {
        return health.isUnavailable() && nowNanos - health.unavailableSinceNanos() > copyNanos;
    }

    /** Takes the lease of a key in the local record, beside one in Redis. */
    Lease<K, V> leaseWith(K key, @Nullable Entry<V> before) {
        return record.leaseWith(key, before);
    }

    /** Adds the key to the journal before a local change, and drops its near copy. */
    void beginChange(K key) {
        followHealth();
        journal.beginChange(key);
        near.drop(key);
    }

    /** Marks the change as made or failed. */
    void endChange(K key) {
        journal.endChange(key);
    }

    /** Iterates over the entries that are there now. */
    Iterator<Map.Entry<K, Entry<V>>> entries() {
        followHealth();
        Set<K> keys = new HashSet<>(copies.keys());
        record.entries().forEachRemaining(entry -> keys.add(entry.getKey()));
        keys.removeIf(owns.negate());
        return entriesOf(keys);
    }

    /** Returns the entries of keys that Redis may hold an old entry of. */
    Iterator<Map.Entry<K, Entry<V>>> journaledEntries() {
        return entriesOf(journal.keys());
    }

    private Iterator<Map.Entry<K, Entry<V>>> entriesOf(Set<K> keys) {
        List<Map.Entry<K, Entry<V>>> all = new ArrayList<>();
        for (K key : keys) {
            boolean answersLocally = health.isUnavailable() || journal.has(key);
            Entry<V> entry = answersLocally
                    ? recordFor(key, null)
                            .read(key, FillTicket.unfillable(), Lifetime.UNCHANGED)
                            .entry()
                    : usableCopy(key, null);
            if (entry != null) {
                all.add(Map.entry(key, entry));
            }
        }
        return List.copyOf(all).iterator();
    }

    /** As {@link #entries}; also journals all keys, since Redis may hold keys that this node does not know. */
    Iterator<Map.Entry<K, Entry<V>>> beginRemoval() {
        adoptAll();
        Iterator<Map.Entry<K, Entry<V>>> own = record.entriesToRemove();
        List<Map.Entry<K, Entry<V>>> all = new ArrayList<>();
        own.forEachRemaining(each -> {
            if (owns.test(each.getKey())) {
                all.add(each);
            }
        });
        return List.copyOf(all).iterator();
    }

    /**
     * Removes the near copies of the partition, and the local entries of all partitions, since a clear is one of all of
     * them.
     */
    void clear() {
        adoptAll();
        record.clear();
    }

    /** Moves all usable near copies of the partition into the local record, and journals all keys. */
    private void adoptAll() {
        followHealth();
        copies.keys().stream().filter(owns).forEach(key -> record.adopt(key, () -> usableCopy(key, null)));
        journal.addAll();
        near.detachAll();
        // The copies of other partitions stay: a removal of all entries adopts them for those partitions later.
        copies.keys().stream().filter(owns).forEach(near::drop);
    }

    /** Drops the local entries of the partition, after a clear of Redis. */
    void dropAll() {
        record.dropAllExcept(key -> !owns.test(key));
    }

    /** Drops the key, which is read from Redis again. */
    void drop(K key) {
        record.drop(key);
    }

    /** Drops all keys that are read from Redis again. */
    void dropAllButJournaled() {
        near.detachAll();
        record.dropAllExcept(key -> !owns.test(key) || health.isUnavailable() || journal.has(key));
    }

    /** Returns whether an outage has begun or ended since the last call of {@link #followHealth}. */
    boolean isOutdated() {
        return seenChanges != health.changes();
    }

    /**
     * Drops entries of an earlier outage, if an outage has begun or ended since the last call, and copies that are too
     * old.
     */
    void followHealth() {
        if (isOutdated()) {
            dropEarlierOutage();
        }
        if (!copiesExpired && copiesHaveExpired(copies.nowNanos())) {
            copiesExpired = true;
            record.dropAdopted(owns);
        }
    }

    private synchronized void dropEarlierOutage() {
        int now = health.changes();
        if (seenChanges != now) {
            // After an outage, local fetches are invalidated. Fetches that run when an outage begins need not be: they
            // lost the connection that carries the invalidations, and keep nothing.
            boolean wasAvailable = !health.isUnavailable() || now - seenChanges > 1;
            if (wasAvailable) {
                near.detachAll();
            }
            record.dropAllExcept(key -> !owns.test(key) || journal.has(key));
            copiesExpired = false;
            seenChanges = now;
        }
    }
}
