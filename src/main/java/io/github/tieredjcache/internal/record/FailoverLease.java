package io.github.tieredjcache.internal.record;

import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Outcome;
import io.github.tieredjcache.internal.port.Lease;
import java.util.function.Supplier;
import javax.cache.CacheException;
import org.jspecify.annotations.Nullable;

/**
 * A lease in Redis that goes on locally when Redis fails. It is one of this node from the beginning, so that what other
 * threads change here in an outage is not overwritten.
 */
final class FailoverLease<K, V> implements Lease<K, V> {
    private final K key;
    private final Lease<K, V> lease;
    private final Lease<K, V> local;
    private final Failover<K> failover;
    // From then on changes under the lease are made locally.
    private volatile boolean remoteFailed;

    FailoverLease(K key, Lease<K, V> lease, Lease<K, V> local, Failover<K> failover) {
        this.key = key;
        this.lease = lease;
        this.local = local;
        this.failover = failover;
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
        return local.prepare(value);
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
                    release();
                }
            };
        }
        Supplier<Outcome<V>> remoteOutcome = lease.beginCommit(change, lifetimeNanos);
        return () -> {
            try {
                return remoteOutcome.get();
            } catch (CacheException e) {
                markRemoteFailed(e, true);
                return changeLocally(change, lifetimeNanos);
            } finally {
                local.release();
            }
        };
    }

    /** Makes a change on this node, which may have been prepared for Redis. */
    private Outcome<V> changeLocally(Prepared<V> change, long lifetimeNanos) {
        return local.save(local.prepare(change.value()), lifetimeNanos);
    }

    @Override
    public void release() {
        local.release();
        lease.release();
    }

    @Override
    public void abandon() {
        failover.journalKey(key);
        local.release();
        lease.abandon();
    }
}
