package io.github.tieredjcache.internal.entry;

/**
 * When the stream of invalidations was last proven to be alive.
 *
 * <p>The server announces a change before it answers any request that came after it, in one ordered stream. So an answer
 * to a request that was sent at some time proves that everything which changed before that time has been announced. Safe
 * for use by many threads.
 */
public final class CoherenceProof {
    private static final long NEVER = Long.MIN_VALUE;

    private volatile long provenNanos = NEVER;

    /** Takes an answer to a request that was sent at this time for a proof. */
    public void answeredRequestOf(long sentNanos) {
        long before = provenNanos;
        // Two answers that race may leave the older proof, which only errs early.
        if (before == NEVER || sentNanos - before > 0) {
            provenNanos = sentNanos;
        }
    }

    /** Forgets all proofs: the stream has ended. */
    public void revoke() {
        provenNanos = NEVER;
    }

    /** Returns whether what was not announced by now has been current at some time within the bound. */
    public boolean holdsWithin(long boundNanos, long nowNanos) {
        long proven = provenNanos;
        return proven != NEVER && nowNanos - proven <= boundNanos;
    }
}
