package io.github.tieredjcache.internal.model;

import java.util.concurrent.atomic.AtomicLong;

/** Creates the versions of one node's writes. Safe for use by many threads. */
public final class Versions {
    private final long node;
    private final AtomicLong counter = new AtomicLong();

    /**
     * Starts with counter 1.
     *
     * @param node a number that no other node uses; random in production
     */
    public Versions(long node) {
        this.node = node;
    }

    /** Returns the number of this node. */
    public long node() {
        return node;
    }

    /** Returns a new version. */
    public Version next() {
        return new Version(node, counter.incrementAndGet());
    }
}
