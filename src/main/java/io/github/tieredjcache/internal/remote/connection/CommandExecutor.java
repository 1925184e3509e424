package io.github.tieredjcache.internal.remote.connection;

import io.github.tieredjcache.RemoteUnavailableException;
import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.port.RemoteHealth;
import io.github.tieredjcache.internal.remote.tracking.TrackedKeys;
import io.github.tieredjcache.internal.remote.wire.EntryKey;
import io.github.tieredjcache.internal.remote.wire.Flush;
import io.github.tieredjcache.internal.remote.wire.KeySpace;
import io.github.tieredjcache.internal.remote.wire.RedisCommand;
import io.github.tieredjcache.internal.stats.Latencies;
import io.github.tieredjcache.internal.support.NanoClock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.cache.CacheException;
import org.jspecify.annotations.Nullable;

/**
 * Sends the commands of one user of a shared client, waits for replies at most the command timeout, and translates
 * exceptions. Safe for use by many threads.
 */
public final class CommandExecutor implements AutoCloseable {
    private final ConnectionSupervisor supervisor;
    private final @Nullable String hashTag;
    private final CircuitBreaker breaker;
    private final Call.Observer observer;
    private final Runnable onClose;
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile Runnable onOutOfMemory = () -> {};

    /**
     * Creates an executor.
     *
     * @param hashTag of all keys of the commands; null without a cluster
     * @param timeout how long a call waits for one reply
     * @param onClose releases the shared client
     */
    CommandExecutor(
            ConnectionSupervisor supervisor,
            @Nullable String hashTag,
            Duration timeout,
            Latencies latencies,
            Runnable onClose) {
        this.supervisor = supervisor;
        this.hashTag = hashTag;
        this.breaker = supervisor.breaker(timeout);
        this.observer = new Call.Observer(latencies, () -> onOutOfMemory.run());
        this.onClose = onClose;
    }

    /**
     * Sends a command and waits for its reply. Until its deadline a command is retried on a new connection if that is
     * safe: it was never sent, it was redirected (MOVED, READONLY), or it only reads.
     *
     * @throws CacheException if there is no reply in time, if the server refuses the command, or if the thread is
     *     interrupted
     */
    public <T> T call(RedisCommand<T> command) {
        Call call = newCall(command.bytes());
        return call.retryRecorded(
                this::connection, command::isRepeatable, () -> call.await(call.send(command), command.mutates()));
    }

    /**
     * As {@link #call}, but the command timeout counts from {@code beganNanos} by the clock, because the caller has
     * been waiting since then.
     */
    public <T> T callWithinTimeoutSince(RedisCommand<T> command, long beganNanos) {
        Duration left = Duration.ofNanos(beganNanos + breaker.timeout().toNanos() - clock().nanos());
        if (left.isNegative() || left.isZero()) {
            throw supervisor.translator().timedOut(breaker.timeout(), command.mutates());
        }
        Call call = newCall(connection(left), beganNanos, command.bytes());
        return call.retry(
                this::connection, command::isRepeatable, () -> call.await(call.send(command), command.mutates()));
    }

    /** As {@link #call}, but waits for the reply even if the thread is interrupted; the interrupt flag stays set. */
    public <T> T callUninterruptibly(RedisCommand<T> command) {
        return sendUninterruptibly(command).get();
    }

    /**
     * Sends a command as {@link #callUninterruptibly} does, but leaves the wait for the reply to the caller. Does not
     * throw.
     *
     * @return waits for the reply, and throws; to be called once, by the same thread
     */
    public <T> Supplier<T> sendUninterruptibly(RedisCommand<T> command) {
        Call call;
        AtomicReference<@Nullable CompletableFuture<T>> first;
        try (DeferredInterrupts thread = new DeferredInterrupts()) {
            call = newCall(command.bytes());
            first = new AtomicReference<>(thread.await(() -> call.sendInterruptibly(command)));
        } catch (CacheException e) {
            return () -> {
                throw e;
            };
        }
        return () -> {
            try (DeferredInterrupts thread = new DeferredInterrupts()) {
                return call.retryRecorded(this::connection, () -> false, () -> {
                    CompletableFuture<T> begun = first.getAndSet(null);
                    CompletableFuture<T> reply =
                            begun == null ? thread.await(() -> call.sendInterruptibly(command)) : begun;
                    return thread.await(() -> call.awaitInterruptibly(reply, command.mutates()));
                });
            }
        };
    }

