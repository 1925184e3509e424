package io.github.tieredjcache.internal.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.TierLatency;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LatencyHistogramTest {
    private long nowNanos = -TimeUnit.HOURS.toNanos(1);
    private final LatencyHistogram histogram = new LatencyHistogram(() -> nowNanos);

    @Test
    void noHistogramIsAllocatedBeforeTheFirstDuration() {
        assertEquals(TierLatency.NONE, histogram.snapshot());
        assertEquals(0, TierLatency.NONE.meanNanos());
    }

    @Test
    void percentilesAreExactToSevenPercent() {
        for (int micros = 1; micros <= 1_000; micros++) {
            took(micros);
        }
        TierLatency seen = histogram.snapshot();
        assertEquals(1_000, seen.count());
        assertEquals(500_500_000, seen.totalNanos());
        assertEquals(500_500, seen.meanNanos());
        assertNear(500_000, seen.p50Nanos());
        assertNear(950_000, seen.p95Nanos());
        assertNear(990_000, seen.p99Nanos());
        assertNear(1_000_000, seen.maxNanos());
    }

    @Test
    void durationsOlderThanTwoMinutesCountOnlyInNumberAndSum() {
        took(1_000);
        nowNanos += LatencyHistogram.WINDOW_NANOS;
        took(10);
        assertNear(1_000_000, histogram.snapshot().maxNanos());
        nowNanos += LatencyHistogram.WINDOW_NANOS;
        assertNear(10_000, histogram.snapshot().maxNanos());
        nowNanos += 2 * LatencyHistogram.WINDOW_NANOS;
        TierLatency seen = histogram.snapshot();
        assertEquals(0, seen.maxNanos());
        assertEquals(0, seen.p99Nanos());
        assertEquals(2, seen.count());
        assertEquals(1_010_000, seen.totalNanos());
    }

    @Test
    void extremeDurationsAreRecorded() {
        histogram.record(nowNanos, nowNanos);
        histogram.record(nowNanos, nowNanos - 5);
        histogram.record(nowNanos - TimeUnit.DAYS.toNanos(1), nowNanos);
        assertEquals(3, histogram.snapshot().count());
        assertNear(TimeUnit.HOURS.toNanos(1), histogram.snapshot().maxNanos());
        assertEquals(0, histogram.snapshot().p50Nanos());
    }

    @Test
    void recordingByManyThreadsLosesNothing() throws Exception {
        int threads = 8;
        int times = 20_000;
        Crew.together(threads, () -> {
            for (int i = 0; i < times; i++) {
                histogram.record(nowNanos - 1_000, nowNanos);
            }
            return null;
        });
        assertEquals((long) threads * times, histogram.snapshot().count());
        assertEquals(1_000L * threads * times, histogram.snapshot().totalNanos());
    }

    private void took(int micros) {
        long nanos = TimeUnit.MICROSECONDS.toNanos(micros);
        histogram.record(nowNanos - nanos, nowNanos);
    }

    private static void assertNear(long expected, long seen) {
        assertTrue(Math.abs(seen - expected) <= expected * 0.07, () -> seen + " is not about " + expected);
    }
}
