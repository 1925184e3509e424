package io.github.tieredjcache.internal.remote;

import io.github.tieredjcache.internal.entry.NanoClock;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.protocol.AsyncCommand;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** One connection to Redis, from its making to its end; it never comes back. Safe for use by many threads. */
final class RedisStream {
    private final StatefulRedisConnection<byte[], byte[]> connection;
    private final NanoClock clock;
    private volatile @Nullable Invalidations invalidations;

    RedisStream(StatefulRedisConnection<byte[], byte[]> connection, NanoClock clock) {
        this.connection = connection;
        this.clock = clock;
    }

    /** Has the server announce changes from now on; the answer tells whether it will. */
    CompletableFuture<String> track(Invalidations listener) {
        connection.addListener(new PushReader(listener));
        CompletableFuture<String> tracking = send(Request.track());
        // Attached before the answer is used, so that no later answer counts as a proof without it.
        return tracking.thenApply(done -> {
            invalidations = listener;
            return done;
        });
    }

    /** Returns whether the server announces changes on this. */
    boolean announces() {
        return invalidations != null;
    }

    /** Sends one command; the answers come in the order of sending. */
    <T> CompletableFuture<T> send(Request<T> request) {
        AsyncCommand<byte[], byte[], T> command = request.command();
        CompletableFuture<T> seen = observed(request, command);
        try {
            connection.dispatch(command);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
        return answer(request, seen);
    }

    /** Sends many commands in one flush; the answers are in the order of the list. */
    <T> List<CompletableFuture<T>> sendAll(List<Request<T>> requests) {
        List<AsyncCommand<byte[], byte[], T>> commands = new ArrayList<>(requests.size());
        List<CompletableFuture<T>> seen = new ArrayList<>(requests.size());
        for (Request<T> each : requests) {
            AsyncCommand<byte[], byte[], T> command = each.command();
            commands.add(command);
            seen.add(observed(each, command));
        }
        try {
            connection.dispatch(commands);
        } catch (RuntimeException e) {
            return requests.stream()
                    .map(each -> CompletableFuture.<T>failedFuture(e))
                    .toList();
        }
        List<CompletableFuture<T>> answers = new ArrayList<>(requests.size());
        for (int i = 0; i < requests.size(); i++) {
            answers.add(answer(requests.get(i), seen.get(i)));
        }
        return answers;
    }

    /**
     * Has a look taken at the answer in the order of the stream: attached before the command is sent, so that it is taken on
     * the stream's thread, and before whoever waits for the result goes on.
     */
    private <T> CompletableFuture<T> observed(Request<T> request, AsyncCommand<byte[], byte[], T> command) {
        Invalidations listener = invalidations;
        if (listener == null) {
            return command;
        }
        long sentNanos = clock.nanos();
        return command.whenComplete((answer, failure) -> {
            if (failure == null) {
                listener.answered(sentNanos);
                request.answered(answer, listener);
            }
        });
    }

    private <T> CompletableFuture<T> answer(Request<T> request, CompletableFuture<T> seen) {
        Request<T> withText = request.withText();
        return withText == null
                ? seen
                : seen.exceptionallyCompose(failure ->
                        Faults.isUnknownScript(failure) ? send(withText) : CompletableFuture.failedFuture(failure));
    }

    /** Has the action run once when this ends, at once if it has ended; on any thread. */
    void onEnd(Runnable action) {
        AtomicBoolean told = new AtomicBoolean();
        Runnable once = () -> {
            if (told.compareAndSet(false, true)) {
                action.run();
            }
        };
        connection.addListener(new RedisConnectionStateListener() {
            @Override
            public void onRedisDisconnected(RedisChannelHandler<?, ?> handler) {
                once.run();
            }
        });
        if (!connection.isOpen()) {
            once.run();
        }
    }

    boolean isOpen() {
        return connection.isOpen();
    }

    /** Begins to close it. */
    void end() {
        var unused = connection.closeAsync();
    }
}
