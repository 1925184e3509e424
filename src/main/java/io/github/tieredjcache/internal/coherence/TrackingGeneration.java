package io.github.tieredjcache.internal.coherence;

import org.jspecify.annotations.Nullable;

/**
 * A span of time in which this node receives an invalidation for every change of one cache; its end invalidates all of
 * its tickets.
 *
 * <p>It ends with an event that may have changed all keys at once: a lost connection, a flush, a clear. So a cache
 * that holds a million copies drops them in one step. Safe for use by many threads.
 */
public final class TrackingGeneration {
    /** The generation of entries that no other node can change. */
    static final TrackingGeneration ENDLESS = new TrackingGeneration(InvalidationListener.NONE);

    private final InvalidationListener listener;
    private final @Nullable CoherenceProof proof;
    private volatile boolean over;

    /**
     * Begins a generation whose copies count by the first proof of a {@link CoherenceLease}.
     *
     * @param listener receives the invalidations of the cache
     */
    public TrackingGeneration(InvalidationListener listener) {
        this(listener, null);
    }

    /**
     * Begins a generation.
     *
     * @param listener receives the invalidations of the cache
     * @param proof that the invalidations of this generation arrive; null for the first proof of the lease
     */
    public TrackingGeneration(InvalidationListener listener, @Nullable CoherenceProof proof) {
        this.listener = listener;
        this.proof = proof;
    }

    /** Returns the listener that receives the invalidations of the cache. */
    public InvalidationListener listener() {
        return listener;
    }

    /** Returns the proof that the invalidations arrive; null for the first proof of the lease. */
    @Nullable
    CoherenceProof proof() {
        return proof;
    }

    /** Returns whether the generation has ended. */
    public boolean isOver() {
        return over;
    }

    /** Ends the generation. */
    public void end() {
        over = true;
    }
}
