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
 * Owns the connection to one Redis: makes it, watches it, makes it again.
 *
 * <p>All transitions happen on one thread, the door's; the state is read by any. While the first connection, or the first
 * after a loss, is being made, whoever needs it waits; once an attempt has failed, or takes longer than a call may, the {@link
 * CircuitBreaker} is shut and nobody waits until one succeeds. On a connection that is there the gate shuts and opens by how it answers.
 */
final class ConnectionSupervisor {
    private static final System.Logger LOG = System.getLogger("io.github.tieredjcache.remote");
    private static final Duration HEARTBEAT = Duration.ofMillis(250);
    private static final Backoff RECONNECT = new Backoff(Duration.ofMillis(50), Duration.ofMillis(500));
    /** For so long at least nothing arrives before a connection is given up, though all who use it are less patient. */
    private static final Duration SILENCE_MIN = Duration.ofSeconds(1);
    /** What cannot be used until somebody changes something is looked at again so seldom. */
    private static final Duration MISCONFIGURATION_RETRY = Duration.ofSeconds(5);
    /** For so long a server that is no master any more may answer what it was asked. */
    private static final Duration LAST_REPLIES = Duration.ofMillis(20);
    /** Each so many heartbeats the server is asked whether it is still the master. */
    private static final int ROLE_CHECK_BEATS = 4;
    /** Each so many the sentinels are asked whether another one is: an old master that stood still does not know. */
    private static final int SENTINEL_CHECK_BEATS = 2;

    private static final long MICROS_PER_SECOND = 1_000_000;

    private final ConnectionFactory connections;
    private final ExceptionTranslator translator;
    private final NanoClock clock;
    private final Duration connectTimeout;
    // One for each command timeout of those who use it.
    private final Map<Duration, TimeoutBreaker> breakers = new ConcurrentHashMap<>();
    private final PendingPurges pendingPurges;
    private final ScheduledExecutorService thread;
    private final TrackedKeys trackedKeys = new TrackedKeys();
    private final ConnectTimeouts connectTimeouts;

    private volatile State state = new Connecting(new CompletableFuture<>());
    /** That of the latest connection. */
    private volatile ServerClock serverClock = new ServerClock();

    private volatile @Nullable CompletableFuture<RedisConnection> sideConnection;

    // Only touched on the thread.
    private final HeartbeatMonitor heartbeat = new HeartbeatMonitor(HEARTBEAT.toNanos());
    private boolean neverLost = true;
    private int failures;
    private long lostNanos;
    private volatile boolean untracked;
    private int beats;
    private boolean probing;
    private boolean checkingSentinels;
    private @Nullable String replicationId;
    /** Why a connection is worth waiting for though attempts fail: the slot has moved, or is on its way; null if it is not. */
    private @Nullable String slotMigration;

    /**
     * Creates a link that does nothing until {@link #open}.
     *
     * @param connectTimeout how long an attempt to connect may take, and again the greeting
     * @param pendingPurges what is sent first on each connection
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

    /** Begins to connect and returns at once. */
    void open() {
        lostNanos = clock.nanos();
        thread.execute(this::attempt);
        stopWaitingAfter(connectTimeout, true);
        var unused = thread.scheduleWithFixedDelay(
                this::heartbeat, HEARTBEAT.toMillis(), HEARTBEAT.toMillis(), TimeUnit.MILLISECONDS);
    }

    TrackedKeys trackedKeys() {
        return trackedKeys;
    }

    PendingPurges pendingPurges() {
        return pendingPurges;
    }

    /** Returns the breaker of those who wait so long for an answer. */
    TimeoutBreaker breaker(Duration timeout) {
        return breakers.computeIfAbsent(timeout, same -> {
            CircuitBreaker breaker = new CircuitBreaker(translator.address().toString(), clock, timeout.toNanos() / 2);
            if (state instanceof Down down) {
                var unused = breaker.open(down.why, down.sinceNanos);
            }
            return new TimeoutBreaker(timeout, breaker, new OutageLog(clock));
        });
    }

    /** Returns how long the most patient wait. */
    private Duration longestTimeout() {
        return breakers.keySet().stream().max(Comparator.naturalOrder()).orElse(SILENCE_MIN);
    }

