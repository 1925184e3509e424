package io.github.tieredjcache.internal.record;

import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Outcome;
import io.github.tieredjcache.internal.port.Lease;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A lease of this node alone. The key is in the journal before anything is changed that cannot be undone. */
final class LocalLease<K, V> implements Lease<K, V> {
    private final K key;
    private final Lease<K, V> lease;
    private final LocalFallback<K, V> fallback;
    // Guarded by this.
    private boolean journaled;

    LocalLease(K key, Lease<K, V> lease, LocalFallback<K, V> fallback) {
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
        Prepared<V> prepared = lease.prepare(value);
        journalKey();
        return prepared;
    }

    /** Adds the key to the journal, whatever becomes of the lease. */
    synchronized void journalKey() {
        if (!journaled) {
            journaled = true;
            fallback.beginChange(key);
        }
    }

    private synchronized void endChange() {
        if (journaled) {
            journaled = false;
            fallback.endChange(key);
        }
    }

    @Override
    public Outcome<V> save(Prepared<V> change, long lifetimeNanos) {
        return lease.save(change, lifetimeNanos);
    }

    @Override
    public Supplier<Outcome<V>> beginCommit(Prepared<V> change, long lifetimeNanos) {
        Supplier<Outcome<V>> outcome = lease.beginCommit(change, lifetimeNanos);
        return () -> {
            try {
                return outcome.get();
            } finally {
                endChange();
            }
        };
    }

    @Override
    public void release() {
        lease.release();
        endChange();
    }

    @Override
    public void abandon() {
        lease.abandon();
        endChange();
    }
}
