package io.github.tieredjcache.internal.remote.connection;

import java.time.Duration;

/**
 * Measures for how long the reply to a heartbeat is overdue. Used by one thread.
 *
 * <p>After a pause of this process (stopped, or collecting garbage) the clock is far ahead, and replies that arrived
 * meanwhile have not been read yet. So such a pause does not count as silence of the server: the measurement starts
 * anew.
 */
final class HeartbeatMonitor {
    /** The interval of heartbeats. */
    static final Duration INTERVAL = Duration.ofMillis(250);

    private static final int BEATS_MISSED = 2;

    private final long intervalNanos;
    private long lastBeatNanos;
    private long silentFromNanos;
    private boolean isAwaitingReply;

    /**
     * Creates a monitor without a pending heartbeat.
     *
     * @param intervalNanos between two heartbeats
     */
    HeartbeatMonitor(long intervalNanos) {
        this.intervalNanos = intervalNanos;
    }

    /**
     * Records a tick of the heartbeat timer; a tick that is late by more than an interval shows a pause of this
     * process.
     */
    void beat(long nowNanos) {
        if (nowNanos - lastBeatNanos > BEATS_MISSED * intervalNanos) {
            silentFromNanos = nowNanos;
        }
        lastBeatNanos = nowNanos;
    }

    /** Records that bytes of a long reply or of a long command were transferred. */
    void progressed(long nowNanos) {
        silentFromNanos = nowNanos;
    }

    /** Records that a heartbeat was sent. */
    void sent(long nowNanos) {
        isAwaitingReply = true;
        silentFromNanos = nowNanos;
    }

    /** Records that the heartbeat has its reply, or has failed. */
    void completed() {
        isAwaitingReply = false;
    }

    /** Returns whether the reply to a heartbeat is pending. */
    boolean isAwaitingReply() {
        return isAwaitingReply;
    }

    /** Returns for how long the reply has been pending; meaningful only if {@link #isAwaitingReply}. */
    long silentNanos(long nowNanos) {
        return nowNanos - silentFromNanos;
    }
}
