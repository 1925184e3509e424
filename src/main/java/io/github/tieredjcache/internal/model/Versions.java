package io.github.tieredjcache.internal.model;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** Creates the versions of one node's writes. Safe for use by many threads. */
public final class Versions {
    private final Supplier<Long> node;
    private final AtomicLong counter = new AtomicLong();

    /**
     * Starts with counter 1.
     *
     * @param node returns a number that no other node uses, always the same; random in production
     */
    public Versions(Supplier<Long> node) {
        this.node = node;
    }

    /** As the other constructor, with a number that is known already. */
    public Versions(long node) {
        this(() -> node);
    }

    /** Returns the number of this node. */
    public long node() {
        return node.get();
    }

    /** Returns a new version. */
    public Version next() {
        return new Version(node(), counter.incrementAndGet());
    }
}
