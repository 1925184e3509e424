package io.github.tieredjcache.internal.remote.connection;

import io.github.tieredjcache.RemoteUnavailableException;
import io.github.tieredjcache.internal.remote.tracking.InvalidationPushListener;
import io.github.tieredjcache.internal.remote.tracking.TrackedKeys;
import io.github.tieredjcache.internal.remote.wire.HashSlot;
import io.github.tieredjcache.internal.remote.wire.RedisCommand;
import io.github.tieredjcache.internal.support.NanoClock;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisException;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.protocol.AsyncCommand;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One connection to Redis, which is never reopened. Safe for use by many threads.
 *
 * <p>At most {@value #COMMANDS_MAX} commands are in flight; callers beyond that wait for a permit until their deadline.
 * A permit is released by the reply or by the end of the connection, not when the caller gives up: so the memory that
 * an unresponsive server costs is bounded.
 */
public final class RedisConnection {
    static final int COMMANDS_MAX = 512;

    /**
     * The share of {@link #COMMANDS_MAX} without permits, for commands of the library itself: heartbeat, probe, slot
     * check, and the renewal and release of leases.
     */
    private static final int RESERVED = 3;

    private static final long SOCKET_READ_MAX_MILLIS = 100;

    // Fair, so that a flush of many commands is not starved by single commands.
    private final Semaphore permits = new Semaphore(COMMANDS_MAX - RESERVED, true);
    private final StatefulRedisConnection<byte[], byte[]> connection;
    private final ScheduledExecutorService eventLoop;
    private final TrafficMeter traffic;
    private final @Nullable Master master;
    private final @Nullable HashSlot slot;
    private final NanoClock clock;
    private final ReplyProofs proofs;
    private final ServerClock serverClock = new ServerClock();
    private volatile Consumer<Throwable> onRedirection = failure -> {};
    private volatile @Nullable String replicationId;
    private volatile boolean empty;

    /**
     * Wraps a connection of Lettuce.
     *
     * @param eventLoop the thread of the connection, on which all commands are sent. If Netty wrote from threads of
     *     callers, it would leave thread-locals on them that keep its classes, and with them the undeployed application
     *     that brought them, in memory
     * @param meters has the traffic meter of the connection
     * @param master the master that the sentinels have named; null without sentinels
     * @param slot the hash slot of a cluster that the server must serve; null without a cluster
     * @param clock gives the time at which commands are sent
     */
    RedisConnection(
            StatefulRedisConnection<byte[], byte[]> connection,
            ScheduledExecutorService eventLoop,
            TrafficMeters meters,
            @Nullable Master master,
            @Nullable HashSlot slot,
            NanoClock clock) {
        this.connection = connection;
        this.eventLoop = eventLoop;
        this.traffic = meters.of((RedisChannelHandler<?, ?>) connection);
        this.master = master;
        this.slot = slot;
        this.clock = clock;
        this.proofs = new ReplyProofs(slot != null);
    }

    /**
     * Queries what kind of server this is.
     *
     * @return why the server cannot be used; null if it can
     */
    CompletableFuture<ServerHandshake.@Nullable UnusableReason> handshake() {
        // The ACL may refuse these two to the user; then only log lines lack detail.
        var unused = send(RedisCommand.replication())
                .thenAccept(info -> replicationId = ServerHandshake.replicationId(info));
        var unusedToo = send(RedisCommand.size()).thenAccept(keys -> empty = keys == 0);
        return unusableReason();
    }

    /** Queries whether the server can be used; as {@link #handshake}. */
    CompletableFuture<ServerHandshake.@Nullable UnusableReason> unusableReason() {
        return send(RedisCommand.hello())
                .handle((hello, failure) ->
                        failure == null ? ServerHandshake.unusableReason(hello, slot != null) : null);
    }

    /**
     * Reads a key of the hash slot if there is a cluster. The future fails if the server does not serve the slot, or if
     * the slot is being migrated. A reply proves that the server still tracks the keys of the slot; a reply to a
     * command without a key does not.
     */
    public CompletableFuture<?> requireSlot() {
        return slot == null ? CompletableFuture.completedFuture(null) : sendReserved(RedisCommand.get(slot.key()));
    }

    /**
     * Sets the action that receives each redirection (MOVED, ASK, READONLY and the like), on the event loop, in the
     * order of the replies.
     */
    void onRedirection(Consumer<Throwable> action) {
        onRedirection = action;
    }

    /** Returns the master that the sentinels have named; null without sentinels. */
    @Nullable
    Master master() {
        return master;
    }

    /**
     * Returns the replication ID that the server had at the handshake, null if it did not report one; see {@link
     * ServerHandshake}.
     */
    @Nullable
    public String replicationId() {
        return replicationId;
    }

    /** Returns whether the server was empty at the handshake. */
    boolean isEmpty() {
        return empty;
    }

    /** Turns client tracking on; the future fails if the server refuses. See {@link #beginProofs}. */
    CompletableFuture<String> track(TrackedKeys keys) {
        connection.addListener(new InvalidationPushListener(keys));
        CompletableFuture<String> tracking = send(RedisCommand.track());
        // Attached before the caller gets the future, so that no later reply counts as a proof without it.
        return tracking.thenApply(done -> {
            proofs.track(keys);
            return done;
        });
    }

    /**
     * Counts replies as coherence proofs from now on. Call it only after the near copies of earlier connections were
     * invalidated.
     */
    void beginProofs() {
        proofs.begin();
    }

    /** Stops counting replies as coherence proofs: another server may hold the keys by now. */
    void endProofs() {
        proofs.end();
    }

    /** Returns the clock of the server, by the replies to {@link #readTime}. */
    ServerClock serverClock() {
        return serverClock;
    }

    /** Queries the time of the server, and updates {@link #serverClock} with the reply. */
    CompletableFuture<?> readTime() {
        long sentNanos = clock.nanos();
        return sendReserved(RedisCommand.time())
                .thenAccept(time -> serverClock.observe(time, sentNanos, clock.nanos()));
    }

    /** Returns whether client tracking is on. */
    boolean isTracking() {
        return proofs.isTracking();
    }

    /**
     * Sends a command without waiting; the future fails if there is no permit. Replies come in the order of sending.
     */
    public <T> CompletableFuture<T> send(RedisCommand<T> command) {
        return permits.tryAcquire() ? sendWithPermit(command) : CompletableFuture.failedFuture(noPermit());
    }

    /**
     * As {@link #send}, without a permit, since calls of users may hold all of them: for commands that watch the
     * connection, renew a lease or release it. The number of such commands in flight is bounded.
     */
    <T> CompletableFuture<T> sendReserved(RedisCommand<T> command) {
        return dispatch(command, () -> {}, this::sendReserved);
    }

    /** As {@link #send(RedisCommand)}, but waits for a permit. */
    <T> CompletableFuture<T> send(RedisCommand<T> command, long waitNanos) throws InterruptedException {
        return permits.tryAcquire(waitNanos, TimeUnit.NANOSECONDS)
                ? sendWithPermit(command)
                : CompletableFuture.failedFuture(noPermit());
    }

    private static RemoteUnavailableException noPermit() {
        return new RemoteUnavailableException(
                RemoteUnavailableException.Kind.TIMEOUT,
                "not sent: " + COMMANDS_MAX + " commands already wait for a reply of Redis",
                null);
    }

    private <T> CompletableFuture<T> sendWithPermit(RedisCommand<T> command) {
        return dispatch(command, permits::release, this::send);
    }

    private <T> CompletableFuture<T> dispatch(
            RedisCommand<T> command, Runnable onReply, Function<RedisCommand<T>, CompletableFuture<T>> sendText) {
        AsyncCommand<byte[], byte[], T> sent = command.command();
        CompletableFuture<T> reply = observe(command, sent, onReply);
        onEventLoop(() -> connection.dispatch(sent), List.of(sent));
        return retryWithText(command, reply, sendText);
    }

    /**
     * Runs the dispatch of commands on the event loop; if that fails, completes them with the failure, and so releases
     * their permits.
     */
    private void onEventLoop(Runnable dispatch, List<? extends CompletableFuture<?>> commands) {
        try {
            eventLoop.execute(() -> {
                try {
                    dispatch.run();
                } catch (RuntimeException e) {
                    commands.forEach(each -> each.completeExceptionally(e));
                }
            });
        } catch (RejectedExecutionException e) {
            RedisException closed = new RedisException("Connection is closed");
            commands.forEach(each -> each.completeExceptionally(closed));
        }
    }

    /** Sends many commands in one flush, when there are permits for all; the replies are in the order of the list. */
    <T> List<CompletableFuture<T>> sendAll(List<RedisCommand<T>> all, long waitNanos) throws InterruptedException {
        if (!permits.tryAcquire(all.size(), waitNanos, TimeUnit.NANOSECONDS)) {
            return all.stream()
                    .map(each -> CompletableFuture.<T>failedFuture(noPermit()))
                    .toList();
        }
        List<AsyncCommand<byte[], byte[], T>> commands = new ArrayList<>(all.size());
        List<CompletableFuture<T>> observed = new ArrayList<>(all.size());
        for (RedisCommand<T> each : all) {
            AsyncCommand<byte[], byte[], T> sent = each.command();
            commands.add(sent);
            observed.add(observe(each, sent, permits::release));
        }
        onEventLoop(() -> connection.dispatch(commands), commands);
        List<CompletableFuture<T>> replies = new ArrayList<>(all.size());
        for (int i = 0; i < all.size(); i++) {
            replies.add(retryWithText(all.get(i), observed.get(i), this::send));
        }
        return replies;
    }

    /**
     * Attaches the observer of the reply: before the command is sent, so that it runs on the event loop in the order of
     * the replies, and before any code that waits for the result.
     */
    private <T> CompletableFuture<T> observe(
            RedisCommand<T> command, AsyncCommand<byte[], byte[], T> sent, Runnable onReply) {
        Consumer<@Nullable T> onSuccess = proofs.sending(command, clock.nanos());
        return sent.whenComplete((reply, failure) -> {
            onReply.run();
            if (failure == null) {
                onSuccess.accept(reply);
            } else if (ExceptionTranslator.isRedirection(failure)) {
                onRedirection.accept(failure);
            }
        });
    }

    private static <T> CompletableFuture<T> retryWithText(
            RedisCommand<T> command,
            CompletableFuture<T> reply,
            Function<RedisCommand<T>, CompletableFuture<T>> sendText) {
        RedisCommand<T> withText = command.withText();
        return withText == null
                ? reply
                : reply.exceptionallyCompose(failure -> ExceptionTranslator.isUnknownScript(failure)
                        ? sendText.apply(withText)
                        : CompletableFuture.failedFuture(failure));
    }

    /** Runs the action once when the connection closes, at once if it is closed; on any thread. */
    void onClose(Runnable action) {
        AtomicBoolean notified = new AtomicBoolean();
        Runnable once = () -> {
            if (notified.compareAndSet(false, true)) {
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

    /** Returns the traffic meter of the connection. */
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

    /** Starts to close the connection and returns at once. */
    void close() {
        try {
            eventLoop.execute(() -> {
                var unused = connection.closeAsync();
            });
        } catch (RejectedExecutionException e) {
            // The event loops were shut down, which closes the connection.
        }
    }
}
