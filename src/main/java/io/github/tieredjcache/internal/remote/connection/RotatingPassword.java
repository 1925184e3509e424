package io.github.tieredjcache.internal.remote.connection;

import io.github.tieredjcache.RemoteUnavailableException;
import io.github.tieredjcache.RemoteUnavailableException.Kind;
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
 * Gets the password for each connection from the factory of the application. Its code may block, so it runs on a thread
 * of its own, which exists only while it is needed, and by one call at a time.
 */
final class RotatingPassword implements AutoCloseable {
    private final Factory<String> source;
    private final ExecutorService executor;
    private @Nullable CompletableFuture<String> pending;

    RotatingPassword(Factory<String> source, ThreadFactory threads) {
        this.source = source;
        this.executor = new ThreadPoolExecutor(0, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), threads);
    }

    /** Calls the factory, or joins a call in progress. */
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
            // Closed: the attempt to connect fails with this exception.
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Interrupts the call in progress. */
    @Override
    public void close() {
        var unused = executor.shutdownNow();
    }

    private String callFactory() {
        String password;
        try {
            password = source.create();
        } catch (Exception e) {
            // The cause is dropped: its message may hold a password.
            throw new RemoteUnavailableException(
                    Kind.CONNECTION,
                    "the factory of redisPassword threw " + e.getClass().getName(),
                    null);
        }
        if (password == null) {
            throw new RemoteUnavailableException(
                    Kind.CONNECTION, "the factory of redisPassword returned null; it must return a password", null);
        }
        return password;
    }
}
