package io.github.tieredjcache.internal.remote.connection;

import io.github.tieredjcache.RemoteOutOfMemoryException;
import io.github.tieredjcache.RemoteUnavailableException;
import io.github.tieredjcache.internal.remote.wire.RedisCommand;
import io.github.tieredjcache.internal.stats.Latencies;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.cache.CacheException;

/** One call with all its attempts: its current connection and its deadline. Used by one thread. */
final class Call {
    private final ConnectionSupervisor supervisor;
    private final CircuitBreaker breaker;
    private final Observer observer;
    private final long beganNanos;
    private final long bytes;
    private RedisConnection connection;
    private TrafficMeter.Mark mark;
    private boolean moved;
    private boolean expired;
    // When the last reply to a flush came, by the clock; 0 if none has come. The caller may look for it much later.
    private volatile long repliedNanos;

    /**
     * Starts a call.
     *
     * @param breaker the circuit breaker of the command timeout
     * @param connection for the first attempt
     * @param beganNanos when the command timeout began, by the clock
     * @param bytes the size of what the call sends
     */
    Call(
            ConnectionSupervisor supervisor,
            CircuitBreaker breaker,
            Observer observer,
            RedisConnection connection,
            long beganNanos,
            long bytes) {
        this.supervisor = supervisor;
        this.breaker = breaker;
        this.observer = observer;
        this.connection = connection;
        this.beganNanos = beganNanos;
        this.bytes = bytes;
        this.mark = connection.traffic().mark(bytes);
    }

    RedisConnection connection() {
        return connection;
    }

    /** Continues the call on another connection. */
    void switchTo(RedisConnection next) {
        if (next != connection) {
            connection = next;
            mark = next.traffic().mark(bytes);
            moved = true;
        }
    }

    /**
     * Runs an attempt, and repeats it on new connections until the deadline. Records the duration of the call and its
     * success in the circuit breaker; the end of a connection is not recorded as a failed call: the supervisor handles
     * it.
     *
     * @param reconnect as of {@link #retry}
     * @param repeatable as of {@link #retry}
     */
    <T> T retryRecorded(
            Function<Duration, RedisConnection> reconnect, BooleanSupplier repeatable, Supplier<T> attempt) {
        boolean answered = true;
        try {
            return retry(reconnect, repeatable, attempt);
        } catch (RemoteUnavailableException e) {
            answered = false;
            if (e.kind() == RemoteUnavailableException.Kind.CONNECTION) {
                // A caller that reads the outcome of this call next must do so on the next connection.
                awaitClosed();
            }
            throw e;
        } finally {
            long endNanos = answered && repliedNanos != 0
                    ? repliedNanos
                    : supervisor.clock().nanos();
            observer.latencies().remoteCalled(beganNanos, endNanos);
            if (answered || connection.isOpen()) {
                supervisor.recordCall(breaker, endNanos - beganNanos - allowanceNanos(), answered);
            }
        }
    }

    /**
     * Runs an attempt, and repeats it on new connections until the deadline.
     *
     * @param reconnect returns the connection of the next attempt, and waits for it at most the given time
     * @param repeatable whether an attempt may be repeated after its connection was lost with the reply outstanding
     */
    <T> T retry(Function<Duration, RedisConnection> reconnect, BooleanSupplier repeatable, Supplier<T> attempt) {
        while (true) {
            try {
                return attempt.get();
            } catch (ExceptionTranslator.ConnectionLostException e) {
                if (isExpired() || !(e.isUnsent() || repeatable.getAsBoolean())) {
                    throw e;
                }
                awaitClosed();
            } catch (ExceptionTranslator.DemotedException e) {
                if (isExpired()) {
                    throw e;
                }
                supervisor.awaitAbandoned(left());
            }
            switchTo(reconnect.apply(left()));
        }
    }

    /** Waits until the connection has closed, at most until the deadline. */
    void awaitClosed() {
        try {
            supervisor.awaitClosed(connection, left());
        } catch (CacheException e) {
            // The deadline has passed; the caller reports the original failure.
        }
    }

    /** Sends a command when there is a permit. */
    <T> CompletableFuture<T> send(RedisCommand<T> command) {
        return unlessInterrupted(false, () -> sendInterruptibly(command));
    }

    <T> CompletableFuture<T> sendInterruptibly(RedisCommand<T> command) throws InterruptedException {
        return connection.send(command, leftNanos());
    }

    /** Sends commands in one flush when there are permits for all. */
    <T> List<CompletableFuture<T>> sendAll(List<RedisCommand<T>> commands) {
        List<CompletableFuture<T>> replies = unlessInterrupted(false, () -> connection.sendAll(commands, leftNanos()));
        // The last reply, since replies come in the order of the commands.
        var unused = replies.get(replies.size() - 1)
                .whenComplete((reply, failure) ->
                        repliedNanos = failure == null ? supervisor.clock().nanos() : 0);
        return replies;
    }

    /** Waits for a reply until the deadline. */
    <T> T await(CompletableFuture<T> reply, boolean mutates) {
        return unlessInterrupted(mutates, () -> awaitInterruptibly(reply, mutates));
    }

    /**
     * Runs a wait.
     *
     * @param sent whether a change was sent, so that its outcome is unknown after an interrupt
     */
    private <T> T unlessInterrupted(boolean sent, DeferredInterrupts.Wait<T> wait) {
        try {
            return wait.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw supervisor.translator().interrupted(sent);
        }
    }

    <T> T awaitInterruptibly(CompletableFuture<T> reply, boolean mutates) throws InterruptedException {
        while (true) {
            try {
                return reply.get(leftNanos(), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                if (!mayWaitLonger(reply)) {
                    throw supervisor.translator().timedOut(breaker.timeout(), mutates);
                }
            } catch (ExecutionException e) {
                CacheException translated = supervisor.translator().translate(e, mutates);
                if (translated instanceof RemoteOutOfMemoryException) {
                    observer.outOfMemory().run();
                }
                throw translated;
            }
        }
    }

    /**
     * Returns whether the caller must wait on after its deadline. If nothing at all has arrived on the connection since
     * the call began, reports the silence, so that no other call waits.
     */
    private boolean mayWaitLonger(CompletableFuture<?> reply) throws InterruptedException {
        if (expired || !isExpired()) {
            return !expired || reply.isDone();
        }
        boolean read = connection.awaitSocketRead();
        if (reply.isDone() || !isExpired()) {
            return true;
        }
        expired = true;
        if (read && !moved && connection.traffic().isSilentSince(mark)) {
            supervisor.reportSilence(breaker, connection, beganNanos);
        }
        return false;
    }

    /** Returns by how much the deadline moves because bytes that this call waits for are being transferred. */
    private long allowanceNanos() {
        return connection.traffic().allowanceNanos(mark);
    }

    private long leftNanos() {
        return Math.max(
                0,
                beganNanos
                        + breaker.timeout().toNanos()
                        + allowanceNanos()
                        - supervisor.clock().nanos());
    }

    private Duration left() {
        return Duration.ofNanos(leftNanos());
    }

    private boolean isExpired() {
        return leftNanos() == 0;
    }

    /**
     * The observers of the calls of one cache.
     *
     * @param latencies records the durations of the calls
     * @param outOfMemory runs when Redis refuses a command of a waiting caller because it is out of memory
     */
    record Observer(Latencies latencies, Runnable outOfMemory) {}
}
