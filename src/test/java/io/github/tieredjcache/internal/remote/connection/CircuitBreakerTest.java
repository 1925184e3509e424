package io.github.tieredjcache.internal.remote.connection;

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

/** When a circuit breaker opens and closes. */
class CircuitBreakerTest {
    private static final Duration SLOW = Duration.ofMillis(500);
    private static final long FAST_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long SLOW_NANOS = SLOW.toNanos();

    private final FakeClock clock = new FakeClock();
    private final CircuitBreaker breaker = new CircuitBreaker("redis:6379", clock, SLOW.multipliedBy(2));

    @Test
    void aNewBreakerIsClosed() {
        assertFalse(breaker.isUnavailable());
        assertNull(breaker.reason());
        assertEquals(0, breaker.outages());
        assertEquals(0, breaker.unavailableNanos());
        assertEquals(0, breaker.changes());
    }

    @Test
    @Covers(FaultRow.F95)
    void tenFailuresOfTwentyCallsOpenIt() {
        succeed(10);
        for (int i = 0; i < 9; i++) {
            assertFalse(fail());
        }
        assertTrue(fail());
        assertTrue(breaker.isUnavailable());
        assertEquals(1, breaker.outages());
    }

    @Test
    void fewerThanTwentyCallsNeverOpenIt() {
        for (int i = 0; i < CircuitBreaker.CALLS_MIN - 1; i++) {
            assertFalse(fail());
        }
        assertFalse(breaker.isUnavailable());
        assertTrue(fail());
    }

    @Test
    @Covers(FaultRow.F94)
    void lessThanHalfFailedCallsNeverOpenIt() {
        succeed(1_001);
        for (int i = 0; i < 1_000; i++) {
            assertFalse(fail());
        }
        assertTrue(fail());
    }

    @Test
    void aSuccessfulCallNeverOpensIt() {
        for (int i = 0; i < 19; i++) {
            assertFalse(fail());
        }
        assertFalse(breaker.recordCall(FAST_NANOS, true));
        assertFalse(breaker.isUnavailable());
    }

    @Test
    @Covers({FaultRow.F94, FaultRow.F95})
    void aSlowReplyCountsAsAFailureAndAFasterOneDoesNot() {
        for (int i = 0; i < 100; i++) {
            assertFalse(breaker.recordCall(SLOW_NANOS - 1, true));
        }
        assertFalse(breaker.isUnavailable());
        clock.advance(Duration.ofSeconds(2));
        for (int i = 0; i < 19; i++) {
            assertFalse(breaker.recordCall(SLOW_NANOS, true));
        }
        assertTrue(breaker.recordCall(SLOW_NANOS, true));
        String reason = String.valueOf(breaker.reason());
        assertTrue(reason.contains("20 of 20 calls"), reason);
        assertTrue(reason.contains("500 ms"), reason);
    }

    @Test
    void callsOlderThanTheWindowAreNotCounted() {
        for (int i = 0; i < 19; i++) {
            assertFalse(fail());
        }
        clock.advance(Duration.ofSeconds(1));
        assertFalse(fail());
        assertFalse(breaker.isUnavailable());
        // Successful calls are not counted for longer than failed ones.
        clock.advance(Duration.ofSeconds(2));
        succeed(1_000);
        clock.advance(Duration.ofSeconds(1));
        for (int i = 0; i < 19; i++) {
            assertFalse(fail());
        }
        assertTrue(fail());
    }

    @Test
    void callsOfBothHalvesOfTheWindowCount() {
        succeed(1);
        clock.advance(Duration.ofMillis(450));
        for (int i = 0; i < 10; i++) {
            assertFalse(fail());
        }
        clock.advance(Duration.ofMillis(100));
        for (int i = 0; i < 8; i++) {
            assertFalse(fail());
        }
        assertTrue(fail());
    }

    @Test
    void aTrickleOfFailedCallsNeverOpensIt() {
        for (int i = 0; i < 1_000; i++) {
            assertFalse(fail());
            clock.advance(Duration.ofMillis(100));
        }
        assertFalse(breaker.isUnavailable());
    }

    @Test
    void callsAreNotCountedWhileItIsOpen() {
        assertTrue(breaker.open("gone", clock.nanos()));
        for (int i = 0; i < 100; i++) {
            assertFalse(fail());
        }
        assertEquals(0, breaker.connected());
        assertFalse(fail());
        assertFalse(breaker.isUnavailable());
    }

    @Test
    void closingItStartsANewWindow() {
        for (int i = 0; i < 20; i++) {
            boolean unused = fail();
        }
        assertTrue(breaker.isUnavailable());
        probe(true);
        probe(true);
        assertFalse(breaker.isUnavailable());
        assertFalse(fail());
        assertFalse(breaker.isUnavailable());
    }

