package io.github.tieredjcache.internal.outage;

import io.github.tieredjcache.internal.entry.Entry;
import io.github.tieredjcache.internal.entry.Lease;
import io.github.tieredjcache.internal.entry.Outcome;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A lease of this node's own. The key is in the journal from before anything is changed that cannot be undone. */
final class OwnLease<K, V> implements Lease<K, V> {
    private final K key;
    private final Lease<K, V> lease;
    private final Island<K, V> island;
    // Guarded by this.
    private boolean journaled;

    OwnLease(K key, Lease<K, V> lease, Island<K, V> island) {
        this.key = key;
        this.lease = lease;
        this.island = island;
    }

    @Override
    public @Nullable Entry<V> before() {
        return lease.before();
    }

    @Override
    public Prepared<V> prepare(@Nullable V value) {
        Prepared<V> prepared = lease.prepare(value);
        begin();
        return prepared;
    }

    /** Has the key missed from now on, whatever comes of the lease. */
    synchronized void begin() {
        if (!journaled) {
            journaled = true;
            island.beginChange(key);
        }
    }

    private synchronized void end() {
        if (journaled) {
            journaled = false;
            island.endChange(key);
        }
    }

    @Override
    public Outcome<V> save(Prepared<V> change, long lifetimeNanos) {
        return lease.save(change, lifetimeNanos);
    }

    @Override
    public Supplier<Outcome<V>> beginCommit(Prepared<V> change, long lifetimeNanos) {
        Supplier<Outcome<V>> answer = lease.beginCommit(change, lifetimeNanos);
        return () -> {
            try {
                return answer.get();
            } finally {
                end();
            }
        };
    }

    @Override
    public void release() {
        lease.release();
        end();
    }

    @Override
    public void abandon() {
        lease.abandon();
        end();
    }
}
