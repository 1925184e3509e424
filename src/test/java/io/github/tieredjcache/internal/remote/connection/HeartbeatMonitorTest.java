package io.github.tieredjcache.internal.remote.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** What counts as a server's silence. */
class HeartbeatMonitorTest {
    private static final long INTERVAL = 250;

    private final HeartbeatMonitor heartbeat = new HeartbeatMonitor(INTERVAL);
    private long now = Long.MAX_VALUE - 500;

    @Test
    void itLastsFromTheQuestionToTheAnswer() {
        assertFalse(heartbeat.lasts());
        ask();
        for (int beats = 1; beats <= 8; beats++) {
            beatAfter(INTERVAL);
            assertTrue(heartbeat.lasts());
            assertEquals(beats * INTERVAL, heartbeat.nanos(now));
        }
        heartbeat.end();
        assertFalse(heartbeat.lasts());
        ask();
        assertEquals(0, heartbeat.nanos(now));
    }

    @Test
    void beatsThatAreALittleLateChangeNothing() {
        ask();
        beatAfter(2 * INTERVAL);
        beatAfter(2 * INTERVAL);
        assertEquals(4 * INTERVAL, heartbeat.nanos(now));
    }

    @Test
    void aPauseOfThisProcessIsNoSilenceOfTheServer() {
        ask();
        beatAfter(INTERVAL);
        beatAfter(100 * INTERVAL);
        assertTrue(heartbeat.lasts());
        assertEquals(0, heartbeat.nanos(now));
        beatAfter(INTERVAL);
        assertEquals(INTERVAL, heartbeat.nanos(now), "what it is silent for after that counts");
    }

    @Test
    void aPauseBeforeTheQuestionIsNone() {
        ask();
        heartbeat.end();
        beatAfter(100 * INTERVAL);
        ask();
        beatAfter(INTERVAL);
        assertEquals(INTERVAL, heartbeat.nanos(now));
    }

    private void ask() {
        heartbeat.beat(now);
        heartbeat.begin(now);
    }

    private void beatAfter(long nanos) {
        now += nanos;
        heartbeat.beat(now);
    }
}
