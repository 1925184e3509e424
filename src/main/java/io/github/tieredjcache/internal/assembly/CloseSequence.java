package io.github.tieredjcache.internal.assembly;

import java.util.ArrayList;
import java.util.List;
import javax.cache.CacheException;

/** The steps that close one cache. Every step runs, even if an earlier one throws; {@link #end} throws the failures. */
final class CloseSequence {
    private final String cacheName;
    private final List<Exception> failures = new ArrayList<>();

    CloseSequence(String cacheName) {
        this.cacheName = cacheName;
    }

    void step(AutoCloseable step) {
        try {
            step.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            failures.add(e);
        } catch (Exception e) {
            failures.add(e);
        }
    }

    /** Returns the exceptions of the steps, in their order. */
    List<Exception> failures() {
        return failures;
    }

    /**
     * Completes the sequence.
     *
     * @throws CacheException if a step threw; the first exception is the cause, the others are suppressed
     */
    void end() {
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
