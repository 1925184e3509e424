package io.github.tieredjcache.internal.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.FakeClock;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class StatisticsTest {
    private final FakeClock clock = new FakeClock();
    private final Statistics statistics = new Statistics(clock, true);

    @Test
    void eachCounterCountsItsOwnEvents() {
        statistics.lookedUp(3, 2, statistics.start());
        statistics.stored(5, statistics.start());
        statistics.removed(7, statistics.start());
        statistics.evicted();
        assertCounters(3, 2, 5, 7, 1);
        statistics.clear();
        assertCounters(0, 0, 0, 0, 0);
    }

    @Test
    void hitsAreThoseOfTheNearTierAndTheOthersUntilTheyAreCleared() {
        statistics.hitNear(statistics.startNear());
        statistics.hitsNear(2);
        statistics.lookedUp(4, 0, statistics.start());
        assertEquals(7, statistics.hits());
        statistics.clear();
        assertEquals(0, statistics.hits());
        assertEquals(3, statistics.nearHits(), "the numbers of the tiers are never cleared");
        statistics.hitNear(statistics.startNear());
        assertEquals(1, statistics.hits());
    }

    @Test
    void nothingIsCountedWhileDisabled() {
        statistics.setEnabled(false);
        assertEquals(0, statistics.start());
        assertEquals(0, statistics.startNear());
        statistics.hitNear(0);
        statistics.hitsNear(1);
        statistics.lookedUp(1, 1, 0);
        statistics.stored(1, 0);
        statistics.removed(1, 0);
        statistics.evicted();
        assertCounters(0, 0, 0, 0, 0);
        statistics.setEnabled(true);
        statistics.lookedUp(1, 0, statistics.start());
        assertCounters(1, 0, 0, 0, 0);
    }

    @Test
    void averagesAreMicrosecondsAndZeroWithoutACount() {
        assertEquals(0, statistics.averageGetMicros());
        assertEquals(0, statistics.averagePutMicros());
        assertEquals(0, statistics.averageRemoveMicros());
        long start = statistics.start();
        clock.advanceNanos(3_000);
        statistics.lookedUp(1, 1, start);
        statistics.stored(2, start);
        statistics.removed(3, start);
        assertEquals(1.5f, statistics.averageGetMicros());
        assertEquals(1.5f, statistics.averagePutMicros());
        assertEquals(1.0f, statistics.averageRemoveMicros());
        statistics.clear();
        assertEquals(0, statistics.averagePutMicros());
    }

    @Test
    void theTimeOfManyNearHitsIsEstimatedFromASample() {
        for (int i = 0; i < 2_000_000; i++) {
            long start = statistics.startNear();
            clock.advanceNanos(i % 2 == 0 ? 1_000 : 3_000);
            statistics.hitNear(start);
        }
        assertEquals(2_000_000, statistics.hits());
        assertEquals(2.0f, statistics.averageGetMicros(), 0.1f);
        AtomicInteger looks = new AtomicInteger();
        Statistics watched = new Statistics(
                () -> {
                    looks.incrementAndGet();
                    return System.nanoTime();
                },
                true);
        for (int i = 0; i < 100_000; i++) {
            watched.hitNear(watched.startNear());
        }
        assertTrue(looks.get() < 20_000, "looked at the clock " + looks.get() + " times");
    }

    @Test
    void theTimeOfAFewNearHitsIsExact() {
        for (int i = 0; i < 10; i++) {
            long start = statistics.startNear();
            clock.advanceNanos(7_000);
            statistics.hitNear(start);
        }
        assertEquals(7.0f, statistics.averageGetMicros());
    }

    @Test
    void anOperationThatBeganWhileDisabledHasNoTime() {
        statistics.setEnabled(false);
        long start = statistics.start();
        statistics.setEnabled(true);
        clock.advanceNanos(5_000);
        statistics.lookedUp(1, 0, start);
        assertEquals(0, statistics.averageGetMicros());
        assertEquals(1, statistics.hits());
    }

    @Test
    void countingByManyThreadsIsExact() throws Exception {
        Crew.together(8, () -> {
            for (int i = 0; i < 10_000; i++) {
                statistics.stored(1, statistics.start());
            }
            return null;
        });
        assertEquals(80_000, statistics.puts());
    }

    private void assertCounters(long hits, long misses, long puts, long removals, long evictions) {
        assertEquals(hits, statistics.hits());
        assertEquals(misses, statistics.misses());
        assertEquals(puts, statistics.puts());
        assertEquals(removals, statistics.removals());
        assertEquals(evictions, statistics.evictions());
    }
}
