package io.github.tieredjcache.internal.remote.connection;

import io.github.tieredjcache.internal.remote.tracking.TrackedKeys;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Opens connections for calls: checks the server, turns client tracking on, loads the scripts and reads the clock.
 * Safe for use by many threads.
 */
final class ConnectionOpener {
    private static final System.Logger LOG = System.getLogger("io.github.tieredjcache.remote");

    private final ConnectionFactory connections;
    private final ExceptionTranslator translator;
    private final TrackedKeys trackedKeys;
    private final BiConsumer<RedisConnection, Throwable> onRedirection;
    private final EarlierConnections earlier;
    private volatile boolean untracked;

    /**
     * Creates an opener.
     *
     * @param trackedKeys receives the invalidations on the connections
     * @param onRedirection receives each redirection on a connection, as {@link RedisConnection#onRedirection}
     */
    ConnectionOpener(
            ConnectionFactory connections,
            TrackedKeys trackedKeys,
            BiConsumer<RedisConnection, Throwable> onRedirection) {
        this.connections = connections;
        this.translator = connections.translator();
        this.trackedKeys = trackedKeys;
        this.onRedirection = onRedirection;
        this.earlier = new EarlierConnections(connections);
    }

    /**
     * Opens a connection. The future completes on any thread.
     *
     * @param timeout how long it may take
     * @param again whether the attempt before has failed
     */
    CompletableFuture<RedisConnection> open(Duration timeout, boolean again) {
        CompletableFuture<RedisConnection> ready = new CompletableFuture<>();
        Future<?> limit = connections
                .thread()
                .schedule(
                        () -> ready.completeExceptionally(translator.timedOut(timeout, false)),
                        timeout.toMillis(),
                        TimeUnit.MILLISECONDS);
        when(ready, (connection, failure) -> limit.cancel(false));
        when(connections.connect(false, again), (connection, failure) -> {
            if (failure != null) {
                ready.completeExceptionally(failure);
            } else if (ready.isDone()) {
                // This attempt has timed out, and a later one may have succeeded.
                connection.close();
            } else {
                handshake(connection, ready);
            }
        });
        return ready;
    }

    /**
     * Prepares a connection. It is ready when client tracking is on, the server is known to be usable and to serve the
     * hash slot, and its clock is known. In a cluster these replies come in any order, since some are shared.
     */
    void handshake(RedisConnection connection, CompletableFuture<RedisConnection> ready) {
        when(ready, (same, failure) -> {
            if (failure != null) {
                connection.close();
            }
        });
        CompletableFuture<Void> usable = connection.handshake().thenAccept(this::requireUsable);
        when(usable, (nothing, failure) -> {
            if (failure != null) {
                ready.completeExceptionally(failure);
            }
        });
        connection.onRedirection(failure -> {
            connections.onRedirection(failure);
            onRedirection.accept(connection, failure);
        });
        when(connection.track(trackedKeys), (tracking, refusal) -> {
            // A connection that was lost meanwhile is not a refusal; it fails the handshake as well.
            if (refusal != null && ExceptionTranslator.isRefusal(refusal)) {
                reportUntracked(refusal);
            }
            CompletableFuture<?> served = connection.requireSlot().handle((value, failure) -> requireServed(failure));
            when(CompletableFuture.allOf(usable, served, connection.readTime()), (all, failure) -> {
                if (failure == null) {
                    earlier.endOn(connection);
                    ready.complete(connection);
                } else {
                    ready.completeExceptionally(failure);
                }
            });
        });
    }

    /** Throws the failure of a slot check. Refusals other than redirections are left to the calls: they may be brief. */
    private static boolean requireServed(@Nullable Throwable failure) {
        if (failure != null
                && (ExceptionTranslator.isRedirection(failure) || !ExceptionTranslator.isRefusal(failure))) {
            throw new CompletionException(failure);
        }
        return failure == null;
    }

    private void requireUsable(ServerHandshake.@Nullable UnusableReason reason) {
        if (reason != null) {
            throw translator.unusable(reason);
        }
    }

    /**
     * Opens a connection without client tracking.
     *
     * @param onSideRedirection receives the connection at each redirection on it
     */
    CompletableFuture<RedisConnection> openSideConnection(Consumer<RedisConnection> onSideRedirection) {
        return connections.connect(true, false).thenCompose(connection -> {
            connection.onRedirection(failure -> {
                connections.onRedirection(failure);
                onSideRedirection.accept(connection);
            });
            return connection.unusableReason().thenApply(reason -> {
                if (reason != null) {
                    connection.close();
                }
                requireUsable(reason);
                return connection;
            });
        });
    }

    private static <T> void when(
            CompletableFuture<T> reply, BiConsumer<? super @Nullable T, ? super @Nullable Throwable> then) {
        var unused = reply.whenComplete(then);
    }

    /**
     * Logs once that client tracking is refused: without invalidations nothing proves that a near copy is current, so
     * none is used.
     */
    private void reportUntracked(Throwable refusal) {
        if (!untracked) {
            untracked = true;
            LOG.log(
                    System.Logger.Level.WARNING,
                    "Redis at {0} refuses CLIENT TRACKING ({1}): every read queries Redis; allow the command for this user",
                    connections.server(),
                    ExceptionTranslator.describe(refusal));
        }
    }
}
