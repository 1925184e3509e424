package io.github.tieredjcache.internal.coherence;

/** Is told of what the server announces of one cache's keys. Called on the stream's thread; must not block. */
public interface InvalidationListener {
    /** Of nobody who is interested. */
    InvalidationListener NONE = new InvalidationListener() {
        @Override
        public void invalidated() {}

        @Override
        public void echoed() {}
    };

    /** A change by others has ended a copy, or a fetch under way. */
    void invalidated();

    /** An own change came back, and ended nothing. */
    void echoed();
}
