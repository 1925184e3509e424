package io.github.tieredjcache.internal.engine;

import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Lifetime;
import io.github.tieredjcache.internal.model.Mutation;
import io.github.tieredjcache.internal.model.Outcome;
import io.github.tieredjcache.internal.model.Precondition;
import io.github.tieredjcache.internal.model.Version;
import io.github.tieredjcache.internal.near.NearStore;
import io.github.tieredjcache.internal.port.RemoteEntryInfo;
import io.github.tieredjcache.internal.port.RemoteInspector;
import io.github.tieredjcache.internal.port.TierOfRecord;
import io.github.tieredjcache.internal.support.NanoClock;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a person on call asks of one cache, beside its traffic: nothing of it is counted, told to listeners, loaded, or written to the
 * source. Safe for use by many threads.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
public final class Inspection<K, V> {
    private static final long UNKNOWN = -1;

    private final NearStore<K, V> store;
    private final TierOfRecord<K, V> record;
    private final @Nullable Shared<K> shared;
    private final NanoClock clock;

    /**
     * What a shared cache has beside.
     *
     * @param remote looks into Redis
     * @param missed whether Redis has missed a change of a key, and is not asked for it
     * @param forgetNear drops all near copies
     */
    public record Shared<K>(RemoteInspector<K> remote, Predicate<K> missed, Runnable forgetNear) {}

    /**
     * Creates an inspection.
     *
     * @param shared null for a cache in memory only
     */
    public Inspection(NearStore<K, V> store, TierOfRecord<K, V> record, @Nullable Shared<K> shared, NanoClock clock) {
        this.store = store;
        this.record = record;
        this.shared = shared;
        this.clock = clock;
    }

    /** Returns whether Redis has missed a change of the key, and is not asked for it. */
    public boolean isJournaled(K key) {
        return shared != null && shared.missed.test(key);
    }

    /**
     * Returns what Redis has of a key, null for a cache in memory only.
     *
     * @throws javax.cache.CacheException if Redis cannot be asked
     */
    public @Nullable RemoteEntryInfo remote(K key) {
        return shared == null ? null : shared.remote.look(key);
    }

    /** Returns what memory has of a key, null if it has nothing. */
    public @Nullable NearSight near(K key) {
        Entry<V> entry = store.peek(key);
        if (entry == null) {
            return null;
        }
        long nowNanos = clock.nanos();
        FillTicket ticket = entry.ticket();
        return new NearSight(
                entry.version(),
                ticket == null ? UNKNOWN : TimeUnit.NANOSECONDS.toMillis(nowNanos - ticket.takenNanos()),
                entry.isEternal() ? UNKNOWN : TimeUnit.NANOSECONDS.toMillis(entry.deadlineNanos() - nowNanos),
                entry.isCurrent(),
                entry.isExpiredAt(nowNanos) || entry.isKeptTooLongAt(nowNanos),
                store.areProvenAt(nowNanos));
    }

    /**
     * Removes a key from all tiers but the source, for all nodes, and has loads of it that are under way keep nothing.
     *
     * @return whether there was an entry
     * @throws javax.cache.CacheException as from a removal
     */
    public boolean invalidate(K key) {
        Outcome<V> outcome = record.apply(
                new Mutation<>(key, Precondition.ALWAYS, null, Lifetime.UNCHANGED, Lifetime.UNCHANGED, true, false));
        return outcome.existed();
    }

    /**
     * Drops what this node holds in memory of what Redis holds.
     *
     * @throws IllegalStateException if there is no Redis: memory is all there is then
     */
    public void forgetNear() {
        required().forgetNear.run();
    }

    /**
     * Counts the cache's entries in Redis.
     *
     * @throws IllegalStateException if there is no Redis
     */
    public RemoteInspector.KeyCount countRemote(long keysMax) {
        return required().remote.count(keysMax);
    }

    private Shared<K> required() {
        if (shared == null) {
            throw new IllegalStateException("the cache has no Redis (redis.uri), memory is all there is of it");
        }
        return shared;
    }

    /** Returns the keys that this node has read most, the hottest first. */
    public List<K> hottest(int keysMax) {
        return store.hottest(keysMax);
    }

    /**
     * What memory holds of one key.
     *
     * @param version of the entry
     * @param ageMillis since it was asked for; -1 if it is no copy
     * @param remainingMillis how long it lives on; -1 for ever
     * @param current whether no change was heard of
     * @param over whether its time is over
     * @param proven whether a change would have been heard of
     */
    public record NearSight(
            Version version, long ageMillis, long remainingMillis, boolean current, boolean over, boolean proven) {
        /** Returns whether reads get it. */
        public boolean isShown() {
            return current && !over && proven;
        }
    }
}
