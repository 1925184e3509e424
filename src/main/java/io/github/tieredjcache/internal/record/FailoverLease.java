package io.github.tieredjcache.internal.record;

import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Mutation;
import io.github.tieredjcache.internal.model.Outcome;
import io.github.tieredjcache.internal.model.Precondition;
import io.github.tieredjcache.internal.port.Lease;
import java.util.function.Supplier;
import javax.cache.CacheException;
import org.jspecify.annotations.Nullable;

/** A lease of Redis that may come to be without Redis. */
final class FailoverLease<K, V> implements Lease<K, V> {
    private final K key;
    private final Lease<K, V> lease;
    private final OutageTolerantTierOfRecord<K, V> record;
    // Once Redis has failed it, what is changed under the lease is changed here.
    private volatile boolean cutOff;

    FailoverLease(K key, Lease<K, V> lease, OutageTolerantTierOfRecord<K, V> record) {
        this.key = key;
        this.lease = lease;
        this.record = record;
    }

    @Override
    public @Nullable Entry<V> before() {
        return lease.before();
    }

    @Override
    public Prepared<V> prepare(@Nullable V value) {
        if (!cutOff) {
            try {
                return lease.prepare(value);
            } catch (CacheException e) {
                cutOff(e, false);
            }
        }
        return new Kept<>(value);
    }

    private void cutOff(CacheException failure, boolean committing) {
        record.cutOff(key, failure, committing);
        cutOff = true;
    }

    @Override
    public Outcome<V> save(Prepared<V> change, long lifetimeNanos) {
        if (!cutOff) {
            try {
                return lease.save(change, lifetimeNanos);
            } catch (CacheException e) {
                cutOff(e, true);
            }
        }
        return changeHere(change, lifetimeNanos);
    }

    @Override
    public Supplier<Outcome<V>> beginCommit(Prepared<V> change, long lifetimeNanos) {
        if (cutOff) {
            return () -> {
                try {
                    return changeHere(change, lifetimeNanos);
                } finally {
                    lease.release();
                }
            };
        }
        Supplier<Outcome<V>> answer = lease.beginCommit(change, lifetimeNanos);
        return () -> {
            try {
                return answer.get();
            } catch (CacheException e) {
                cutOff(e, true);
            }
            return changeHere(change, lifetimeNanos);
        };
    }

    private Outcome<V> changeHere(Prepared<V> change, long lifetimeNanos) {
        Entry<V> before = lease.before();
        Outcome<V> outcome = record.changeHeld(
                new Mutation<>(key, Precondition.ALWAYS, change.value(), lifetimeNanos, lifetimeNanos, false, false));
        return new Outcome<>(true, before != null, before, outcome.after());
    }

    @Override
    public void release() {
        lease.release();
    }

    @Override
    public void abandon() {
        record.missed(key);
        lease.abandon();
    }

    /** A value that is not to go to Redis. */
    private record Kept<V>(@Nullable V value) implements Lease.Prepared<V> {}
}
