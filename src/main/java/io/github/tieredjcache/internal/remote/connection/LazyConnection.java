package io.github.tieredjcache.internal.remote.connection;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A connection that is opened when it is needed, and again after it has ended. Safe for use by many threads. */
final class LazyConnection {
    private final Supplier<CompletableFuture<RedisConnection>> opener;
    // Guarded by this.
    private @Nullable CompletableFuture<RedisConnection> opened;

    LazyConnection(Supplier<CompletableFuture<RedisConnection>> opener) {
        this.opener = opener;
    }

    /** Returns the connection; opens it if there is none, or if it could not be opened or has ended. */
    synchronized CompletableFuture<RedisConnection> open() {
        CompletableFuture<RedisConnection> known = opened;
        if (known == null
                || known.isCompletedExceptionally()
                || (known.isDone() && !known.join().isOpen())) {
            known = opener.get();
            opened = known;
        }
        return known;
    }

    /** Closes the connection if it is open and the given one; returns whether it was. */
    synchronized boolean close(RedisConnection connection) {
        CompletableFuture<RedisConnection> known = opened;
        boolean isSame = known != null
                && !known.isCompletedExceptionally()
                && known.getNow(null) == connection
                && connection.isOpen();
        if (isSame) {
            close();
        }
        return isSame;
    }

    /** Closes the connection if there is one. */
    synchronized void close() {
        if (opened != null) {
            var unused = opened.thenAccept(RedisConnection::close);
        }
        opened = null;
    }
}
