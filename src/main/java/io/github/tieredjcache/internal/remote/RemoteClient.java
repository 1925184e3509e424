package io.github.tieredjcache.internal.remote;

import io.github.tieredjcache.internal.entry.CoherenceProof;
import io.github.tieredjcache.internal.entry.FillTicket;
import io.github.tieredjcache.internal.entry.NanoClock;
import io.github.tieredjcache.internal.entry.RemoteHealth;
import io.github.tieredjcache.internal.entry.RemoteUnavailableException;
import io.github.tieredjcache.internal.stats.Latencies;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import javax.cache.CacheException;
import org.jspecify.annotations.Nullable;

/**
 * One user's way to a shared Redis client: sends, waits at most the command timeout, and translates what goes wrong. Safe
 * for use by many threads.
 */
public final class RemoteClient implements AutoCloseable {
    private final Link link;
    private final Faults faults;
    private final NanoClock clock;
    private final Duration timeout;
    private final Latencies latencies;
    private final Runnable onClose;
    private final AtomicBoolean closed = new AtomicBoolean();

    RemoteClient(Link link, Faults faults, NanoClock clock, Duration timeout, Latencies latencies, Runnable onClose) {
        this.link = link;
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
     * Sends a request and waits for its answer; a question is asked again if the connection has ended and a new one comes in the
     * time that is left, and so is anything that a server has refused which is not the one to ask: that changes nothing.
     */
    <T> T call(Request<T> request) {
        return call(request, request.isRepeatable());
    }

    /** As {@link #call}, for a script that may run twice: it comes to the same. */
    <T> T callRepeatable(Request<T> request) {
        return call(request, true);
    }

    private <T> T call(Request<T> request, boolean repeatable) {
        long beganNanos = clock.nanos();
        RedisStream stream = open();
        return watched(beganNanos, stream, () -> {
            try {
                return awaitOrLeave(sent(stream, request, beganNanos), request.mutates(), deadline(beganNanos));
            } catch (Faults.ConnectionLostException e) {
                if (!repeatable) {
                    throw e;
                }
                awaitEnd(stream, beganNanos);
                return callBefore(request, beganNanos);
            } catch (Faults.DemotedException e) {
                link.awaitLeaving(left(beganNanos));
                return callBefore(request, beganNanos);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw faults.interrupted(request.mutates());
            }
        });
    }

    private Duration left(long beganNanos) {
        return Duration.ofNanos(Math.max(0, deadline(beganNanos) - clock.nanos()));
    }

    /**
     * As {@link #call}, for one who has been waiting: no longer than for one answer altogether.
     *
     * @param beganNanos when the wait began
     */
    <T> T callBefore(Request<T> request, long beganNanos) {
        long leftNanos = deadline(beganNanos) - clock.nanos();
        if (leftNanos <= 0) {
            throw faults.timedOut(timeout, request.mutates());
        }
        return await(open(Duration.ofNanos(leftNanos)).send(request), request.mutates(), deadline(beganNanos));
    }

    /** As {@link #call}, and waits for the answer even if the thread is interrupted, which it stays. */
    <T> T callUninterruptibly(Request<T> request) {
        boolean interrupted = Thread.interrupted();
        try {
            long beganNanos = clock.nanos();
            RedisStream stream = open();
            return watched(beganNanos, stream, () -> {
                try {
                    return awaitUninterruptibly(stream, request, beganNanos);
                } catch (Faults.DemotedException e) {
                    link.awaitLeaving(left(beganNanos));
                    return awaitUninterruptibly(open(left(beganNanos)), request, beganNanos);
                }
            });
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private <T> T awaitUninterruptibly(RedisStream stream, Request<T> request, long beganNanos) {
        CompletableFuture<T> answer = null;
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    answer = answer == null ? sent(stream, request, beganNanos) : answer;
                    return awaitOrLeave(answer, request.mutates(), deadline(beganNanos));
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private <T> CompletableFuture<T> sent(RedisStream stream, Request<T> request, long beganNanos)
            throws InterruptedException {
        return stream.send(request, deadline(beganNanos) - clock.nanos());
    }

    /**
     * Sends many requests in one flush and waits for all answers, which are in order. Those that a server has refused which is not the one to ask are sent
     * again, as by {@link #call}.
     *
     * @throws CacheException the first that went wrong, after all were answered or given up
     */
    <T> List<T> callAll(List<Request<T>> requests) {
        long beganNanos = clock.nanos();
        RedisStream stream = open();
        return watched(beganNanos, stream, () -> {
            Answers<T> answers = awaitAll(stream, requests, beganNanos);
            List<T> results = answers.results;
            if (!answers.demoted.isEmpty() && answers.failure == null) {
                link.awaitLeaving(left(beganNanos));
                Answers<T> again = awaitAll(
                        open(left(beganNanos)),
                        answers.demoted.stream().map(requests::get).toList(),
                        beganNanos);
                again.requireAll();
                for (int i = 0; i < again.results.size(); i++) {
                    results.set(answers.demoted.get(i), again.results.get(i));
                }
                return results;
            }
            answers.requireAll();
            return results;
        });
    }

    private <T> Answers<T> awaitAll(RedisStream stream, List<Request<T>> requests, long beganNanos) {
        List<CompletableFuture<T>> sent;
        try {
            sent = stream.sendAll(requests, deadline(beganNanos) - clock.nanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw faults.interrupted(false);
        }
        Answers<T> answers = new Answers<>(requests.size());
        for (int i = 0; i < sent.size(); i++) {
            try {
                answers.results.set(i, await(sent.get(i), requests.get(i).mutates(), deadline(beganNanos)));
            } catch (Faults.DemotedException e) {
                answers.demoted.add(i);
                answers.demotion = e;
            } catch (CacheException e) {
                answers.failure = answers.failure == null ? e : answers.failure;
            }
        }
        return answers;
    }

    /** Has the gate learn from what a call has met, but from the end of a connection: of that the link takes note itself. */
    private <T> T watched(long beganNanos, @Nullable RedisStream stream, Supplier<T> call) {
        boolean answered = true;
        try {
            return call.get();
        } catch (RemoteUnavailableException e) {
            answered = false;
            if (stream != null && e.kind() == RemoteUnavailableException.Kind.CONNECTION) {
                // Whoever looks now for what has become of it, looks on the next one.
                awaitEnd(stream, beganNanos);
            }
            throw e;
        } finally {
            long nowNanos = clock.nanos();
            latencies.remoteCalled(beganNanos, nowNanos);
            if (answered || stream == null || stream.isOpen()) {
                link.called(nowNanos - beganNanos, answered);
            }
        }
    }

    private void awaitEnd(RedisStream ending, long beganNanos) {
        try {
            link.awaitEnd(ending, left(beganNanos));
        } catch (CacheException e) {
            // The time is over, and what has failed has failed.
        }
    }

    /** Sends a request whose answer nobody needs, if there is a connection; neither waits nor throws. */
    void send(Request<?> request) {
        send(request, (answer, failure) -> {});
    }

    /**
     * Sends a request for whose answer nobody waits; does not throw.
     *
     * @param then gets the answer, or why there is none, on any thread; must not block
     */
    <T> void send(Request<T> request, BiConsumer<? super @Nullable T, ? super @Nullable Throwable> then) {
        try {
            requireOpen();
            var unused = link.streamEvenIfShut(Duration.ZERO).send(request).whenComplete(then);
        } catch (CacheException e) {
            then.accept(null, e);
        }
    }

    /** As {@link #call}, on the second connection: for work that is long and that no caller of {@link #call} waits for. */
    <T> T callAside(Request<T> request) {
        try {
            return callOnceAside(request);
        } catch (Faults.DemotedException e) {
            // It was let go of with that answer.
            return callOnceAside(request);
        }
    }

    private <T> T callOnceAside(Request<T> request) {
        return await(aside().send(request), request.mutates(), deadlineNanos());
    }

    /** Returns the second connection, for work of which the parts are in order only on one. */
    RedisStream aside() {
        requireOpen();
        return link.sideStream(timeout);
    }

    /** Waits for an answer of the second connection that changes nothing. */
    <T> T awaitAside(CompletableFuture<T> answer) {
        return await(answer, false, deadlineNanos());
    }

    /** Waits for an answer that several wait for; has the question asked again, once, if the server was not the one to ask. */
    <T> T await(Supplier<CompletableFuture<T>> question) {
        long beganNanos = clock.nanos();
        try {
            return await(question.get());
        } catch (Faults.DemotedException e) {
            link.awaitLeaving(left(beganNanos));
            return await(question.get());
        }
    }

    /** Returns when the announcements of changes were last proven to come. */
    public CoherenceProof proof() {
        return invalidations().proof();
    }

    /** Has changes of a key void the ticket; to be called before the key is read or written under it. */
    void watch(EntryKey key, FillTicket ticket) {
        if (ticket.isValid()) {
            invalidations().watch(key.bytes(), ticket, key.epoch().era());
        }
    }

    /** Returns what is watched on the connection. */
    Invalidations invalidations() {
        return link.invalidations();
    }

    /** Returns whether the server announces changes on the connection; false if there is none. */
    boolean announces() {
        return link.announces();
    }

    /** Returns what is known of the server without asking it. */
    public RemoteHealth health() {
        return link.gate();
    }

    /** Has Redis forget a cache as soon as it can be reached. */
    void owe(KeySpace space) {
        link.owed().add(space);
    }

    ServerClock serverClock() {
        return link.serverClock();
    }

    NanoClock clock() {
        return clock;
    }

    /** Returns the connection, once there is one. */
    RedisStream open() {
        return open(timeout);
    }

    /** Waits for an answer that several callers wait for. */
    <T> T await(CompletableFuture<T> answer) {
        long beganNanos = clock.nanos();
        return watched(beganNanos, null, () -> await(answer, false, deadline(beganNanos)));
    }

    private RedisStream open(Duration wait) {
        requireOpen();
        return link.stream(wait);
    }

    private void requireOpen() {
        if (closed.get()) {
            throw faults.closed();
        }
    }

    private long deadlineNanos() {
        return deadline(clock.nanos());
    }

    private long deadline(long beganNanos) {
        return beganNanos + timeout.toNanos();
    }

    private <T> T await(CompletableFuture<T> answer, boolean mutates, long deadlineNanos) {
        try {
            return awaitOrLeave(answer, mutates, deadlineNanos);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw faults.interrupted(mutates);
        }
    }

    private <T> T awaitOrLeave(CompletableFuture<T> answer, boolean mutates, long deadlineNanos)
            throws InterruptedException {
        try {
            return answer.get(Math.max(0, deadlineNanos - clock.nanos()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw faults.timedOut(timeout, mutates);
        } catch (ExecutionException e) {
            throw faults.translate(e, mutates);
        }
    }

    /** Returns where the server is. */
    Place place() {
        return faults.place();
    }

    /** Gives the client back; the last user's call ends its connections and threads. Repeated calls change nothing. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            onClose.run();
        }
    }

    boolean isClosed() {
        return closed.get();
    }

    /** Returns where the server is, never the credentials. */
    public String server() {
        return faults.place().toString();
    }

    /** Shows where the server is, never the credentials. */
    @Override
    public String toString() {
        return "RemoteClient[" + faults.place() + "]";
    }

    /** What came of many requests; null where nothing did. */
    private static final class Answers<T> {
        private final List<T> results;
        private final List<Integer> demoted = new ArrayList<>();
        private @Nullable CacheException demotion;
        private @Nullable CacheException failure;

        Answers(int size) {
            this.results = new ArrayList<>(Collections.nCopies(size, null));
        }

        void requireAll() {
            if (failure != null) {
                throw failure;
            }
            if (demotion != null) {
                throw demotion;
            }
        }
    }
}
