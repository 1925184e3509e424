package io.github.tieredjcache.internal.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.FakeClock;
import io.github.tieredjcache.internal.port.FakeHealth;
import io.github.tieredjcache.internal.port.RemoteHealth;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CombinedHealthTest {
    private final FakeClock clock = new FakeClock(Long.MAX_VALUE - 5);
    private final FakeHealth one = new FakeHealth(clock);
    private final FakeHealth other = new FakeHealth(clock);
    private final CombinedHealth combined = new CombinedHealth(List.of(one, other));

    @Test
    void onePartitionThatIsUnavailableMakesTheClusterUnavailable() {
        assertFalse(combined.isUnavailable());
        assertNull(combined.reason());
        other.set("frozen");
        assertTrue(combined.isUnavailable());
        assertEquals("frozen", combined.reason());
        other.set(null);
        assertFalse(combined.isUnavailable());
    }

    /** The clock overflows between the two outages. */
    @Test
    void reasonAndBeginningAreThoseOfTheLongestOutage() {
        other.set("first");
        clock.advanceNanos(10);
        one.set("second");
        assertEquals("first", combined.reason());
        assertEquals(Long.MAX_VALUE - 5, combined.unavailableSinceNanos());
        other.set(null);
        assertEquals("second", combined.reason());
        assertEquals(clock.nanos(), combined.unavailableSinceNanos());
    }

    @Test
    void eachChangeOfAPartitionIsAChange() {
        one.set("down");
        other.set("down");
        one.set(null);
        assertEquals(3, combined.changes());
        assertEquals(1, combined.outages(), "they count once");
    }

    @Test
    void aWaitForABriefOutageWaitsForEachPartition() {
        combined.awaitBriefOutage();
        assertEquals(1, one.waits());
        assertEquals(1, other.waits());
    }

    @Test
    void theTimeIsThatOfThePartitionWithTheMost() {
        CombinedHealth times = new CombinedHealth(List.of(new Unavailable(3), new Unavailable(7), new Unavailable(5)));
        assertEquals(7, times.unavailableNanos());
    }

    /** A partition that was unavailable for some time. */
    private record Unavailable(long unavailableNanos) implements RemoteHealth {
        @Override
        public boolean isUnavailable() {
            return false;
        }

        @Override
        public @Nullable String reason() {
            return null;
        }

        @Override
        public long unavailableSinceNanos() {
            return 0;
        }

        @Override
        public void awaitBriefOutage() {}

        @Override
        public int changes() {
            return 0;
        }

        @Override
        public long outages() {
            return 0;
        }
    }
}
