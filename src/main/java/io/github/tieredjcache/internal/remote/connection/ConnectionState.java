package io.github.tieredjcache.internal.remote.connection;

import io.github.tieredjcache.internal.support.NanoClock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import javax.cache.CacheException;
import org.jspecify.annotations.Nullable;

/**
 * The state of the connection to one Redis. While the connection is being opened, callers wait for it. One thread
 * changes the state, except that any thread may close it; any thread reads it.
 *
 * @param <C> the type of the connection
 */
final class ConnectionState<C> {
    private final ExceptionTranslator translator;
    private final NanoClock clock;
    private volatile State<C> state = new Connecting<>(new CompletableFuture<>());

    /** Creates the state of a connection that is being opened. */
    ConnectionState(ExceptionTranslator translator, NanoClock clock) {
        this.translator = translator;
        this.clock = clock;
    }

    /** Returns the current state, which is another object after each change. */
    State<C> current() {
        return state;
    }

    /** Returns the connection; null if there is none. */
    @Nullable
    C connection() {
        return state instanceof Up<C> up ? up.connection : null;
    }

    /**
     * Returns the connection.
     *
     * @param wait how long to wait while it is being opened
     * @throws CacheException if there is none
     */
    C connection(Duration wait) {
        State<C> now = state;
        if (now instanceof Up<C> up) {
            return up.connection;
        }
        if (now instanceof Connecting<C> connecting) {
            return await(connecting.next, wait);
        }
        if (now instanceof Down<C> down) {
            throw translator.unavailable(millisSince(down.sinceNanos), down.reason);
        }
        throw translator.closed();
    }

    /** Returns the connection as {@link #connection(Duration)}; throws also if the breaker is open. */
    C connection(Duration wait, CircuitBreaker breaker) {
        if (!(state instanceof Down)) {
            requireClosed(breaker);
        }
        C connection = connection(wait);
        requireClosed(breaker);
        return connection;
    }

    private void requireClosed(CircuitBreaker breaker) {
        String reason = breaker.reason();
        if (reason != null) {
            throw translator.unavailable(millisSince(breaker.unavailableSinceNanos()), reason);
        }
    }

    /** Returns how much time has passed since an instant of the clock. */
    long millisSince(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(clock.nanos() - nanos);
    }

    /** Waits for a connection, or for a step towards it. */
    <T> T await(CompletableFuture<T> future, Duration wait) {
        try {
            return future.get(wait.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw translator.notConnected("none was made within " + wait.toMillis() + " ms");
        } catch (ExecutionException e) {
            throw translator.translate(e, false);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw translator.interrupted(false);
        }
    }

    /** Provides a connection, also to the callers that wait for it. Returns false if this is closed. */
    boolean up(C connection) {
        return transitionTo(new Up<>(connection), waiters -> waiters.complete(connection));
    }

    /** Makes callers wait for the next connection. Returns false if this is closed. */
    boolean connecting() {
        return transitionTo(new Connecting<>(new CompletableFuture<>()), waiters -> {});
    }

    /**
     * Ends the wait for a connection; attempts go on in the background. Returns false if this is closed.
     *
     * @param sinceNanos since when there is no connection, by the clock
     * @param failure thrown to the callers that wait
     */
    boolean down(long sinceNanos, String reason, CacheException failure) {
        return transitionTo(new Down<>(sinceNanos, reason), waiters -> waiters.completeExceptionally(failure));
    }

    /** Ends the wait for a connection; no connection is provided any more. */
    void close() {
        var unused = transitionTo(new Closed<>(), waiters -> waiters.completeExceptionally(translator.closed()));
    }

    private boolean transitionTo(State<C> next, Consumer<CompletableFuture<C>> wake) {
        State<C> before;
        synchronized (this) {
            before = state;
            if (before instanceof Closed) {
                return false;
            }
            state = next;
        }
        if (before instanceof Connecting<C> connecting) {
            wake.accept(connecting.next);
        }
        return true;
    }

    /** The state of a connection. */
    sealed interface State<C> {}

    /** The connection is being opened, and callers wait for it. */
    record Connecting<C>(CompletableFuture<C> next) implements State<C> {}

    /** The connection is open. */
    record Up<C>(C connection) implements State<C> {}

    /** The connection could not be opened, and no caller waits. */
    record Down<C>(long sinceNanos, String reason) implements State<C> {}

    /** The last state. */
    record Closed<C>() implements State<C> {}
}
