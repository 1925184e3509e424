package io.github.tieredjcache.internal.remote.connection;

import io.github.tieredjcache.internal.coherence.CoherenceProof;
import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.port.OutcomeUnknownException;
import io.github.tieredjcache.internal.port.RemoteHealth;
import io.github.tieredjcache.internal.port.RemoteUnavailableException;
import io.github.tieredjcache.internal.remote.tracking.TrackedKeys;
import io.github.tieredjcache.internal.remote.wire.EntryKey;
import io.github.tieredjcache.internal.remote.wire.Flush;
import io.github.tieredjcache.internal.remote.wire.KeySpace;
import io.github.tieredjcache.internal.remote.wire.RedisCommand;
import io.github.tieredjcache.internal.stats.Latencies;
import io.github.tieredjcache.internal.support.NanoClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import javax.cache.CacheException;
import org.jspecify.annotations.Nullable;

/**
 * Sends the commands of one user of a shared client, waits for replies at most the command timeout, and translates
 * exceptions. Safe for use by many threads.
 */
public final class CommandExecutor implements AutoCloseable {
    private final ConnectionSupervisor supervisor;
    private final TimeoutBreaker breaker;
    private final ExceptionTranslator translator;
    private final NanoClock clock;
    private final Duration timeout;
    private final Latencies latencies;
    private final Runnable onClose;
    private final AtomicBoolean closed = new AtomicBoolean();

    CommandExecutor(
            ConnectionSupervisor supervisor,
            ExceptionTranslator translator,
            NanoClock clock,
            Duration timeout,
            Latencies latencies,
            Runnable onClose) {
        this.supervisor = supervisor;
        this.breaker = supervisor.breaker(timeout);
        this.translator = translator;
        this.clock = clock;
        this.timeout = timeout;
        this.latencies = latencies;
        this.onClose = onClose;
    }

    /**
     * Waits until the first attempt to connect has succeeded or failed, so that the first calls need not wait.
     *
     * @param wait how long at most
     */
    public void awaitFirstAttempt(Duration wait) {
        try {
            var unused = connection(wait);
        } catch (CacheException e) {
            // The supervisor has logged the failure and keeps trying.
        }
    }

    /**
     * Sends a command and waits for its reply. Until its deadline a command is retried on a new connection if that is
     * safe: it was never sent, it was redirected (MOVED, READONLY), or it only reads.
     *
     * @throws CacheException if there is no reply in time, if the server refuses the command, or if the thread is
     *     interrupted
     */
    public <T> T call(RedisCommand<T> command) {
        Call call = new Call(command.bytes());
        return recorded(
                call,
                () -> retry(call, lost -> command.isRepeatable(), () -> {
                    CompletableFuture<T> reply;
                    try {
                        reply = dispatch(call, command);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                        // The thread was waiting for a permit, so nothing was sent.
                        throw translator.interrupted(false);
                    }
                    return await(reply, command.mutates(), call);
                }));
    }

    /**
     * Runs an attempt, and repeats it on new connections until the deadline of the call.
     *
     * @param repeatable whether an attempt may be repeated after its connection was lost with the reply outstanding
     */
    private <T> T retry(
            Call call, Predicate<ExceptionTranslator.ConnectionLostException> repeatable, Supplier<T> attempt) {
        while (true) {
            try {
                return attempt.get();
            } catch (ExceptionTranslator.ConnectionLostException e) {
                if (call.isExpired() || !(e.isUnsent() || repeatable.test(e))) {
                    throw e;
                }
                awaitClosed(call);
            } catch (ExceptionTranslator.DemotedException e) {
                if (call.isExpired()) {
                    throw e;
                }
                supervisor.awaitAbandoned(call.left());
            }
            call.switchTo(connection(call.left()));
        }
    }

