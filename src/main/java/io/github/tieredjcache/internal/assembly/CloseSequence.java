package io.github.tieredjcache.internal.assembly;

import java.util.ArrayList;
import java.util.List;
import javax.cache.CacheException;

/**
 * The steps that close a cache or a manager. Every step runs, even if an earlier one throws, be it an error: a class of
 * the application may be gone at its undeployment.
 */
public final class CloseSequence {
    private final List<Throwable> failures = new ArrayList<>();

    /** Creates a sequence without steps. */
    public CloseSequence() {}

    /** Runs a step; does not throw. */
    public void step(AutoCloseable step) {
        try {
            step.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            failures.add(e);
        } catch (Throwable e) {
            failures.add(e);
        }
    }

    /** Returns the exceptions and errors of the steps, in their order. */
    public List<Throwable> failures() {
        return failures;
    }

    /**
     * Completes the sequence of a cache.
     *
     * @throws CacheException if a step threw; the first failure is the cause, the others are suppressed
     */
    void end(String cacheName) {
        if (!failures.isEmpty()) {
            CacheException failure = new CacheException(
                    "the cache '" + cacheName + "' is closed, but " + failures.size()
                            + " of its components failed to close; the cause is the first failure",
                    failures.get(0));
            failures.subList(1, failures.size()).forEach(failure::addSuppressed);
            throw failure;
        }
    }
}
