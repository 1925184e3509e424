package io.github.tieredjcache.internal.remote.connection;

import io.github.tieredjcache.internal.port.RemoteUnavailableException;
import io.github.tieredjcache.internal.port.RemoteUnavailableException.Kind;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.cache.configuration.Factory;
import org.jspecify.annotations.Nullable;

/**
 * Passwords that may change, asked for whenever a connection is made; by users' code, which may block: so on a thread of its own, which
 * is there while it is needed, and by one call at a time.
 */
final class RotatingPassword implements AutoCloseable {
    private final Factory<String> source;
    private final ExecutorService executor;
    private @Nullable CompletableFuture<String> pending;

    RotatingPassword(Factory<String> source, ThreadFactory threads) {
        this.source = source;
        this.executor = new ThreadPoolExecutor(0, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), threads);
    }

    /** Asks, or joins a question that is not answered yet. */
    synchronized CompletableFuture<String> next() {
        CompletableFuture<String> running = pending;
        if (running == null || running.isDone()) {
            running = query();
            pending = running;
        }
        return running;
    }

    private CompletableFuture<String> query() {
        try {
            return CompletableFuture.supplyAsync(this::callFactory, executor);
        } catch (RejectedExecutionException e) {
            // Closed, and whoever connects is told so like of any other reason.
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Interrupts the call that is under way. */
    @Override
    public void close() {
        var unused = executor.shutdownNow();
    }

    private String callFactory() {
        String password;
        try {
            password = source.create();
        } catch (RuntimeException e) {
            // Without the cause: nobody knows what its message holds.
            throw new RemoteUnavailableException(
                    Kind.CONNECTION,
                    "the password could not be told: " + e.getClass().getName(),
                    null);
        }
        if (password == null) {
            throw new RemoteUnavailableException(Kind.CONNECTION, "the password could not be told: it was null", null);
        }
        return password;
    }
}
