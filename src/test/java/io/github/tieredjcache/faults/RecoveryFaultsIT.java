package io.github.tieredjcache.faults;

import static io.github.tieredjcache.faults.FaultSite.KEY;
import static io.github.tieredjcache.faults.FaultSite.tiers;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.OutagePolicy;
import io.github.tieredjcache.integration.LogLines;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.cache.Cache;
import javax.cache.CacheException;
import javax.cache.expiry.CreatedExpiryPolicy;
import javax.cache.expiry.Duration;
import javax.cache.integration.CacheWriterException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The rows of the matrix about writes during an outage, and about recovery. */
class RecoveryFaultsIT {
    private static final int THREADS = 4;
    private static final int TIMES = 50;

    private final FaultSite site = new FaultSite();

    @AfterEach
    void closes() {
        site.close();
    }

    @Test
    @Covers(FaultRow.F20)
    void aWriteThroughInAnOutageIsInTheSourceInMemoryAndInTheJournal() {
        Cache<String, String> here = site.here(OutagePolicy.LOCAL, site::through);
        site.cutOff(here);
        here.put(KEY, "new");
        assertEquals("new", site.rows.all.get(KEY));
        assertEquals("new", here.get(KEY));
        assertEquals(0, site.rows.loads.get());
        assertEquals(1, tiers(here).journaledKeys());
    }

    @Test
    @Covers(FaultRow.F20)
    void aWriterThatThrowsInAnOutageLeavesMemoryUnchangedAndItsKeysInTheJournal() {
        Cache<String, String> here = site.here(OutagePolicy.LOCAL, site::through);
        here.put(KEY, "old");
        assertEquals("old", here.get(KEY));
        site.cutOff(here);
        site.rows.beforeWrite = () -> {
            throw new IllegalStateException("no source");
        };
        assertThrows(CacheWriterException.class, () -> here.put(KEY, "new"));
        assertThrows(CacheWriterException.class, () -> here.remove(KEY));
        assertThrows(CacheWriterException.class, () -> here.put("other", "new"));
        assertEquals("old", here.get(KEY));
        assertNull(here.get("other"));
        assertEquals(2, tiers(here).journaledKeys());
        assertTrue(site.isInRedis(KEY));
        site.heal(here);
        assertFalse(site.isInRedis(KEY), "voided");
        assertEquals("old", here.get(KEY));
        assertNull(here.get("other"));
    }

    @Test
    @Covers(FaultRow.F23)
    void withThePolicyFailNoProcessorRunsInAnOutage() {
        Cache<String, String> here = site.here(OutagePolicy.FAIL);
        here.put(KEY, "old");
        site.cutOff(here);
        AtomicInteger runs = new AtomicInteger();
        assertThrows(
                CacheException.class,
                () -> here.invoke(KEY, (entry, arguments) -> {
                    entry.setValue("new");
                    return runs.incrementAndGet();
                }));
        assertEquals(0, runs.get());
        assertEquals(0, tiers(here).journaledKeys());
        assertEquals("old", site.there().get(KEY));
    }

    @Test
    @Covers(FaultRow.F24)
    void conditionalOperationsAndProcessorsAreAtomicOnThisNodeInAnOutage() throws Exception {
        Cache<String, String> here = site.here(OutagePolicy.LOCAL);
        site.cutOff(here);
        List<Boolean> won = Crew.together(THREADS, () -> here.putIfAbsent(KEY, "0"));
        assertEquals(1, won.stream().filter(each -> each).count());
        Crew.together(THREADS, () -> {
            for (int i = 0; i < TIMES; i++) {
                here.invoke(KEY, (entry, arguments) -> {
                    entry.setValue(next(entry.getValue()));
                    return null;
                });
                String seen = here.get(KEY);
                while (!here.replace(KEY, seen, next(seen))) {
                    seen = here.get(KEY);
                }
            }
            return null;
        });
        assertEquals(String.valueOf(2 * THREADS * TIMES), here.get(KEY));
        assertEquals(1, tiers(here).journaledKeys());
    }

    private static String next(String number) {
        return String.valueOf(Integer.parseInt(number) + 1);
    }

    @Test
    @Covers(FaultRow.F25)
    void oneLineReportsHowManyKeysWereRemovedFromRedis() {
        Cache<String, String> here = site.here(OutagePolicy.LOCAL);
        site.cutOff(here);
        here.put("a", "1");
        here.put("b", "1");
        here.remove("c");
        try (LogLines log = new LogLines()) {
            site.heal(here);
            Crew.until(() -> log.lines().stream().anyMatch(line -> line.contains("recovered")));
            List<String> told = log.lines().stream()
                    .filter(line -> line.contains(FaultSite.NAME))
                    .toList();
            assertEquals(1, told.size(), told::toString);
            assertTrue(told.get(0).startsWith("INFO") && told.get(0).contains("recovered: 3 keys"), told.get(0));
        }
    }

    @Test
    @Covers(FaultRow.F29)
    void theRemovalsOfANodeThatDiedInAnOutageAreLost() {
        Cache<String, String> here = site.here(OutagePolicy.LOCAL);
        Cache<String, String> there =
                site.there(settings -> settings.expiry(CreatedExpiryPolicy.factoryOf(Duration.ONE_HOUR)));
        there.put(KEY, "old");
        site.cutOff(here);
        here.remove(KEY);
        assertNull(here.get(KEY));
        assertEquals(1, tiers(here).journaledKeys());
        // Its list goes with it.
        site.hereNode.close();
        site.proxy.accept();
        assertEquals("old", there.get(KEY));
        assertTrue(site.redis.number("PTTL", site.redisKey()) > 0, "the entry expires");
        site.redis.command("PEXPIRE", site.redisKey(), "1");
        Crew.until(() -> there.get(KEY) == null);
    }
}