    @Test
    void itOpensOnceAndReturnsSinceWhenAndWhy() {
        long sinceNanos = clock.nanos();
        clock.advance(Duration.ofMillis(300));
        assertTrue(breaker.open("gone", sinceNanos));
        assertFalse(breaker.open("gone again", clock.nanos()));
        assertEquals("gone", breaker.reason());
        assertEquals(sinceNanos, breaker.unavailableSinceNanos());
        assertEquals(Duration.ofMillis(300).toNanos(), breaker.unavailableNanos());
        clock.advance(Duration.ofMillis(700));
        assertEquals(Duration.ofSeconds(1).toNanos(), breaker.connected());
        assertNull(breaker.reason());
        assertEquals(1, breaker.outages());
        clock.advance(Duration.ofSeconds(5));
        assertEquals(Duration.ofSeconds(1).toNanos(), breaker.unavailableNanos());
    }

    @Test
    void eachOpeningAndEachClosingIsAChange() {
        for (int i = 0; i < 3; i++) {
            assertEquals(2 * i, breaker.changes());
            assertEquals(i, breaker.outages());
            assertTrue(breaker.open("gone", clock.nanos()));
            assertEquals(2 * i + 1, breaker.changes());
            assertEquals(i + 1, breaker.outages());
            clock.advance(Duration.ofMinutes(2));
            assertTrue(breaker.connected() >= 0);
        }
        assertEquals(Duration.ofMinutes(6).toNanos(), breaker.unavailableNanos());
    }

    @Test
    void aNewConnectionClosesItUnlessSlowRepliesOpenedIt() {
        assertTrue(breaker.open("gone", clock.nanos()));
        assertEquals(0, breaker.connected());
        assertFalse(breaker.isUnavailable());
        for (int i = 0; i < 20; i++) {
            boolean unused = fail();
        }
        assertTrue(breaker.isUnavailable());
        assertTrue(breaker.connected() < 0);
        assertTrue(breaker.isUnavailable());
    }

    @Test
    void aConnectionOrAProbeChangesNothingWhileItIsClosed() {
        assertTrue(breaker.connected() < 0);
        assertTrue(breaker.recordProbe(true, FAST_NANOS) < 0);
        assertEquals(0, breaker.changes());
    }

    @Test
    void twoProbesCloseIt() {
        assertTrue(breaker.open("silent", clock.nanos()));
        assertEquals(2, probesToClose());
    }

    @Test
    void aFailedOrSlowProbeRestartsTheCountOfProbes() {
        assertTrue(breaker.open("silent", clock.nanos()));
        probe(true);
        probe(false);
        probe(true);
        assertTrue(breaker.isUnavailable());
        assertTrue(breaker.recordProbe(true, SLOW_NANOS) < 0);
        probe(true);
        assertTrue(breaker.isUnavailable());
        probe(true);
        assertFalse(breaker.isUnavailable());
    }

    @Test
    @Covers(FaultRow.F95)
    void slowRepliesWithinAMinuteDoubleTheProbesNeededUpToABound() {
        int needed = 2;
        for (int i = 0; i < 8; i++) {
            openBySlowCalls();
            assertEquals(needed, probesToClose());
            needed = Math.min(64, 2 * needed);
            clock.advance(Duration.ofSeconds(59));
        }
        assertEquals(64, needed);
    }

    @Test
    void afterAMinuteWithoutSlowRepliesTwoProbesAreEnoughAgain() {
        for (int i = 0; i < 3; i++) {
            openBySlowCalls();
            assertEquals(2 << i, probesToClose());
        }
        clock.advance(Duration.ofSeconds(60));
        openBySlowCalls();
        assertEquals(2, probesToClose());
    }

    @Test
    void afterSilenceTwoProbesAreAlwaysEnough() {
        for (int i = 0; i < 8; i++) {
            assertTrue(breaker.open("silent", clock.nanos()));
            assertEquals(2, probesToClose());
        }
    }

    private void openBySlowCalls() {
        for (int i = 0; i < 20; i++) {
            boolean unused = fail();
        }
    }

    private int probesToClose() {
        for (int probes = 1; probes <= 100; probes++) {
            probe(true);
            if (!breaker.isUnavailable()) {
                return probes;
            }
        }
        return -1;
    }

    private void probe(boolean answered) {
        long unused = breaker.recordProbe(answered, FAST_NANOS);
    }

    private void succeed(int count) {
        for (int i = 0; i < count; i++) {
            assertFalse(breaker.recordCall(FAST_NANOS, true));
        }
    }

    private boolean fail() {
        return breaker.recordCall(FAST_NANOS, false);
    }
}
