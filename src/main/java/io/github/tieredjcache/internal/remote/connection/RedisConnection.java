package io.github.tieredjcache.internal.remote.connection;

import io.github.tieredjcache.RemoteUnavailableException;
import io.github.tieredjcache.internal.remote.tracking.TrackedKeys;
import io.github.tieredjcache.internal.remote.wire.HashSlot;
import io.github.tieredjcache.internal.remote.wire.RedisCommand;
import io.github.tieredjcache.internal.support.NanoClock;
import io.lettuce.core.RedisException;
import io.lettuce.core.protocol.AsyncCommand;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The connection of the clients of one {@link ConnectionSupervisor}, which is never reopened. It has a {@link
 * ServerConnection} of its own or, in a Redis Cluster, shares one with the other hash slots of that server. Safe for use
 * by many threads.
 */
public final class RedisConnection {
    private final ServerConnection server;
    private final @Nullable Master master;
    private final @Nullable HashSlot slot;
    private final NanoClock clock;
    private final ReplyProofs proofs;
    private final TrafficMeter.Progress progress;
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    // Each fails a command in flight on a shared connection to the server, which may stay open after this one.
    private final Set<Runnable> inFlight = ConcurrentHashMap.newKeySet();
    private volatile Consumer<Throwable> onRedirection = failure -> {};
    private volatile @Nullable String replicationId;
    private volatile boolean empty;
    private volatile @Nullable String lack;

    /**
     * Begins to use a connection to a server.
     *
     * @param onClose releases the connection to the server, once
     * @param master the master that the sentinels have named; null without sentinels
     * @param slot the hash slot of a cluster that the server must serve; null without a cluster
     * @param clock gives the time at which commands are sent
     */
    RedisConnection(
            ServerConnection server,
            Runnable onClose,
            @Nullable Master master,
            @Nullable HashSlot slot,
            NanoClock clock) {
        this.server = server;
        this.master = master;
        this.slot = slot;
        this.clock = clock;
        this.proofs = new ReplyProofs(slot != null);
        this.progress = server.traffic().progress();
        Runnable end = this::close;
        server.onClose(end);
        var unused = closed.thenRun(() -> server.removeOnClose(end)).thenRun(onClose);
    }

    /**
     * Queries what kind of server this is; see {@link ServerReplies}.
     *
     * @return why the server cannot be used; null if it can
     */
    CompletableFuture<ServerHandshake.@Nullable UnusableReason> handshake() {
        ServerReplies replies = server.replies();
        CompletableFuture<Void> data = CompletableFuture.allOf(
                query(replies.replication(), RedisCommand.replication())
                        .thenAccept(info -> replicationId = ServerHandshake.replicationId(info)),
                query(replies.size(), RedisCommand.size()).thenAccept(keys -> empty = keys == 0));
        // The ACL may refuse these two to the user; then only log lines lack detail.
        return data.handle((all, refusal) -> true).thenCombine(unusableReason(), (known, reason) -> reason);
    }

    /** Sends a query about the server or, in a cluster, shares the query of another hash slot. */
    private <T> CompletableFuture<T> query(SharedReply<T> shared, RedisCommand<T> command) {
        return slot == null ? send(command) : shared.getOrSend(() -> server.send(command));
    }

