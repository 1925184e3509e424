package io.github.tieredjcache.internal.remote.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.FakeClock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The circuit breakers of callers with different command timeouts. */
class CircuitBreakersTest {
    private static final Duration SHORT = Duration.ofMillis(500);
    private static final Duration LONG = Duration.ofSeconds(2);
    private static final long FAST_NANOS = 1;

    private final FakeClock clock = new FakeClock();
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final CircuitBreakers breakers = new CircuitBreakers("redis", () -> "redis", () -> true, clock, tasks::add);
    private final CircuitBreaker ofShort = breakers.of(SHORT);
    private final CircuitBreaker ofLong = breakers.of(LONG);

    @Test
    void callersWithTheSameTimeoutShareABreaker() {
        assertSame(ofShort, breakers.of(SHORT));
        assertNotSame(ofShort, ofLong);
        assertEquals(Set.of(SHORT, LONG), breakers.timeouts());
        assertEquals(LONG, breakers.longestTimeout());
    }

    @Test
    void aSilenceOpensTheBreakersWhoseTimeoutIsOver() {
        assertFalse(silent(SHORT.minusNanos(1)));
        assertFalse(breakers.isAnyOpen());
        assertFalse(silent(SHORT));
        assertTrue(ofShort.isUnavailable());
        assertEquals("no reply for 500 ms", ofShort.reason());
        assertEquals(clock.nanos() - SHORT.toNanos(), ofShort.unavailableSinceNanos());
        assertFalse(ofLong.isUnavailable());
        assertTrue(breakers.isAnyOpen());
    }

    @Test
    void aConnectionIsClosedAfterTheLongestTimeout() {
        assertFalse(silent(LONG.minusNanos(1)));
        assertTrue(silent(LONG));
        assertTrue(ofLong.isUnavailable());
    }

    @Test
    void aConnectionMayAlwaysBeSilentForASecond() {
        CircuitBreakers impatient = new CircuitBreakers("redis", () -> "redis", () -> true, clock, tasks::add);
        CircuitBreaker breaker = impatient.of(SHORT);
        assertFalse(impatient.openAfterSilence(Duration.ofMillis(999).toNanos()));
        assertTrue(breaker.isUnavailable());
        assertTrue(impatient.openAfterSilence(Duration.ofSeconds(1).toNanos()));
    }

    @Test
    void aNewConnectionClosesTheBreakers() {
        breakers.open(all -> true, "lost", clock.nanos());
        assertTrue(breakers.connected(""));
        assertFalse(breakers.isAnyOpen());
        assertFalse(breakers.connected(""));
    }

    @Test
    void aSilentServerIsProbedAgainAtOnce() {
        breakers.open(timeout -> timeout.equals(SHORT), "silent", clock.nanos());
        assertFalse(breakers.recordProbe(false, FAST_NANOS));
        assertTrue(breakers.recordProbe(true, FAST_NANOS));
        assertFalse(breakers.recordProbe(true, FAST_NANOS));
        assertFalse(breakers.isAnyOpen());
    }

    @Test
    void aSlowServerIsProbedAtTheNextHeartbeat() {
        for (int i = 0; i < CircuitBreaker.CALLS_MIN; i++) {
            breakers.recordCall(ofShort, SHORT.toNanos(), true);
        }
        assertTrue(ofShort.isUnavailable());
        assertFalse(ofLong.isUnavailable());
        assertFalse(breakers.recordProbe(true, FAST_NANOS));
    }

    /** Callers do not log: the log is used by one thread. */
    @Test
    void whatCallersOpenIsLoggedOnTheThread() {
        breakers.open(ofShort, "silent", clock.nanos());
        breakers.open(ofShort, "silent", clock.nanos());
        assertTrue(ofShort.isUnavailable());
        assertEquals(1, tasks.size());
        tasks.remove().run();
        assertTrue(breakers.connected(""), "the end of a logged outage is logged");
        breakers.open(ofLong, "silent", clock.nanos());
        assertFalse(breakers.connected(""), "an outage that was not logged has no end in the log");
    }

    private boolean silent(Duration silence) {
        return breakers.openAfterSilence(silence.toNanos());
    }
}
