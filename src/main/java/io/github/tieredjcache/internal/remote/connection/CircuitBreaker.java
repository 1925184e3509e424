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
 * Whether calls are let through to one Redis: shut while it is known not to answer, so that nobody waits for it.
 *
 * <p>It shuts when the connection is gone and does not come back at once, when nothing arrives for as long as a call or a
 * heartbeat may wait, and when of the calls of a second, at least {@value #CALLS_MIN}, half have failed or were slow. It opens when the
 * connection is back, or when a few probes in a row have been answered in time; if it shut for slow answers soon after it had
 * opened, twice as many as the last time, so that a Redis that is slow under load is not tried with all the load a few times a second.
 *
 * <p>What a server refuses because of the command (no memory, another type) says nothing of its health. Safe for use by many
 * threads.
 */
final class CircuitBreaker implements RemoteHealth {
    static final int CALLS_MIN = 20;

    private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long PROBE_RESET_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final int PROBES_MIN = 2;
    /** How many command timeouts a hiccup lasts at most. */
    private static final int BRIEF_OUTAGE_TIMEOUTS = 2;

    private static final int PROBES_MAX = 64;

    private final String server;
    private final NanoClock clock;
    private final long slowNanos;
    private volatile @Nullable OpenState open;
    private volatile int changes;

    // Guarded by this. Two halves of a window: what is older than both is forgotten.
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
     * Creates an open gate.
     *
     * @param server as it is called where its changes are told
     * @param slowNanos from how long on an answer is slow
     */
    CircuitBreaker(String server, NanoClock clock, long slowNanos) {
        this.server = server;
        this.clock = clock;
        this.slowNanos = slowNanos;
        this.halfBeganNanos = clock.nanos();
    }

    @Override
    public boolean isUnavailable() {
        return open != null;
    }

    @Override
    public long unavailableSinceNanos() {
        OpenState now = open;
        return now == null ? clock.nanos() : now.sinceNanos;
    }

    @Override
    public void awaitBriefOutage() {
        OpenState now = open;
        if (now == null) {
            return;
        }
        long leftNanos = now.sinceNanos + BRIEF_OUTAGE_TIMEOUTS * 2 * slowNanos - clock.nanos();
        try {
            now.closed.get(Math.max(0, leftNanos), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            // It is an outage.
        } catch (ExecutionException e) {
            throw new IllegalStateException("a gate that opens does not fail", e);
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
        OpenState now = open;
        return unavailableNanos + (now == null ? 0 : clock.nanos() - now.sinceNanos);
    }

    @Override
    public int changes() {
        return changes;
    }

    /** Returns why it is shut, null if it is open. */
    @Nullable
    String reason() {
        OpenState now = open;
        return now == null ? null : now.reason;
    }

    /** Returns whether it is shut because nothing came, so that what comes is a reason to look again at once. */
    boolean isOpenBecauseOfSilence() {
        OpenState now = open;
        return now != null && !now.slow;
    }

    /**
     * Takes note of a call.
     *
     * @param tookNanos how long it waited
     * @param answered whether an answer came that says nothing against the server
     * @return whether the gate has shut because of this
     */
    boolean recordCall(long tookNanos, boolean answered) {
        boolean isBad = !answered || tookNanos >= slowNanos;
        if (open != null) {
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
     * Shuts it because the connection is gone, or silent; a new connection opens it.
     *
     * @param sinceNanos since when, by the clock
     * @return whether it was open
     */
    boolean open(String why, long sinceNanos) {
        return open(why, sinceNanos, false);
    }

    private synchronized boolean open(String why, long sinceNanos, boolean slow) {
        if (open != null) {
            return false;
        }
        long nowNanos = clock.nanos();
        // It has opened before if it has ever changed.
        boolean again = slow && changes > 0 && nowNanos - closedNanos < PROBE_RESET_NANOS;
        probesNeeded = again ? Math.min(PROBES_MAX, 2 * probesNeeded) : PROBES_MIN;
        probesAnswered = 0;
        open = new OpenState(sinceNanos, why, slow);
        changes++;
        JfrEvents.remoteAway(server, why);
        return true;
    }

    /**
     * Takes note of a probe.
     *
     * @return for how long it was shut, in nanoseconds, if it has opened because of this; else negative
     */
    synchronized long recordProbe(boolean answered, long tookNanos) {
        if (open == null) {
            return -1;
        }
        probesAnswered = answered && tookNanos < slowNanos ? probesAnswered + 1 : 0;
        return probesAnswered >= probesNeeded ? close() : -1;
    }

    /**
     * Says that there is a new connection, which says nothing of how fast its answers are.
     *
     * @return as {@link #recordProbe}
     */
    synchronized long connected() {
        OpenState before = open;
        return before == null || before.slow ? -1 : close();
    }

    private synchronized long close() {
        OpenState before = Objects.requireNonNull(open);
        long nowNanos = clock.nanos();
        calls = 0;
        badCalls = 0;
        callsBefore = 0;
        badCallsBefore = 0;
        halfBeganNanos = nowNanos;
        closedNanos = nowNanos;
        open = null;
        changes++;
        long shutNanos = nowNanos - before.sinceNanos;
        unavailableNanos += shutNanos;
        before.closed.complete(null);
        JfrEvents.remoteBack(server, Duration.ofNanos(shutNanos));
        return shutNanos;
    }

    private static long millis(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(nanos);
    }

    /** Since when, and why; whether for slow answers on a connection that is there. */
    private record OpenState(long sinceNanos, String reason, boolean slow, CompletableFuture<@Nullable Void> closed) {
        OpenState(long sinceNanos, String reason, boolean slow) {
            this(sinceNanos, reason, slow, new CompletableFuture<>());
        }
    }
}
