package io.github.tieredjcache.internal.near;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.FakeClock;
import io.github.tieredjcache.internal.entry.Entry;
import io.github.tieredjcache.internal.entry.Version;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class NearStoreTest {
    private static final int SIZE_MAX = 100;

    @Test
    void theNumberOfEntriesIsBoundedAndEachEvictionIsToldOnce() {
        AtomicInteger evictions = new AtomicInteger();
        NearStore<Integer, String> store = new NearStore<>(SIZE_MAX, new FakeClock(), null, evictions::incrementAndGet);
        int stored = 10 * SIZE_MAX;
        for (int i = 0; i < stored; i++) {
            store.map().put(i, new Entry<>("v", Version.LOCAL, Entry.NO_DEADLINE));
        }
        Crew.until(() -> store.size() <= SIZE_MAX);
        Crew.until(() -> evictions.get() == stored - store.map().size());
        assertTrue(evictions.get() >= stored - SIZE_MAX);
    }

    @Test
    void aRemovalIsNoEviction() {
        AtomicInteger evictions = new AtomicInteger();
        NearStore<Integer, String> store = new NearStore<>(SIZE_MAX, new FakeClock(), null, evictions::incrementAndGet);
        store.map().put(1, new Entry<>("v", Version.LOCAL, Entry.NO_DEADLINE));
        store.map().put(1, new Entry<>("w", Version.LOCAL, Entry.NO_DEADLINE));
        store.map().remove(1);
        store.map().put(2, new Entry<>("v", Version.LOCAL, Entry.NO_DEADLINE));
        store.map().clear();
        assertEquals(0, evictions.get());
    }

    @Test
    void anEntryIsFoundUntilItsDeadlineHasCome() {
        FakeClock clock = new FakeClock();
        NearStore<Integer, String> store = new NearStore<>(SIZE_MAX, clock, null, () -> {});
        store.map().put(1, new Entry<>("v", Version.LOCAL, clock.nanos() + 10));
        clock.advanceNanos(9);
        assertNotNull(store.find(1));
        clock.advanceNanos(1);
        assertNull(store.find(1));
    }

    @Test
    void anEternalEntryIsFoundWithoutALookAtTheClock() {
        NearStore<Integer, String> store = new NearStore<>(
                SIZE_MAX,
                () -> {
                    throw new AssertionError("looked at the clock");
                },
                null,
                () -> {});
        store.map().put(1, new Entry<>("v", Version.LOCAL, Entry.NO_DEADLINE));
        assertNotNull(store.find(1));
        assertNull(store.find(2));
    }
}
