package io.github.tieredjcache.internal.engine.common;

import io.github.tieredjcache.internal.model.Expiry;

/** The lifetime that one write gives; the policy is called at most once for creation and once for update. */
public final class MemoizedExpiry {
    private static final long NOT_ASKED = Long.MIN_VALUE;

    private final Expiry expiry;
    private long creationNanos = NOT_ASKED;
    private long updateNanos = NOT_ASKED;

    public MemoizedExpiry(Expiry expiry) {
        this.expiry = expiry;
    }

    /** Returns the lifetime of an entry that replaces another one, or of a new one. */
    public long lifetime(boolean replaces) {
        if (replaces) {
            updateNanos = updateNanos == NOT_ASKED ? expiry.updateNanos() : updateNanos;
            return updateNanos;
        }
        creationNanos = creationNanos == NOT_ASKED ? expiry.creationNanos() : creationNanos;
        return creationNanos;
    }
}
