package io.github.tieredjcache.examples.integrations;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits for what happens in its own time. */
public final class Patience {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final int POLL_MILLIS = 10;

    private Patience() {}

    /** Returns once the condition holds; fails with the description if that takes a minute. */
    public static void until(String description, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new IllegalStateException("waited " + PATIENCE + " without success until " + description);
            }
            Thread.sleep(POLL_MILLIS);
        }
    }
}
