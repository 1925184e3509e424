package io.github.tieredjcache.internal.coherence;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * When the stream of invalidations was last proven to be alive.
 *
 * <p>The server announces a change before it answers any request that came after it, in one ordered stream. So an answer
 * to a request that was sent at some time proves that everything which changed before that time has been announced. Safe
 * for use by many threads.
 */
public final class CoherenceProof {
    /** Stands for a time or an age where there was no proof. */
    public static final long NEVER = Long.MIN_VALUE;

    private final List<CoherenceLease> leases = new CopyOnWriteArrayList<>();
    private volatile long shortestBoundNanos = Long.MAX_VALUE;
    private volatile long provenNanos = NEVER;

    /** Takes an answer to a request that was sent at this time for a proof. */
    public void answeredRequestOf(long sentNanos) {
        long before = provenNanos;
        // Two answers that race may leave the older proof, which only errs early.
        if (before == NEVER) {
            provenNanos = sentNanos;
        } else if (sentNanos - before > 0) {
            provenNanos = sentNanos;
            long gapNanos = sentNanos - before;
            if (gapNanos > shortestBoundNanos) {
                leases.forEach(lease -> lease.renewedAfter(gapNanos));
            }
        }
    }

    /** Forgets all proofs: the stream has ended. */
    public void revoke() {
        provenNanos = NEVER;
        look(0);
    }

    /** Has all leases take note of whether they hold; to be called a few times within the shortest bound. */
    public void look(long nowNanos) {
        leases.forEach(lease -> lease.look(nowNanos));
    }

    /** Returns whether what was not announced by now has been current at some time within the bound. */
    public boolean holdsWithin(long boundNanos, long nowNanos) {
        long proven = provenNanos;
        return proven != NEVER && nowNanos - proven <= boundNanos;
    }

    /** Returns how old the last proof is, or {@link #NEVER}. */
    long ageNanos(long nowNanos) {
        long proven = provenNanos;
        return proven == NEVER ? NEVER : Math.max(0, nowNanos - proven);
    }

    synchronized void watch(CoherenceLease lease) {
        leases.add(lease);
        shortestBoundNanos = Math.min(shortestBoundNanos, lease.boundNanos());
    }

    void unwatch(CoherenceLease lease) {
        leases.remove(lease);
    }
}
