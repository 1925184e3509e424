package io.github.tieredjcache.internal.coherence;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The last proof that invalidations arrive on a connection.
 *
 * <p>Invalidations and replies come in order on one connection, and Redis sends the invalidation of a change before
 * the reply to any later request. So the reply to a request proves that every change before the sending of the request
 * has been announced. Safe for use by many threads.
 */
public final class CoherenceProof {
    /** The time or age of a proof if there was none. */
    public static final long NEVER = Long.MIN_VALUE;

    private final List<Observer> observers = new CopyOnWriteArrayList<>();
    private volatile long shortestBoundNanos = Long.MAX_VALUE;
    private volatile long provenNanos = NEVER;

    /** Records the reply to a request that was sent at this time as a proof. */
    public void recordReply(long sentNanos) {
        long before = provenNanos;
        // A race of two replies may leave the older proof, with which the lease only lapses earlier.
        if (before == NEVER) {
            provenNanos = sentNanos;
        } else if (sentNanos - before > 0) {
            provenNanos = sentNanos;
            long gapNanos = sentNanos - before;
            if (gapNanos > shortestBoundNanos) {
                observers.forEach(each -> each.renewedAfter(gapNanos));
            }
        }
    }

    /** Drops all proofs, when the connection was lost. */
    public void revoke() {
        provenNanos = NEVER;
        updateLeases(0);
    }

    /** Makes all leases check whether they hold; to be called a few times within the shortest bound. */
    public void updateLeases(long nowNanos) {
        observers.forEach(each -> each.update(nowNanos));
    }

    /**
     * Returns whether the last proof is at most {@code boundNanos} old, so that unannounced changes are younger than
     * that.
     */
    public boolean holdsWithin(long boundNanos, long nowNanos) {
        long lastNanos = provenNanos;
        return lastNanos != NEVER && nowNanos - lastNanos <= boundNanos;
    }

    /** Returns the age of the last proof, or {@link #NEVER}. */
    long ageNanos(long nowNanos) {
        long lastNanos = provenNanos;
        return lastNanos == NEVER ? NEVER : Math.max(0, nowNanos - lastNanos);
    }

    synchronized void add(Observer observer) {
        observers.add(observer);
        shortestBoundNanos = Math.min(shortestBoundNanos, observer.boundNanos());
    }

    void remove(Observer observer) {
        observers.remove(observer);
    }

    /** A lease, which counts how often the last proof becomes older than its bound. */
    interface Observer {
        /** Returns the staleness bound. */
        long boundNanos();

        /** Checks whether the lease holds, and counts a lapse. */
        void update(long nowNanos);

        /** Counts a lapse if this gap between two proofs exceeds the bound; the lease holds again. */
        void renewedAfter(long gapNanos);
    }
}
