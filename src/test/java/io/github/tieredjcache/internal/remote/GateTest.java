package io.github.tieredjcache.internal.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.FakeClock;
import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** When a gate shuts, and when it opens. */
class GateTest {
    private static final Duration SLOW = Duration.ofMillis(500);
    private static final long FAST_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long SLOW_NANOS = SLOW.toNanos();

    private final FakeClock clock = new FakeClock();
    private final Gate gate = new Gate("redis:6379", clock, SLOW_NANOS);

    @Test
    void aNewOneIsOpen() {
        assertFalse(gate.isAway());
        assertNull(gate.reason());
        assertEquals(0, gate.outages());
        assertEquals(0, gate.awayNanos());
        assertEquals(0, gate.changes());
    }

    @Test
    @Covers(FaultRow.F95)
    void halfBadOfTwentyShutIt() {
        good(10);
        for (int i = 0; i < 9; i++) {
            assertFalse(bad());
        }
        assertTrue(bad());
        assertTrue(gate.isAway());
        assertEquals(1, gate.outages());
    }

    @Test
    void lessThanTwentyCallsSayNothing() {
        for (int i = 0; i < Gate.CALLS_MIN - 1; i++) {
            assertFalse(bad());
        }
        assertFalse(gate.isAway());
        assertTrue(bad());
    }

    @Test
    @Covers(FaultRow.F94)
    void lessThanHalfBadSayNothing() {
        good(1_001);
        for (int i = 0; i < 1_000; i++) {
            assertFalse(bad());
        }
        assertTrue(bad());
    }

    @Test
    void aGoodCallNeverShutsIt() {
        for (int i = 0; i < 19; i++) {
            assertFalse(bad());
        }
        assertFalse(gate.called(FAST_NANOS, true));
        assertFalse(gate.isAway());
    }

    @Test
    @Covers({FaultRow.F94, FaultRow.F95})
    void anAnswerThatTakesTooLongIsBadAndOneThatTakesLessIsNot() {
        for (int i = 0; i < 100; i++) {
            assertFalse(gate.called(SLOW_NANOS - 1, true));
        }
        assertFalse(gate.isAway());
        clock.advance(Duration.ofSeconds(2));
        for (int i = 0; i < 19; i++) {
            assertFalse(gate.called(SLOW_NANOS, true));
        }
        assertTrue(gate.called(SLOW_NANOS, true));
        String reason = String.valueOf(gate.reason());
        assertTrue(reason.contains("20 of 20 calls"), reason);
        assertTrue(reason.contains("500 ms"), reason);
    }

    @Test
    void whatIsOlderThanTheWindowIsForgotten() {
        for (int i = 0; i < 19; i++) {
            assertFalse(bad());
        }
        clock.advance(Duration.ofSeconds(1));
        assertFalse(bad());
        assertFalse(gate.isAway());
        // And good ones are forgotten like bad ones.
        clock.advance(Duration.ofSeconds(2));
        good(1_000);
        clock.advance(Duration.ofSeconds(1));
        for (int i = 0; i < 19; i++) {
            assertFalse(bad());
        }
        assertTrue(bad());
    }

    @Test
    void callsOfTwoHalvesOfASecondCountTogether() {
        good(1);
        clock.advance(Duration.ofMillis(450));
        for (int i = 0; i < 10; i++) {
            assertFalse(bad());
        }
        clock.advance(Duration.ofMillis(100));
        for (int i = 0; i < 8; i++) {
            assertFalse(bad());
        }
        assertTrue(bad());
    }

    @Test
    void aTrickleOfBadCallsNeverShutsIt() {
        for (int i = 0; i < 1_000; i++) {
            assertFalse(bad());
            clock.advance(Duration.ofMillis(100));
        }
        assertFalse(gate.isAway());
    }

    @Test
    void whileItIsShutNothingIsCounted() {
        assertTrue(gate.shut("gone", clock.nanos()));
        for (int i = 0; i < 100; i++) {
            assertFalse(bad());
        }
        assertEquals(0, gate.connected());
        assertFalse(bad());
        assertFalse(gate.isAway());
    }

    @Test
    void anOpeningBeginsANewWindow() {
        for (int i = 0; i < 20; i++) {
            boolean unused = bad();
        }
        assertTrue(gate.isAway());
        probe(true);
        probe(true);
        assertFalse(gate.isAway());
        assertFalse(bad());
        assertFalse(gate.isAway());
    }

