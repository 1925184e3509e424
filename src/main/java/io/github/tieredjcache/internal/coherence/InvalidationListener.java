package io.github.tieredjcache.internal.coherence;

/** Receives the invalidations of one cache's keys. Called on the connection's thread; must not block. */
public interface InvalidationListener {
    /** A listener that does nothing. */
    InvalidationListener NONE = new InvalidationListener() {
        @Override
        public void invalidated() {}

        @Override
        public void echoed() {}
    };

    /** A change by another node has invalidated a copy, or a fetch in progress. */
    void invalidated();

    /** The echo of a change by this node has arrived; it invalidates nothing. */
    void echoed();
}
