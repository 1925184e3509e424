package io.github.tieredjcache.internal.remote.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** How long the reply to a heartbeat counts as overdue. */
class HeartbeatMonitorTest {
    private static final long INTERVAL = 250;

    private final HeartbeatMonitor heartbeat = new HeartbeatMonitor(INTERVAL);
    private long now = Long.MAX_VALUE - 500;

    @Test
    void aHeartbeatIsPendingUntilItsReply() {
        assertFalse(heartbeat.isAwaitingReply());
        send();
        for (int beats = 1; beats <= 8; beats++) {
            beatAfter(INTERVAL);
            assertTrue(heartbeat.isAwaitingReply());
            assertEquals(beats * INTERVAL, heartbeat.silentNanos(now));
        }
        heartbeat.completed();
        assertFalse(heartbeat.isAwaitingReply());
        send();
        assertEquals(0, heartbeat.silentNanos(now));
    }

    @Test
    void slightlyLateTicksDoNotResetTheSilence() {
        send();
        beatAfter(2 * INTERVAL);
        beatAfter(2 * INTERVAL);
        assertEquals(4 * INTERVAL, heartbeat.silentNanos(now));
    }

    @Test
    void aPauseOfThisProcessResetsTheSilenceOfTheServer() {
        send();
        beatAfter(INTERVAL);
        beatAfter(100 * INTERVAL);
        assertTrue(heartbeat.isAwaitingReply());
        assertEquals(0, heartbeat.silentNanos(now));
        beatAfter(INTERVAL);
        assertEquals(INTERVAL, heartbeat.silentNanos(now), "silence after the pause counts");
    }

    @Test
    void aPauseBeforeTheHeartbeatChangesNothing() {
        send();
        heartbeat.completed();
        beatAfter(100 * INTERVAL);
        send();
        beatAfter(INTERVAL);
        assertEquals(INTERVAL, heartbeat.silentNanos(now));
    }

    private void send() {
        heartbeat.beat(now);
        heartbeat.sent(now);
    }

    private void beatAfter(long nanos) {
        now += nanos;
        heartbeat.beat(now);
    }
}
