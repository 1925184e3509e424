package io.github.tieredjcache.internal.remote.connection;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.tieredjcache.internal.model.Entry;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Bounds of the current time of the server, relative to the monotonic clock of this node.
 *
 * <p>A reply t to TIME that was sent at s and received at r proves that the server's clock was at most t at s and at
 * least t at r. Between two replies both bounds widen by a clock drift of one in a thousand. A reply that contradicts
 * the bounds replaces them: the server's clock was set. Each connection has its own instance, since the next connection
 * may lead to another server. Updated by one thread, read by any.
 */
public final class ServerClock {
    private static final long MICROS_PER_SECOND = 1_000_000;
    private static final long NANOS_PER_MICRO = 1_000;
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final int DRIFT = 1_000;
    private static final long MILLIS_MAX = Long.MAX_VALUE / NANOS_PER_MILLI;

    private volatile @Nullable Bounds bounds;

    /** Updates the bounds with a reply to TIME: the seconds, and the microseconds of the current second. */
    void observe(List<byte[]> time, long sentNanos, long receivedNanos) {
        long seconds = Long.parseLong(new String(time.get(0), US_ASCII));
        long micros = Long.parseLong(new String(time.get(1), US_ASCII));
        observe(seconds * MICROS_PER_SECOND + micros, sentNanos, receivedNanos);
    }

    /**
     * Updates the bounds with a reply to TIME.
     *
     * @param serverMicros the time in the reply
     * @param sentNanos this node's clock before the command was sent
     * @param receivedNanos this node's clock after the reply arrived
     */
    void observe(long serverMicros, long sentNanos, long receivedNanos) {
        long serverNanos = serverMicros * NANOS_PER_MICRO;
        Bounds seen = new Bounds(serverNanos - receivedNanos, serverNanos - sentNanos, receivedNanos);
        Bounds known = bounds;
        bounds = known == null ? seen : known.at(receivedNanos).narrowedBy(seen);
    }

    /**
     * Converts a deadline to this node's clock: returns an instant at which the deadline has not passed yet, or only
     * just, so that an entry may expire early but never late.
     *
     * @param deadlineMillis by the server's clock; 0 or less for no deadline
     * @param nowNanos the current time of this node's clock
     */
    public long localDeadline(long deadlineMillis, long nowNanos) {
        if (deadlineMillis <= 0 || deadlineMillis > MILLIS_MAX) {
            return Entry.NO_DEADLINE;
        }
        Bounds known = bounds;
        // Without a reply to TIME nothing may be kept.
        return known == null
                ? nowNanos
                : deadlineMillis * NANOS_PER_MILLI - known.at(nowNanos).latest();
    }

    /**
     * Returns whether an instant of the server's clock has certainly passed.
     *
     * @param instantMillis by the server's clock
     * @param nowNanos the current time of this node's clock
     */
    public boolean isOver(long instantMillis, long nowNanos) {
        Bounds known = bounds;
        return known != null
                && instantMillis < MILLIS_MAX
                && (instantMillis + 1) * NANOS_PER_MILLI - known.at(nowNanos).earliest() - nowNanos < 0;
    }

    /**
     * Bounds of the difference between the server's clock and this node's, in nanoseconds, at an instant of this node's
     * clock.
     */
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