    /**
     * Sends many commands and waits for all replies, which are in the order of the commands. They are sent in flushes
     * of a bounded number of commands and bytes, each of which may take as long as a call. Commands are retried as by
     * {@link #call}.
     *
     * @throws CacheException the first failure. The other commands of its flush have completed or timed out by then,
     *     and those of later flushes are not sent. If other commands have changed something, the exception reports that
     *     the outcome is unknown
     */
    public <T> List<T> callAll(List<RedisCommand<T>> commands) {
        return beginAll(commands).get();
    }

    /**
     * As {@link #callAll}, but sends the first flush only, and leaves the rest to the caller, who may send other
     * commands before.
     *
     * @return waits, and returns the replies; to be called once, by the same thread
     * @throws CacheException if there is no connection; nothing was sent then
     */
    public <T> Supplier<List<T>> beginAll(List<RedisCommand<T>> commands) {
        return commands.isEmpty()
                ? List::of
                : new BulkCall<>(this::newCall, this::connection, this::partlyDone, commands);
    }

    /** Returns the exception to be thrown when some of several changes were made and the others failed. */
    public RemoteUnavailableException partlyDone(CacheException failure) {
        return supervisor.translator().partlyDone(failure);
    }

    /** Sends a command whose reply is not needed, if there is a connection. Does not wait and does not throw. */
    public void send(RedisCommand<?> command) {
        send(command, (reply, failure) -> {});
    }

    /**
     * Sends a command for whose reply no thread waits. Does not throw.
     *
     * @param then receives the reply or the failure, on any thread; must not block
     */
    public <T> void send(RedisCommand<T> command, BiConsumer<? super @Nullable T, ? super @Nullable Throwable> then) {
        send(connection -> connection.send(command), then);
    }

    /** As {@link #send(RedisCommand, BiConsumer)}, without a permit, so that calls of users cannot delay it. */
    public <T> void sendReserved(
            RedisCommand<T> command, BiConsumer<? super @Nullable T, ? super @Nullable Throwable> then) {
        send(connection -> connection.sendReserved(command), then);
    }

    private <T> void send(
            Function<RedisConnection, CompletableFuture<T>> sending,
            BiConsumer<? super @Nullable T, ? super @Nullable Throwable> then) {
        try {
            requireOpen();
            var unused = sending.apply(supervisor.connectionIgnoringBreaker()).whenComplete(then);
        } catch (CacheException e) {
            then.accept(null, e);
        }
    }

    /** As {@link #call}, on the side connection: for long work that no caller of {@link #call} waits for. */
    public <T> T callOnSideConnection(RedisCommand<T> command) {
        return callOnSideConnection(command.isRepeatable(), command.mutates(), connection -> List.of(command))
                .get(0);
    }

    /**
     * Runs a query on the side connection. If that connection is lost or abandoned, the query runs again on the next
     * one until the deadline.
     *
     * @param query receives the connection, and returns the query, which may depend on it
     */
    public <T> T queryOnSideConnection(Function<RedisConnection, RedisCommand<T>> query) {
        return callOnSideConnection(true, false, connection -> List.of(query.apply(connection)))
                .get(0);
    }

    /**
     * Runs the queries of one {@link Flush} on the side connection as {@link #queryOnSideConnection} does; the replies
     * are in their order.
     */
    public <T> List<T> queryAllOnSideConnection(List<RedisCommand<T>> queries) {
        return callOnSideConnection(true, false, connection -> queries);
    }

