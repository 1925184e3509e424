package io.github.tieredjcache.internal.remote.connection;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.tieredjcache.internal.remote.tracking.TrackedKeys;
import io.github.tieredjcache.internal.remote.wire.RedisCommand;
import io.github.tieredjcache.internal.remote.wire.Script;
import io.github.tieredjcache.internal.support.NanoClock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import javax.cache.CacheException;
import org.jspecify.annotations.Nullable;

/**
 * Owns the connection to one Redis: opens it, watches it, and opens it again after a loss.
 *
 * <p>All state transitions happen on one thread, that of the {@link ConnectionFactory}; any thread reads the state.
 * While the first connection is being opened, or the first one after a loss, calls wait for it. Once an attempt has
 * failed, or takes longer than the command timeout, the {@link CircuitBreaker} is open and no call waits until an
 * attempt succeeds. While there is a connection, the breaker opens and closes by the replies on it.
 */
final class ConnectionSupervisor {
    private static final System.Logger LOG = System.getLogger("io.github.tieredjcache.remote");
    private static final Duration HEARTBEAT = Duration.ofMillis(250);
    private static final Backoff RECONNECT = new Backoff(Duration.ofMillis(50), Duration.ofMillis(500));
    /** How long a connection must be silent at least before it is closed, even if all command timeouts are shorter. */
    private static final Duration SILENCE_MIN = Duration.ofSeconds(1);
    /**
     * The interval of attempts while the server cannot be used until its configuration, or that of the cache, changes.
     */
    private static final Duration MISCONFIGURATION_RETRY = Duration.ofSeconds(5);
    /** How long an abandoned server may still reply to the commands that it has received. */
    private static final Duration LAST_REPLIES = Duration.ofMillis(20);
    /** How many heartbeats pass between two checks of whether the server is still the master. */
    private static final int ROLE_CHECK_BEATS = 4;
    /**
     * How many heartbeats pass between two queries of the sentinels for another master: a master that was frozen does
     * not know that it was replaced.
     */
    private static final int SENTINEL_CHECK_BEATS = 2;

    private static final long MICROS_PER_SECOND = 1_000_000;

    private final ConnectionFactory connections;
    private final ExceptionTranslator translator;
    private final NanoClock clock;
    private final Duration connectTimeout;
    // One circuit breaker for each command timeout in use.
    private final Map<Duration, TimeoutBreaker> breakers = new ConcurrentHashMap<>();
    private final PendingPurges pendingPurges;
    private final ScheduledExecutorService thread;
    private final TrackedKeys trackedKeys = new TrackedKeys();
    private final ConnectTimeouts connectTimeouts;

    private volatile State state = new Connecting(new CompletableFuture<>());
    /** The clock of the latest connection. */
    private volatile ServerClock serverClock = new ServerClock();

    private volatile @Nullable CompletableFuture<RedisConnection> sideConnection;

    // Accessed only on the thread, except for the volatile field.
    private final HeartbeatMonitor heartbeat = new HeartbeatMonitor(HEARTBEAT.toNanos());
    private boolean neverLost = true;
    private int failures;
    private long lostNanos;
    private volatile boolean untracked;
    private int beats;
    private boolean probing;
    private boolean checkingSentinels;
    private @Nullable String replicationId;
    /**
     * Why callers keep waiting for a connection though attempts fail: the hash slot has moved or is being migrated.
     * Null if it is not.
     */
    private @Nullable String slotMigration;

    /**
     * Creates a supervisor that does nothing until {@link #open}.
     *
     * @param connectTimeout how long the TCP connection may take, and again the handshake
     * @param pendingPurges the purges to be sent first on each connection
     */
    ConnectionSupervisor(
            ConnectionFactory connections,
            ExceptionTranslator translator,
            NanoClock clock,
            Duration connectTimeout,
            PendingPurges pendingPurges) {
        this.connections = connections;
        this.translator = translator;
        this.clock = clock;
        this.connectTimeout = connectTimeout;
        this.pendingPurges = pendingPurges;
        this.connectTimeouts = new ConnectTimeouts(connectTimeout.multipliedBy(2));
        this.thread = connections.thread();
    }

