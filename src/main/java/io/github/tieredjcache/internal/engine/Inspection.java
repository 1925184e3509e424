package io.github.tieredjcache.internal.engine;

import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.engine.verification.Mismatches.Mismatch;
import io.github.tieredjcache.internal.engine.verification.SourceVerification;
import io.github.tieredjcache.internal.engine.verification.Verification;
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
 * The operations of an engineer on call on one cache. They are not counted, not reported to listeners, load nothing,
 * and call no writer. Safe for use by many threads.
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
     * The components of a shared cache.
     *
     * @param remote reads entries in Redis
     * @param journaled whether a key is in the recovery journal, and is not read from Redis
     * @param dropNear drops all near copies
     * @param verification compares a sample of the hits with the tier behind; null if that is off
     */
    public record Shared<K>(
            RemoteInspector<K> remote,
            Predicate<K> journaled,
            Runnable dropNear,
            @Nullable Verification<K, ?> verification) {}

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

    /** Returns whether the key is in the recovery journal, and is not read from Redis. */
    public boolean isJournaled(K key) {
        return shared != null && shared.journaled.test(key);
    }

    /**
     * Returns a description of a key's entry in Redis, null for a cache in memory only.
     *
     * @throws javax.cache.CacheException if Redis is unavailable
     */
    public @Nullable RemoteEntryInfo remote(K key) {
        return shared == null ? null : shared.remote.inspect(key);
    }

    /** Returns a description of a key's entry in memory, null if there is none. */
    public @Nullable NearEntryInfo near(K key) {
        Entry<V> entry = store.peek(key);
        if (entry == null) {
            return null;
        }
        long nowNanos = clock.nanos();
        FillTicket ticket = entry.ticket();
        return new NearEntryInfo(
                entry.version(),
                ticket == null ? UNKNOWN : TimeUnit.NANOSECONDS.toMillis(nowNanos - ticket.takenNanos()),
                entry.isEternal() ? UNKNOWN : TimeUnit.NANOSECONDS.toMillis(entry.deadlineNanos() - nowNanos),
                entry.isCurrent(),
                entry.isExpiredAt(nowNanos) || entry.isKeptTooLongAt(nowNanos),
                store.isProvenAt(entry, nowNanos));
    }

    /**
     * Removes a key from all tiers except the source, for all nodes; loads of the key in progress store nothing.
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
     * Drops all near copies of this node.
     *
     * @throws IllegalStateException if there is no Redis: the entries in memory are no copies then
     */
    public void dropNear() {
        requireShared().dropNear.run();
    }

    /**
     * Counts the cache's entries in Redis.
     *
     * @throws IllegalStateException if there is no Redis
     */
    public RemoteInspector.KeyCount countRemote(long keysMax) {
        return requireShared().remote.count(keysMax);
    }

    /** Returns the keys whose value in Redis differs from the source, as far as the verification has found them. */
    public List<Mismatch<K>> mismatches() {
        Verification<K, ?> verification = shared == null ? null : shared.verification;
        SourceVerification<K, ?> source = verification == null ? null : verification.source();
        return source == null ? List.of() : source.mismatches();
    }

    private Shared<K> requireShared() {
        if (shared == null) {
            throw new IllegalStateException("the cache has no Redis (redis.uri): it holds its entries in memory only");
        }
        return shared;
    }

    /** Returns the keys that this node has read most, the hottest first. */
    public List<K> hottest(int keysMax) {
        return store.hottest(keysMax);
    }

    /**
     * A description of one key's entry in memory.
     *
     * @param version of the entry
     * @param ageMillis the time since its ticket was taken; -1 if it is no copy
     * @param remainingMillis the time until it expires; -1 if it never does
     * @param isCurrent whether no change of the key was received
     * @param isExpired whether it has expired or has reached its maximum time in the near tier
     * @param proven whether a change would have been received, within the staleness bound
     */
    public record NearEntryInfo(
            Version version,
            long ageMillis,
            long remainingMillis,
            boolean isCurrent,
            boolean isExpired,
            boolean proven) {
        /** Returns whether reads return this entry. */
        public boolean isVisible() {
            return isCurrent && !isExpired && proven;
        }
    }
}
