package io.github.tieredjcache.internal.remote.connection;

import io.github.tieredjcache.internal.support.NanoClock;
import java.util.function.Consumer;

/**
 * Sends a heartbeat on the connection at a fixed interval. A reply lets open circuit breakers probe; the lack of a reply
 * opens them. Used by one thread.
 */
final class Heartbeat {
    private final ConnectionFactory connections;
    private final NanoClock clock;
    private final CircuitBreakers breakers;
    private final Consumer<RedisConnection> onSilence;
    private final HeartbeatMonitor monitor = new HeartbeatMonitor(HeartbeatMonitor.INTERVAL.toNanos());
    private boolean probing;

    /**
     * Creates a heartbeat.
     *
     * @param onSilence receives a connection that must be closed: it may be a black hole
     */
    Heartbeat(ConnectionFactory connections, CircuitBreakers breakers, Consumer<RedisConnection> onSilence) {
        this.connections = connections;
        this.clock = connections.clock();
        this.breakers = breakers;
        this.onSilence = onSilence;
    }

    /** Starts anew on a new connection. */
    void connected() {
        monitor.completed();
    }

    /** Returns whether the reply to a heartbeat is pending. */
    boolean isAwaitingReply() {
        return monitor.isAwaitingReply();
    }

    /** Sends a heartbeat, or handles the silence if the last one has no reply yet. */
    void beat(RedisConnection connection) {
        long nowNanos = clock.nanos();
        monitor.beat(nowNanos);
        if (connection.hasProgressed()) {
            monitor.progressed(nowNanos);
        }
        if (monitor.isAwaitingReply()) {
            if (breakers.openAfterSilence(monitor.silentNanos(nowNanos))) {
                onSilence.accept(connection);
            }
            return;
        }
        monitor.sent(nowNanos);
        var unused = connection
                .beat()
                .whenComplete((nothing, failure) -> connections.onThread(() -> {
                    monitor.completed();
                    if (failure == null) {
                        // A silent server replies again.
                        probe(connection);
                    }
                }));
    }

    /** Probes, with a write that changes nothing, whether the open breakers can close. */
    private void probe(RedisConnection connection) {
        if (probing || !breakers.isAnyOpen()) {
            return;
        }
        probing = true;
        long sentNanos = clock.nanos();
        var unused = connections
                .probe(connection)
                .whenComplete((removed, failure) -> connections.onThread(() -> {
                    probing = false;
                    boolean isAnswered = failure == null || ExceptionTranslator.isAccessDenied(failure);
                    if (breakers.recordProbe(isAnswered, clock.nanos() - sentNanos)) {
                        probe(connection);
                    }
                }));
    }
}