    /** Starts to connect and returns at once. */
    void open() {
        lostNanos = clock.nanos();
        thread.execute(this::attempt);
        stopWaitingAfter(connectTimeout, true);
        var unused = thread.scheduleWithFixedDelay(
                this::heartbeat, HEARTBEAT.toMillis(), HEARTBEAT.toMillis(), TimeUnit.MILLISECONDS);
    }

    ExceptionTranslator translator() {
        return translator;
    }

    NanoClock clock() {
        return clock;
    }

    TrackedKeys trackedKeys() {
        return trackedKeys;
    }

    PendingPurges pendingPurges() {
        return pendingPurges;
    }

    /** Returns the circuit breaker of the callers with the given command timeout. */
    TimeoutBreaker breaker(Duration timeout) {
        return breakers.computeIfAbsent(timeout, same -> {
            CircuitBreaker breaker = new CircuitBreaker(translator.address().toString(), clock, timeout.toNanos() / 2);
            if (state instanceof Down down) {
                var unused = breaker.open(down.reason, down.sinceNanos);
            }
            return new TimeoutBreaker(timeout, breaker, new OutageLog(clock));
        });
    }

    /** Returns the longest command timeout in use. */
    private Duration longestTimeout() {
        return breakers.keySet().stream().max(Comparator.naturalOrder()).orElse(SILENCE_MIN);
    }

    /** Records a call; see {@link CircuitBreaker#recordCall}. */
    void recordCall(TimeoutBreaker breaker, long tookNanos, boolean answered) {
        if (breaker.circuit().recordCall(tookNanos, answered)) {
            onThread(() -> reportOpened(breaker));
        }
    }

    /**
     * Opens the breaker because a call has timed out and nothing has arrived meanwhile, so that no other call waits.
     */
    void reportSilence(TimeoutBreaker breaker, RedisConnection connection, long sinceNanos) {
        // Silence of the side connection says nothing about the main connection.
        if (state instanceof Up up
                && up.connection == connection
                && connection.isOpen()
                && breaker.circuit().open("nothing has arrived for " + millisSince(sinceNanos) + " ms", sinceNanos)) {
            onThread(() -> reportOpened(breaker));
        }
    }

    private void openBreaker(TimeoutBreaker breaker, String reason, long sinceNanos) {
        if (breaker.circuit().open(reason, sinceNanos)) {
            reportOpened(breaker);
        }
    }

    private void reportOpened(TimeoutBreaker breaker) {
        breaker.log().opened(breaker.circuit(), address());
    }

    /** Returns whether there is a connection with client tracking. */
    boolean isTracking() {
        return state instanceof Up up && up.connection.isTracking();
    }

    /** Returns whether there is a connection. */
    boolean isConnected() {
        return state instanceof Up;
    }

    ServerClock serverClock() {
        return serverClock;
    }

    /**
     * Returns the connection.
     *
     * @param wait how long to wait while it is being opened
     * @throws CacheException if there is none, or if the breaker is open
     */
    RedisConnection connection(Duration wait, TimeoutBreaker breaker) {
        if (!(state instanceof Down)) {
            requireClosed(breaker.circuit());
        }
        RedisConnection connection = connectionIgnoringBreaker(wait);
        requireClosed(breaker.circuit());
        return connection;
    }

    private void requireClosed(CircuitBreaker breaker) {
        String reason = breaker.reason();
        if (reason != null) {
            throw translator.unavailable(millisSince(breaker.unavailableSinceNanos()), reason);
        }
    }

    /**
     * Waits until the supervisor has seen the connection close; without this wait a retry could get the dead connection
     * again.
     *
     * @throws CacheException if that takes longer than the wait
     */
    void awaitClosed(RedisConnection closing, Duration wait) {
        CompletableFuture<RedisConnection> seen = new CompletableFuture<>();
        closing.onClose(() -> onThread(() -> {
            lost(closing);
            seen.complete(closing);
        }));
        var unused = await(seen, wait);
    }

    /**
     * Waits until the supervisor has abandoned a connection on which a call was redirected. The connection reports the
     * redirection to the supervisor before it completes the call, so the wait is for the tasks that the thread has
     * already.
     */
    void awaitAbandoned(Duration wait) {
        CompletableFuture<State> abandoned = new CompletableFuture<>();
        onThread(() -> abandoned.complete(state));
        var unused = await(abandoned, wait);
    }

