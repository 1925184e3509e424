package io.github.tieredjcache.jcache;

import java.util.ArrayList;
import java.util.List;
import javax.cache.CacheException;

/** The closing of one cache: every step is taken, whatever the others throw, and what they threw is thrown at the end. */
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

    /** Returns what the steps threw. */
    List<Exception> failures() {
        return failures;
    }

    /**
     * Ends the closing.
     *
     * @throws CacheException if a step threw; the others are attached as suppressed
     */
    void end() {
        if (!failures.isEmpty()) {
            CacheException failure = new CacheException(
                    "the cache '" + cacheName + "' is closed, but " + failures.size()
                            + " of its parts failed to close; the first is the cause",
                    failures.get(0));
            failures.subList(1, failures.size()).forEach(failure::addSuppressed);
            throw failure;
        }
    }
}
