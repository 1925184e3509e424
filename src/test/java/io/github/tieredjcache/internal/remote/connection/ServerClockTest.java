package io.github.tieredjcache.internal.remote.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import io.github.tieredjcache.internal.model.Entry;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ServerClockTest {
    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1_000 * MILLI;
    private static final long SERVER_START_MILLIS = 1_800_000_000_000L;
    private static final long HOUR_MILLIS = 3_600_000;

    private final ServerClock clock = new ServerClock();

    @Test
    void withoutAReplyNothingMayBeKept() {
        assertEquals(5, clock.localDeadline(SERVER_START_MILLIS, 5));
        assertFalse(clock.isOver(0, 5));
    }

    @Test
    void aTimeWithoutADeadlineIsNoDeadline() {
        assertEquals(Entry.NO_DEADLINE, clock.localDeadline(0, 5));
        assertEquals(Entry.NO_DEADLINE, clock.localDeadline(Long.MAX_VALUE, 5));
        assertEquals(Entry.NO_DEADLINE, clock.localDeadline(-1, 5));
    }

    @Test
    void aDeadlineCountsFromTheTimeOfSending() {
        observe(SERVER_START_MILLIS, 100 * MILLI, 180 * MILLI);
        assertEquals(100 * MILLI + SECOND, clock.localDeadline(SERVER_START_MILLIS + 1_000, 180 * MILLI));
    }

    @Test
    void aFastReplyBoundsTheClockBetterThanALaterSlowOne() {
        observe(SERVER_START_MILLIS, 0, MILLI);
        observe(SERVER_START_MILLIS + 5_000, SECOND, 5 * SECOND + MILLI);
        long deadline = clock.localDeadline(SERVER_START_MILLIS + 60_000, 6 * SECOND);
        assertTrue(deadline > 59 * SECOND);
        assertTrue(deadline <= 60 * SECOND);
    }

    @Test
    @Covers(FaultRow.F63)
    void aServerClockThatWasSetIsFollowed() {
        observe(SERVER_START_MILLIS, 0, MILLI);
        observe(SERVER_START_MILLIS + HOUR_MILLIS + 1_000, SECOND, SECOND + MILLI);
        assertEquals(SECOND, clock.localDeadline(SERVER_START_MILLIS + HOUR_MILLIS + 1_000, SECOND + MILLI));
        observe(SERVER_START_MILLIS + 2_000, 2 * SECOND, 2 * SECOND + MILLI);
        assertEquals(2 * SECOND, clock.localDeadline(SERVER_START_MILLIS + 2_000, 2 * SECOND + MILLI));
    }

    @Test
    void anInstantIsOverOnlyIfTheBoundsProveIt() {
        observe(SERVER_START_MILLIS, 0, 80 * MILLI);
        assertFalse(clock.isOver(SERVER_START_MILLIS, 80 * MILLI));
        assertTrue(clock.isOver(SERVER_START_MILLIS, 82 * MILLI));
        assertFalse(clock.isOver(SERVER_START_MILLIS + 1_000, 80 * MILLI + SECOND));
    }

    @Test
    @Covers(FaultRow.F64)
    void aDeadlineNeverErrsLateWhateverTheDelaysAndTheDrift() {
        for (long seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            ServerClock drifting = new ServerClock();
            // The server's clock runs up to 500 ppm faster or slower than this node's.
            double rate = 1 + (random.nextDouble() - 0.5) / 1_000;
            long localNanos = random.nextLong(SECOND);
            long originNanos = localNanos;
            for (int i = 0; i < 50; i++) {
                long there = localNanos + random.nextLong(200 * MILLI);
                long back = there + random.nextLong(200 * MILLI);
                long serverMicros = serverNanos(there, originNanos, rate) / 1_000;
                drifting.observe(serverMicros, localNanos, back);
                long now = back + random.nextLong(SECOND);
                long deadlineMillis = serverNanos(now, originNanos, rate) / MILLI;
                // At 'now' the server's clock shows the deadline or slightly more, so the local deadline must have
                // passed.
                assertTrue(drifting.localDeadline(deadlineMillis, now) - now <= MILLI / 1_000, "seed " + seed);
                assertFalse(drifting.isOver(deadlineMillis + 1, now), "seed " + seed);
                localNanos = now;
            }
        }
    }

    private static long serverNanos(long localNanos, long originNanos, double rate) {
        return SERVER_START_MILLIS * MILLI + Math.round((localNanos - originNanos) * rate);
    }

    private void observe(long serverMillis, long sentNanos, long receivedNanos) {
        clock.observe(serverMillis * 1_000, sentNanos, receivedNanos);
    }
}
