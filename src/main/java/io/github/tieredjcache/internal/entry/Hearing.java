package io.github.tieredjcache.internal.entry;

/** Is told of what the server announces of one cache's keys. Called on the stream's thread; must not block. */
public interface Hearing {
    /** Of nobody who is interested. */
    Hearing NONE = new Hearing() {
        @Override
        public void changed() {}

        @Override
        public void echoed() {}
    };

    /** A change by others has ended a copy, or a fetch under way. */
    void changed();

    /** An own change came back, and ended nothing. */
    void echoed();
}
