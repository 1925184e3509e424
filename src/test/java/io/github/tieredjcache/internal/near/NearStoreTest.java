package io.github.tieredjcache.internal.near;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.FakeClock;
import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Version;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class NearStoreTest {
    private static final int SIZE_MAX = 100;

    @Test
    void theNumberOfEntriesIsBoundedAndEachEvictionIsReportedOnce() {
        AtomicInteger evictions = new AtomicInteger();
        NearStore<Integer, String> store =
                new NearStore<>(NearCapacity.entries(SIZE_MAX), new FakeClock(), null, evictions::incrementAndGet);
        int stored = 10 * SIZE_MAX;
        for (int i = 0; i < stored; i++) {
            store.map().put(i, Entry.of("v", Version.LOCAL, Entry.NO_DEADLINE));
        }
        Crew.until(() -> store.size() <= SIZE_MAX);
        Crew.until(() -> evictions.get() == stored - store.map().size());
        assertTrue(evictions.get() >= stored - SIZE_MAX);
    }

    @Test
    void theBytesOfTheEntriesAreBounded() {
        AtomicInteger evictions = new AtomicInteger();
        NearStore<Integer, String> store =
                new NearStore<>(NearCapacity.bytes(10_000, 10), new FakeClock(), null, evictions::incrementAndGet);
        for (int i = 0; i < 1_000; i++) {
            store.map().put(i, Entry.of("v", Version.LOCAL, Entry.NO_DEADLINE, 90, true));
        }
        Crew.until(() -> store.map().size() <= 100);
        Crew.until(() -> evictions.get() == 1_000 - store.map().size());
        assertTrue(store.map().size() > 50, "the capacity is used");
        store.map().put(-1, Entry.of("v", Version.LOCAL, Entry.NO_DEADLINE, 9_991, true));
        Crew.until(() -> store.find(-1) == null);
    }

    @Test
    void aGivenTimeIsUsedInsteadOfTheClock() {
        FakeClock clock = new FakeClock();
        NearStore<Integer, String> store = new NearStore<>(NearCapacity.entries(SIZE_MAX), clock, null, () -> {});
        store.map().put(1, Entry.of("v", Version.LOCAL, clock.nanos() + 10));
        assertNotNull(store.find(1, clock.nanos() + 9));
        assertNull(store.find(1, clock.nanos() + 10));
    }

    @Test
    void anEvictedCopyEndsItsTicketAndIsCounted() {
        NearStore<Integer, String> store = new NearStore<>(NearCapacity.entries(1), new FakeClock(), null, () -> {});
        FillTicket one = new FillTicket(0);
        FillTicket other = new FillTicket(0);
        store.map().put(1, Entry.of("v", Version.LOCAL, Entry.NO_DEADLINE).withTicket(one));
        store.map().put(2, Entry.of("v", Version.LOCAL, Entry.NO_DEADLINE).withTicket(other));
        Crew.until(() -> store.evicted() == 1);
        assertNotEquals(one.isValid(), other.isValid(), "one of them is evicted");
        assertEquals(store.keys().contains(1), one.isValid());
    }

    @Test
    void theBytesAreReportedIfTheyAreBounded() {
        NearStore<Integer, String> inBytes =
                new NearStore<>(NearCapacity.bytes(10_000, 10), new FakeClock(), null, () -> {});
        assertEquals(0, inBytes.weightBytes());
        inBytes.map().put(1, Entry.of("v", Version.LOCAL, Entry.NO_DEADLINE, 90, true));
        Crew.until(() -> inBytes.weightBytes() == 100);
        NearStore<Integer, String> inEntries =
                new NearStore<>(NearCapacity.entries(SIZE_MAX), new FakeClock(), null, () -> {});
        assertEquals(-1, inEntries.weightBytes());
    }

    @Test
    void theHottestKeysAreKnownInAStoreThatIsHalfEmpty() {
        NearStore<Integer, String> store =
                new NearStore<>(NearCapacity.entries(SIZE_MAX), new FakeClock(), null, () -> {});
        store.trackHotKeys();
        for (int i = 0; i < 10; i++) {
            store.map().put(i, Entry.of("v", Version.LOCAL, Entry.NO_DEADLINE));
        }
        // Caffeine does not record each read.
        Crew.until(() -> {
            store.find(7);
            return store.hottest(1).equals(List.of(7));
        });
        for (int i = 0; i < SIZE_MAX; i++) {
            store.map().put(i, Entry.of("v", Version.LOCAL, Entry.NO_DEADLINE));
        }
        Crew.until(() -> store.size() == SIZE_MAX);
        assertEquals(0, store.evicted(), "the bound is as before");
    }

    @Test
    void aRemovalIsNoEviction() {
        AtomicInteger evictions = new AtomicInteger();
        NearStore<Integer, String> store =
                new NearStore<>(NearCapacity.entries(SIZE_MAX), new FakeClock(), null, evictions::incrementAndGet);
        store.map().put(1, Entry.of("v", Version.LOCAL, Entry.NO_DEADLINE));
        store.map().put(1, Entry.of("w", Version.LOCAL, Entry.NO_DEADLINE));
        store.map().remove(1);
        store.map().put(2, Entry.of("v", Version.LOCAL, Entry.NO_DEADLINE));
        store.map().clear();
        assertEquals(0, evictions.get());
    }

    @Test
    void anEntryIsFoundUntilItsDeadline() {
        FakeClock clock = new FakeClock();
        NearStore<Integer, String> store = new NearStore<>(NearCapacity.entries(SIZE_MAX), clock, null, () -> {});
        store.map().put(1, Entry.of("v", Version.LOCAL, clock.nanos() + 10));
        clock.advanceNanos(9);
        assertNotNull(store.find(1));
        clock.advanceNanos(1);
        assertNull(store.find(1));
    }

    @Test
    void anEternalEntryIsFoundWithoutReadingTheClock() {
        NearStore<Integer, String> store = new NearStore<>(
                NearCapacity.entries(SIZE_MAX),
                () -> {
                    throw new AssertionError("the clock was read");
                },
                null,
                () -> {});
        store.map().put(1, Entry.of("v", Version.LOCAL, Entry.NO_DEADLINE));
        assertNotNull(store.find(1));
        assertNull(store.find(2));
    }
}
