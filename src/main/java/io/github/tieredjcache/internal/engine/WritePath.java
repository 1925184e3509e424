package io.github.tieredjcache.internal.engine;

import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.engine.common.EngineComponents;
import io.github.tieredjcache.internal.engine.common.MemoizedExpiry;
import io.github.tieredjcache.internal.engine.common.Publisher;
import io.github.tieredjcache.internal.engine.common.StoreByValue;
import io.github.tieredjcache.internal.model.CacheOperation;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Expiry;
import io.github.tieredjcache.internal.model.Lifetime;
import io.github.tieredjcache.internal.model.Mutation;
import io.github.tieredjcache.internal.model.Outcome;
import io.github.tieredjcache.internal.model.Precondition;
import io.github.tieredjcache.internal.near.NearStore;
import io.github.tieredjcache.internal.port.Lease;
import io.github.tieredjcache.internal.port.Lease.Prepared;
import io.github.tieredjcache.internal.port.LeaseLostException;
import io.github.tieredjcache.internal.port.TierOfRecord;
import io.github.tieredjcache.internal.source.Source;
import io.github.tieredjcache.internal.stats.Statistics;
import io.github.tieredjcache.internal.stats.TierCounters;
import org.jspecify.annotations.Nullable;

/**
 * How one verb on one key is decided, committed and told.
 *
 * <p>Three routes, each atomic: the tier of record decides by itself where it can; else the verb is decided on a
 * snapshot and committed by compare-and-set; else, where user code must run in between, under the key's lease.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
final class WritePath<K, V> {
    /** After so many lost compare-and-sets the key is leased, so that every call ends. */
    private static final int ATTEMPTS_MAX = 8;

    private final NearStore<K, V> store;
    private final TierOfRecord<K, V> record;
    private final Source<K, V> source;
    private final Expiry expiry;
    private final StoreByValue<K, V> storeByValue;
    private final Publisher<K, V> publisher;
    private final Statistics statistics;
    private final TierCounters counters;

    WritePath(EngineComponents<K, V> components) {
        this.store = components.store();
        this.record = components.record();
        this.source = components.source();
        this.expiry = components.expiry();
        this.storeByValue = components.isolation();
        this.publisher = components.publisher();
        this.statistics = components.statistics();
        this.counters = components.counters();
    }

    /** Runs a verb on a key. */
    OperationResult<V> write(K callersKey, CacheOperation<V> callersVerb) {
        long startNanos = statistics.start();
        K key = storeByValue.key(callersKey);
        CacheOperation<V> operation = isolated(callersVerb);
        Outcome<V> outcome = commit(key, operation);
        if (operation.countsLookup()) {
            statistics.lookedUp(outcome.existed() ? 1 : 0, outcome.existed() ? 0 : 1, startNanos);
        }
        if (outcome.applied()) {
            tell(key, operation, outcome, startNanos);
        }
        V old = operation.returnsOld() ? storeByValue.outOf(outcome.before()) : null;
        return new OperationResult<>(outcome.applied(), outcome.existed(), old);
    }

    /** Stores the cache's own instance of a value; tells nobody, the writer neither. */
    Outcome<V> storeUntold(K key, V value) {
        return decideAndCommit(key, CacheOperation.put(value));
    }

    private Outcome<V> commit(K key, CacheOperation<V> operation) {
        return source.writes() ? underLease(key, operation, true) : decideAndCommit(key, operation);
    }

    private Outcome<V> decideAndCommit(K key, CacheOperation<V> operation) {
        return operation.needsValue() || !expiry.isConstant() ? onSnapshot(key, operation) : direct(key, operation);
    }

    /** The tier of record decides. */
    private Outcome<V> direct(K key, CacheOperation<V> operation) {
        return record.apply(mutation(key, operation, operation.precondition(), expiry.creationNanos(), expiry.updateNanos()));
    }

    /** This node decides on what it has seen, and the tier of record checks that it still holds. */
    private Outcome<V> onSnapshot(K key, CacheOperation<V> operation) {
        MemoizedExpiry asked = new MemoizedExpiry(expiry);
        Entry<V> seen = store.find(key);
        if (seen == null || !operation.actsOn(seen)) {
            // The near tier only guesses: that there is nothing to do is decided by the tier of record.
            seen = read(key);
        }
        for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
            if (!operation.actsOn(seen)) {
                return refused(key, operation, seen);
            }
            long lifetime = operation.value() == null ? Lifetime.UNCHANGED : asked.lifetime(seen != null);
            Outcome<V> outcome =
                    record.apply(mutation(key, operation, Precondition.unchanged(seen), lifetime, lifetime));
            if (outcome.applied()) {
                return seen == null ? outcome : new Outcome<>(true, true, seen, outcome.after());
            }
            counters.conflicted();
            seen = outcome.before();
        }
        return underLease(key, operation, false);
    }

    /** This node decides while nobody else can, and tells the writer, if it shall be told, before anything changes. */
    private Outcome<V> underLease(K key, CacheOperation<V> operation, boolean tellingWriter) {
        Lease<K, V> lease = record.lease(key);
        Entry<V> before = lease.before();
        Outcome<V> outcome;
        boolean committing = false;
        try {
            if (!operation.actsOn(before)) {
                return refused(key, operation, before);
            }
            V value = operation.value();
            long lifetime = value == null ? Lifetime.UNCHANGED : new MemoizedExpiry(expiry).lifetime(before != null);
            Prepared<V> prepared = lease.prepare(value);
            if (tellingWriter) {
                tellWriter(key, value);
            }
            committing = true;
            outcome = lease.commit(prepared, lifetime);
        } catch (LeaseLostException e) {
            if (!committing || !tellingWriter || operation.returnsResult()) {
                throw e;
            }
            // The source has it, and the entry is gone: whoever looks next asks the source.
            counters.writeVoided();
            return new Outcome<>(true, before != null, before, null);
        } finally {
            if (!committing) {
                lease.release();
            }
        }
        // Overtaken by a write that waits for nobody: this one then happened just before it.
        return new Outcome<>(true, before != null, before, outcome.after());
    }

    private void tellWriter(K key, @Nullable V value) {
        if (value == null) {
            source.delete(storeByValue.key(key));
        } else {
            source.write(storeByValue.key(key), storeByValue.out(value));
        }
    }

    private Outcome<V> refused(K key, CacheOperation<V> operation, @Nullable Entry<V> seen) {
        if (operation.needsValue() && seen != null && expiry.mayTouch()) {
            // Comparing with a value is an access to it.
            long access = expiry.accessNanos();
            if (access != Lifetime.UNCHANGED) {
                record.touch(key, seen, access);
            }
        }
        return new Outcome<>(false, seen != null, seen, null);
    }

    private @Nullable Entry<V> read(K key) {
        return record.read(key, FillTicket.unfillable(), Lifetime.UNCHANGED);
    }

    private Mutation<K, V> mutation(
            K key, CacheOperation<V> operation, Precondition precondition, long creationNanos, long updateNanos) {
        boolean wantsOld = operation.returnsOld() || publisher.wantsOld();
        return new Mutation<>(
                key, precondition, operation.value(), creationNanos, updateNanos, operation.returnsResult(), wantsOld);
    }

    private CacheOperation<V> isolated(CacheOperation<V> operation) {
        V value = operation.value();
        return value == null ? operation : operation.withValue(storeByValue.in(value));
    }

    private void tell(K key, CacheOperation<V> operation, Outcome<V> outcome, long startNanos) {
        V value = operation.value();
        if (value == null) {
            publisher.removed(key, outcome, startNanos);
        } else {
            publisher.stored(key, value, outcome, startNanos);
        }
    }
}
