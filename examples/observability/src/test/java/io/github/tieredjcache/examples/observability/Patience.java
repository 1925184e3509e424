package io.github.tieredjcache.examples.observability;

import java.time.Duration;
import java.util.concurrent.Callable;

/** Waits for what happens in its own time. */
final class Patience {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int POLL_MILLIS = 100;

    private Patience() {}

    /** Returns once the condition holds; fails with the description if that takes minutes. */
    static void until(String description, Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.call()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("waited " + PATIENCE + " without success: " + description);
            }
            Thread.sleep(POLL_MILLIS);
        }
    }
}
