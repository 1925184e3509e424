package io.github.tieredjcache.internal.engine;

import io.github.tieredjcache.internal.entry.Expiry;

/** The lifetime that one write gives, asked of the policy at most once for creation and once for update. */
final class AskedExpiry {
    private static final long NOT_ASKED = Long.MIN_VALUE;

    private final Expiry expiry;
    private long creationNanos = NOT_ASKED;
    private long updateNanos = NOT_ASKED;

    AskedExpiry(Expiry expiry) {
        this.expiry = expiry;
    }

    /** Returns the lifetime of an entry that replaces another one, or of a new one. */
    long lifetime(boolean replaces) {
        if (replaces) {
            updateNanos = updateNanos == NOT_ASKED ? expiry.updateNanos() : updateNanos;
            return updateNanos;
        }
        creationNanos = creationNanos == NOT_ASKED ? expiry.creationNanos() : creationNanos;
        return creationNanos;
    }
}
