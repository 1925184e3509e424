package io.github.tieredjcache.internal.entry;

/**
 * A span of time in which this node hears of every change of one cache; all its tickets are void with its end.
 *
 * <p>It ends where everything may have changed at once: with the connection, with a flush, with a clear. So a cache that
 * holds a million copies forgets them in one step. Safe for use by many threads.
 */
public final class Era {
    /** For what nobody else can change. */
    static final Era ENDLESS = new Era(Hearing.NONE);

    private final Hearing hearing;
    private volatile boolean over;

    /**
     * Begins one.
     *
     * @param hearing is told what is announced of the cache
     */
    public Era(Hearing hearing) {
        this.hearing = hearing;
    }

    /** Returns who is told what is announced of the cache. */
    public Hearing hearing() {
        return hearing;
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