    @Test
    void itIsShutOnceAndTellsSinceWhenAndWhy() {
        long sinceNanos = clock.nanos();
        clock.advance(Duration.ofMillis(300));
        assertTrue(gate.shut("gone", sinceNanos));
        assertFalse(gate.shut("gone again", clock.nanos()));
        assertEquals("gone", gate.reason());
        assertEquals(sinceNanos, gate.awaySinceNanos());
        assertEquals(Duration.ofMillis(300).toNanos(), gate.awayNanos());
        clock.advance(Duration.ofMillis(700));
        assertEquals(Duration.ofSeconds(1).toNanos(), gate.connected());
        assertNull(gate.reason());
        assertEquals(1, gate.outages());
        clock.advance(Duration.ofSeconds(5));
        assertEquals(Duration.ofSeconds(1).toNanos(), gate.awayNanos());
    }

    @Test
    void eachGoingAndEachComingBackIsAChange() {
        for (int i = 0; i < 3; i++) {
            assertEquals(2 * i, gate.changes());
            assertEquals(i, gate.outages());
            assertTrue(gate.shut("gone", clock.nanos()));
            assertEquals(2 * i + 1, gate.changes());
            assertEquals(i + 1, gate.outages());
            clock.advance(Duration.ofMinutes(2));
            assertTrue(gate.connected() >= 0);
        }
        assertEquals(Duration.ofMinutes(6).toNanos(), gate.awayNanos());
    }

    @Test
    void aNewConnectionOpensItUnlessItIsShutForSlowAnswers() {
        assertTrue(gate.shut("gone", clock.nanos()));
        assertEquals(0, gate.connected());
        assertFalse(gate.isAway());
        for (int i = 0; i < 20; i++) {
            boolean unused = bad();
        }
        assertTrue(gate.isAway());
        assertTrue(gate.connected() < 0);
        assertTrue(gate.isAway());
    }

    @Test
    void aConnectionThatIsThereChangesNothingWhenItIsOpen() {
        assertTrue(gate.connected() < 0);
        assertTrue(gate.probed(true, FAST_NANOS) < 0);
        assertEquals(0, gate.changes());
    }

    @Test
    void twoProbesOpenIt() {
        assertTrue(gate.shut("silent", clock.nanos()));
        assertEquals(2, probesToOpen());
    }

    @Test
    void aBadOrSlowProbeBeginsAnew() {
        assertTrue(gate.shut("silent", clock.nanos()));
        probe(true);
        probe(false);
        probe(true);
        assertTrue(gate.isAway());
        assertTrue(gate.probed(true, SLOW_NANOS) < 0);
        probe(true);
        assertTrue(gate.isAway());
        probe(true);
        assertFalse(gate.isAway());
    }

    @Test
    @Covers(FaultRow.F95)
    void whenItIsSlowAgainWithinAMinuteTwiceAsManyProbesAreNeededUpToABound() {
        int needed = 2;
        for (int i = 0; i < 8; i++) {
            isSlow();
            assertEquals(needed, probesToOpen());
            needed = Math.min(64, 2 * needed);
            clock.advance(Duration.ofSeconds(59));
        }
        assertEquals(64, needed);
    }

    @Test
    void afterACalmMinuteTwoProbesAreEnoughAgain() {
        for (int i = 0; i < 3; i++) {
            isSlow();
            assertEquals(2 << i, probesToOpen());
        }
        clock.advance(Duration.ofSeconds(60));
        isSlow();
        assertEquals(2, probesToOpen());
    }

    @Test
    void howeverOftenItIsSilentTwoProbesAreEnough() {
        for (int i = 0; i < 8; i++) {
            assertTrue(gate.shut("silent", clock.nanos()));
            assertEquals(2, probesToOpen());
        }
    }

    private void isSlow() {
        for (int i = 0; i < 20; i++) {
            boolean unused = bad();
        }
    }

    private int probesToOpen() {
        for (int probes = 1; probes <= 100; probes++) {
            probe(true);
            if (!gate.isAway()) {
                return probes;
            }
        }
        return -1;
    }

    private void probe(boolean answered) {
        long unused = gate.probed(answered, FAST_NANOS);
    }

    private void good(int count) {
        for (int i = 0; i < count; i++) {
            assertFalse(gate.called(FAST_NANOS, true));
        }
    }

    private boolean bad() {
        return gate.called(FAST_NANOS, false);
    }
}
