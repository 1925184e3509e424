package io.github.tieredjcache.internal.engine;

import io.github.tieredjcache.internal.engine.common.EngineComponents;
import io.github.tieredjcache.internal.engine.common.FetchResult;
import io.github.tieredjcache.internal.engine.common.StoreByValue;
import io.github.tieredjcache.internal.engine.load.BulkMissPath;
import io.github.tieredjcache.internal.engine.load.MissPath;
import io.github.tieredjcache.internal.engine.load.RefreshAhead;
import io.github.tieredjcache.internal.engine.verification.Verification;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Expiry;
import io.github.tieredjcache.internal.model.Version;
import io.github.tieredjcache.internal.near.NearStore;
import io.github.tieredjcache.internal.port.TierOfRecord;
import io.github.tieredjcache.internal.stats.Statistics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.cache.integration.CacheLoaderException;
import org.jspecify.annotations.Nullable;

/**
 * The path of a lookup through the tiers: near, then the tier of record, then the source.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
final class ReadPath<K, V> {
    private final NearStore<K, V> store;
    private final TierOfRecord<K, V> record;
    private final MissPath<K, V> missPath;
    private final BulkMissPath<K, V> bulkMissPath;
    private final Expiry expiry;
    private final boolean touching;
    private final RefreshAhead<K, V> refresh;
    private final boolean refreshing;
    private final @Nullable Verification<K, V> verification;
    private final StoreByValue<K, V> storeByValue;
    private final Statistics statistics;

    ReadPath(
            EngineComponents<K, V> components,
            MissPath<K, V> missPath,
            BulkMissPath<K, V> bulkMissPath,
            RefreshAhead<K, V> refresh) {
        this.store = components.store();
        this.record = components.record();
        this.missPath = missPath;
        this.bulkMissPath = bulkMissPath;
        this.expiry = components.expiry();
        this.touching = expiry.mayTouch();
        this.refresh = refresh;
        this.refreshing = refresh.isOn();
        this.verification = components.verification();
        this.storeByValue = components.storeByValue();
        this.statistics = components.statistics();
    }

    /** Returns the caller's own instance of the value, or null. */
    @Nullable
    V get(K key) {
        long startNanos = statistics.startNear();
        long nowNanos = nowNanos(startNanos);
        Entry<V> entry = store.find(key, nowNanos);
        if (entry == null) {
            return getBeyondNear(key, startBeyondNear(startNanos));
        }
        accessed(key, entry, nowNanos);
        statistics.hitNear(startNanos);
        return storeByValue.out(entry.value());
    }

    /**
     * Returns the reading of the clock that serves the lease, the deadline, the touch and the statistics; 0 if the
     * clock was not read, since it may not be needed.
     */
    private long nowNanos(long startNanos) {
        return touching && startNanos == 0 ? store.nowNanos() : startNanos;
    }

    /** Returns the start of a lookup that goes on: always timed, while only some near hits are. */
    private long startBeyondNear(long startNanos) {
        return startNanos == 0 ? statistics.start() : startNanos;
    }

    /**
     * Returns the entry of the near tier or the tier of record, and counts that as a lookup. A missing entry is not
     * loaded, nor is the miss counted: the caller creates the entry, and counts.
     */
    @Nullable
    Entry<V> find(K key) {
        long startNanos = statistics.startNear();
        long nowNanos = nowNanos(startNanos);
        Entry<V> entry = store.find(key, nowNanos);
        if (entry != null) {
            accessed(key, entry, nowNanos);
            statistics.hitNear(startNanos);
            return entry;
        }
        startNanos = startBeyondNear(startNanos);
        V value = missPath.find(key);
        if (value == null) {
            return null;
        }
        statistics.lookedUp(1, 0, startNanos);
        return Entry.of(value, Version.LOCAL, Entry.NO_DEADLINE);
    }

    private void accessed(K key, Entry<V> entry, long nowNanos) {
        if (touching) {
            record.touch(key, entry, expiry, nowNanos);
        }
        if (refreshing) {
            refresh.read(key, entry);
        }
        if (verification != null) {
            verification.readNear(key, entry);
        }
    }

    /** Returns the caller's own instances of the values that any tier has. */
    Map<K, V> getAll(Set<? extends K> keys) {
        long startNanos = statistics.start();
        long nowNanos = nowNanos(startNanos);
        Map<K, V> values = new HashMap<>();
        List<K> missing = new ArrayList<>();
        for (K key : keys) {
            Entry<V> entry = store.find(key, nowNanos);
            if (entry == null) {
                missing.add(key);
            } else {
                accessed(key, entry, nowNanos);
                values.put(key, storeByValue.out(entry.value()));
            }
        }
        int nearHits = values.size();
        statistics.hitsNear(nearHits);
        int hitsBeyond = 0;
        Map<K, FetchResult<V>> fetched = bulkMissPath.all(missing);
        for (K key : missing) {
            FetchResult<V> result = fetched.getOrDefault(key, FetchResult.nothing());
            V value = result.value();
            hitsBeyond += result.hit() ? 1 : 0;
            if (value != null) {
                values.put(key, out(result, value));
            }
        }
        statistics.lookedUp(hitsBeyond, keys.size() - nearHits - hitsBeyond, startNanos);
        return values;
    }

    /**
     * Returns whether the near tier or the tier of record has the key; counts nothing, moves no deadline and loads
     * nothing.
     */
    boolean contains(K key) {
        return store.find(key) != null || record.contains(key);
    }

    private @Nullable V getBeyondNear(K key, long startNanos) {
        FetchResult<V> fetched;
        try {
            fetched = missPath.one(key);
        } catch (CacheLoaderException e) {
            // No tier had the key.
            statistics.lookedUp(0, 1, startNanos);
            throw e;
        }
        statistics.lookedUp(fetched.hit() ? 1 : 0, fetched.hit() ? 0 : 1, startNanos);
        V value = fetched.value();
        return value == null ? null : out(fetched, value);
    }

    /** Returns an instance for the caller to keep. */
    private V out(FetchResult<V> result, V value) {
        return result.unshared() ? value : storeByValue.out(value);
    }
}
