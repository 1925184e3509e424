package io.github.tieredjcache.internal.stats;

import java.time.Duration;

/**
 * Writes what happens to the JDK's flight recorder, if one is recording: {@code io.github.tieredjcache.Load}, {@code .Conflict} and {@code
 * .RemoteGate}. Costs next to nothing else, and does nothing in a runtime without the module {@code jdk.jfr}.
 */
public final class JfrEvents {
    // A runtime image that was made for an application may be without it.
    private static final boolean PRESENT =
            ModuleLayer.boot().findModule("jdk.jfr").isPresent();
    private static final Span NOTHING = answered -> {};

    private JfrEvents() {}

    /** Something that takes a while. */
    @FunctionalInterface
    interface Span {
        /** Says that it has ended, and how. */
        void end(boolean well);
    }

    /** Begins a call of a cache's loader. */
    static Span load(String cacheName, int keys) {
        return PRESENT ? JfrEventTypes.load(cacheName, keys) : NOTHING;
    }

    /** Notes a decision that lost against another writer and is made again. */
    static void conflict(String cacheName) {
        if (PRESENT) {
            JfrEventTypes.conflict(cacheName);
        }
    }

    /**
     * Notes that calls to a Redis are no longer let through.
     *
     * @param server host and port, no credentials
     */
    public static void remoteAway(String server, String reason) {
        if (PRESENT) {
            JfrEventTypes.gate(server, false, reason, Duration.ZERO);
        }
    }

    /** Notes that they are again. */
    public static void remoteBack(String server, Duration away) {
        if (PRESENT) {
            JfrEventTypes.gate(server, true, "", away);
        }
    }
}
