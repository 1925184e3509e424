package io.github.tieredjcache.internal.remote.connection;

import io.github.tieredjcache.internal.remote.tracking.TrackedKeys;
import io.github.tieredjcache.internal.support.NanoClock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
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
    private static final Backoff RECONNECT = new Backoff(Duration.ofMillis(50), Duration.ofMillis(500));
    /** The interval of attempts while the server is unusable until its configuration, or that of the cache, changes. */
    private static final Duration MISCONFIGURATION_RETRY = Duration.ofSeconds(5);
    /** How long an abandoned server may still reply to the commands that it has received. */
    private static final Duration LAST_REPLIES = Duration.ofMillis(20);

    private final ConnectionFactory connections;
    private final ScheduledExecutorService thread;
    private final Duration connectTimeout;
    private final ConnectTimeouts connectTimeouts;
    private final PendingPurges pendingPurges;
    private final CircuitBreakers breakers;
    private final ConnectionState<RedisConnection> state;
    private final TrackedKeys trackedKeys = new TrackedKeys();
    private final ConnectionOpener opener;
    private final LazyConnection sideConnection;
    /** The clock of the latest connection. */
    private volatile ServerClock serverClock = new ServerClock();

    // Accessed only on the thread.
    private final Heartbeat heartbeat;
    private final MasterCheck masterCheck;
    private final ServerIdentity server = new ServerIdentity();
    private boolean neverLost = true;
    private int failures;
    private long lostNanos;
    /** Why callers wait for a connection though attempts fail: the hash slot is being migrated; null if it is not. */
    private @Nullable String slotMigration;

    /**
     * Creates a supervisor that does nothing until {@link #open}.
     *
     * @param connectTimeout how long the TCP connection may take, and again the handshake
     * @param pendingPurges the purges to be sent first on each connection
     */
    ConnectionSupervisor(ConnectionFactory connections, Duration connectTimeout, PendingPurges pendingPurges) {
        this.connections = connections;
        this.thread = connections.thread();
        this.connectTimeout = connectTimeout;
        this.connectTimeouts = new ConnectTimeouts(connectTimeout.multipliedBy(2));
        this.pendingPurges = pendingPurges;
        this.breakers = connections.newBreakers();
        this.state = new ConnectionState<>(translator(), clock());
        this.opener = new ConnectionOpener(connections, trackedKeys, this::redirected);
        this.sideConnection = new LazyConnection(() -> opener.openSideConnection(this::sideRedirected));
        this.heartbeat = new Heartbeat(connections, breakers, this::silent);
        this.masterCheck = new MasterCheck(connections, replaced -> abandon(replaced, null));
    }

    /** Starts to connect and returns at once. */
    void open() {
        lostNanos = clock().nanos();
        thread.execute(this::attempt);
        stopWaitingAfter(connectTimeout, true);
        connections.onThreadEvery(HeartbeatMonitor.INTERVAL, this::beat);
    }

    ExceptionTranslator translator() {
        return connections.translator();
    }

    NanoClock clock() {
        return connections.clock();
    }

    TrackedKeys trackedKeys() {
        return trackedKeys;
    }

    PendingPurges pendingPurges() {
        return pendingPurges;
    }

    ServerClock serverClock() {
        return serverClock;
    }

    /** Returns whether there is a connection with client tracking. */
    boolean isTracking() {
        RedisConnection connection = state.connection();
        return connection != null && connection.isTracking();
    }

    /** Returns whether there is a connection. */
    boolean isConnected() {
        return state.connection() != null;
    }

    /** Returns the circuit breaker of the callers with the given command timeout. */
    CircuitBreaker breaker(Duration timeout) {
        CircuitBreaker breaker = breakers.of(timeout);
        if (state.current() instanceof ConnectionState.Down<RedisConnection> down) {
            var unused = breaker.open(down.reason(), down.sinceNanos());
        }
        return breaker;
    }

    /** Records a call; see {@link CircuitBreaker#recordCall}. */
    void recordCall(CircuitBreaker breaker, long tookNanos, boolean answered) {
        breakers.recordCall(breaker, tookNanos, answered);
    }

    /** Opens the breaker because a call has timed out and nothing has arrived meanwhile: no other call waits. */
    void reportSilence(CircuitBreaker breaker, RedisConnection connection, long sinceNanos) {
        // Silence of the side connection says nothing about the main connection.
        if (state.connection() == connection && connection.isOpen()) {
            breakers.open(breaker, "nothing has arrived for " + state.millisSince(sinceNanos) + " ms", sinceNanos);
        }
    }

    /**
     * Returns the connection.
     *
     * @param wait how long to wait while it is being opened
     * @throws CacheException if there is none, or if the breaker is open
     */
    RedisConnection connection(Duration wait, CircuitBreaker breaker) {
        return state.connection(wait, breaker);
    }

    /** As {@link #connection}, but does not wait, and ignores the breaker: for commands that no caller waits for. */
    RedisConnection connectionIgnoringBreaker() {
        return state.connection(Duration.ZERO);
    }

    /** Returns the side connection, for long work that must not delay the main one; opens it if necessary. */
    RedisConnection sideConnection(Duration wait, CircuitBreaker breaker) {
        var unused = connection(wait, breaker);
        return state.await(sideConnection.open(), wait);
    }

    private void sideRedirected(RedisConnection redirected) {
        RedisConnection main = state.connection();
        if (sideConnection.close(redirected) && main != null) {
            // It may lead to the same server; its own redirection makes the supervisor abandon it.
            var unused = main.requireSlot();
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
        closing.onClose(() -> connections.onThread(() -> {
            lost(closing);
            seen.complete(closing);
        }));
        var unused = state.await(seen, wait);
    }

    /**
     * Waits until the supervisor has abandoned a connection on which a call was redirected. The thread has that task
     * already, since the connection reports the redirection before it completes the call.
     */
    void awaitAbandoned(Duration wait) {
        CompletableFuture<Boolean> abandoned = new CompletableFuture<>();
        connections.onThread(() -> abandoned.complete(true));
        var unused = state.await(abandoned, wait);
    }

    private void attempt() {
        if (state.current() instanceof ConnectionState.Closed) {
            return;
        }
        var unused = opener.open(connectTimeouts.timeout(failures, neverLost), failures > 0)
                .whenComplete((connection, failure) -> connections.onThread(() -> {
                    if (failure == null) {
                        connected(connection);
                    } else {
                        failed(failure);
                    }
                }));
    }

    private void connected(RedisConnection connection) {
        // No invalidation comes for what was read or written on an earlier connection.
        trackedKeys.allChanged();
        connection.beginProofs();
        pendingPurges.sendAll(connection);
        serverClock = connection.serverClock();
        failures = 0;
        heartbeat.connected();
        if (!state.up(connection)) {
            connection.close();
            return;
        }
        reportConnected(connection);
        connection.onClose(() -> connections.onThread(() -> lost(connection)));
    }

    private void reportConnected(RedisConnection connection) {
        String change = server.change(connection.replicationId(), connection.isEmpty(), connections.latestMaster());
        if (change != null) {
            // It may lead to another server than the main one.
            sideConnection.close();
        }
        if (!breakers.connected(change == null ? "" : ": " + change) && change != null && connections.isNew(change)) {
            LOG.log(System.Logger.Level.INFO, "Redis at {0} is {1}", connections.server(), change);
        }
        server.reportLack(connection.lack(), connections.server(), () -> connections.isNew("lack"));
    }

    private void failed(Throwable failure) {
        CacheException translated = translator().translate(failure, false);
        String described = ExceptionTranslator.describeOutage(failure);
        if (ExceptionTranslator.isSlotMigrating(failure) && !neverLost) {
            slotMigration = described;
        }
        if (state.current() instanceof ConnectionState.Connecting && slotMigration != null) {
            // Callers keep waiting for a connection until their timeout.
            failures = 0;
        } else if (!goDown(neverLost ? KnownFailures.describeFirst(described) : described, translated)) {
            return;
        }
        boolean isLasting =
                translated instanceof ExceptionTranslator.UnusableException unusable && unusable.isLasting();
        attemptAfter(isLasting ? MISCONFIGURATION_RETRY.toNanos() : RECONNECT.delayNanos(failures++));
    }

    private void attemptAfter(long nanos) {
        var unused = thread.schedule(this::attempt, nanos, TimeUnit.NANOSECONDS);
    }

    /** Makes no call wait for a connection. Returns false if this is closed. */
    private boolean goDown(String reason, CacheException exception) {
        if (state.current() instanceof ConnectionState.Closed) {
            return false;
        }
        // The breakers open first, so that no caller takes the failure of its call for less than an outage.
        breakers.open(all -> true, reason, lostNanos);
        return state.down(lostNanos, reason, exception);
    }

    /**
     * Schedules the end of the wait for a connection.
     *
     * @param wait how long callers wait from now on
     * @param forAll whether all callers stop waiting; if not, only those whose command timeout is not longer
     */
    private void stopWaitingAfter(Duration wait, boolean forAll) {
        ConnectionState.State<RedisConnection> waiting = state.current();
        Runnable stop = () -> {
            if (state.current() != waiting) {
                return;
            }
            String moving = slotMigration;
            String within = "was made within " + wait.toMillis() + " ms";
            String reason = moving == null ? "no connection " + within : moving;
            if (forAll) {
                goDown(reason, translator().notConnected(moving == null ? "none " + within : moving));
            } else {
                breakers.open(timeout -> timeout.compareTo(wait) <= 0, reason, lostNanos);
            }
        };
        var unused = thread.schedule(stop, wait.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void redirected(RedisConnection connection, Throwable failure) {
        connections.onThread(() -> {
            boolean isMigrating = ExceptionTranslator.isSlotMigrating(failure);
            abandon(connection, isMigrating ? ExceptionTranslator.describeOutage(failure) : null);
        });
    }

    /** As {@link #lost(RedisConnection)}, but leaves time for replies to earlier commands. */
    private void abandon(RedisConnection connection, @Nullable String migration) {
        sideConnection.close();
        lost(connection, LAST_REPLIES, migration);
    }

    private void silent(RedisConnection connection) {
        connection.server().retire();
        lost(connection);
    }

    private void lost(RedisConnection connection) {
        lost(connection, Duration.ZERO, null);
    }

    private void lost(RedisConnection connection, Duration lastReplies, @Nullable String migration) {
        if (state.connection() != connection) {
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
        if (!state.connecting()) {
            return;
        }
        // Near copies stay, but are not used while there is no proof. Waiters wake up and read, since no invalidation
        // can reach them.
        trackedKeys.disconnected();
        neverLost = false;
        slotMigration = migration;
        lostNanos = clock().nanos();
        LOG.log(System.Logger.Level.DEBUG, "the connection to Redis at {0} was lost", connections.server());
        Duration longest = breakers.longestTimeout();
        breakers.timeouts().forEach(each -> stopWaitingAfter(each, each.equals(longest)));
        attemptAfter(lastReplies.toNanos() + RECONNECT.delayNanos(0));
    }

    private void beat() {
        trackedKeys.proof().updateLeases(clock().nanos());
        RedisConnection connection = state.connection();
        if (connection != null) {
            masterCheck.beat(connection, heartbeat.isAwaitingReply());
            heartbeat.beat(connection);
            pendingPurges.sendFailed(connection);
        }
    }

    /** Closes all connections; calls in progress fail with an exception. */
    void close() {
        state.close();
        connections.close();
    }
}
