package io.github.tieredjcache.internal.remote;

import io.github.tieredjcache.internal.entry.RemoteUnavailableException;
import io.github.tieredjcache.internal.entry.RemoteUnavailableException.Kind;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import javax.cache.configuration.Factory;
import org.jspecify.annotations.Nullable;

/**
 * Passwords that may change, asked for whenever a connection is made; by users' code, so not on a thread that others wait for, and
 * by one call at a time.
 */
final class Passwords {
    private final Factory<String> source;
    private final Executor executor;
    private @Nullable CompletableFuture<String> asking;

    Passwords(Factory<String> source, Executor executor) {
        this.source = source;
        this.executor = executor;
    }

    /** Asks, or joins a question that is not answered yet. */
    synchronized CompletableFuture<String> next() {
        CompletableFuture<String> running = asking;
        if (running == null || running.isDone()) {
            running = CompletableFuture.supplyAsync(this::ask, executor);
            asking = running;
        }
        return running;
    }

    private String ask() {
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
