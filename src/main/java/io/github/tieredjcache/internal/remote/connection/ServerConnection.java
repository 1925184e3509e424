package io.github.tieredjcache.internal.remote.connection;

import io.github.tieredjcache.internal.remote.tracking.InvalidationPushListener;
import io.github.tieredjcache.internal.remote.tracking.InvalidationRoutes;
import io.github.tieredjcache.internal.remote.wire.RedisCommand;
import io.github.tieredjcache.internal.remote.wire.Script;
import io.github.tieredjcache.internal.support.NanoClock;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisException;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.protocol.AsyncCommand;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The TCP connection to one server, which is never reopened. In a Redis Cluster several {@link RedisConnection}s share
 * it, one for each hash slot. Safe for use by many threads.
 *
 * <p>At most {@value #COMMANDS_MAX} commands are in flight; callers beyond that wait for a permit until their deadline.
 * A permit is released by the reply or by the end of the connection, not when the caller gives up: so the memory that
 * an unresponsive server costs is bounded.
 */
final class ServerConnection {
    static final int COMMANDS_MAX = 512;

    /**
     * The share of {@link #COMMANDS_MAX} without permits, for commands of the library itself: heartbeat, probe, slot
     * check, queries about the server, the reads of epochs (one at a time for each cache and partition), and the
     * renewal and release of leases.
     */
    private static final int RESERVED = 3;

    private static final long SOCKET_READ_MAX_MILLIS = 100;

    // Fair, so that a flush of many commands is not starved by single commands.
    private final Semaphore permits = new Semaphore(COMMANDS_MAX - RESERVED, true);
    private final StatefulRedisConnection<byte[], byte[]> connection;
    private final ScheduledExecutorService eventLoop;
    private final TrafficMeter traffic;
    private final ServerReplies replies;
    private final CompletableFuture<ClientIdentity> identity = new CompletableFuture<>();
    private final InvalidationRoutes routes = new InvalidationRoutes();
    private final Set<Runnable> onClose = ConcurrentHashMap.newKeySet();
    private final Set<ServerNotice> noticed = ConcurrentHashMap.newKeySet();
    // Guarded by this.
    private @Nullable CompletableFuture<String> tracking;
    private volatile boolean retired;

    /**
     * Wraps a connection of Lettuce.
     *
     * @param eventLoop the thread of the connection, on which all commands are sent. If Netty wrote from threads of
     *     callers, it would leave thread-locals on them that keep its classes, and with them the undeployed application
     *     that brought them, in memory
     * @param channels has the traffic meter of the connection
     * @param clock gives the age of replies
     */
    ServerConnection(
            StatefulRedisConnection<byte[], byte[]> connection,
            ScheduledExecutorService eventLoop,
            RedisChannels channels,
            NanoClock clock) {
        this.connection = connection;
        this.eventLoop = eventLoop;
        this.traffic = channels.trafficMeter((RedisChannelHandler<?, ?>) connection);
        this.replies = ServerReplies.none(clock);
        connection.addListener(new RedisConnectionStateListener() {
            @Override
            public void onRedisDisconnected(RedisChannelHandler<?, ?> handler) {
                onClose.forEach(Runnable::run);
            }
        });
    }

    /**
     * Turns client tracking on, once, and before it loads the scripts and reads the identity; the future fails if the
     * server refuses.
     *
     * @see #routes
     */
    synchronized CompletableFuture<String> track() {
        CompletableFuture<String> begun = tracking;
        if (begun == null) {
            for (Script each : Script.values()) {
                // Spares the first callers a round trip. If the server refuses, EVAL sends the text.
                var unused = send(RedisCommand.load(each));
            }
            var unused = send(RedisCommand.clientInfo())
                    .thenApply(ClientIdentity::of)
                    .whenComplete((found, failure) -> {
                        if (failure == null) {
                            identity.complete(found);
                        } else {
                            identity.completeExceptionally(failure);
                        }
                    });
            connection.addListener(new InvalidationPushListener(routes));
            begun = send(RedisCommand.track());
            tracking = begun;
        }
        return begun;
    }

    /** Returns how the server identifies this connection: known when {@link #track} has completed; fails if it refuses. */
    CompletableFuture<ClientIdentity> identity() {
        return identity;
    }

    /** Returns the replies of the server about itself. */
    ServerReplies replies() {
        return replies;
    }

    /** Returns the receivers of the invalidations. */
    InvalidationRoutes routes() {
        return routes;
    }

    /** Returns whether nobody has noticed this on this connection before. */
    boolean isFirst(ServerNotice notice) {
        return noticed.add(notice);
    }

    /** Sends a command without a permit, and without observing its reply. */
    <T> CompletableFuture<T> send(RedisCommand<T> command) {
        AsyncCommand<byte[], byte[], T> sent = command.command();
        dispatch(sent);
        return sent;
    }

    /** Acquires permits for commands in flight, waiting at most the given time. */
    boolean tryAcquire(int commands, long waitNanos) throws InterruptedException {
        return permits.tryAcquire(commands, waitNanos, TimeUnit.NANOSECONDS);
    }

    /** Acquires a permit without waiting. */
    boolean tryAcquire() {
        return permits.tryAcquire();
    }

    /** Releases one permit. */
    void release() {
        permits.release();
    }

    void dispatch(AsyncCommand<byte[], byte[], ?> command) {
        onEventLoop(() -> connection.dispatch(command), List.of(command));
    }

    /** Sends commands in one flush. */
    <T> void dispatchAll(Collection<AsyncCommand<byte[], byte[], T>> commands) {
        onEventLoop(() -> connection.dispatch(commands), commands);
    }

    /**
     * Runs the dispatch of commands on the event loop; if that fails, completes them with the failure, and so releases
     * their permits.
     */
    private void onEventLoop(Runnable dispatch, Collection<? extends CompletableFuture<?>> commands) {
        try {
            eventLoop.execute(() -> {
                try {
                    dispatch.run();
                } catch (RuntimeException e) {
                    commands.forEach(each -> each.completeExceptionally(e));
                }
            });
        } catch (RejectedExecutionException e) {
            RedisException ended = connectionClosed();
            commands.forEach(each -> each.completeExceptionally(ended));
        }
    }

    /** Returns the failure of a command that was not sent because the connection has ended. */
    static RedisException connectionClosed() {
        return new RedisException("Connection is closed");
    }

    /** Runs the action when the connection closes, at once if it is closed; on any thread, perhaps more than once. */
    void onClose(Runnable action) {
        onClose.add(action);
        if (!connection.isOpen()) {
            action.run();
        }
    }

    /** Removes an action that was passed to {@link #onClose}. */
    void removeOnClose(Runnable action) {
        onClose.remove(action);
    }

    boolean isOpen() {
        return connection.isOpen();
    }

    /** Allows no further user to share this connection, since it may be a black hole; the others stay. */
    void retire() {
        retired = true;
    }

    /** Returns whether further users may share this connection. */
    boolean isSharable() {
        return !retired && isOpen();
    }

    TrafficMeter traffic() {
        return traffic;
    }

    /**
     * Waits a moment until the event loop has read the bytes that the socket holds: after a pause of this process the
     * clock is far ahead of the bytes that were read.
     *
     * @return whether the event loop has read them
     */
    boolean awaitSocketRead() throws InterruptedException {
        try {
            // Delayed by a millisecond: the event loop may already be past its read of the socket.
            eventLoop.schedule(() -> {}, 1, TimeUnit.MILLISECONDS).get(SOCKET_READ_MAX_MILLIS, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException | ExecutionException | RejectedExecutionException e) {
            return false;
        }
    }

    /**
     * Starts to close the connection and returns at once; to be called also when the server has ended it, since Lettuce
     * keeps a connection in memory until it is closed.
     */
    void close() {
        try {
            eventLoop.execute(() -> {
                // Lettuce logs a warning if it closes a connection again.
                if (!((RedisChannelHandler<?, ?>) connection).isClosed()) {
                    if (retired) {
                        // No caller waits for the outcome of what an unresponsive network still has to deliver.
                        traffic.discardOnClose();
                    }
                    var unused = connection.closeAsync();
                }
            });
        } catch (RejectedExecutionException e) {
            // The event loops were shut down, which closes the connection.
        }
    }
}
