package io.github.tieredjcache.internal.coherence;

/**
 * A span of time in which this node hears of every change of one cache; all its tickets are void with its end.
 *
 * <p>It ends where everything may have changed at once: with the connection, with a flush, with a clear. So a cache that
 * holds a million copies forgets them in one step. Safe for use by many threads.
 */
public final class TrackingGeneration {
    /** For what nobody else can change. */
    static final TrackingGeneration ENDLESS = new TrackingGeneration(InvalidationListener.NONE);

    private final InvalidationListener listener;
    private volatile boolean over;

    /**
     * Begins one.
     *
     * @param listener is told what is announced of the cache
     */
    public TrackingGeneration(InvalidationListener listener) {
        this.listener = listener;
    }

    /** Returns who is told what is announced of the cache. */
    public InvalidationListener listener() {
        return listener;
    }

    /** Returns whether it has ended. */
    public boolean isOver() {
        return over;
    }

    /** Ends it, for good. */
    public void end() {
        over = true;
    }
}
