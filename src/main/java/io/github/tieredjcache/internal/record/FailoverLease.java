package io.github.tieredjcache.internal.record;

import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Mutation;
import io.github.tieredjcache.internal.model.Outcome;
import io.github.tieredjcache.internal.model.Precondition;
import io.github.tieredjcache.internal.port.Lease;
import java.util.function.Supplier;
import javax.cache.CacheException;
import org.jspecify.annotations.Nullable;

/** A lease in Redis that goes on locally when Redis fails. */
final class FailoverLease<K, V> implements Lease<K, V> {
    private final K key;
    private final Lease<K, V> lease;
    private final Failover<K> failover;
    private final LocalAnswers<K, V> local;
    // From then on changes under the lease are made locally.
    private volatile boolean remoteFailed;

    FailoverLease(K key, Lease<K, V> lease, Failover<K> failover, LocalAnswers<K, V> local) {
        this.key = key;
        this.lease = lease;
        this.failover = failover;
        this.local = local;
    }

    @Override
    public @Nullable Entry<V> before() {
        return lease.before();
    }

    @Override
    public Prepared<V> prepare(@Nullable V value) {
        if (!remoteFailed) {
            try {
                return lease.prepare(value);
            } catch (CacheException e) {
                markRemoteFailed(e, false);
            }
        }
        return new LocalValue<>(value);
    }

    private void markRemoteFailed(CacheException failure, boolean committing) {
        failover.leaseFailed(key, failure, committing);
        remoteFailed = true;
    }

    @Override
    public Outcome<V> save(Prepared<V> change, long lifetimeNanos) {
        if (!remoteFailed) {
            try {
                return lease.save(change, lifetimeNanos);
            } catch (CacheException e) {
                markRemoteFailed(e, true);
            }
        }
        return changeLocally(change, lifetimeNanos);
    }

    @Override
    public Supplier<Outcome<V>> beginCommit(Prepared<V> change, long lifetimeNanos) {
        if (remoteFailed) {
            return () -> {
                try {
                    return changeLocally(change, lifetimeNanos);
                } finally {
                    lease.release();
                }
            };
        }
        Supplier<Outcome<V>> remoteOutcome = lease.beginCommit(change, lifetimeNanos);
        return () -> {
            try {
                return remoteOutcome.get();
            } catch (CacheException e) {
                markRemoteFailed(e, true);
            }
            return changeLocally(change, lifetimeNanos);
        };
    }

    private Outcome<V> changeLocally(Prepared<V> change, long lifetimeNanos) {
        Entry<V> before = lease.before();
        Outcome<V> outcome = local.applyHeld(
                new Mutation<>(key, Precondition.ALWAYS, change.value(), lifetimeNanos, lifetimeNanos, false, false));
        return new Outcome<>(true, before != null, before, outcome.after());
    }

    @Override
    public void release() {
        lease.release();
    }

    @Override
    public void abandon() {
        failover.journalKey(key);
        lease.abandon();
    }

    /** A value that is stored locally, not in Redis. */
    private record LocalValue<V>(@Nullable V value) implements Lease.Prepared<V> {}
}