    /**
     * Returns the connection as {@link #connection} does, even if the breaker is open: for commands that no caller
     * waits for.
     */
    RedisConnection connectionIgnoringBreaker(Duration wait) {
        State now = state;
        if (now instanceof Up up) {
            return up.connection;
        }
        if (now instanceof Connecting connecting) {
            return await(connecting.next, wait);
        }
        if (now instanceof Down down) {
            throw translator.unavailable(TimeUnit.NANOSECONDS.toMillis(clock.nanos() - down.sinceNanos), down.reason);
        }
        throw translator.closed();
    }

    /** Returns the side connection, for long work that must not delay the main one; opens it if necessary. */
    RedisConnection sideConnection(Duration wait, TimeoutBreaker breaker) {
        var unused = connection(wait, breaker);
        return await(openSideConnection(), wait);
    }

    private synchronized CompletableFuture<RedisConnection> openSideConnection() {
        CompletableFuture<RedisConnection> open = sideConnection;
        if (open != null && RedisConnection.isUsable(open)) {
            return open;
        }
        CompletableFuture<RedisConnection> opening = connections.connect().thenCompose(this::requireUsable);
        sideConnection = opening;
        return opening;
    }

    private CompletableFuture<RedisConnection> requireUsable(RedisConnection connection) {
        connection.onRedirection(failure -> {
            connections.onRedirection(failure);
            if (closeSideConnection(connection)) {
                // The main connection may lead to the same server.
                requireSlot();
            }
        });
        return connection.unusableReason().thenApply(reason -> {
            if (reason != null) {
                connection.close();
                throw translator.unusable(reason);
            }
            return connection;
        });
    }

    /** Closes the side connection if it is the given one; returns whether it was. */
    private synchronized boolean closeSideConnection(RedisConnection redirected) {
        CompletableFuture<RedisConnection> open = sideConnection;
        boolean isSame = open != null && RedisConnection.isUsable(open) && open.getNow(null) == redirected;
        if (isSame) {
            closeSideConnection();
        }
        return isSame;
    }

    /**
     * Queries whether the server still serves the hash slot; a redirection makes the supervisor abandon the connection.
     */
    private void requireSlot() {
        if (state instanceof Up up) {
            when(up.connection.requireSlot(), (nothing, failure) -> {});
        }
    }

    /** Closes the side connection: it may lead to another server than the main one. */
    private synchronized void closeSideConnection() {
        CompletableFuture<RedisConnection> open = sideConnection;
        sideConnection = null;
        if (open != null) {
            var unused = open.thenAccept(RedisConnection::close);
        }
    }

