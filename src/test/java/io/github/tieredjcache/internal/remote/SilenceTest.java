package io.github.tieredjcache.internal.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** What counts as a server's silence. */
class SilenceTest {
    private static final long INTERVAL = 250;

    private final Silence silence = new Silence(INTERVAL);
    private long now = Long.MAX_VALUE - 500;

    @Test
    void itLastsFromTheQuestionToTheAnswer() {
        assertFalse(silence.lasts());
        ask();
        for (int beats = 1; beats <= 8; beats++) {
            beatAfter(INTERVAL);
            assertTrue(silence.lasts());
            assertEquals(beats * INTERVAL, silence.nanos(now));
        }
        silence.end();
        assertFalse(silence.lasts());
        ask();
        assertEquals(0, silence.nanos(now));
    }

    @Test
    void beatsThatAreALittleLateChangeNothing() {
        ask();
        beatAfter(2 * INTERVAL);
        beatAfter(2 * INTERVAL);
        assertEquals(4 * INTERVAL, silence.nanos(now));
    }

    @Test
    void aPauseOfThisProcessIsNoSilenceOfTheServer() {
        ask();
        beatAfter(INTERVAL);
        beatAfter(100 * INTERVAL);
        assertTrue(silence.lasts());
        assertEquals(0, silence.nanos(now));
        beatAfter(INTERVAL);
        assertEquals(INTERVAL, silence.nanos(now), "what it is silent for after that counts");
    }

    @Test
    void aPauseBeforeTheQuestionIsNone() {
        ask();
        silence.end();
        beatAfter(100 * INTERVAL);
        ask();
        beatAfter(INTERVAL);
        assertEquals(INTERVAL, silence.nanos(now));
    }

    private void ask() {
        silence.beat(now);
        silence.begin(now);
    }

    private void beatAfter(long nanos) {
        now += nanos;
        silence.beat(now);
    }
}
