package io.github.tieredjcache.internal.port;

import io.github.tieredjcache.internal.model.Version;

/**
 * A change under a write lease.
 *
 * @param id of the lease
 * @param value null for a removal
 * @param keepsLease whether more changes follow
 * @param isDoubtful whether the entry is removed if the lease was lost, since the source has the value
 */
record FakeCommit(
        String key,
        Object id,
        String value,
        Version version,
        long lifetimeNanos,
        boolean keepsLease,
        boolean isDoubtful) {}
