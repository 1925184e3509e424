package io.github.tieredjcache.internal.near;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.github.tieredjcache.FakeClock;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Version;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExpiringEntriesTest {
    private static final Duration STALE_FOR = Duration.ofSeconds(10);

    private final FakeClock clock = new FakeClock();
    private final NearStore<String, String> store = new NearStore<>(NearCapacity.entries(100), clock, null, () -> {});
    private final List<String> reported = new ArrayList<>();
    private final ExpiringEntries<String, String> entries = new ExpiringEntries<>(
            store, new Expiration<>(true, STALE_FOR.toNanos(), (key, entry) -> reported.add(key)));

    @Test
    void anExpiredEntryIsKeptForItsTimeAndReportedOnce() {
        put("k", Duration.ofSeconds(1));
        assertNotNull(entries.find("k"));
        clock.advance(Duration.ofSeconds(2));
        assertNull(entries.find("k"));
        assertNull(entries.find("k"));
        assertNotNull(entries.findKept("k"));
        assertEquals(List.of("k"), reported);
        clock.advance(STALE_FOR);
        assertNull(entries.findKept("k"));
        assertNull(entries.find("k"));
        assertNull(store.map().get("k"));
        assertEquals(List.of("k"), reported);
    }

    @Test
    void anExpiredEntryIsKeptUntilTheEndOfItsTimeExactly() {
        put("k", Duration.ofSeconds(1));
        clock.advance(Duration.ofSeconds(1).plus(STALE_FOR).minusNanos(1));
        assertNotNull(entries.findKept("k"));
        clock.advanceNanos(1);
        assertNull(entries.findKept("k"));
    }

    @Test
    void withoutATimeForStaleEntriesNoneIsKept() {
        ExpiringEntries<String, String> none =
                new ExpiringEntries<>(store, new Expiration<>(true, 0, (key, entry) -> reported.add(key)));
        put("k", Duration.ofSeconds(1));
        clock.advance(Duration.ofSeconds(1));
        assertNull(none.findKept("k"));
        assertNull(none.find("k"));
        assertNull(store.map().get("k"));
        assertEquals(List.of("k"), reported);
    }

    @Test
    void anIterationHasTheLiveEntriesOnly() {
        put("expired", Duration.ofSeconds(1));
        put("live", Duration.ofSeconds(3));
        clock.advance(Duration.ofSeconds(2));
        var live = entries.live();
        assertEquals("live", live.next().getKey());
        assertFalse(live.hasNext());
        assertEquals(List.of("expired"), reported);
    }

    @Test
    void dropExpiredAlsoDropsTheEntriesThatAreKept() {
        put("expired", Duration.ofSeconds(1));
        put("live", Duration.ofSeconds(3));
        clock.advance(Duration.ofSeconds(2));
        entries.dropExpired();
        assertEquals(List.of("live"), List.copyOf(store.keys()));
        assertEquals(List.of("expired"), reported);
    }

    private void put(String key, Duration lifetime) {
        store.map().put(key, Entry.of("v", Version.LOCAL, clock.nanos() + lifetime.toNanos(), 0, true));
    }
}
