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
    private final ExceptionTranslator faults;
    private final NanoClock clock;
    private final Duration timeout;
    private final Latencies latencies;
    private final Runnable onClose;
    private final AtomicBoolean closed = new AtomicBoolean();

    CommandExecutor(
            ConnectionSupervisor supervisor,
            ExceptionTranslator faults,
            NanoClock clock,
            Duration timeout,
            Latencies latencies,
            Runnable onClose) {
        this.supervisor = supervisor;
        this.breaker = supervisor.breaker(timeout);
        this.faults = faults;
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
            var unused = open(wait);
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
        Course course = new Course(command.bytes());
        return watched(
                course,
                () -> persist(course, lost -> command.isRepeatable(), () -> {
                    CompletableFuture<T> answer;
                    try {
                        answer = sent(course, command);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                        // It was waiting for room, so nothing was sent.
                        throw faults.interrupted(false);
                    }
                    return await(answer, command.mutates(), course);
                }));
    }

    /**
     * Makes an attempt on the connection of the course, and others on the next ones while there is time.
     *
     * @param repeatable whether another may be made when an answer was lost
     */
    private <T> T persist(
            Course course, Predicate<ExceptionTranslator.ConnectionLostException> repeatable, Supplier<T> attempt) {
        while (true) {
            try {
                return attempt.get();
            } catch (ExceptionTranslator.ConnectionLostException e) {
                if (course.isOver() || !(e.isUnsent() || repeatable.test(e))) {
                    throw e;
                }
                awaitEnd(course);
            } catch (ExceptionTranslator.DemotedException e) {
                if (course.isOver()) {
                    throw e;
                }
                supervisor.awaitLeaving(course.left());
            }
            course.moveTo(open(course.left()));
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
            throw faults.timedOut(timeout, command.mutates());
        }
        Course course = new Course(open(left), beganNanos, command.bytes());
        return persist(
                course,
                lost -> command.isRepeatable(),
                () -> await(course.connection.send(command), command.mutates(), course));
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
        Course course;
        CompletableFuture<T> sent;
        try (DeferredInterrupts thread = new DeferredInterrupts()) {
            course = new Course(command.bytes());
            sent = thread.await(() -> sentOrRefused(course, command));
        } catch (CacheException e) {
            return () -> {
                throw e;
            };
        }
        AtomicReference<@Nullable CompletableFuture<T>> first = new AtomicReference<>(sent);
        return () -> {
            try (DeferredInterrupts thread = new DeferredInterrupts()) {
                return watched(
                        course,
                        () -> persist(course, lost -> false, () -> {
                            CompletableFuture<T> begun = first.getAndSet(null);
                            CompletableFuture<T> answer =
                                    begun == null ? thread.await(() -> sent(course, command)) : begun;
                            return thread.await(() -> awaitOrLeave(answer, command.mutates(), course));
                        }));
            }
        };
    }

    private <T> CompletableFuture<T> sentOrRefused(Course course, RedisCommand<T> command) throws InterruptedException {
        try {
            return sent(course, command);
        } catch (CacheException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private <T> CompletableFuture<T> sent(Course course, RedisCommand<T> command) throws InterruptedException {
        return course.connection.send(command, course.leftNanos());
    }

    /**
     * Sends many requests and waits for all answers, which are in order: in flushes of a bounded number of commands and bytes, each of
     * which may take as long as a call. Those that cannot have changed anything are sent again, as by {@link #call}.
     *
     * @throws CacheException the first that went wrong; those of the same flush were answered or given up by then, those of later ones
     *     are not sent. Where another one has changed something it says that the outcome is unknown
     */
    public <T> List<T> callAll(List<RedisCommand<T>> requests) {
        List<T> results = new ArrayList<>(requests.size());
        for (int from = 0; from < requests.size(); ) {
            List<RedisCommand<T>> flush = flush(requests, from);
            Answers<T> answers = new Answers<>(flush);
            try {
                results.addAll(callFlush(answers));
            } catch (RemoteUnavailableException e) {
                boolean mutates = requests.get(0).mutates();
                throw mutates ? partlyDone(results.size() + answers.count(), requests.size(), e) : e;
            }
            from += flush.size();
        }
        return results;
    }

    /** Returns what is to be thrown when some of several changes were made and the others failed. */
    public RemoteUnavailableException partlyDone(int done, int all, RemoteUnavailableException failure) {
        return done == 0 || failure instanceof OutcomeUnknownException
                ? failure
                : faults.partlyDone(done, all, failure);
    }

    private static <T> List<RedisCommand<T>> flush(List<RedisCommand<T>> requests, int from) {
        long bytes = 0;
        int to = from;
        while (to < requests.size()
                && to - from < Flush.COMMANDS_MAX
                && (to == from || bytes + requests.get(to).bytes() <= Flush.BYTES_MAX)) {
            bytes += requests.get(to).bytes();
            to++;
        }
        return requests.subList(from, to);
    }

    private <T> List<T> callFlush(Answers<T> answers) {
        Course course = new Course(
                answers.requests.stream().mapToLong(RedisCommand::bytes).sum());
        return watched(course, () -> persist(course, lost -> answers.failure == null, () -> awaitAll(course, answers)));
    }

    private <T> List<T> awaitAll(Course course, Answers<T> answers) {
        List<Integer> asked = answers.missing;
        List<CompletableFuture<T>> sent;
        try {
            sent = course.connection.sendAll(answers.missingRequests(), course.leftNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw faults.interrupted(false);
        }
        answers.missing = new ArrayList<>();
        CacheException again = null;
        for (int i = 0; i < sent.size(); i++) {
            int index = asked.get(i);
            RedisCommand<T> command = answers.requests.get(index);
            try {
                answers.results.set(index, await(sent.get(i), command.mutates(), course));
            } catch (ExceptionTranslator.DemotedException e) {
                answers.missing.add(index);
                again = again == null ? e : again;
            } catch (ExceptionTranslator.ConnectionLostException e) {
                if (e.isUnsent() || command.isRepeatable()) {
                    answers.missing.add(index);
                    // Its end is to be waited for.
                    again = e;
                } else {
                    answers.failed(e);
                }
            } catch (CacheException e) {
                answers.failed(e);
            }
        }
        if (answers.failure != null) {
            throw answers.failure;
        }
        if (again != null) {
            throw again;
        }
        return answers.results;
    }

    /** Has the gate learn from what a call has met, but from the end of a connection: of that the link takes note itself. */
    private <T> T watched(Course course, Supplier<T> call) {
        boolean answered = true;
        try {
            return call.get();
        } catch (RemoteUnavailableException e) {
            answered = false;
            if (e.kind() == RemoteUnavailableException.Kind.CONNECTION) {
                // Whoever looks now for what has become of it, looks on the next one.
                awaitEnd(course);
            }
            throw e;
        } finally {
            long nowNanos = clock.nanos();
            latencies.remoteCalled(course.beganNanos, nowNanos);
            if (answered || course.connection.isOpen()) {
                supervisor.called(breaker, nowNanos - course.beganNanos - course.allowanceNanos(), answered);
            }
        }
    }

    private void awaitEnd(Course course) {
        try {
            supervisor.awaitEnd(course.connection, course.left());
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
        send(connection -> connection.sendKept(command), then);
    }

    private <T> void send(
            Function<RedisConnection, CompletableFuture<T>> sending,
            BiConsumer<? super @Nullable T, ? super @Nullable Throwable> then) {
        try {
            requireOpen();
            var unused =
                    sending.apply(supervisor.streamEvenIfShut(Duration.ZERO)).whenComplete(then);
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
    public <T> T askAside(Function<RedisConnection, CompletableFuture<T>> question) {
        return askAside(true, false, question);
    }

    /** Asks questions on the second connection, as {@link #askAside}; the answers are in their order. */
    public <T> List<T> askAllAside(List<RedisCommand<T>> questions) {
        return askAside(connection -> {
            List<CompletableFuture<T>> answers =
                    questions.stream().map(connection::send).toList();
            return CompletableFuture.allOf(answers.toArray(new CompletableFuture<?>[0]))
                    .thenApply(
                            all -> answers.stream().map(CompletableFuture::join).toList());
        });
    }

    private <T> T askAside(
            boolean repeatable, boolean mutates, Function<RedisConnection, CompletableFuture<T>> question) {
        requireOpen();
        long beganNanos = clock.nanos();
        while (true) {
            Course course = new Course(supervisor.sideStream(timeout, breaker), beganNanos, 0);
            try {
                return await(
                        question.apply(course.connection), mutates, new Course(course.connection, clock.nanos(), 0));
            } catch (ExceptionTranslator.ConnectionLostException e) {
                if (course.isOver() || !(repeatable || e.isUnsent())) {
                    throw e;
                }
                awaitEnd(course);
            } catch (ExceptionTranslator.DemotedException e) {
                if (course.isOver()) {
                    throw e;
                }
                // It was let go of with that answer.
                awaitEnd(course);
            }
        }
    }

    /** Waits, as long as for any, for an answer that changes nothing. */
    public <T> T await(CompletableFuture<T> answer) {
        return await(answer, false, new Course(0));
    }

    /** Waits for an answer that several callers wait for; has the question asked again as long as there is time, as by {@link #call}. */
    public <T> T awaitShared(Function<RedisConnection, Pending<T>> question) {
        Course course = new Course(0);
        return watched(
                course,
                () -> persist(course, lost -> true, () -> {
                    Pending<T> pending = question.apply(course.connection);
                    course.moveTo(pending.stream());
                    return await(pending.answer(), false, course);
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
        return supervisor.announces();
    }

    /** Returns what is known of the server without asking it. */
    public RemoteHealth health() {
        return breaker.gate();
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
    RedisConnection open() {
        return open(timeout);
    }

    private RedisConnection open(Duration wait) {
        requireOpen();
        return supervisor.stream(wait, breaker);
    }

    private void requireOpen() {
        if (closed.get()) {
            throw faults.closed();
        }
    }

    private <T> T await(CompletableFuture<T> answer, boolean mutates, Course course) {
        try {
            return awaitOrLeave(answer, mutates, course);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw faults.interrupted(mutates);
        }
    }

    private <T> T awaitOrLeave(CompletableFuture<T> answer, boolean mutates, Course course)
            throws InterruptedException {
        while (true) {
            try {
                return answer.get(course.leftNanos(), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                if (!course.goesOn(answer)) {
                    throw faults.timedOut(timeout, mutates);
                }
            } catch (ExecutionException e) {
                throw faults.translate(e, mutates);
            }
        }
    }

    /** Returns where the server is. */
    public RedisAddress address() {
        return faults.place();
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
        return faults.place().toString();
    }

    /** Shows where the server is, never the credentials. */
    @Override
    public String toString() {
        return "CommandExecutor[" + faults.place() + "]";
    }

    /**
     * A question that was asked.
     *
     * @param stream on which
     */
    public record Pending<T>(RedisConnection stream, CompletableFuture<T> answer) {}

    /** A call from its beginning to its end: which connection it is on by now, and how long it may take. */
    private final class Course {
        private final long beganNanos;
        private final long bytes;
        private RedisConnection connection;
        private TrafficMeter.Mark mark;
        private boolean moved;
        private boolean over;

        /**
         * Begins it on the first connection.
         *
         * @param bytes that it sends
         */
        Course(long bytes) {
            this(clock.nanos(), bytes);
        }

        private Course(long beganNanos, long bytes) {
            this(open(), beganNanos, bytes);
        }

        Course(RedisConnection connection, long beganNanos, long bytes) {
            this.beganNanos = beganNanos;
            this.bytes = bytes;
            this.connection = connection;
            this.mark = connection.traffic().mark(bytes);
        }

        void moveTo(RedisConnection next) {
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

        boolean isOver() {
            return leftNanos() == 0;
        }

        /**
         * Returns whether there is more to wait for when the time is over; if nothing at all has come in that time, nobody else is to
         * wait for it.
         */
        boolean goesOn(CompletableFuture<?> answer) throws InterruptedException {
            if (over || !isOver()) {
                return !over || answer.isDone();
            }
            boolean read = connection.awaitReading();
            if (answer.isDone() || !isOver()) {
                return true;
            }
            over = true;
            if (read && !moved && connection.traffic().isSilentSince(mark)) {
                supervisor.silent(breaker, connection, beganNanos);
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
                    return wait.end();
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
        T end() throws InterruptedException;
    }

    /** What has come of many requests by now; null where nothing has. */
    private static final class Answers<T> {
        private final List<RedisCommand<T>> requests;
        private final List<T> results;
        private List<Integer> missing;
        private @Nullable CacheException failure;

        Answers(List<RedisCommand<T>> requests) {
            this.requests = requests;
            this.results = new ArrayList<>(Collections.nCopies(requests.size(), null));
            this.missing = IntStream.range(0, requests.size()).boxed().toList();
        }

        int count() {
            return (int) results.stream().filter(Objects::nonNull).count();
        }

        List<RedisCommand<T>> missingRequests() {
            return missing.stream().map(requests::get).toList();
        }

        void failed(CacheException e) {
            failure = failure == null ? e : failure;
        }
    }
}
