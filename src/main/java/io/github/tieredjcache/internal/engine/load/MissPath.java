package io.github.tieredjcache.internal.engine.load;

import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.engine.common.EngineComponents;
import io.github.tieredjcache.internal.engine.common.FetchResult;
import io.github.tieredjcache.internal.engine.common.PendingNotifications;
import io.github.tieredjcache.internal.engine.common.StoreByValue;
import io.github.tieredjcache.internal.engine.verification.Verification;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Expiry;
import io.github.tieredjcache.internal.model.Lifetime;
import io.github.tieredjcache.internal.near.KeyLocks;
import io.github.tieredjcache.internal.near.SingleFlight;
import io.github.tieredjcache.internal.near.SingleFlights;
import io.github.tieredjcache.internal.port.ReadResult;
import io.github.tieredjcache.internal.port.TierOfRecord;
import io.github.tieredjcache.internal.stats.TierCounters;
import io.github.tieredjcache.internal.support.NanoClock;
import java.util.Set;
import java.util.function.Function;
import javax.cache.CacheException;
import org.jspecify.annotations.Nullable;

/**
 * The path of a near miss: one fetch a key on this node, from the tier of record and then from the source.
 *
 * <p>Listeners are notified of loaded values after the fetch is completed: they are user code and may read the same
 * key.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
public final class MissPath<K, V> {
    private final SingleFlights<K, FetchResult<V>> singleFlights;
    private final TierOfRecord<K, V> record;
    private final KeyLocks<K, ?> locks;
    private final boolean joinsReads;
    private final LoadPath<K, V> loads;
    private final LoaderInvoker calls;
    private final RefreshAhead<K, V> refresh;
    private final @Nullable Verification<K, V> verification;
    private final boolean lookupsLoad;
    private final Expiry expiry;
    private final StoreByValue<K, V> storeByValue;
    private final TierCounters counters;

    /**
     * Creates the miss path of a cache.
     *
     * @param clock measures waits and throttles logs
     */
    public MissPath(
            EngineComponents<K, V> components, LoaderInvoker calls, RefreshAhead<K, V> refresh, NanoClock clock) {
        this.singleFlights = components.singleFlights();
        this.record = components.record();
        this.locks = components.locks();
        this.joinsReads = components.joinsReads();
        this.loads = new LoadPath<>(components, calls, clock);
        this.calls = calls;
        this.refresh = refresh;
        this.verification = components.verification();
        this.lookupsLoad = calls.options().readThrough() && components.source().loads();
        this.expiry = components.expiry();
        this.storeByValue = components.storeByValue();
        this.counters = components.counters();
    }

    /** Fetches one key for a lookup. */
    public FetchResult<V> one(K suppliedKey) {
        if (!joinsReads) {
            ReadResult<V> read = record.read(suppliedKey, FillTicket.unfillable(), readAccessNanos(LoadPurpose.LOOKUP));
            Entry<V> entry = read.entry();
            if (entry != null) {
                return foundUnshared(suppliedKey, entry, read.local());
            }
            if (!lookupsLoad) {
                return countMiss();
            }
        }
        K key = storeByValue.key(suppliedKey);
        if (locks.isHeldByMe(key)) {
            return fetchUnshared(key);
        }
        PendingNotifications notifications = new PendingNotifications();
        FetchResult<V> fetched = fetchShared(key, mine -> fetchOwned(key, mine, notifications));
        notifications.deliverAll();
        return fetched;
    }

    /** Fetches a key on one thread of this node; concurrent callers wait for its result. */
    private FetchResult<V> fetchShared(K key, Function<SingleFlight<FetchResult<V>>, FetchResult<V>> fetch) {
        SingleFlight<FetchResult<V>> mine = singleFlights.prepare();
        SingleFlight<FetchResult<V>> singleFlight = singleFlights.join(key, mine);
        if (singleFlight != mine) {
            return joined(key, singleFlight);
        }
        FetchResult<V> fetched;
        try {
            fetched = fetch.apply(mine);
        } catch (Throwable failure) {
            singleFlights.fail(key, mine, failure);
            throw failure;
        }
        singleFlights.complete(key, mine, fetched);
        return fetched;
    }

    /**
     * Fetches one key for a caller that creates a missing value itself, and counts the miss; null if no tier has the
     * key.
     */
    @Nullable
    public V find(K suppliedKey) {
        // If lookups load, callers that join a fetch expect it to load.
        if (!joinsReads || lookupsLoad) {
            return valueOf(read(suppliedKey, FillTicket.unfillable()));
        }
        K key = storeByValue.key(suppliedKey);
        if (locks.isHeldByMe(key)) {
            return null;
        }
        return fetchShared(key, mine -> {
                    FetchResult<V> found = read(key, mine.ticket());
                    return found == null ? FetchResult.nothing() : found;
                })
                .value();
    }

    private static <V> @Nullable V valueOf(@Nullable FetchResult<V> found) {
        return found == null ? null : found.value();
    }

    FetchResult<V> joined(K key, SingleFlight<FetchResult<V>> singleFlight) {
        if (singleFlight.isOwnedByMe()) {
            if (singleFlight.isPostponed()) {
                return fetchUnshared(key);
            }
            throw new CacheException(
                    "recursive load: the cache loader asked its own cache for the key that it is loading, " + key);
        }
        counters.coalesced();
        FetchResult<V> result = calls.<@Nullable FetchResult<V>>whileOthersLoad(
                () -> singleFlights.await(singleFlight, calls.options().othersWait()));
        if (result == null) {
            // Two loads that need each other's keys would never end: this thread loads by itself and stores nothing.
            return singleFlight.isCancelled() ? one(key) : fetchUnshared(key);
        }
        if (result.expired()) {
            counters.servedStale();
        }
        return result;
    }

    FetchResult<V> fetchUnshared(K key) {
        FetchResult<V> found = read(key, FillTicket.unfillable());
        if (found == null) {
            counters.missed();
        }
        return found != null ? found : lookupsLoad ? loads.unshared(key) : FetchResult.nothing();
    }

    private FetchResult<V> fetchOwned(
            K key, SingleFlight<FetchResult<V>> singleFlight, PendingNotifications notifications) {
        // Without shared reads the key was read before, and the load grant checks for an entry once more.
        ReadResult<V> read = joinsReads
                ? record.read(key, singleFlight.ticket(), readAccessNanos(LoadPurpose.LOOKUP))
                : new ReadResult<>(null, false);
        Entry<V> entry = read.entry();
        if (entry != null) {
            return found(key, entry, read.local(), LoadPurpose.LOOKUP);
        }
        counters.missed();
        Set<K> localKeys = read.local() ? Set.of(key) : Set.of();
        return lookupsLoad ? loads.one(key, singleFlight, localKeys, notifications) : FetchResult.nothing();
    }

    FetchResult<V> countMiss() {
        counters.missed();
        return FetchResult.nothing();
    }

    private @Nullable FetchResult<V> read(K key, FillTicket ticket) {
        ReadResult<V> read = record.read(key, ticket, readAccessNanos(LoadPurpose.LOOKUP));
        Entry<V> entry = read.entry();
        return entry == null ? null : found(key, entry, read.local(), LoadPurpose.LOOKUP);
    }

    /** Takes an entry of the tier of record; for a lookup that is an access. */
    FetchResult<V> found(K key, Entry<V> entry, boolean local, LoadPurpose purpose) {
        if (purpose == LoadPurpose.LOOKUP) {
            if (!expiry.isConstant()) {
                record.touch(key, entry, expiry);
            }
            if (refresh.isOn()) {
                refresh.read(key, entry);
            }
        }
        if (!local) {
            counters.remoteHit();
            if (verification != null) {
                verification.readRemote(key);
            }
        }
        return FetchResult.hit(entry.value());
    }

    /**
     * As {@link #found}, for a lookup that shares its read with no other and keeps nothing near. A refresh in the
     * background keeps the entry.
     */
    FetchResult<V> foundUnshared(K key, Entry<V> entry, boolean local) {
        FetchResult<V> found = found(key, entry, local, LoadPurpose.LOOKUP);
        return local || refresh.isOn() ? found : FetchResult.unsharedHit(entry.value());
    }

    /** Returns the lifetime that a read of the tier of record gives; a custom policy is called after a hit only. */
    long readAccessNanos(LoadPurpose purpose) {
        return expiry.isConstant() && purpose == LoadPurpose.LOOKUP ? expiry.accessNanos() : Lifetime.UNCHANGED;
    }

    boolean lookupsLoad() {
        return lookupsLoad;
    }

    LoadPath<K, V> loads() {
        return loads;
    }

    LoadExecutor executor() {
        return calls.options().executor();
    }
}
