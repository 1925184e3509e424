package io.github.tieredjcache.internal.engine;

import io.github.tieredjcache.LeaseLostException;
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
import io.github.tieredjcache.internal.port.TierOfRecord;
import io.github.tieredjcache.internal.source.Source;
import io.github.tieredjcache.internal.stats.Statistics;
import io.github.tieredjcache.internal.stats.TierCounters;
import org.jspecify.annotations.Nullable;

/**
 * The path of one operation on one key: it is decided, committed and published.
 *
 * <p>There are three routes, each atomic. The tier of record decides by itself if it can. Else the operation is
 * decided on a snapshot and committed by compare-and-set. Else, if user code must run in between, it is decided and
 * committed under the key's lease.
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
        this.storeByValue = components.storeByValue();
        this.publisher = components.publisher();
        this.statistics = components.statistics();
        this.counters = components.counters();
    }

    /** Runs an operation on a key. */
    OperationResult<V> write(K suppliedKey, CacheOperation<V> suppliedOperation) {
        long startNanos = statistics.start();
        K key = storeByValue.key(suppliedKey);
        CacheOperation<V> operation = copied(suppliedOperation);
        Outcome<V> outcome = commit(key, operation);
        if (operation.countsLookup()) {
            statistics.lookedUp(outcome.existed() ? 1 : 0, outcome.existed() ? 0 : 1, startNanos);
        }
        if (outcome.applied()) {
            publish(key, operation, outcome, startNanos);
        }
        V old = operation.returnsOld() ? storeByValue.outOf(outcome.before()) : null;
        return new OperationResult<>(outcome.applied(), outcome.existed(), old);
    }

    /** Stores the cache's own instance of a value, or drops it; calls neither listeners nor the writer. */
    Outcome<V> storeSilently(K key, V value, boolean dropsValue) {
        CacheOperation<V> put = CacheOperation.put(value);
        return decideAndCommit(key, dropsValue ? put.droppingValue() : put);
    }

    private Outcome<V> commit(K key, CacheOperation<V> operation) {
        return source.writes() ? underLease(key, operation, true) : decideAndCommit(key, operation);
    }

    private Outcome<V> decideAndCommit(K key, CacheOperation<V> operation) {
        return operation.needsValue() || !expiry.isConstant() ? onSnapshot(key, operation) : direct(key, operation);
    }

    /** Lets the tier of record decide. */
    private Outcome<V> direct(K key, CacheOperation<V> operation) {
        return record.apply(
                mutation(key, operation, operation.precondition(), expiry.creationNanos(), expiry.updateNanos()));
    }

    /** Decides on the entry that this node has read; the tier of record checks that the entry is unchanged. */
    private Outcome<V> onSnapshot(K key, CacheOperation<V> operation) {
        MemoizedExpiry memoized = new MemoizedExpiry(expiry);
        Entry<V> seen = store.find(key);
        if (seen == null || !operation.actsOn(seen)) {
            // The near copy may be old: only the tier of record decides that there is nothing to do.
            seen = read(key);
        }
        for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
            if (!operation.actsOn(seen)) {
                return notApplied(key, operation, seen);
            }
            long lifetime = operation.value() == null ? Lifetime.UNCHANGED : memoized.lifetime(seen != null);
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

    /** Decides under the key's lease, and calls the writer, if {@code callsWriter}, before anything changes. */
    private Outcome<V> underLease(K key, CacheOperation<V> operation, boolean callsWriter) {
        Lease<K, V> lease = record.lease(key);
        Entry<V> before = lease.before();
        Outcome<V> outcome;
        boolean committing = false;
        try {
            if (!operation.actsOn(before)) {
                return notApplied(key, operation, before);
            }
            V value = operation.value();
            long lifetime = value == null ? Lifetime.UNCHANGED : new MemoizedExpiry(expiry).lifetime(before != null);
            Prepared<V> prepared = lease.prepare(operation.keptValue());
            if (callsWriter) {
                callWriter(key, value);
            }
            committing = true;
            outcome = lease.commit(prepared, lifetime);
        } catch (LeaseLostException e) {
            if (!committing || !callsWriter || operation.returnsResult()) {
                throw e;
            }
            // The source has the value and the entry was removed: the next lookup loads from the source.
            counters.writeVoided();
            return new Outcome<>(true, before != null, before, null);
        } finally {
            if (!committing) {
                lease.release();
            }
        }
        // A put that needs no lease may have overtaken this change; then this change happened just before the put.
        return new Outcome<>(true, before != null, before, outcome.after());
    }

    private void callWriter(K key, @Nullable V value) {
        if (value == null) {
            source.delete(storeByValue.key(key));
        } else {
            source.write(storeByValue.key(key), storeByValue.out(value));
        }
    }

    private Outcome<V> notApplied(K key, CacheOperation<V> operation, @Nullable Entry<V> seen) {
        if (operation.needsValue() && seen != null) {
            // A comparison with the value is an access to the entry.
            record.touch(key, seen, expiry);
        }
        return new Outcome<>(false, seen != null, seen, null);
    }

    private @Nullable Entry<V> read(K key) {
        return record.read(key, FillTicket.unfillable(), Lifetime.UNCHANGED).entry();
    }

    private Mutation<K, V> mutation(
            K key, CacheOperation<V> operation, Precondition precondition, long creationNanos, long updateNanos) {
        boolean wantsOld = operation.returnsOld() || publisher.wantsOld();
        return new Mutation<>(
                key,
                precondition,
                operation.keptValue(),
                creationNanos,
                updateNanos,
                operation.returnsResult(),
                wantsOld);
    }

    private CacheOperation<V> copied(CacheOperation<V> operation) {
        V value = operation.value();
        if (value == null) {
            return operation;
        }
        V instance = storeByValue.in(value);
        return instance == null ? operation.droppingValue() : operation.withValue(instance);
    }

    private void publish(K key, CacheOperation<V> operation, Outcome<V> outcome, long startNanos) {
        V value = operation.value();
        if (value == null) {
            publisher.removed(key, outcome, startNanos);
        } else {
            publisher.stored(key, value, outcome, startNanos);
        }
    }
}
