package io.github.tieredjcache.internal.remote.connection;

import io.github.tieredjcache.internal.port.RemoteHealth;
import io.github.tieredjcache.internal.stats.JfrEvents;
import io.github.tieredjcache.internal.support.NanoClock;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether calls with the same command timeout may wait for one Redis: closed while Redis answers, open while it
 * is known not to answer, so that no call waits for it. Calls with a longer timeout may still wait.
 *
 * <p>The breaker opens when the connection is lost and not back at once, when nothing arrives for as long as a call or
 * a heartbeat may wait, and when of the calls of a second, at least {@value #CALLS_MIN}, half have failed or were slow.
 * It closes when the connection is back, or when a few probes in a row were answered in time. If slow replies open it
 * soon after it has closed, it needs twice as many probes as the last time, so that a Redis that is slow under load
 * does not get the full load a few times a second.
 *
 * <p>A refusal that is due to the command (no memory, wrong type) says nothing about the health of the server. Safe for
 * use by many threads.
 */
final class CircuitBreaker implements RemoteHealth {
    static final int CALLS_MIN = 20;

    private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long PROBE_RESET_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final int PROBES_MIN = 2;
    /** The maximum length of a brief outage, in command timeouts. */
    private static final int BRIEF_OUTAGE_TIMEOUTS = 2;

    private static final int PROBES_MAX = 64;

    private final String server;
    private final NanoClock clock;
    private final Duration timeout;
    private final long slowNanos;
    private volatile @Nullable OpenState openState;
    private volatile int changes;

    // Guarded by this. The calls are counted in two halves of a window; older calls are not counted.
    private long halfBeganNanos;
    private int calls;
    private int badCalls;
    private int callsBefore;
    private int badCallsBefore;
    private long closedNanos;
    private long unavailableNanos;
    private int probesNeeded = PROBES_MIN;
    private int probesAnswered;

    /**
     * Creates a closed circuit breaker.
     *
     * @param server the name of the server in flight recorder events
     * @param timeout the command timeout; a call is slow that takes half of it
     */
    CircuitBreaker(String server, NanoClock clock, Duration timeout) {
        this.server = server;
        this.clock = clock;
        this.timeout = timeout;
        this.slowNanos = timeout.toNanos() / 2;
        this.halfBeganNanos = clock.nanos();
    }

    /** Returns the command timeout of the callers. */
    Duration timeout() {
        return timeout;
    }

    @Override
    public boolean isUnavailable() {
        return openState != null;
    }

    @Override
    public long unavailableSinceNanos() {
        OpenState now = openState;
        return now == null ? clock.nanos() : now.sinceNanos;
    }

    @Override
    public void awaitBriefOutage() {
        OpenState now = openState;
        if (now == null) {
            return;
        }
        long leftNanos = now.sinceNanos + BRIEF_OUTAGE_TIMEOUTS * timeout.toNanos() - clock.nanos();
        try {
            now.closed.get(Math.max(0, leftNanos), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            // The outage is not brief.
        } catch (ExecutionException e) {
            throw new IllegalStateException("the future of an open circuit breaker never fails", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public long outages() {
        return (changes + 1L) / 2;
    }

    @Override
    public synchronized long unavailableNanos() {
        OpenState now = openState;
        return unavailableNanos + (now == null ? 0 : clock.nanos() - now.sinceNanos);
    }

    @Override
    public int changes() {
        return changes;
    }

    @Override
    public @Nullable String reason() {
        OpenState now = openState;
        return now == null ? null : now.reason;
    }

    /**
     * Returns whether the breaker is open because of a lost or silent connection; then a reply is a reason to probe
     * again at once.
     */
    boolean isOpenBecauseOfSilence() {
        OpenState now = openState;
        return now != null && !now.slow;
    }

    /**
     * Records a call.
     *
     * @param tookNanos how long it waited
     * @param answered whether a reply came that says nothing against the health of the server
     * @return whether this call has opened the breaker
     */
    boolean recordCall(long tookNanos, boolean answered) {
        boolean isBad = !answered || tookNanos >= slowNanos;
        if (openState != null) {
            return false;
        }
        synchronized (this) {
            long nowNanos = clock.nanos();
            long age = nowNanos - halfBeganNanos;
            if (age >= WINDOW_NANOS / 2) {
                boolean adjacent = age < WINDOW_NANOS;
                callsBefore = adjacent ? calls : 0;
                badCallsBefore = adjacent ? badCalls : 0;
                calls = 0;
                badCalls = 0;
                halfBeganNanos = nowNanos;
            }
            calls++;
            if (isBad) {
                badCalls++;
            }
            int all = calls + callsBefore;
            int allBad = badCalls + badCallsBefore;
            return isBad
                    && all >= CALLS_MIN
                    && allBad * 2 >= all
                    && open(
                            allBad + " of " + all + " calls in a second failed or took " + millis(slowNanos)
                                    + " ms or more",
                            nowNanos,
                            true);
        }
    }

    /**
     * Opens the breaker because the connection is lost or silent; a new connection closes it.
     *
     * @param reason the reason, for logs and exceptions
     * @param sinceNanos since when, by the clock
     * @return whether it was closed
     */
    boolean open(String reason, long sinceNanos) {
        return open(reason, sinceNanos, false);
    }

    private synchronized boolean open(String reason, long sinceNanos, boolean slow) {
        if (openState != null) {
            return false;
        }
        long nowNanos = clock.nanos();
        // A breaker that has changed before has closed before.
        boolean again = slow && changes > 0 && nowNanos - closedNanos < PROBE_RESET_NANOS;
        probesNeeded = again ? Math.min(PROBES_MAX, 2 * probesNeeded) : PROBES_MIN;
        probesAnswered = 0;
        openState = new OpenState(sinceNanos, reason, slow);
        changes++;
        JfrEvents.remoteUnavailable(server, reason);
        return true;
    }

    /**
     * Records a probe.
     *
     * @return how long the breaker was open, in nanoseconds, if this probe has closed it; else negative
     */
    synchronized long recordProbe(boolean answered, long tookNanos) {
        if (openState == null) {
            return -1;
        }
        probesAnswered = answered && tookNanos < slowNanos ? probesAnswered + 1 : 0;
        return probesAnswered >= probesNeeded ? close() : -1;
    }

    /**
     * Closes the breaker after a new connection, unless it is open for slow replies: a connection does not show how
     * fast its replies are.
     *
     * @return as {@link #recordProbe}
     */
    synchronized long connected() {
        OpenState before = openState;
        return before == null || before.slow ? -1 : close();
    }

    private synchronized long close() {
        OpenState before = Objects.requireNonNull(openState);
        long nowNanos = clock.nanos();
        calls = 0;
        badCalls = 0;
        callsBefore = 0;
        badCallsBefore = 0;
        halfBeganNanos = nowNanos;
        closedNanos = nowNanos;
        openState = null;
        changes++;
        long openNanos = nowNanos - before.sinceNanos;
        unavailableNanos += openNanos;
        before.closed.complete(null);
        JfrEvents.remoteRecovered(server, Duration.ofNanos(openNanos));
        return openNanos;
    }

    private static long millis(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(nanos);
    }

    /**
     * The state of an open breaker.
     *
     * @param slow whether slow or failed calls have opened it while there was a connection
     * @param closed completes when the breaker closes
     */
    private record OpenState(long sinceNanos, String reason, boolean slow, CompletableFuture<@Nullable Void> closed) {
        OpenState(long sinceNanos, String reason, boolean slow) {
            this(sinceNanos, reason, slow, new CompletableFuture<>());
        }
    }
}
