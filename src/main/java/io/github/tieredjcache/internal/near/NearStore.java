package io.github.tieredjcache.internal.near;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalListener;
import io.github.tieredjcache.internal.entry.Entry;
import io.github.tieredjcache.internal.entry.NanoClock;
import java.util.concurrent.ConcurrentMap;
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

    /**
     * Creates an empty store.
     *
     * @param maximumSize how many entries it holds; beyond it the least valuable are evicted
     * @param clock what deadlines are measured by
     * @param onEviction runs once for each entry that is evicted for the bound; must not block
     */
    public NearStore(long maximumSize, NanoClock clock, Runnable onEviction) {
        this.clock = clock;
        RemovalListener<K, Entry<V>> evictions = (key, entry, cause) -> onEviction.run();
        this.cache = Caffeine.newBuilder()
                .maximumSize(maximumSize)
                .evictionListener(evictions)
                .build();
    }

    /** Returns the live entry of the key, or null. */
    public @Nullable Entry<V> find(K key) {
        Entry<V> entry = cache.getIfPresent(key);
        if (entry == null || entry.isEternal()) {
            return entry;
        }
        return entry.isExpiredAt(clock.nanos()) ? null : entry;
    }

    /** Returns about how many entries are held, expired ones included. */
    public long size() {
        return cache.estimatedSize();
    }

    ConcurrentMap<K, Entry<V>> map() {
        return cache.asMap();
    }

    long nowNanos() {
        return clock.nanos();
    }
}
