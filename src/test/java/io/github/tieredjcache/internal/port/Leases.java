package io.github.tieredjcache.internal.port;

import io.github.tieredjcache.internal.model.Lifetime;
import io.github.tieredjcache.internal.model.Outcome;
import org.jspecify.annotations.Nullable;

/** Changes under leases, in one step. */
public final class Leases {
    private Leases() {}

    /** Prepares and commits a value that does not expire, or a removal. */
    public static <V> Outcome<V> commit(Lease<?, V> lease, @Nullable V value) {
        return commit(lease, value, Lifetime.ETERNAL);
    }

    /** Prepares and commits a value with a lifetime. */
    public static <V> Outcome<V> commit(Lease<?, V> lease, @Nullable V value, long lifetimeNanos) {
        return lease.commit(lease.prepare(value), lifetimeNanos);
    }
}
