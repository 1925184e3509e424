package io.github.tieredjcache.internal.remote;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.protocol.AsyncCommand;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/** One connection to Redis, from its making to its end; it never comes back. Safe for use by many threads. */
final class RedisStream {
    private final StatefulRedisConnection<byte[], byte[]> connection;

    RedisStream(StatefulRedisConnection<byte[], byte[]> connection) {
        this.connection = connection;
    }

    /** Sends one command; the answers come in the order of sending. */
    <T> CompletableFuture<T> send(Request<T> request) {
        AsyncCommand<byte[], byte[], T> command = request.command();
        try {
            connection.dispatch(command);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
        return answer(request, command);
    }

    /** Sends many commands in one flush; the answers are in the order of the list. */
    <T> List<CompletableFuture<T>> sendAll(List<Request<T>> requests) {
        List<AsyncCommand<byte[], byte[], T>> commands =
                requests.stream().map(Request::command).toList();
        try {
            connection.dispatch(commands);
        } catch (RuntimeException e) {
            return requests.stream()
                    .map(each -> CompletableFuture.<T>failedFuture(e))
                    .toList();
        }
        List<CompletableFuture<T>> answers = new ArrayList<>(commands.size());
        for (int i = 0; i < commands.size(); i++) {
            answers.add(answer(requests.get(i), commands.get(i)));
        }
        return answers;
    }

    private <T> CompletableFuture<T> answer(Request<T> request, CompletableFuture<T> command) {
        Request<T> withText = request.withText();
        return withText == null
                ? command
                : command.exceptionallyCompose(failure ->
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
