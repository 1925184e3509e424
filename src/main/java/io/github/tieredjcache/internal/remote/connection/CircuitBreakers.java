package io.github.tieredjcache.internal.remote.connection;

import io.github.tieredjcache.internal.support.NanoClock;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * The circuit breakers of one Redis, one for each command timeout in use, and the log lines about them. Any thread may
 * get a breaker and call the methods that take one; the other methods run on the thread of the log.
 */
final class CircuitBreakers {
    /** How long a connection must be silent at least before it is closed, even if all command timeouts are shorter. */
    private static final Duration SILENCE_MIN = Duration.ofSeconds(1);

    private final String name;
    private final Supplier<String> server;
    private final BooleanSupplier isNew;
    private final NanoClock clock;
    private final Executor thread;
    private final Map<Duration, OutageLog> logs = new ConcurrentHashMap<>();

    /**
     * Creates it without breakers.
     *
     * @param name names the server in flight recorder events
     * @param server names the server in log lines
     * @param isNew whether no other user of the server has logged that it is unavailable lately
     * @param thread runs what is logged
     */
    CircuitBreakers(String name, Supplier<String> server, BooleanSupplier isNew, NanoClock clock, Executor thread) {
        this.name = name;
        this.server = server;
        this.isNew = isNew;
        this.clock = clock;
        this.thread = thread;
    }

    /** Returns the circuit breaker of the callers with the given command timeout. */
    CircuitBreaker of(Duration timeout) {
        return logs.computeIfAbsent(
                        timeout, same -> new OutageLog(new CircuitBreaker(name, clock, timeout), isNew, clock))
                .breaker();
    }

    /** Returns the command timeouts in use. */
    Set<Duration> timeouts() {
        return logs.keySet();
    }

    /** Returns the longest command timeout in use. */
    Duration longestTimeout() {
        return timeouts().stream().max(Comparator.naturalOrder()).orElse(Duration.ZERO);
    }

    /** Returns whether calls of any command timeout do not wait for Redis. */
    boolean isAnyOpen() {
        return logs.values().stream().anyMatch(each -> each.breaker().isUnavailable());
    }

    /** Records a call; see {@link CircuitBreaker#recordCall}. */
    void recordCall(CircuitBreaker breaker, long tookNanos, boolean answered) {
        if (breaker.recordCall(tookNanos, answered)) {
            thread.execute(() -> logOpened(breaker));
        }
    }

    /** Opens one breaker; see {@link CircuitBreaker#open}. */
    void open(CircuitBreaker breaker, String reason, long sinceNanos) {
        if (breaker.open(reason, sinceNanos)) {
            thread.execute(() -> logOpened(breaker));
        }
    }

    /** Opens the breakers of some command timeouts; see {@link CircuitBreaker#open}. */
    void open(Predicate<Duration> timeouts, String reason, long sinceNanos) {
        logs.forEach((timeout, log) -> {
            if (timeouts.test(timeout) && log.breaker().open(reason, sinceNanos)) {
                log.opened(server.get());
            }
        });
    }

    private void logOpened(CircuitBreaker breaker) {
        Objects.requireNonNull(logs.get(breaker.timeout())).opened(server.get());
    }

    /**
     * Opens the breakers whose command timeout is over because the connection is silent.
     *
     * @return whether the connection must be closed, since all command timeouts are over
     */
    boolean openAfterSilence(long silentNanos) {
        String reason = "no reply for " + Duration.ofNanos(silentNanos).toMillis() + " ms";
        open(timeout -> silentNanos >= timeout.toNanos(), reason, clock.nanos() - silentNanos);
        return silentNanos >= Math.max(SILENCE_MIN.toNanos(), longestTimeout().toNanos());
    }

    /**
     * Closes breakers after a new connection; see {@link CircuitBreaker#connected}.
     *
     * @param addition appended to the log line
     * @return whether a line was logged
     */
    boolean connected(String addition) {
        boolean logged = false;
        for (OutageLog each : logs.values()) {
            logged |= each.closed(each.breaker().connected(), server.get(), addition);
        }
        return logged;
    }

    /**
     * Records a probe; see {@link CircuitBreaker#recordProbe}.
     *
     * @return whether the next probe must be sent at once
     */
    boolean recordProbe(boolean answered, long tookNanos) {
        boolean again = false;
        for (OutageLog each : logs.values()) {
            each.closed(each.breaker().recordProbe(answered, tookNanos), server.get(), "");
            again |= answered && each.breaker().isOpenBecauseOfSilence();
        }
        return again;
    }
}