    /**
     * As {@link #call}, but the command timeout counts from an earlier time, because the caller has been waiting
     * already.
     *
     * @param beganNanos when the wait began, by the clock
     */
    public <T> T callWithinTimeoutSince(RedisCommand<T> command, long beganNanos) {
        Duration left = Duration.ofNanos(beganNanos + timeout.toNanos() - clock.nanos());
        if (left.isNegative() || left.isZero()) {
            throw translator.timedOut(timeout, command.mutates());
        }
        Call call = new Call(connection(left), beganNanos, command.bytes());
        return retry(
                call,
                lost -> command.isRepeatable(),
                () -> await(call.connection.send(command), command.mutates(), call));
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
        CompletableFuture<T> sent;
        try (DeferredInterrupts thread = new DeferredInterrupts()) {
            call = new Call(command.bytes());
            sent = thread.await(() -> dispatchOrFail(call, command));
        } catch (CacheException e) {
            return () -> {
                throw e;
            };
        }
        AtomicReference<@Nullable CompletableFuture<T>> first = new AtomicReference<>(sent);
        return () -> {
            try (DeferredInterrupts thread = new DeferredInterrupts()) {
                return recorded(
                        call,
                        () -> retry(call, lost -> false, () -> {
                            CompletableFuture<T> begun = first.getAndSet(null);
                            CompletableFuture<T> reply =
                                    begun == null ? thread.await(() -> dispatch(call, command)) : begun;
                            return thread.await(() -> awaitInterruptibly(reply, command.mutates(), call));
                        }));
            }
        };
    }