    /** Takes note of a call of a user; see {@link CircuitBreaker#recordCall}. */
    void recordCall(TimeoutBreaker breaker, long tookNanos, boolean answered) {
        if (breaker.breaker().recordCall(tookNanos, answered)) {
            onThread(() -> reportOpened(breaker));
        }
    }

    /** Says that a call has waited for as long as it may, and nothing has arrived meanwhile: nobody else is to wait. */
    void reportSilence(TimeoutBreaker breaker, RedisConnection connection, long sinceNanos) {
        // Of the second connection this says nothing.
        if (state instanceof Up up
                && up.connection == connection
                && connection.isOpen()
                && breaker.breaker().open("nothing has arrived for " + millisSince(sinceNanos) + " ms", sinceNanos)) {
            onThread(() -> reportOpened(breaker));
        }
    }

    private void openBreaker(TimeoutBreaker breaker, String why, long sinceNanos) {
        if (breaker.breaker().open(why, sinceNanos)) {
            reportOpened(breaker);
        }
    }

    private void reportOpened(TimeoutBreaker breaker) {
        breaker.log().opened(breaker.breaker(), address());
    }

    /** Returns whether there is a connection on which changes are announced. */
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
     * @param wait how long to wait for one that is being made
     * @throws CacheException if there is none, or if it is known not to answer
     */
    RedisConnection connection(Duration wait, TimeoutBreaker breaker) {
        if (!(state instanceof Down)) {
            requireClosed(breaker.breaker());
        }
        RedisConnection connection = connectionIgnoringBreaker(wait);
        requireClosed(breaker.breaker());
        return connection;
    }

    private void requireClosed(CircuitBreaker breaker) {
        String why = breaker.reason();
        if (why != null) {
            throw translator.unavailable(millisSince(breaker.unavailableSinceNanos()), why);
        }
    }

    /**
     * Waits until it was noted that a connection has ended of which a call has heard so, perhaps before it did: who goes on before that
     * would be given the same one again.
     *
     * @throws CacheException if that takes too long
     */
    void awaitClosed(RedisConnection ending, Duration wait) {
        CompletableFuture<RedisConnection> noticed = new CompletableFuture<>();
        ending.onClose(() -> onThread(() -> {
            lost(ending);
            noticed.complete(ending);
        }));
        var unused = await(noticed, wait);
    }

    /**
     * Waits until the link has left the connection, on which a call has been answered that the server is not the one to ask: the
     * stream has said so before the call was answered.
     */
    void awaitAbandoned(Duration wait) {
        CompletableFuture<State> left = new CompletableFuture<>();
        onThread(() -> left.complete(state));
        var unused = await(left, wait);
    }

    /** As {@link #connection}, for what nobody waits for. */
    RedisConnection connectionIgnoringBreaker(Duration wait) {
        State now = state;
        if (now instanceof Up up) {
            return up.connection;
        }
        if (now instanceof Connecting connecting) {
            return await(connecting.next, wait);
        }
        if (now instanceof Down down) {
            throw translator.unavailable(TimeUnit.NANOSECONDS.toMillis(clock.nanos() - down.sinceNanos), down.why);
        }
        throw translator.closed();
    }

    /** Returns the second connection, for long work that must not stand in the way of the first; opens it if need be. */
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
                // The first may lead to the same server.
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

    /** Lets go of the second connection if it is that one, and returns whether it was. */
    private synchronized boolean closeSideConnection(RedisConnection moved) {
        CompletableFuture<RedisConnection> open = sideConnection;
        boolean isThat = open != null && RedisConnection.isUsable(open) && open.getNow(null) == moved;
        if (isThat) {
            closeSideConnection();
        }
        return isThat;
    }

    /** Asks the server whether it still serves the slot: if not, it is left with its answer. */
    private void requireSlot() {
        if (state instanceof Up up) {
            when(up.connection.requireSlot(), (nothing, failure) -> {});
        }
    }

    /** Lets go of the second connection: it may lead to another server than the first. */
    private synchronized void closeSideConnection() {
        CompletableFuture<RedisConnection> open = sideConnection;
        sideConnection = null;
        if (open != null) {
            var unused = open.thenAccept(RedisConnection::close);
        }
    }