    private <T> T await(CompletableFuture<T> future, Duration wait) {
        try {
            return future.get(wait.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw translator.notConnected("none was made within " + wait.toMillis() + " ms");
        } catch (ExecutionException e) {
            throw translator.translate(e, false);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw translator.interrupted(false);
        }
    }

    private void attempt() {
        if (state instanceof Closed) {
            return;
        }
        CompletableFuture<RedisConnection> handshake = new CompletableFuture<>();
        Duration allowed = connectTimeouts.timeout(failures, neverLost);
        Future<?> limit = thread.schedule(
                () -> handshake.completeExceptionally(translator.timedOut(allowed, false)),
                allowed.toMillis(),
                TimeUnit.MILLISECONDS);
        when(handshake, (connection, failure) -> {
            limit.cancel(false);
            onThread(() -> attemptCompleted(connection, failure));
        });
        when(connections.connect(), (connection, failure) -> {
            if (failure == null && handshake.isDone()) {
                // This attempt has timed out, and a later one may have succeeded.
                connection.close();
            } else if (failure == null) {
                handshake(connection, handshake);
            } else {
                handshake.completeExceptionally(failure);
            }
        });
    }

    /**
     * Checks the server, turns client tracking on, loads the scripts and reads the clock. The connection is ready with
     * the reply to TIME, which is sent last.
     */
    private void handshake(RedisConnection connection, CompletableFuture<RedisConnection> handshake) {
        when(handshake, (same, failure) -> {
            if (failure != null) {
                connection.close();
            }
        });
        // The reply comes before that to TIME, which completes the handshake.
        when(connection.handshake(), (reason, failure) -> {
            if (reason != null) {
                handshake.completeExceptionally(translator.unusable(reason));
            }
        });
        for (Script each : Script.values()) {
            // Spares the first callers a round trip. If the server refuses, EVAL sends the text.
            when(connection.send(RedisCommand.load(each)), (name, failure) -> {});
        }
        connection.onRedirection(failure -> {
            connections.onRedirection(failure);
            onThread(
                    () -> abandon(connection, ExceptionTranslator.isSlotMigrating(failure) ? describe(failure) : null));
        });
        when(connection.track(trackedKeys), (tracking, refusal) -> {
            // A connection that was lost meanwhile is not a refusal; it fails the handshake as well.
            if (refusal != null && ExceptionTranslator.isRefusal(refusal)) {
                reportUntracked(refusal);
            }
            // The reply comes before that to TIME, which completes the handshake.
            when(connection.requireSlot(), (nothing, failure) -> {
                if (failure != null && ExceptionTranslator.isRedirection(failure)) {
                    handshake.completeExceptionally(failure);
                }
            });
            readTime(connection, handshake);
        });
    }

    private void readTime(RedisConnection connection, CompletableFuture<RedisConnection> handshake) {
        long sentNanos = clock.nanos();
        when(connection.send(RedisCommand.time()), (time, failure) -> {
            if (failure == null) {
                observe(connection, time, sentNanos);
                handshake.complete(connection);
            } else {
                handshake.completeExceptionally(failure);
            }
        });
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
                    address(),
                    ExceptionTranslator.describe(refusal));
        }
    }

    private void attemptCompleted(@Nullable RedisConnection connection, @Nullable Throwable failure) {
        State before = state;
        if (connection != null) {
            connected(connection, before);
        } else if (failure != null) {
            failed(failure, before);
        }
    }

    private void connected(RedisConnection connection, State before) {
        // No invalidation comes for what was read or written on an earlier connection.
        trackedKeys.allChanged();
        connection.beginProofs();
        pendingPurges.sendAll(connection);
        serverClock = connection.serverClock();
        if (!transitionTo(new Up(connection))) {
            connection.close();
            return;
        }
        failures = 0;
        heartbeat.completed();
        if (before instanceof Connecting waiting) {
            waiting.next.complete(connection);
        }
        reportConnected(connection);
        connection.onClose(() -> onThread(() -> lost(connection)));
    }

    private void reportConnected(RedisConnection connection) {
        String now = connection.replicationId();
        boolean isAnother = now != null && replicationId != null && !now.equals(replicationId);
        if (now != null) {
            replicationId = now;
        }
        if (isAnother) {
            closeSideConnection();
        }
        String another = isAnother
                ? "another server than before, or started again" + (connection.isEmpty() ? ", and empty" : "")
                : "";
        boolean reported = false;
        for (TimeoutBreaker each : breakers.values()) {
            reported |= each.log().closed(each.circuit().connected(), address(), isAnother ? ": " + another : "");
        }
        if (!reported && isAnother) {
            LOG.log(System.Logger.Level.INFO, "Redis at {0} is {1}", address(), another);
        }
    }

    /** Returns the address of the server, with the master that was found last. */
    private String address() {
        Master found = connections.latestMaster();
        return found == null ? translator.address().toString() : translator.address() + ", at " + found;
    }

    private void failed(Throwable failure, State before) {
        CacheException translated = translator.translate(failure, false);
        if (ExceptionTranslator.isSlotMigrating(failure) && !neverLost) {
            slotMigration = describe(failure);
        }
        if (before instanceof Connecting && slotMigration != null) {
            // Callers keep waiting for a connection until their timeout.
            failures = 0;
        } else if (!goDown(describe(failure), translated, before)) {
            return;
        }
        boolean isLasting =
                translated instanceof ExceptionTranslator.UnusableException unusable && unusable.isLasting();
        attemptAfter(isLasting ? MISCONFIGURATION_RETRY.toNanos() : RECONNECT.delayNanos(failures++));
    }

    private static String describe(Throwable failure) {
        String described = ExceptionTranslator.describe(failure);
        return ExceptionTranslator.isRedirection(failure)
                ? ExceptionTranslator.describeRedirection(described)
                : described;
    }

    /** Moves to {@link Down}, so that no call waits for a connection. Returns false if this is closed. */
    private boolean goDown(String reason, CacheException exception, State before) {
        if (state instanceof Closed) {
            return false;
        }
        // The breakers open first, so that no caller takes the failure of its call for less than an outage.
        breakers.values().forEach(each -> openBreaker(each, reason, lostNanos));
        if (!transitionTo(new Down(lostNanos, reason))) {
            return false;
        }
        if (before instanceof Connecting waiting) {
            waiting.next.completeExceptionally(exception);
        }
        return true;
    }

    /**
     * Schedules the end of the wait for a connection.
     *
     * @param wait how long callers wait from now on
     * @param forAll whether all callers stop waiting; if not, only those whose command timeout is not longer
     */
    private void stopWaitingAfter(Duration wait, boolean forAll) {
        State waiting = state;
        var unused = thread.schedule(
                () -> {
                    if (state != waiting) {
                        return;
                    }
                    String none = "none was made within " + wait.toMillis() + " ms";
                    String reason = slotMigration == null
                            ? "no connection was made within " + wait.toMillis() + " ms"
                            : slotMigration;
                    if (forAll) {
                        goDown(reason, translator.notConnected(slotMigration == null ? none : slotMigration), waiting);
                    } else {
                        breakers.values().stream()
                                .filter(each -> each.timeout().compareTo(wait) <= 0)
                                .forEach(each -> openBreaker(each, reason, lostNanos));
                    }
                },
                wait.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    private void lost(RedisConnection connection) {
        lost(connection, Duration.ZERO, null);
    }

    /**
     * Gives up the connection as {@link #lost(RedisConnection)} does, but leaves time for replies to earlier commands.
     */
    private void abandon(RedisConnection connection, @Nullable String migration) {
        closeSideConnection();
        lost(connection, LAST_REPLIES, migration);
    }

    private void lost(RedisConnection connection, Duration lastReplies, @Nullable String migration) {
        if (!(state instanceof Up up) || up.connection != connection) {
            return;
        }
        // Proofs end first: replies that arrive until the connection closes must not renew the revoked proof.
        connection.endProofs();
        trackedKeys.proof().revoke();
        if (connection.isOpen()) {
            if (lastReplies.isZero()) {
                connection.close();
            } else {
                var unused = thread.schedule(connection::close, lastReplies.toMillis(), TimeUnit.MILLISECONDS);
            }
        }
        if (!transitionTo(new Connecting(new CompletableFuture<>()))) {
            return;
        }
        // Near copies stay, but are not used while there is no proof. Waiters wake up and read, since no invalidation
        // can reach them.
        trackedKeys.disconnected();
        neverLost = false;
        slotMigration = migration;
        lostNanos = clock.nanos();
        LOG.log(System.Logger.Level.DEBUG, "the connection to Redis at {0} was lost", address());
        Duration longest = longestTimeout();
        breakers.keySet().forEach(each -> stopWaitingAfter(each, each.equals(longest)));
        attemptAfter(lastReplies.toNanos() + RECONNECT.delayNanos(0));
    }

    /**
     * Sends a heartbeat (TIME), or handles the silence if the last one has no reply yet: the connection may be a black
     * hole.
     */
    private void heartbeat() {
        trackedKeys.proof().updateLeases(clock.nanos());
        if (!(state instanceof Up up)) {
            return;
        }
        long nowNanos = clock.nanos();
        heartbeat.beat(nowNanos);
        if (up.connection.traffic().hasProgressed()) {
            heartbeat.progressed(nowNanos);
        }
        checkMaster(up.connection);
        if (heartbeat.isAwaitingReply()) {
            onSilence(up.connection, nowNanos);
            return;
        }
        heartbeat.sent(nowNanos);
        when(
                up.connection.sendReserved(RedisCommand.time()),
                (time, failure) -> onThread(() -> {
                    heartbeat.completed();
                    if (failure == null) {
                        observe(up.connection, time, nowNanos);
                        // A silent server replies again.
                        probe(up.connection);
                    }
                }));
        // In a cluster a server that has lost the slot still replies to TIME.
        when(up.connection.requireSlot(), (nothing, failure) -> {});
    }

    private void onSilence(RedisConnection connection, long nowNanos) {
        long silentNanos = heartbeat.silentNanos(nowNanos);
        String reason = "no reply for " + TimeUnit.NANOSECONDS.toMillis(silentNanos) + " ms";
        breakers.values().stream()
                .filter(each -> silentNanos >= each.timeout().toNanos())
                .forEach(each -> openBreaker(each, reason, nowNanos - silentNanos));
        Duration longest = longestTimeout();
        if (silentNanos >= Math.max(SILENCE_MIN.toNanos(), longest.toNanos())) {
            lost(connection);
        }
    }

    /** Probes, with a write that changes nothing, whether the open breakers can close. */
    private void probe(RedisConnection connection) {
        if (probing
                || breakers.values().stream().noneMatch(each -> each.circuit().isUnavailable())) {
            return;
        }
        probing = true;
        long sentNanos = clock.nanos();
        when(
                connections.probe(connection),
                (removed, failure) -> onThread(() -> {
                    probing = false;
                    probed(connection, failure, clock.nanos() - sentNanos);
                }));
    }

    private void probed(RedisConnection connection, @Nullable Throwable failure, long tookNanos) {
        boolean isAnswered = failure == null || ExceptionTranslator.isAccessDenied(failure);
        boolean again = false;
        for (TimeoutBreaker each : breakers.values()) {
            each.log().closed(each.circuit().recordProbe(isAnswered, tookNanos), address(), "");
            again |= isAnswered && each.circuit().isOpenBecauseOfSilence();
        }
        if (again) {
            probe(connection);
        }
    }

    /**
     * Checks whether the server is still the master, and queries the sentinels for another one. A client that only
     * reads would not notice that the master was replaced; and a master that was replaced, for maintenance or while it
     * was frozen, accepts writes for seconds that will be lost.
     */
    private void checkMaster(RedisConnection connection) {
        beats++;
        if (beats % ROLE_CHECK_BEATS == 0 && !heartbeat.isAwaitingReply()) {
            when(connection.unusableReason(), (reason, failure) -> {
                if (reason != null) {
                    onThread(() -> abandon(connection, null));
                }
            });
        }
        Master known = connection.master();
        if (known == null || checkingSentinels || beats % SENTINEL_CHECK_BEATS != 0) {
            return;
        }
        checkingSentinels = true;
        when(
                connections.master(),
                (master, failure) -> onThread(() -> {
                    checkingSentinels = false;
                    if (master != null && master.replaces(known)) {
                        abandon(connection, null);
                    }
                }));
    }

    private void observe(RedisConnection connection, List<byte[]> time, long sentNanos) {
        long seconds = Long.parseLong(new String(time.get(0), US_ASCII));
        long micros = Long.parseLong(new String(time.get(1), US_ASCII));
        connection.serverClock().observe(seconds * MICROS_PER_SECOND + micros, sentNanos, clock.nanos());
    }

    private long millisSince(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(clock.nanos() - nanos);
    }

    private void attemptAfter(long nanos) {
        var unused = thread.schedule(this::attempt, nanos, TimeUnit.NANOSECONDS);
    }

    private static <T> void when(
            CompletableFuture<T> reply, BiConsumer<? super @Nullable T, ? super @Nullable Throwable> then) {
        var unused = reply.whenComplete(then);
    }

    private void onThread(Runnable task) {
        try {
            thread.execute(task);
        } catch (RejectedExecutionException e) {
            // The factory is closed, and its state is not needed any more.
        }
    }

    /** Closes all connections; calls in progress fail with an exception. */
    void close() {
        State before = state;
        transitionTo(new Closed());
        if (before instanceof Connecting waiting) {
            waiting.next.completeExceptionally(translator.closed());
        }
        connections.close();
    }

    /** Moves to the next state and returns true; returns false if this is closed, which is final. */
    private synchronized boolean transitionTo(State next) {
        if (state instanceof Closed) {
            return false;
        }
        state = next;
        return true;
    }

    /** The state of the connection. */
    private sealed interface State {}

    /** The connection is being opened, and callers wait for it. */
    private record Connecting(CompletableFuture<RedisConnection> next) implements State {}

    /** The connection is open. */
    private record Up(RedisConnection connection) implements State {}

    /**
     * The connection could not be opened; attempts go on in the background.
     *
     * @param sinceNanos since when there is no connection, by the clock
     */
    private record Down(long sinceNanos, String reason) implements State {}

    /** The supervisor is closed. */
    private record Closed() implements State {}
}
