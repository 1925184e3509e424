package io.github.tieredjcache.history;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * When the values of one key may have ended, and when they must have, where each write gives its value the same lifetime.
 *
 * <p>Redis measures lifetimes in milliseconds of another clock, and a node that must guess its present errs early.
 */
final class Lifetimes {
    private static final long TOLERANCE_NANOS = Duration.ofMillis(100).toNanos();

    private final Map<String, Long> calls = new HashMap<>();
    private final long lifetimeNanos;

    /**
     * Looks who wrote which value.
     *
     * @param lifetime zero if values do not end
     */
    Lifetimes(List<Operation> history, Duration lifetime) {
        this.lifetimeNanos = lifetime.toNanos();
        for (Operation each : history) {
            String value = each.value();
            if (value != null) {
                calls.put(value, each.callNanos());
            }
        }
    }

    /** Returns whether values end at all. */
    boolean areLimited() {
        return lifetimeNanos != 0;
    }

    /** Returns whether a value may have ended by now. */
    boolean mayHaveEnded(String value, long nowNanos) {
        Long callNanos = calls.get(Operation.unnoted(value));
        return areLimited() && callNanos != null && nowNanos - callNanos >= lifetimeNanos - TOLERANCE_NANOS;
    }

    /** Returns whether a value that had been written by one time must have ended at another. */
    boolean mustHaveEnded(long writtenNanos, long nowNanos) {
        return areLimited()
                && writtenNanos != Operation.NEVER
                && nowNanos - writtenNanos > lifetimeNanos + TOLERANCE_NANOS;
    }
}