    /** Queries whether the server can be used; as {@link #handshake}. */
    CompletableFuture<ServerHandshake.@Nullable UnusableReason> unusableReason() {
        return query(server.replies().hello(), RedisCommand.hello()).handle((hello, failure) -> {
            if (failure != null) {
                return null;
            }
            lack = ServerHandshake.lack(hello);
            ServerHandshake.UnusableReason reason = ServerHandshake.unusableReason(hello, slot != null);
            if (reason != null) {
                server.replies().expireIdentity();
            }
            return reason;
        });
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

    /** Returns whether no user of the connection to the server has noticed this before. */
    public boolean isFirst(ServerNotice notice) {
        return server.isFirst(notice);
    }

    /** Returns whether the server was empty at the handshake. */
    boolean isEmpty() {
        return empty;
    }

    /** Returns what the server lacks, for a log line; null if nothing. See {@link ServerHandshake#lack}. */
    @Nullable
    String lack() {
        return lack;
    }

    /** Turns client tracking on; the future fails if the server refuses. See {@link #beginProofs}. */
    CompletableFuture<String> track(TrackedKeys keys) {
        var unused = closed.thenRun(server.routes().add(slot, keys));
        // Attached before the caller gets the future, so that no later reply counts as a proof without it.
        return server.track().thenApply(done -> {
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
        return server.replies().clock();
    }

    /**
     * Queries the time of the server, and updates {@link #serverClock} with the reply. In a cluster the query of another
     * hash slot, if it is in flight or recent, is joined.
     */
    CompletableFuture<?> readTime() {
        return slot == null
                ? readTime(this::sendReserved)
                : server.replies().time().getOrSend(() -> readTime(server::send));
    }

    private CompletableFuture<Void> readTime(
            Function<RedisCommand<List<byte[]>>, CompletableFuture<List<byte[]>>> send) {
        long sentNanos = clock.nanos();
        return send.apply(RedisCommand.time())
                .thenAccept(time -> serverClock().observe(time, sentNanos, clock.nanos()));
    }

    /**
     * Sends a heartbeat: TIME or, in a cluster, {@link #requireSlot}, since a server that has lost the slot still replies
     * to TIME.
     *
     * @return completes with the reply
     */
    CompletableFuture<?> beat() {
        CompletableFuture<?> time = readTime();
        return slot == null ? time : requireSlot();
    }

    /** Returns whether this is the connection of a hash slot of a cluster. */
    boolean isOfHashSlot() {
        return slot != null;
    }

    /** Returns whether client tracking is on. */
    boolean isTracking() {
        return proofs.isTracking();
    }

    /**
     * Sends a command without waiting; the future fails if there is no permit. Replies come in the order of sending.
     */
    <T> CompletableFuture<T> send(RedisCommand<T> command) {
        return server.tryAcquire() ? dispatch(command, false) : CompletableFuture.failedFuture(noPermit());
    }

    /**
     * As {@link #send}, without a permit, since calls of users may hold all of them: for commands that watch the
     * connection, read an epoch, renew a lease or release it. The number of such commands in flight is bounded.
     */
    public <T> CompletableFuture<T> sendReserved(RedisCommand<T> command) {
        return dispatch(command, true);
    }

    /** As {@link #send(RedisCommand)}, but waits for a permit. */
    <T> CompletableFuture<T> send(RedisCommand<T> command, long waitNanos) throws InterruptedException {
        return server.tryAcquire(1, waitNanos) ? dispatch(command, false) : CompletableFuture.failedFuture(noPermit());
    }

    private static RemoteUnavailableException noPermit() {
        return new RemoteUnavailableException(
                RemoteUnavailableException.Kind.TIMEOUT,
                "not sent: " + ServerConnection.COMMANDS_MAX + " commands already wait for a reply of Redis",
                null);
    }

    private <T> CompletableFuture<T> dispatch(RedisCommand<T> command, boolean reserved) {
        AsyncCommand<byte[], byte[], T> sent = command.command();
        CompletableFuture<T> reply = observe(command, sent, reserved);
        dispatch(List.of(sent), () -> server.dispatch(sent));
        return reply;
    }

    /** Sends many commands in one flush, when there are permits for all; the replies are in the order of the list. */
    <T> List<CompletableFuture<T>> sendAll(List<RedisCommand<T>> all, long waitNanos) throws InterruptedException {
        if (!server.tryAcquire(all.size(), waitNanos)) {
            return all.stream()
                    .map(each -> CompletableFuture.<T>failedFuture(noPermit()))
                    .toList();
        }
        List<AsyncCommand<byte[], byte[], T>> commands = new ArrayList<>(all.size());
        List<CompletableFuture<T>> replies = new ArrayList<>(all.size());
        for (RedisCommand<T> each : all) {
            AsyncCommand<byte[], byte[], T> sent = each.command();
            commands.add(sent);
            replies.add(observe(each, sent, false));
        }
        dispatch(commands, () -> server.dispatchAll(commands));
        return replies;
    }

    private void dispatch(List<? extends CompletableFuture<?>> observed, Runnable dispatch) {
        if (closed.isDone()) {
            observed.forEach(each -> each.completeExceptionally(ServerConnection.connectionClosed()));
        } else {
            dispatch.run();
        }
    }

    /**
     * Attaches the observer of the reply: before the command is sent, so that it runs on the event loop in the order of
     * the replies, and before any code that waits for the result. If the server has not loaded the script, the future
     * waits for the reply to its text.
     */
    private <T> CompletableFuture<T> observe(
            RedisCommand<T> command, AsyncCommand<byte[], byte[], T> sent, boolean reserved) {
        Consumer<@Nullable T> onSuccess = proofs.sending(command, clock.nanos());
        if (slot != null) {
            failOnClose(sent);
        }
        CompletableFuture<T> observed = sent.whenComplete((reply, failure) -> {
            if (!reserved) {
                server.release();
            }
            if (failure == null) {
                onSuccess.accept(reply);
            } else if (ExceptionTranslator.isRedirection(failure)) {
                server.replies().expireIdentity();
                onRedirection.accept(failure);
            }
        });
        RedisCommand<T> withText = command.withText();
        if (withText == null) {
            return observed;
        }
        return observed.exceptionallyCompose(failure -> !ExceptionTranslator.isUnknownScript(failure)
                ? CompletableFuture.failedFuture(failure)
                : reserved ? sendReserved(withText) : send(withText));
    }

    /** Has {@link #close} fail a command. Call it before the command is sent, and look then whether this is closed. */
    private void failOnClose(CompletableFuture<?> command) {
        Runnable fail =
                () -> command.completeExceptionally(new RedisException("the connection was closed before the reply"));
        inFlight.add(fail);
        var unused = command.whenComplete((reply, failure) -> inFlight.remove(fail));
    }

    /** Runs the action once when the connection closes, at once if it is closed; on any thread. */
    void onClose(Runnable action) {
        var unused = closed.thenRun(action);
        if (!server.isOpen()) {
            close();
        }
    }

    boolean isOpen() {
        return !closed.isDone() && server.isOpen();
    }

    /** Returns the traffic meter of the connection to the server. */
    TrafficMeter traffic() {
        return server.traffic();
    }

    /** Returns whether bytes were transferred since the last call of this method. For one caller. */
    boolean hasProgressed() {
        return progress.hasProgressed();
    }

    /** Waits a moment until the socket is read; see {@link ServerConnection#awaitSocketRead}. */
    boolean awaitSocketRead() throws InterruptedException {
        return server.awaitSocketRead();
    }

    /** Returns the connection to the server. */
    ServerConnection server() {
        return server;
    }

    /** Starts to close the connection and returns at once; the commands in flight fail. */
    void close() {
        if (closed.complete(null)) {
            inFlight.forEach(Runnable::run);
        }
    }
}
