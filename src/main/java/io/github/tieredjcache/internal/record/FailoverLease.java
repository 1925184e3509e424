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
    private final Fallback<K, V> fallback;
    // From then on changes under the lease are made locally.
    private volatile boolean remoteFailed;

    FailoverLease(K key, Lease<K, V> lease, Fallback<K, V> fallback) {
        this.key = key;
        this.lease = lease;
        this.fallback = fallback;
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
        fallback.markRemoteFailed(key, failure, committing);
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
        Outcome<V> outcome = fallback.applyHeld(
                new Mutation<>(key, Precondition.ALWAYS, change.value(), lifetimeNanos, lifetimeNanos, false, false));
        return new Outcome<>(true, before != null, before, outcome.after());
    }

    @Override
    public void release() {
        lease.release();
    }

    @Override
    public void abandon() {
        fallback.journalKey(key);
        lease.abandon();
    }

    /** Goes on locally for a caller that holds the key exclusively. */
    interface Fallback<K, V> {
        /**
         * Handles a failure of Redis under a lease: journals the key, so that the lease goes on locally.
         *
         * @param committing whether the source may have been changed by now
         * @throws CacheException the failure, if its cause is not Redis or by the policy {@code fail}
         */
        void markRemoteFailed(K key, CacheException failure, boolean committing);

        /**
         * Adds a key to the journal whose change may not have reached Redis, and was made in the source or locally.
         * With neither, the caller has an exception that calls the outcome unknown, and nothing else needs to be done.
         */
        void journalKey(K key);

        /** Applies a mutation locally. */
        Outcome<V> applyHeld(Mutation<K, V> mutation);
    }

    /** A value that is stored locally, not in Redis. */
    private record LocalValue<V>(@Nullable V value) implements Lease.Prepared<V> {}
}
