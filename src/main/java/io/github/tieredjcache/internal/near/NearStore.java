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
 * The entries that this process holds, bounded by number; everybody may look, only this package may write.
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
     * @param capacity how much it holds
     * @param clock what deadlines are measured by
     * @param lease without which nothing is found; null for a store that is the tier of record
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
     * As {@link #find(Object)}, for a caller who has looked at the clock since its own call began.
     *
     * @param nowNanos what the clock showed; 0 if it was not looked at
     */
    public @Nullable Entry<V> find(K key, long nowNanos) {
        Entry<V> entry = cache.getIfPresent(key);
        if (entry == null) {
            return null;
        }
        return lease == null ? findOwn(entry, nowNanos) : findCopy(entry, lease, nowNanos);
    }

    /** What the tier of record itself holds lives until its deadline. */
    private @Nullable Entry<V> findOwn(Entry<V> entry, long knownNanos) {
        return entry.isEternal() || !entry.isExpiredAt(present(knownNanos)) ? entry : null;
    }

    private long present(long knownNanos) {
        return knownNanos == 0 ? clock.nanos() : knownNanos;
    }

    /** A copy lives until its deadline or its change, and is shown only while changes would be heard of. */
    private @Nullable Entry<V> findCopy(Entry<V> entry, CoherenceLease required, long knownNanos) {
        long nowNanos = present(knownNanos);
        // The lease first: a change that is announced after this look is younger than the bound.
        return required.holdsAt(nowNanos) && entry.isCurrent() && !isOver(entry, nowNanos) ? entry : null;
    }

    /**
     * Returns the copy of the key of which no change was heard, or null; also when none would have been heard: for those who have
     * nobody else to ask.
     */
    public @Nullable Entry<V> lastKnown(K key) {
        Entry<V> copy = cache.getIfPresent(key);
        return copy != null && copy.isCurrent() && !isOver(copy, clock.nanos()) ? copy : null;
    }

    /** Returns what is held of the key, whether it is shown or not, or null; says nothing to the eviction. */
    public @Nullable Entry<V> peek(K key) {
        return cache.policy().getIfPresentQuietly(key);
    }

    /** Returns whether changes of what is held would have been heard of, within the bound. */
    public boolean areProvenAt(long nowNanos) {
        CoherenceLease required = lease;
        return required == null || required.holdsAt(nowNanos);
    }

    /** Returns the keys of what is held, whether it is shown or not. */
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

    /** Returns how many bytes what is held weighs; -1 if its number is bounded instead. */
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
     * Has reads remembered from the beginning, for {@link #hottest}; to be called while the store is empty. Caffeine itself begins
     * with it when the store is half full, which may be never: only then an eviction depends on it. A store that is bounded by
     * bytes begins then all the same.
     */
    public void rememberReads() {
        cache.policy().eviction().ifPresent(eviction -> {
            if (!eviction.isWeighted()) {
                long maximum = eviction.getMaximum();
                eviction.setMaximum(1);
                eviction.setMaximum(maximum);
            }
        });
    }

    /** Returns the keys that are read most, the hottest first; looks at all entries. */
    public List<K> hottest(int keysMax) {
        return cache.policy()
                .eviction()
                .map(eviction -> List.copyOf(eviction.hottest(keysMax).keySet()))
                .orElse(List.of());
    }

    /** Ends what is left of a copy that is dropped. */
    static void retire(@Nullable Entry<?> dropped) {
        FillTicket ticket = dropped == null ? null : dropped.ticket();
        if (ticket != null) {
            ticket.invalidate();
        }
    }

    ConcurrentMap<K, Entry<V>> map() {
        return cache.asMap();
    }

    long nowNanos() {
        return clock.nanos();
    }
}
