package io.github.tieredjcache.internal.remote.connection;

import io.github.tieredjcache.internal.model.Entry;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the present of the server's clock, in terms of this node's monotonic clock.
 *
 * <p>An answer to TIME, sent at s, received at r, and saying t, proves that the server's clock was at most t when s was
 * and at least t when r was. Between two answers both bounds widen by a clock drift of one in a thousand. An answer that
 * contradicts them (the server's clock was set) replaces them. One for each connection, since the next one may lead to another server.
 * Observed by one thread, asked by any.
 */
public final class ServerClock {
    private static final long NANOS_PER_MICRO = 1_000;
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final int DRIFT = 1_000;
    private static final long MILLIS_MAX = Long.MAX_VALUE / NANOS_PER_MILLI;

    private volatile @Nullable Bounds bounds;

    /**
     * Takes an answer into account.
     *
     * @param serverMicros what the server said
     * @param sentNanos this node's clock before the question was sent
     * @param receivedNanos this node's clock after the answer came
     */
    void observe(long serverMicros, long sentNanos, long receivedNanos) {
        long serverNanos = serverMicros * NANOS_PER_MICRO;
        Bounds seen = new Bounds(serverNanos - receivedNanos, serverNanos - sentNanos, receivedNanos);
        Bounds known = bounds;
        bounds = known == null ? seen : known.at(receivedNanos).narrowedBy(seen);
    }

    /**
     * Returns an instant of this node's clock at which a deadline of the server's clock has not come yet, or only just.
     *
     * @param deadlineMillis by the server's clock; 0 for none
     * @param nowNanos the present of this node's clock
     */
    public long localDeadline(long deadlineMillis, long nowNanos) {
        if (deadlineMillis <= 0 || deadlineMillis > MILLIS_MAX) {
            return Entry.NO_DEADLINE;
        }
        Bounds known = bounds;
        // As long as nothing is known nothing may be kept.
        return known == null
                ? nowNanos
                : deadlineMillis * NANOS_PER_MILLI - known.at(nowNanos).latest();
    }

    /** Returns whether an instant of the server's clock is certainly over. */
    public boolean isOver(long instantMillis, long nowNanos) {
        Bounds known = bounds;
        return known != null
                && instantMillis < MILLIS_MAX
                && (instantMillis + 1) * NANOS_PER_MILLI - known.at(nowNanos).earliest() - nowNanos < 0;
    }

    /** The server's clock minus this node's, in nanoseconds, lay between these at some instant of this node's. */
    private record Bounds(long earliest, long latest, long atNanos) {
        Bounds at(long nowNanos) {
            long widened = Math.max(0, nowNanos - atNanos) / DRIFT;
            return new Bounds(earliest - widened, latest + widened, nowNanos);
        }

        Bounds narrowedBy(Bounds seen) {
            if (seen.latest - earliest < 0 || seen.earliest - latest > 0) {
                return seen;
            }
            return new Bounds(
                    seen.earliest - earliest > 0 ? seen.earliest : earliest,
                    seen.latest - latest < 0 ? seen.latest : latest,
                    seen.atNanos);
        }
    }
}