    private <T> T await(CompletableFuture<T> making, Duration wait) {
        try {
            return making.get(wait.toNanos(), TimeUnit.NANOSECONDS);
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

    /** Asks what it is, and for the time, and makes the scripts known; the stream is ready when the time is. */
    private void handshake(RedisConnection connection, CompletableFuture<RedisConnection> handshake) {
        when(handshake, (same, failure) -> {
            if (failure != null) {
                connection.close();
            }
        });
        // Answered before the time is, with which the greeting ends.
        when(connection.handshake(), (reason, failure) -> {
            if (reason != null) {
                handshake.completeExceptionally(translator.unusable(reason));
            }
        });
        for (Script each : Script.values()) {
            // Only to spare the first callers a round trip; a server that refuses is asked with the text.
            when(connection.send(RedisCommand.load(each)), (name, failure) -> {});
        }
        connection.onRedirection(failure -> {
            connections.onRedirection(failure);
            onThread(() -> abandon(connection, ExceptionTranslator.isSlotMigrating(failure) ? describe(failure) : null));
        });
        when(connection.track(trackedKeys), (tracking, refusal) -> {
            // A connection that ended meanwhile is not a refusal; it ends the greeting too.
            if (refusal != null && ExceptionTranslator.isRefusal(refusal)) {
                reportUntracked(refusal);
            }
            // Before the time, with which the greeting ends.
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

    /** Without announcements nothing proves that a near copy is current, so none is shown. */
    private void reportUntracked(Throwable refusal) {
        if (!untracked) {
            untracked = true;
            LOG.log(
                    System.Logger.Level.WARNING,
                    "Redis at {0} refuses CLIENT TRACKING ({1}): every read asks Redis; allow the command to this user",
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
        // Whatever was read or written on an earlier connection: nobody would say that it has changed.
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
        String now = connection.history();
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
            reported |= each.log().closed(each.breaker().connected(), address(), isAnother ? ": " + another : "");
        }
        if (!reported && isAnother) {
            LOG.log(System.Logger.Level.INFO, "Redis at {0} is {1}", address(), another);
        }
    }

    /** Returns where it is, with the master that sentinels have named last. */
    private String address() {
        Master found = connections.latestMaster();
        return found == null ? translator.address().toString() : translator.address() + ", at " + found;
    }

    private void failed(Throwable failure, State before) {
        CacheException why = translator.translate(failure, false);
        if (ExceptionTranslator.isSlotMigrating(failure) && !neverLost) {
            slotMigration = describe(failure);
        }
        if (before instanceof Connecting && slotMigration != null) {
            // Who waits for a connection does so until the patience is over.
            failures = 0;
        } else if (!goDown(describe(failure), why, before)) {
            return;
        }
        boolean isLasting = why instanceof ExceptionTranslator.UnusableException unusable && unusable.isLasting();
        attemptAfter(isLasting ? MISCONFIGURATION_RETRY.toNanos() : RECONNECT.delayNanos(failures++));
    }

    private static String describe(Throwable failure) {
        String described = ExceptionTranslator.describe(failure);
        return ExceptionTranslator.isRedirection(failure) ? ExceptionTranslator.describeRedirection(described) : described;
    }

    /** From now on nobody waits for a connection. Returns false if this is closed. */
    private boolean goDown(String words, CacheException why, State before) {
        if (state instanceof Closed) {
            return false;
        }
        // First, so that nobody takes the failure of a call for less than an outage.
        breakers.values().forEach(each -> openBreaker(each, words, lostNanos));
        if (!transitionTo(new Down(lostNanos, words))) {
            return false;
        }
        if (before instanceof Connecting waiting) {
            waiting.next.completeExceptionally(why);
        }
        return true;
    }

    /** Ends the wait for a connection, for all who are not more patient than that. */
    private void stopWaitingAfter(Duration patience, boolean forAll) {
        State waiting = state;
        var unused = thread.schedule(
                () -> {
                    if (state != waiting) {
                        return;
                    }
                    String none = "none was made within " + patience.toMillis() + " ms";
                    String words =
                            slotMigration == null ? "no connection was made within " + patience.toMillis() + " ms" : slotMigration;
                    if (forAll) {
                        goDown(words, translator.notConnected(slotMigration == null ? none : slotMigration), waiting);
                    } else {
                        breakers.values().stream()
                                .filter(each -> each.timeout().compareTo(patience) <= 0)
                                .forEach(each -> openBreaker(each, words, lostNanos));
                    }
                },
                patience.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    private void lost(RedisConnection connection) {
        lost(connection, Duration.ZERO, null);
    }

    /** As {@link #lost(RedisConnection)}; what it was asked before is answered all the same. */
    private void abandon(RedisConnection connection, @Nullable String forMove) {
        closeSideConnection();
        lost(connection, LAST_REPLIES, forMove);
    }

    private void lost(RedisConnection connection, Duration lastAnswers, @Nullable String forMove) {
        if (!(state instanceof Up up) || up.connection != connection) {
            return;
        }
        // First this: answers that arrive until the connection closes must not renew the revoked proof.
        connection.endProofs();
        trackedKeys.proof().revoke();
        if (connection.isOpen()) {
            if (lastAnswers.isZero()) {
                connection.close();
            } else {
                var unused = thread.schedule(connection::close, lastAnswers.toMillis(), TimeUnit.MILLISECONDS);
            }
        }
        if (!transitionTo(new Connecting(new CompletableFuture<>()))) {
            return;
        }
        // What is near stays what it was, and is not shown as long as nothing is heard; whoever waits to hear must
        // look.
        trackedKeys.disconnected();
        neverLost = false;
        slotMigration = forMove;
        lostNanos = clock.nanos();
        LOG.log(System.Logger.Level.DEBUG, "the connection to Redis at {0} was lost", address());
        Duration longest = longestTimeout();
        breakers.keySet().forEach(each -> stopWaitingAfter(each, each.equals(longest)));
        attemptAfter(lastAnswers.toNanos() + RECONNECT.delayNanos(0));
    }

    /** Asks for the time; ends a connection on which the last question is still unanswered, since it may be a black hole. */
    private void heartbeat() {
        trackedKeys.proof().look(clock.nanos());
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
                        // A server that was silent has found its words again.
                        probe(up.connection);
                    }
                }));
        // In a cluster the time is told by a server that has lost the slot, too.
        when(up.connection.requireSlot(), (nothing, failure) -> {});
    }

    private void onSilence(RedisConnection connection, long nowNanos) {
        long silentNanos = heartbeat.silentNanos(nowNanos);
        String why = "no answer for " + TimeUnit.NANOSECONDS.toMillis(silentNanos) + " ms";
        breakers.values().stream()
                .filter(each -> silentNanos >= each.timeout().toNanos())
                .forEach(each -> openBreaker(each, why, nowNanos - silentNanos));
        Duration longest = longestTimeout();
        if (silentNanos >= Math.max(SILENCE_MIN.toNanos(), longest.toNanos())) {
            lost(connection);
        }
    }

    /** Finds out with a change of nothing whether those who do not wait for Redis may wait again. */
    private void probe(RedisConnection connection) {
        if (probing || breakers.values().stream().noneMatch(each -> each.breaker().isUnavailable())) {
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
            each.log().closed(each.breaker().recordProbe(isAnswered, tookNanos), address(), "");
            again |= isAnswered && each.breaker().isOpenBecauseOfSilence();
        }
        if (again) {
            probe(connection);
        }
    }

    /**
     * Asks the server whether it is still the master, and the sentinels whether another one is: who only reads would not be told, and
     * a master that was replaced, for maintenance or while it stood still, takes writes for seconds that will be lost.
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
            // The door is closed, and nothing is left to be kept.
        }
    }

    /** Ends everything; calls under way get an exception. */
    void close() {
        State before = state;
        transitionTo(new Closed());
        if (before instanceof Connecting waiting) {
            waiting.next.completeExceptionally(translator.closed());
        }
        connections.close();
    }

    /** Moves to the next state, unless this is closed: that is for good. */
    private synchronized boolean transitionTo(State next) {
        if (state instanceof Closed) {
            return false;
        }
        state = next;
        return true;
    }

    /** What can be said of the connection. */
    private sealed interface State {}

    /** It is being made and nothing speaks against it. */
    private record Connecting(CompletableFuture<RedisConnection> next) implements State {}

    /** It is there. */
    private record Up(RedisConnection connection) implements State {}

    /** It could not be made and is tried again in the background. */
    private record Down(long sinceNanos, String why) implements State {}

    /** It will not be made any more. */
    private record Closed() implements State {}
}
