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
 * One user's way to a shared Redis client: sends, waits at most the command timeout, and translates what goes wrong. Safe
 * for use by many threads.
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
     * Waits until the first attempt to connect has ended, well or badly, so that the first calls need not.
     *
     * @param wait how long at most
     */
    public void awaitFirstAttempt(Duration wait) {
        try {
            var unused = connection(wait);
        } catch (CacheException e) {
            // The link has said so in the log, and goes on trying.
        }
    }

    /**
     * Sends a request and waits for its answer; as long as there is time it is sent again on the next connection if it cannot
     * have changed anything: if the connection had ended before it was sent, if a server has refused it which is not the one to
     * ask, and a question also if its answer was lost.
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
                        // It was waiting for room, so nothing was sent.
                        throw translator.interrupted(false);
                    }
                    return await(reply, command.mutates(), call);
                }));
    }

    /**
     * Makes an attempt on the connection of the course, and others on the next ones while there is time.
     *
     * @param repeatable whether another may be made when an answer was lost
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
     * As {@link #call}, for one who has been waiting: no longer than for one answer altogether.
     *
     * @param beganNanos when the wait began
     */
    public <T> T callBefore(RedisCommand<T> command, long beganNanos) {
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

    /** As {@link #call}, and waits for the answer even if the thread is interrupted, which it stays. */
    public <T> T callUninterruptibly(RedisCommand<T> command) {
        return begin(command).get();
    }

    /**
     * Sends a request; as {@link #callUninterruptibly}, but the wait for the answer is the caller's. Does not throw.
     *
     * @return waits for the answer, and throws; to be asked once, by the same thread
     */
    public <T> Supplier<T> begin(RedisCommand<T> command) {
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
     * Sends many requests and waits for all answers, which are in order: in flushes of a bounded number of commands and bytes, each of
     * which may take as long as a call. Those that cannot have changed anything are sent again, as by {@link #call}.
     *
     * @throws CacheException the first that went wrong; those of the same flush were answered or given up by then, those of later ones
     *     are not sent. Where another one has changed something it says that the outcome is unknown
     */
    public <T> List<T> callAll(List<RedisCommand<T>> commands) {
        List<T> results = new ArrayList<>(commands.size());
        for (int from = 0; from < commands.size(); ) {
            List<RedisCommand<T>> flush = nextFlush(commands, from);
            FlushReplies<T> replies = new FlushReplies<>(flush);
            try {
                results.addAll(callFlush(replies));
            } catch (RemoteUnavailableException e) {
                boolean mutates = commands.get(0).mutates();
                throw mutates ? partlyDone(results.size() + replies.answeredCount(), commands.size(), e) : e;
            }
            from += flush.size();
        }
        return results;
    }

    /** Returns what is to be thrown when some of several changes were made and the others failed. */
    public RemoteUnavailableException partlyDone(int done, int all, RemoteUnavailableException failure) {
        return done == 0 || failure instanceof OutcomeUnknownException
                ? failure
                : translator.partlyDone(done, all, failure);
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
        List<Integer> queried = replies.missing;
        List<CompletableFuture<T>> sent;
        try {
            sent = call.connection.sendAll(replies.missingCommands(), call.leftNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw translator.interrupted(false);
        }
        replies.missing = new ArrayList<>();
        CacheException again = null;
        for (int i = 0; i < sent.size(); i++) {
            int index = queried.get(i);
            RedisCommand<T> command = replies.commands.get(index);
            try {
                replies.results.set(index, await(sent.get(i), command.mutates(), call));
            } catch (ExceptionTranslator.DemotedException e) {
                replies.missing.add(index);
                again = again == null ? e : again;
            } catch (ExceptionTranslator.ConnectionLostException e) {
                if (e.isUnsent() || command.isRepeatable()) {
                    replies.missing.add(index);
                    // Its end is to be waited for.
                    again = e;
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
        if (again != null) {
            throw again;
        }
        return replies.results;
    }

    /** Has the gate learn from what a call has met, but from the end of a connection: of that the link takes note itself. */
    private <T> T recorded(Call call, Supplier<T> body) {
        boolean answered = true;
        try {
            return body.get();
        } catch (RemoteUnavailableException e) {
            answered = false;
            if (e.kind() == RemoteUnavailableException.Kind.CONNECTION) {
                // Whoever looks now for what has become of it, looks on the next one.
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
            // The time is over, and what has failed has failed.
        }
    }

    /** Sends a request whose answer nobody needs, if there is a connection; neither waits nor throws. */
    public void send(RedisCommand<?> command) {
        send(command, (answer, failure) -> {});
    }

    /**
     * Sends a request for whose answer nobody waits; does not throw.
     *
     * @param then gets the answer, or why there is none, on any thread; must not block
     */
    public <T> void send(RedisCommand<T> command, BiConsumer<? super @Nullable T, ? super @Nullable Throwable> then) {
        send(connection -> connection.send(command), then);
    }

    /** As {@link #send(Request, BiConsumer)}, in room that the calls of users cannot take. */
    public <T> void sendOwn(
            RedisCommand<T> command, BiConsumer<? super @Nullable T, ? super @Nullable Throwable> then) {
        send(connection -> connection.sendReserved(command), then);
    }

    private <T> void send(
            Function<RedisConnection, CompletableFuture<T>> sending,
            BiConsumer<? super @Nullable T, ? super @Nullable Throwable> then) {
        try {
            requireOpen();
            var unused =
                    sending.apply(supervisor.connectionIgnoringBreaker(Duration.ZERO)).whenComplete(then);
        } catch (CacheException e) {
            then.accept(null, e);
        }
    }

    /** As {@link #call}, on the second connection: for work that is long and that no caller of {@link #call} waits for. */
    public <T> T callAside(RedisCommand<T> command) {
        return askAside(command.isRepeatable(), command.mutates(), connection -> connection.send(command));
    }

    /**
     * Asks a question on the second connection, and on the next one as long as there is time if that has ended, or is let go of.
     *
     * @param question gets the connection, and is asked for what depends on it
     */
    public <T> T askAside(Function<RedisConnection, CompletableFuture<T>> query) {
        return askAside(true, false, query);
    }

    /** Asks questions on the second connection, as {@link #askAside}; the answers are in their order. */
    public <T> List<T> askAllAside(List<RedisCommand<T>> questions) {
        return askAside(connection -> {
            List<CompletableFuture<T>> replies =
                    questions.stream().map(connection::send).toList();
            return CompletableFuture.allOf(replies.toArray(new CompletableFuture<?>[0]))
                    .thenApply(
                            all -> replies.stream().map(CompletableFuture::join).toList());
        });
    }

    private <T> T askAside(
            boolean repeatable, boolean mutates, Function<RedisConnection, CompletableFuture<T>> query) {
        requireOpen();
        long beganNanos = clock.nanos();
        while (true) {
            Call call = new Call(supervisor.sideConnection(timeout, breaker), beganNanos, 0);
            try {
                return await(
                        query.apply(call.connection), mutates, new Call(call.connection, clock.nanos(), 0));
            } catch (ExceptionTranslator.ConnectionLostException e) {
                if (call.isExpired() || !(repeatable || e.isUnsent())) {
                    throw e;
                }
                awaitClosed(call);
            } catch (ExceptionTranslator.DemotedException e) {
                if (call.isExpired()) {
                    throw e;
                }
                // It was let go of with that answer.
                awaitClosed(call);
            }
        }
    }

    /** Waits, as long as for any, for an answer that changes nothing. */
    public <T> T await(CompletableFuture<T> reply) {
        return await(reply, false, new Call(0));
    }

    /** Waits for an answer that several callers wait for; has the question asked again as long as there is time, as by {@link #call}. */
    public <T> T awaitShared(Function<RedisConnection, Pending<T>> query) {
        Call call = new Call(0);
        return recorded(
                call,
                () -> retry(call, lost -> true, () -> {
                    Pending<T> pending = query.apply(call.connection);
                    call.switchTo(pending.stream());
                    return await(pending.answer(), false, call);
                }));
    }

    /** Returns when the announcements of changes were last proven to come. */
    public CoherenceProof proof() {
        return trackedKeys().proof();
    }

    /** Has changes of a key void the ticket; to be called before the key is read or written under it. */
    public void watch(EntryKey key, FillTicket ticket) {
        if (ticket.isValid()) {
            trackedKeys().watch(key.bytes(), ticket, key.epoch().generation());
        }
    }

    /** Returns what is watched on the connection. */
    public TrackedKeys trackedKeys() {
        return supervisor.trackedKeys();
    }

    /** Returns whether the server announces changes on the connection; false if there is none. */
    public boolean announces() {
        return supervisor.isTracking();
    }

    /** Returns what is known of the server without asking it. */
    public RemoteHealth health() {
        return breaker.breaker();
    }

    /** Has Redis forget a cache as soon as it can be reached. */
    public void owe(KeySpace space) {
        supervisor.pendingPurges().add(space);
    }

    public ServerClock serverClock() {
        return supervisor.serverClock();
    }

    public NanoClock clock() {
        return clock;
    }

    /** Returns the connection, once there is one. */
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

    /** Returns where the server is. */
    public RedisAddress address() {
        return translator.address();
    }

    /** Gives the client back; the last user's call ends its connections and threads. Repeated calls change nothing. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            onClose.run();
        }
    }

    public boolean isClosed() {
        return closed.get();
    }

    /** Returns where the server is, never the credentials. */
    public String server() {
        return translator.address().toString();
    }

    /** Shows where the server is, never the credentials. */
    @Override
    public String toString() {
        return "CommandExecutor[" + translator.address() + "]";
    }

    /**
     * A question that was asked.
     *
     * @param stream on which
     */
    public record Pending<T>(RedisConnection stream, CompletableFuture<T> answer) {}

    /** A call from its beginning to its end: which connection it is on by now, and how long it may take. */
    private final class Call {
        private final long beganNanos;
        private final long bytes;
        private RedisConnection connection;
        private TrafficMeter.Mark mark;
        private boolean moved;
        private boolean expired;

        /**
         * Begins it on the first connection.
         *
         * @param bytes that it sends
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

        /** Returns how much longer it may take because bytes move that it waits for. */
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
         * Returns whether there is more to wait for when the time is over; if nothing at all has come in that time, nobody else is to
         * wait for it.
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

    /** A thread that waits even if it is interrupted, which it is again afterwards. */
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

    /** What a thread waits for. */
    @FunctionalInterface
    private interface Wait<T> {
        T await() throws InterruptedException;
    }

    /** What has come of many requests by now; null where nothing has. */
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