    private <T> List<T> callOnSideConnection(
            boolean repeatable, boolean mutates, Function<RedisConnection, List<RedisCommand<T>>> commands) {
        requireOpen();
        Duration timeout = breaker.timeout();
        long beganNanos = clock().nanos();
        Call call = newCall(supervisor.sideConnection(timeout, breaker), beganNanos, 0);
        return call.retry(left -> supervisor.sideConnection(timeout, breaker), () -> repeatable, () -> {
            try {
                Call attempt = newCall(call.connection(), clock().nanos(), 0);
                return attempt.sendAll(commands.apply(call.connection())).stream()
                        .map(reply -> attempt.await(reply, mutates))
                        .toList();
            } catch (ExceptionTranslator.DemotedException e) {
                // The supervisor closes the side connection because of this reply.
                call.awaitClosed();
                throw e;
            }
        });
    }

    /** Waits for the reply to a command that changes nothing, at most the command timeout. */
    public <T> T await(CompletableFuture<T> reply) {
        return newCall(0).await(reply, false);
    }

    /** Waits for a reply that several callers share; the query is retried as by {@link #call}. */
    public <T> T awaitShared(Function<RedisConnection, Pending<T>> query) {
        Call call = newCall(0);
        return call.retryRecorded(this::connection, () -> true, () -> {
            Pending<T> pending = query.apply(call.connection());
            call.switchTo(pending.connection());
            return call.await(pending.reply(), false);
        });
    }

    /** Begins a query that {@link #awaitShared} waits for, if there is a connection. Neither waits nor throws. */
    public <T> void beginShared(Function<RedisConnection, Pending<T>> query) {
        try {
            var unused = query.apply(connection(Duration.ZERO));
        } catch (CacheException e) {
            // The call that waits reports it.
        }
    }

    /** Invalidates the ticket when the key changes. Call it before the key is read or written under the ticket. */
    public void watch(EntryKey key, FillTicket ticket) {
        if (ticket.isValid()) {
            trackedKeys().watch(key.bytes(), ticket, key.epoch().generation());
        }
    }

    /** Returns the keys whose invalidations this node receives. */
    public TrackedKeys trackedKeys() {
        return supervisor.trackedKeys();
    }

    /** Returns whether there is a connection with client tracking. */
    public boolean isTracking() {
        return supervisor.isTracking();
    }

    /** Returns the known state of the server without a command. */
    public RemoteHealth health() {
        return breaker;
    }

    /** Has all entries of a cache removed as soon as Redis can be reached, even if this client is closed by then. */
    public void addPendingPurge(KeySpace space) {
        supervisor.pendingPurges().add(space);
    }

    public ServerClock serverClock() {
        return supervisor.serverClock();
    }

    public NanoClock clock() {
        return supervisor.clock();
    }

    /** Returns the connection; waits for it at most the command timeout. */
    RedisConnection connection() {
        return connection(breaker.timeout());
    }

    /** Returns the connection; waits for it at most the given time. */
    RedisConnection connection(Duration wait) {
        requireOpen();
        return supervisor.connection(wait, breaker);
    }

    /** Starts a call on the current connection. */
    private Call newCall(long bytes) {
        long beganNanos = clock().nanos();
        return newCall(connection(), beganNanos, bytes);
    }

    private Call newCall(RedisConnection connection, long beganNanos, long bytes) {
        return new Call(supervisor, breaker, observer, connection, beganNanos, bytes);
    }

    private void requireOpen() {
        if (closed.get()) {
            throw supervisor.translator().closed();
        }
    }

    /** Sets the action that runs when Redis refuses a command of a waiting caller because it is out of memory. */
    public void onOutOfMemory(Runnable action) {
        onOutOfMemory = action;
    }

    /** Returns the hash tag of all keys of this executor's commands; null without a cluster. */
    @Nullable
    public String hashTag() {
        return hashTag;
    }

    /** Returns the address of the server, without credentials. */
    public RedisAddress address() {
        return supervisor.translator().address();
    }

    /** Releases the client; its last user's release closes connections and threads. Repeated calls do nothing. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            onClose.run();
        }
    }

    public boolean isClosed() {
        return closed.get();
    }

    /**
     * A query in progress.
     *
     * @param connection the connection on which it was sent
     * @param reply completes with the result
     */
    public record Pending<T>(RedisConnection connection, CompletableFuture<T> reply) {}
}