    private <T> CompletableFuture<T> dispatchOrFail(Call call, RedisCommand<T> command) throws InterruptedException {
        try {
            return dispatch(call, command);
        } catch (CacheException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private <T> CompletableFuture<T> dispatch(Call call, RedisCommand<T> command) throws InterruptedException {
        return call.connection.send(command, call.leftNanos());
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
        List<T> results = new ArrayList<>(commands.size());
        for (int from = 0; from < commands.size(); ) {
            List<RedisCommand<T>> flush = nextFlush(commands, from);
            FlushReplies<T> replies = new FlushReplies<>(flush);
            try {
                results.addAll(callFlush(replies));
            } catch (RemoteUnavailableException e) {
                boolean isPartlyDone = commands.get(0).mutates() && (!results.isEmpty() || replies.answeredCount() > 0);
                throw isPartlyDone ? partlyDone(e) : e;
            }
            from += flush.size();
        }
        return results;
    }

    /** Returns the exception to be thrown when some of several changes were made and the others failed. */
    public RemoteUnavailableException partlyDone(RemoteUnavailableException failure) {
        return failure instanceof OutcomeUnknownException ? failure : translator.partlyDone(failure);
    }

    private static <T> List<RedisCommand<T>> nextFlush(List<RedisCommand<T>> commands, int from) {
        long bytes = 0;
        int to = from;
        while (to < commands.size()
                && to - from < Flush.COMMANDS_MAX
                && (to == from || bytes + commands.get(to).bytes() <= Flush.BYTES_MAX)) {
            bytes += commands.get(to).bytes();
            to++;
        }
        return commands.subList(from, to);
    }

    private <T> List<T> callFlush(FlushReplies<T> replies) {
        Call call = new Call(
                replies.commands.stream().mapToLong(RedisCommand::bytes).sum());
        return recorded(call, () -> retry(call, lost -> replies.failure == null, () -> awaitAll(call, replies)));
    }

    private <T> List<T> awaitAll(Call call, FlushReplies<T> replies) {
        List<Integer> indexes = replies.missing;
        List<CompletableFuture<T>> sent;
        try {
            sent = call.connection.sendAll(replies.missingCommands(), call.leftNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw translator.interrupted(false);
        }
        replies.missing = new ArrayList<>();
        CacheException retryCause = null;
        for (int i = 0; i < sent.size(); i++) {
            int index = indexes.get(i);
            RedisCommand<T> command = replies.commands.get(index);
            try {
                replies.results.set(index, await(sent.get(i), command.mutates(), call));
            } catch (ExceptionTranslator.DemotedException e) {
                replies.missing.add(index);
                retryCause = retryCause == null ? e : retryCause;
            } catch (ExceptionTranslator.ConnectionLostException e) {
                if (e.isUnsent() || command.isRepeatable()) {
                    replies.missing.add(index);
                    // The retry must wait until this connection has closed.
                    retryCause = e;
                } else {
                    replies.failed(e);
                }
            } catch (CacheException e) {
                replies.failed(e);
            }
        }
        if (replies.failure != null) {
            throw replies.failure;
        }
        if (retryCause != null) {
            throw retryCause;
        }
        return replies.results;
    }

    /**
     * Runs a call and records its duration and success in the circuit breaker. The end of a connection is not recorded
     * as a failed call: the supervisor handles it.
     */
    private <T> T recorded(Call call, Supplier<T> body) {
        boolean answered = true;
        try {
            return body.get();
        } catch (RemoteUnavailableException e) {
            answered = false;
            if (e.kind() == RemoteUnavailableException.Kind.CONNECTION) {
                // A caller that reads the outcome of this call next must do so on the next connection.
                awaitClosed(call);
            }
            throw e;
        } finally {
            long nowNanos = clock.nanos();
            latencies.remoteCalled(call.beganNanos, nowNanos);
            if (answered || call.connection.isOpen()) {
                supervisor.recordCall(breaker, nowNanos - call.beganNanos - call.allowanceNanos(), answered);
            }
        }
    }

    private void awaitClosed(Call call) {
        try {
            supervisor.awaitClosed(call.connection, call.left());
        } catch (CacheException e) {
            // The deadline has passed; the caller reports the original failure.
        }
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
            var unused = sending.apply(supervisor.connectionIgnoringBreaker(Duration.ZERO))
                    .whenComplete(then);
        } catch (CacheException e) {
            then.accept(null, e);
        }
    }

    /** As {@link #call}, on the side connection: for long work that no caller of {@link #call} waits for. */
    public <T> T callOnSideConnection(RedisCommand<T> command) {
        return queryOnSideConnection(command.isRepeatable(), command.mutates(), connection -> connection.send(command));
    }

    /**
     * Runs a query on the side connection. If that connection is lost or abandoned, the query runs again on the next
     * one until the deadline.
     *
     * @param query receives the connection, and sends the commands that depend on it
     */
    public <T> T queryOnSideConnection(Function<RedisConnection, CompletableFuture<T>> query) {
        return queryOnSideConnection(true, false, query);
    }

    /** Runs queries on the side connection as {@link #queryOnSideConnection} does; the replies are in their order. */
    public <T> List<T> queryAllOnSideConnection(List<RedisCommand<T>> queries) {
        return queryOnSideConnection(connection -> {
            List<CompletableFuture<T>> replies =
                    queries.stream().map(connection::send).toList();
            return CompletableFuture.allOf(replies.toArray(new CompletableFuture<?>[0]))
                    .thenApply(
                            all -> replies.stream().map(CompletableFuture::join).toList());
        });
    }

    private <T> T queryOnSideConnection(
            boolean repeatable, boolean mutates, Function<RedisConnection, CompletableFuture<T>> query) {
        requireOpen();
        long beganNanos = clock.nanos();
        while (true) {
            Call call = new Call(supervisor.sideConnection(timeout, breaker), beganNanos, 0);
            try {
                return await(query.apply(call.connection), mutates, new Call(call.connection, clock.nanos(), 0));
            } catch (ExceptionTranslator.ConnectionLostException e) {
                if (call.isExpired() || !(repeatable || e.isUnsent())) {
                    throw e;
                }
                awaitClosed(call);
            } catch (ExceptionTranslator.DemotedException e) {
                if (call.isExpired()) {
                    throw e;
                }
                // The supervisor closes the connection because of this reply.
                awaitClosed(call);
            }
        }
    }

    /** Waits for the reply to a command that changes nothing, at most the command timeout. */
    public <T> T await(CompletableFuture<T> reply) {
        return await(reply, false, new Call(0));
    }

    /** Waits for a reply that several callers share; the query is retried as by {@link #call}. */
    public <T> T awaitShared(Function<RedisConnection, Pending<T>> query) {
        Call call = new Call(0);
        return recorded(
                call,
                () -> retry(call, lost -> true, () -> {
                    Pending<T> pending = query.apply(call.connection);
                    call.switchTo(pending.connection());
                    return await(pending.reply(), false, call);
                }));
    }

    /** Returns the time of the last proof that invalidations arrive. */
    public CoherenceProof proof() {
        return trackedKeys().proof();
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
        return breaker.circuit();
    }

    /** Schedules the removal of all entries of a cache for when Redis can be reached. */
    public void addPendingPurge(KeySpace space) {
        supervisor.pendingPurges().add(space);
    }

    public ServerClock serverClock() {
        return supervisor.serverClock();
    }

    public NanoClock clock() {
        return clock;
    }

    /** Returns the connection; waits for it at most the command timeout. */
    RedisConnection connection() {
        return connection(timeout);
    }

    private RedisConnection connection(Duration wait) {
        requireOpen();
        return supervisor.connection(wait, breaker);
    }

    private void requireOpen() {
        if (closed.get()) {
            throw translator.closed();
        }
    }

    private <T> T await(CompletableFuture<T> reply, boolean mutates, Call call) {
        try {
            return awaitInterruptibly(reply, mutates, call);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw translator.interrupted(mutates);
        }
    }

    private <T> T awaitInterruptibly(CompletableFuture<T> reply, boolean mutates, Call call)
            throws InterruptedException {
        while (true) {
            try {
                return reply.get(call.leftNanos(), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                if (!call.mayWaitLonger(reply)) {
                    throw translator.timedOut(timeout, mutates);
                }
            } catch (ExecutionException e) {
                throw translator.translate(e, mutates);
            }
        }
    }

    /** Returns the address of the server, without credentials. */
    public RedisAddress address() {
        return translator.address();
    }

    /**
     * Releases the client; the release by the last user closes its connections and threads. Repeated calls do nothing.
     */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            onClose.run();
        }
    }

    public boolean isClosed() {
        return closed.get();
    }

    /** Returns the address of the server as text, without credentials. */
    public String server() {
        return translator.address().toString();
    }

    /** Shows the address of the server, never the credentials. */
    @Override
    public String toString() {
        return "CommandExecutor[" + translator.address() + "]";
    }

    /**
     * A query in progress.
     *
     * @param connection the connection on which it was sent
     * @param reply completes with the result
     */
    public record Pending<T>(RedisConnection connection, CompletableFuture<T> reply) {}

    /** One call with all its attempts: its current connection and its deadline. */
    private final class Call {
        private final long beganNanos;
        private final long bytes;
        private RedisConnection connection;
        private TrafficMeter.Mark mark;
        private boolean moved;
        private boolean expired;

        /**
         * Starts a call on the current connection.
         *
         * @param bytes the size of what it sends
         */
        Call(long bytes) {
            this(clock.nanos(), bytes);
        }

        private Call(long beganNanos, long bytes) {
            this(connection(), beganNanos, bytes);
        }

        Call(RedisConnection connection, long beganNanos, long bytes) {
            this.beganNanos = beganNanos;
            this.bytes = bytes;
            this.connection = connection;
            this.mark = connection.traffic().mark(bytes);
        }

        void switchTo(RedisConnection next) {
            if (next != connection) {
                connection = next;
                mark = next.traffic().mark(bytes);
                moved = true;
            }
        }

        /** Returns by how much the deadline moves because bytes that this call waits for are being transferred. */
        long allowanceNanos() {
            return connection.traffic().allowanceNanos(mark);
        }

        long leftNanos() {
            return Math.max(0, beganNanos + timeout.toNanos() + allowanceNanos() - clock.nanos());
        }

        Duration left() {
            return Duration.ofNanos(leftNanos());
        }

        boolean isExpired() {
            return leftNanos() == 0;
        }

        /**
         * Returns whether the caller must wait on after its deadline. If nothing at all has arrived on the connection
         * since the call began, reports the silence, so that no other call waits.
         */
        boolean mayWaitLonger(CompletableFuture<?> reply) throws InterruptedException {
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
    }

    /** Defers interrupts of the current thread: it waits on, and has its interrupt flag set again at the end. */
    private static final class DeferredInterrupts implements AutoCloseable {
        private boolean interrupted = Thread.interrupted();

        <T> T await(Wait<T> wait) {
            while (true) {
                try {
                    return wait.await();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }

        @Override
        public void close() {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** A blocking wait. */
    @FunctionalInterface
    private interface Wait<T> {
        T await() throws InterruptedException;
    }

    /** The replies to the commands of one flush; null for a command without a reply yet. */
    private static final class FlushReplies<T> {
        private final List<RedisCommand<T>> commands;
        private final List<T> results;
        private List<Integer> missing;
        private @Nullable CacheException failure;

        FlushReplies(List<RedisCommand<T>> commands) {
            this.commands = commands;
            this.results = new ArrayList<>(Collections.nCopies(commands.size(), null));
            this.missing = IntStream.range(0, commands.size()).boxed().toList();
        }

        int answeredCount() {
            return (int) results.stream().filter(Objects::nonNull).count();
        }

        List<RedisCommand<T>> missingCommands() {
            return missing.stream().map(commands::get).toList();
        }

        void failed(CacheException e) {
            failure = failure == null ? e : failure;
        }
    }
}
