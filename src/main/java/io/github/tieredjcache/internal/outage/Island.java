package io.github.tieredjcache.internal.outage;

import io.github.tieredjcache.internal.entry.Entry;
import io.github.tieredjcache.internal.entry.NanoClock;
import io.github.tieredjcache.internal.entry.RemoteHealth;
import io.github.tieredjcache.internal.near.NearRecord;
import io.github.tieredjcache.internal.near.NearStore;
import org.jspecify.annotations.Nullable;

/**
 * What this node answers while it is cut off: what it has changed and loaded since, and behind that the near copies that it had.
 *
 * <p>It holds something of a key only while Redis is away or the key is in the journal. Safe for use by many threads.
 */
final class Island<K, V> {
    private final NearRecord<K, V> record;
    private final NearStore<K, V> copies;
    private final Journal<K> journal;
    private final RemoteHealth health;
    private final NanoClock clock;
    private final long copyNanos;
    private volatile int seen;

    /**
     * Creates an empty island.
     *
     * @param record where changes and loads are kept
     * @param copies the near copies of what Redis held
     * @param copyNanos for how long after Redis went they are shown
     */
    Island(
            NearRecord<K, V> record,
            NearStore<K, V> copies,
            Journal<K> journal,
            RemoteHealth health,
            NanoClock clock,
            long copyNanos) {
        this.record = record;
        this.copies = copies;
        this.journal = journal;
        this.health = health;
        this.clock = clock;
        this.copyNanos = copyNanos;
        this.seen = health.changes();
    }

    /** Returns the record, from which what belongs to another outage is gone, with the near copy of the key if it has none. */
    NearRecord<K, V> of(K key) {
        keepUp();
        record.adopt(key, () -> copy(key));
        return record;
    }

    /** As {@link #of}, with all near copies. */
    NearRecord<K, V> ofAll() {
        keepUp();
        copies.keys().forEach(key -> record.adopt(key, () -> copy(key)));
        return record;
    }

    /**
     * Returns the near copy of the key, null if there is none that may be shown: while Redis is away the last that was known of it;
     * else, since one answer that failed is no outage, and this node may have been standing still, one within the staleness bound.
     */
    @Nullable
    Entry<V> copy(K key) {
        if (journal.has(key)) {
            return null;
        }
        if (!health.isAway()) {
            return copies.find(key);
        }
        return clock.nanos() - health.awaySinceNanos() > copyNanos ? null : copies.lastKnown(key);
    }

    /** Drops the key, when Redis is asked for it again. */
    void leave(K key) {
        record.forget(key);
    }

    /** Drops all keys that Redis is asked for again. */
    void forgetAllButMissed() {
        record.forgetAllBut(key -> health.isAway() || journal.has(key));
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
    }

    private synchronized void forgetOther() {
        int now = health.changes();
        if (seen != now) {
            record.forgetAllBut(journal::has);
            seen = now;
        }
    }
}
