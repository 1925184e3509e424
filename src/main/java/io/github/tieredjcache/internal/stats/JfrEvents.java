package io.github.tieredjcache.internal.stats;

import java.time.Duration;

/**
 * Writes events to the JDK's flight recorder while a recording runs: {@code io.github.tieredjcache.Load}, {@code
 * .Conflict} and {@code .CircuitBreaker}. Costs almost nothing otherwise, and does nothing in a runtime without the module
 * {@code jdk.jfr}.
 */
public final class JfrEvents {
    // A runtime image of jlink may lack the module.
    private static final boolean PRESENT =
            ModuleLayer.boot().findModule("jdk.jfr").isPresent();
    private static final JfrSpan NOTHING = succeeded -> {};

    private JfrEvents() {}

    /** Begins the event of a call of a cache's loader. */
    static JfrSpan load(String cacheName, int keys) {
        return PRESENT ? JfrEventTypes.load(cacheName, keys) : NOTHING;
    }

    /** Writes the event of a write attempt that lost against another writer and is decided again. */
    static void conflict(String cacheName) {
        if (PRESENT) {
            JfrEventTypes.conflict(cacheName);
        }
    }

    /**
     * Writes the event that the circuit breaker of a Redis has opened.
     *
     * @param server host and port, without credentials
     */
    public static void remoteUnavailable(String server, String reason) {
        if (PRESENT) {
            JfrEventTypes.breaker(server, true, reason, Duration.ZERO);
        }
    }

    /**
     * Writes the event that the circuit breaker of a Redis has closed.
     *
     * @param server host and port, without credentials
     * @param unavailable how long Redis was unavailable
     */
    public static void remoteRecovered(String server, Duration unavailable) {
        if (PRESENT) {
            JfrEventTypes.breaker(server, false, "", unavailable);
        }
    }
}
