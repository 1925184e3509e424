package io.github.tieredjcache.internal.remote.connection;

import io.github.tieredjcache.internal.port.RemoteUnavailableException;
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
 * One connection to Redis, from its making to its end; it never comes back. Safe for use by many threads.
 *
 * <p>At most {@value #COMMANDS_MAX} commands are under way at a time; callers beyond that wait for room until their deadline. Their room is given back by their answers, or by the end of
 * the stream, not by the patience of their callers: so what a server that does not answer costs in memory has a bound.
 */
public final class RedisConnection {
    static final int COMMANDS_MAX = 512;

    /** Left for what the library itself sends, which takes no room: a heartbeat, a probe, the slot's, and what leases need. */
    private static final int RESERVED = 3;

    private static final long SOCKET_READ_MAX_MILLIS = 100;

    // Fair, so that many at once are not kept waiting by single ones.
    private final Semaphore permits = new Semaphore(COMMANDS_MAX - RESERVED, true);
    private final StatefulRedisConnection<byte[], byte[]> connection;
    private final ScheduledExecutorService eventLoop;
    private final TrafficMeter traffic;
    private final @Nullable Master master;
    private final @Nullable HashSlot slot;
    private final NanoClock clock;
    private volatile Consumer<Throwable> onRedirection = failure -> {};
    private volatile @Nullable TrackedKeys trackedKeys;
    private volatile @Nullable String history;
    private volatile boolean empty;
    private volatile boolean proving;
    private final ServerClock serverClock = new ServerClock();

    /**
     * Wraps a connection.
     *
     * @param loop the thread of the connection, on which all is sent: else Netty would write from the threads of callers, and leave on
     *     them for ever what keeps its classes, and with them the application that brought them
     * @param traffics knows what it moves
     * @param master what sentinels said of the server; null if none were asked
     * @param slot the slot of a cluster that the server is to serve; null if there is no cluster
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
    }

    /**
     * Asks the server what it is.
     *
     * @return why it cannot be used, null if nothing speaks against it
     */
    CompletableFuture<ServerHandshake.@Nullable UnusableReason> handshake() {
        // All but the first may be refused to this user; then one knows less.
        var unused = send(RedisCommand.replication()).thenAccept(info -> history = ServerHandshake.replicationId(info));
        var unusedToo = send(RedisCommand.size()).thenAccept(keys -> empty = keys == 0);
        return unusableReason();
    }

    /** Asks whether the server can be used; as {@link #handshake}. */
    CompletableFuture<ServerHandshake.@Nullable UnusableReason> unusableReason() {
        return send(RedisCommand.hello())
                .handle((hello, failure) -> failure == null ? ServerHandshake.unusableReason(hello, slot != null) : null);
    }

    /**
     * Asks for a key of the slot, if there is a cluster: fails if the server does not serve it, or not all of it since it is on its way.
     * An answer proves that changes of the slot are announced here, as no answer does that is about no key.
     */
    public CompletableFuture<?> requireSlot() {
        return slot == null ? CompletableFuture.completedFuture(null) : sendReserved(RedisCommand.get(slot.key()));
    }

    /** Has the action run with each answer by which the server says that it is not the one to ask, on its thread, in their order. */
    void onRedirection(Consumer<Throwable> action) {
        onRedirection = action;
    }

    /** Returns what sentinels said of the server, null if none were asked. */
    @Nullable
    Master master() {
        return master;
    }

    /** Returns the sign of the data that the server had when it was greeted, null if it did not say; see {@link ServerHandshake}. */
    @Nullable
    public String history() {
        return history;
    }

    /** Returns whether the server said when it was greeted that it holds nothing. */
    boolean isEmpty() {
        return empty;
    }

    /** Has the server announce changes from now on; the answer tells whether it will. See {@link #beginProofs}. */
    CompletableFuture<String> track(TrackedKeys listener) {
        connection.addListener(new InvalidationPushListener(listener));
        CompletableFuture<String> tracking = send(RedisCommand.track());
        // Attached before the answer is used, so that no later answer counts as a proof without it.
        return tracking.thenApply(done -> {
            trackedKeys = listener;
            return done;
        });
    }

    /** Lets answers count as coherence proofs from now on; not before the copies that belong to an earlier connection are void. */
    void beginProofs() {
        proving = true;
    }

    /** Lets no further answer count as a coherence proof: another server may hold the keys by now. */
    void endProofs() {
        proving = false;
    }

    /** Returns what is known of the clock of the server. */
    ServerClock serverClock() {
        return serverClock;
    }

    /** Returns whether the server announces changes on this. */
    boolean isTracking() {
        return trackedKeys != null;
    }

    /** Sends one command, if there is room for it; the answers come in the order of sending. Does not wait. */
    public <T> CompletableFuture<T> send(RedisCommand<T> command) {
        return permits.tryAcquire() ? sendWithPermit(command) : CompletableFuture.failedFuture(noPermit());
    }

    /**
     * As {@link #send}, without room, which the calls of users may have taken: for what watches the connection, and for what renews a
     * lease or gives it back, of which there is a bounded number.
     */
    <T> CompletableFuture<T> sendReserved(RedisCommand<T> command) {
        return dispatch(command, () -> {}, this::sendReserved);
    }

    /** As {@link #send}, and waits for room. */
    <T> CompletableFuture<T> send(RedisCommand<T> command, long waitNanos) throws InterruptedException {
        return permits.tryAcquire(waitNanos, TimeUnit.NANOSECONDS)
                ? sendWithPermit(command)
                : CompletableFuture.failedFuture(noPermit());
    }

    private static RemoteUnavailableException noPermit() {
        return new RemoteUnavailableException(
                RemoteUnavailableException.Kind.TIMEOUT, COMMANDS_MAX + " commands wait for Redis already", null);
    }

    private <T> CompletableFuture<T> sendWithPermit(RedisCommand<T> command) {
        return dispatch(command, permits::release, this::send);
    }

    private <T> CompletableFuture<T> dispatch(
            RedisCommand<T> command, Runnable onAnswer, Function<RedisCommand<T>, CompletableFuture<T>> sendText) {
        AsyncCommand<byte[], byte[], T> sent = command.command();
        CompletableFuture<T> reply = observe(command, sent, onAnswer);
        onEventLoop(() -> connection.dispatch(sent), List.of(sent));
        return retryWithText(command, reply, sendText);
    }

    /** Sends commands; if they cannot be sent, completes them, and so gives their room back. */
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

    /** Sends many commands in one flush, when there is room for all; the answers are in the order of the list. */
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
     * Has a look taken at the answer in the order of the stream: attached before the command is sent, so that it is taken on
     * the stream's thread, and before whoever waits for the result goes on.
     */
    private <T> CompletableFuture<T> observe(
            RedisCommand<T> command, AsyncCommand<byte[], byte[], T> sent, Runnable onAnswer) {
        TrackedKeys listener = trackedKeys;
        long sentNanos = clock.nanos();
        return sent.whenComplete((answer, failure) -> {
            onAnswer.run();
            if (failure != null) {
                if (ExceptionTranslator.isRedirection(failure)) {
                    onRedirection.accept(failure);
                }
            } else if (listener != null) {
                if (proving && (slot == null || command.namesKeys())) {
                    listener.replied(sentNanos);
                    if (!proving) {
                        // endProofs() came in between, so this proof may be later than the revocation.
                        listener.proof().revoke();
                    }
                } else {
                    listener.repliedWithoutProof();
                }
                command.replied(answer, listener);
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

    /** Has the action run once when this ends, at once if it has ended; on any thread. */
    void onClose(Runnable action) {
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

    /** Returns what it moves. */
    TrafficMeter traffic() {
        return traffic;
    }

    /**
     * Waits a moment until its thread has read what the socket has: a process that stood still finds its clock far ahead of that.
     *
     * @return whether it has
     */
    boolean awaitSocketRead() throws InterruptedException {
        try {
            // Not at once: the thread may be past its look at the socket.
            eventLoop.schedule(() -> {}, 1, TimeUnit.MILLISECONDS).get(SOCKET_READ_MAX_MILLIS, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException | ExecutionException | RejectedExecutionException e) {
            return false;
        }
    }

    /** Returns whether one is being made, or is there and open. */
    static boolean isUsable(CompletableFuture<RedisConnection> made) {
        return !made.isCompletedExceptionally()
                && (!made.isDone() || made.join().isOpen());
    }

    /** Begins to close it. */
    void close() {
        try {
            eventLoop.execute(() -> {
                var unused = connection.closeAsync();
            });
        } catch (RejectedExecutionException e) {
            // Its threads have ended, and it with them.
        }
    }
}
