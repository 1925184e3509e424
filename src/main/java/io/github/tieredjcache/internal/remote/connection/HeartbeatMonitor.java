package io.github.tieredjcache.internal.remote.connection;

/**
 * For how long a server has owed the answer to a heartbeat, as far as this process was there to hear it. Used by one thread.
 *
 * <p>A process that stood still itself, stopped or collecting garbage, finds its clock far ahead: what has come meanwhile it has
 * not read yet. So its own pause does not count, and the server's silence begins anew.
 */
final class HeartbeatMonitor {
    private static final int BEATS_MISSED = 2;

    private final long intervalNanos;
    private long lastBeatNanos;
    private long silentFromNanos;
    private boolean isAwaitingReply;

    /**
     * Creates one that has not begun.
     *
     * @param intervalNanos between two heartbeats
     */
    HeartbeatMonitor(long intervalNanos) {
        this.intervalNanos = intervalNanos;
    }

    /** Takes note of the time of a heartbeat. */
    void beat(long nowNanos) {
        if (nowNanos - lastBeatNanos > BEATS_MISSED * intervalNanos) {
            silentFromNanos = nowNanos;
        }
        lastBeatNanos = nowNanos;
    }

    /** Says that something has come, or gone, of an answer or a question that takes long. */
    void progressed(long nowNanos) {
        silentFromNanos = nowNanos;
    }

    /** Says that the server is asked. */
    void sent(long nowNanos) {
        isAwaitingReply = true;
        silentFromNanos = nowNanos;
    }

    /** Says that it has answered, or will not. */
    void completed() {
        isAwaitingReply = false;
    }

    /** Returns whether it owes an answer. */
    boolean isAwaitingReply() {
        return isAwaitingReply;
    }

    /** Returns for how long, if it does. */
    long silentNanos(long nowNanos) {
        return nowNanos - silentFromNanos;
    }
}
