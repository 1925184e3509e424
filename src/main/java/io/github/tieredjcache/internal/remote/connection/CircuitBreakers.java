package io.github.tieredjcache.internal.remote.connection;

import io.github.tieredjcache.internal.support.NanoClock;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
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
    private final NanoClock clock;
    private final Executor thread;
    private final Map<Duration, TimeoutBreaker> byTimeout = new ConcurrentHashMap<>();

    /**
     * Creates it without breakers.
     *
     * @param name names the server in flight recorder events
     * @param server names the server in log lines
     * @param thread runs what is logged
     */
    CircuitBreakers(String name, Supplier<String> server, NanoClock clock, Executor thread) {
        this.name = name;
        this.server = server;
        this.clock = clock;
        this.thread = thread;
    }

    /** Returns the circuit breaker of the callers with the given command timeout. */
    TimeoutBreaker of(Duration timeout) {
        return byTimeout.computeIfAbsent(
                timeout,
                same -> new TimeoutBreaker(
                        timeout,
                        new CircuitBreaker(name, clock, timeout.toNanos() / 2),
                        new OutageLog(clock)));
    }

    /** Returns the command timeouts in use. */
    Set<Duration> timeouts() {
        return byTimeout.keySet();
    }

    /** Returns the longest command timeout in use. */
    Duration longestTimeout() {
        return timeouts().stream().max(Comparator.naturalOrder()).orElse(Duration.ZERO);
    }

    /** Returns whether calls of any command timeout do not wait for Redis. */
    boolean isAnyOpen() {
        return byTimeout.values().stream().anyMatch(each -> each.circuit().isUnavailable());
    }

    /** Records a call; see {@link CircuitBreaker#recordCall}. */
    void recordCall(TimeoutBreaker breaker, long tookNanos, boolean answered) {
        if (breaker.circuit().recordCall(tookNanos, answered)) {
            thread.execute(() -> logOpened(breaker));
        }
    }

    /** Opens one breaker; see {@link CircuitBreaker#open}. */
    void open(TimeoutBreaker breaker, String reason, long sinceNanos) {
        if (breaker.circuit().open(reason, sinceNanos)) {
            thread.execute(() -> logOpened(breaker));
        }
    }

    /** Opens the breakers of some command timeouts; see {@link CircuitBreaker#open}. */
    void open(Predicate<Duration> timeouts, String reason, long sinceNanos) {
        for (TimeoutBreaker each : byTimeout.values()) {
            if (timeouts.test(each.timeout()) && each.circuit().open(reason, sinceNanos)) {
                logOpened(each);
            }
        }
    }

    private void logOpened(TimeoutBreaker breaker) {
        breaker.log().opened(breaker.circuit(), server.get());
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
        for (TimeoutBreaker each : byTimeout.values()) {
            logged |= each.log().closed(each.circuit().connected(), server.get(), addition);
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
        for (TimeoutBreaker each : byTimeout.values()) {
            each.log().closed(each.circuit().recordProbe(answered, tookNanos), server.get(), "");
            again |= answered && each.circuit().isOpenBecauseOfSilence();
        }
        return again;
    }
}
