package io.github.tieredjcache.internal.near;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Policy.Eviction;
import com.github.benmanes.caffeine.cache.RemovalListener;
import io.github.tieredjcache.internal.coherence.CoherenceLease;
import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.support.NanoClock;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The entries that this process holds, bounded by number or bytes; all packages may read them, only this package
 * writes.
 *
 * <p>{@link #find} is the hot path of the whole project: no lock, no allocation, and a clock is read only for an entry
 * that has a deadline.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
public final class NearStore<K, V> {
    private final Cache<K, Entry<V>> cache;
    private final NanoClock clock;
    private final @Nullable CoherenceLease lease;
    private final LongAdder evicted = new LongAdder();

    /**
     * Creates an empty store.
     *
     * @param capacity the bound
     * @param clock measures deadlines
     * @param lease no entry is found while it does not hold; null for a store that is the tier of record
     * @param onEviction runs once for each entry that is evicted for the bound; must not block
     */
    public NearStore(NearCapacity capacity, NanoClock clock, @Nullable CoherenceLease lease, Runnable onEviction) {
        this.clock = clock;
        this.lease = lease;
        RemovalListener<K, Entry<V>> evictions = (key, entry, cause) -> {
            retire(entry);
            evicted.increment();
            onEviction.run();
        };
        this.cache = capacity.<K, V>bound(Caffeine.newBuilder().evictionListener(evictions))
                .build();
    }

    /** Returns the live entry of the key, or null. */
    public @Nullable Entry<V> find(K key) {
        return find(key, 0);
    }

    /**
     * As {@link #find(Object)}, for a caller that has read the clock since its own call began.
     *
     * @param nowNanos the reading of the clock; 0 if it was not read
     */
    public @Nullable Entry<V> find(K key, long nowNanos) {
        Entry<V> entry = cache.getIfPresent(key);
        if (entry == null) {
            return null;
        }
        return lease == null ? findOwn(entry, nowNanos) : findCopy(entry, lease, nowNanos);
    }

    /** Returns an entry of the tier of record itself until its deadline. */
    private @Nullable Entry<V> findOwn(Entry<V> entry, long knownNanos) {
        return entry.isEternal() || !entry.isExpiredAt(nowNanosOr(knownNanos)) ? entry : null;
    }

    private long nowNanosOr(long knownNanos) {
        return knownNanos == 0 ? clock.nanos() : knownNanos;
    }

    /** Returns a copy until its deadline or its change, and only while the coherence lease holds. */
    private @Nullable Entry<V> findCopy(Entry<V> entry, CoherenceLease required, long knownNanos) {
        long nowNanos = nowNanosOr(knownNanos);
        // The lease is checked first: a change that is announced after the check is younger than the bound.
        FillTicket ticket = entry.ticket();
        return ticket != null && required.covers(ticket, nowNanos) && ticket.isValid() && !isOver(entry, nowNanos)
                ? entry
                : null;
    }

    /**
     * Returns the copy of the key if no change of the key was received, or null; also while the coherence lease does
     * not hold. For callers that cannot read Redis.
     */
    public @Nullable Entry<V> lastKnown(K key) {
        Entry<V> copy = cache.getIfPresent(key);
        return copy != null && copy.isCurrent() && !isOver(copy, clock.nanos()) ? copy : null;
    }

    /**
     * Returns the entry of the key, whether {@link #find} returns it or not, or null; does not count as a read for the
     * eviction.
     */
    public @Nullable Entry<V> peek(K key) {
        return cache.policy().getIfPresentQuietly(key);
    }

    /** Returns whether a change of the copy would have been received, within the staleness bound. */
    public boolean isProvenAt(Entry<V> copy, long nowNanos) {
        CoherenceLease required = lease;
        FillTicket ticket = copy.ticket();
        return required == null || ticket == null || required.covers(ticket, nowNanos);
    }

    /** Returns the keys of all entries, whether {@link #find} returns them or not. */
    public Set<K> keys() {
        return cache.asMap().keySet();
    }

    /** Returns whether the time of a copy is over. */
    static boolean isOver(Entry<?> copy, long nowNanos) {
        return copy.isExpiredAt(nowNanos) || copy.isKeptTooLongAt(nowNanos);
    }

    /** Returns about how many entries are held, expired ones included. */
    public long size() {
        return cache.estimatedSize();
    }

    /** Returns the bytes of all entries; -1 if their number is bounded instead. */
    public long weightBytes() {
        return cache.policy()
                .eviction()
                .filter(Eviction::isWeighted)
                .map(eviction -> eviction.weightedSize().orElse(0))
                .orElse(-1L);
    }

    /** Returns how many entries were evicted for the bound. */
    public long evicted() {
        return evicted.sum();
    }

    /**
     * Makes Caffeine record reads from the beginning, for {@link #hottest}; to be called while the store is empty. By
     * itself Caffeine begins when the store is half full, which may never happen, since evictions do not depend on it
     * before. A store that is bounded by bytes still begins only then.
     */
    public void trackHotKeys() {
        cache.policy().eviction().ifPresent(eviction -> {
            if (!eviction.isWeighted()) {
                long maximum = eviction.getMaximum();
                eviction.setMaximum(1);
                eviction.setMaximum(maximum);
            }
        });
    }

    /** Returns the keys that are read most, the hottest first; visits all entries. */
    public List<K> hottest(int keysMax) {
        return cache.policy()
                .eviction()
                .map(eviction -> List.copyOf(eviction.hottest(keysMax).keySet()))
                .orElse(List.of());
    }

    /** Invalidates the ticket of a copy that is dropped. */
    static void retire(@Nullable Entry<?> dropped) {
        FillTicket ticket = dropped == null ? null : dropped.ticket();
        if (ticket != null) {
            ticket.invalidate();
        }
    }

    ConcurrentMap<K, Entry<V>> map() {
        return cache.asMap();
    }

    /** Returns the time of the clock that measures deadlines. */
    public long nowNanos() {
        return clock.nanos();
    }
}
