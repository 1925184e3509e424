package io.github.tieredjcache.faults;

import static io.github.tieredjcache.faults.FaultSite.KEY;
import static io.github.tieredjcache.faults.FaultSite.succeeds;
import static io.github.tieredjcache.faults.FaultSite.thrown;
import static io.github.tieredjcache.faults.FaultSite.tiers;
import static io.github.tieredjcache.faults.FaultSite.untilAway;
import static io.github.tieredjcache.faults.FaultSite.untilSettled;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.OutagePolicy;
import io.github.tieredjcache.integration.LogLines;
import io.github.tieredjcache.integration.Node;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import javax.cache.Cache;
import javax.cache.CacheException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The rows of the matrix about what Redis says no to, and about its states. */
class RedisErrorsIT {
    private final FaultSite site = new FaultSite();

    @AfterEach
    void closes() {
        site.close();
    }

    @ParameterizedTest
    @EnumSource
    @Covers(FaultRow.F31)
    void aPutRefusedForLackOfMemoryLeavesNoOldValueAndIsNoOutage(OutagePolicy policy) {
        Cache<String, String> here = site.here(policy);
        Cache<String, String> there = site.there();
        here.put(KEY, "old");
        assertEquals("old", here.get(KEY));
        noMemory();
        CacheException thrown = thrown(() -> here.put(KEY, "new"));
        assertFalse(tiers(here).isRemoteUnavailable());
        assertEquals(1, tiers(here).remoteRefusals());
        if (policy == OutagePolicy.FAIL) {
            assertNotNull(thrown);
            assertTrue(String.valueOf(thrown.getMessage()).contains("out of memory"), thrown.getMessage());
            // Nothing has changed.
            assertEquals("old", there.get(KEY));
            assertEquals("old", here.get(KEY));
        } else {
            assertNull(thrown);
            untilSettled(here);
            assertNull(here.get(KEY));
            Crew.until(() -> there.get(KEY) == null);
        }
        assertFalse(tiers(here).isRemoteUnavailable());
        assertEquals(0, tiers(here).remoteOutages());
    }

    @ParameterizedTest
    @EnumSource
    @Covers(FaultRow.F33)
    void aWriteThroughWhoseLeaseIsRefusedForLackOfMemoryFailsOrRemovesTheEntry(OutagePolicy policy) {
        Cache<String, String> here = site.here(policy, site::through);
        Cache<String, String> there = site.there(site::through);
        here.put(KEY, "old");
        assertEquals("old", there.get(KEY));
        noMemory();
        CacheException thrown = thrown(() -> here.put(KEY, "new"));
        if (policy == OutagePolicy.FAIL) {
            assertNotNull(thrown);
            assertTrue(String.valueOf(thrown.getMessage()).contains("out of memory"), thrown.getMessage());
            assertEquals("old", site.rows.all.get(KEY), "the writer was not called");
        } else {
            assertNull(thrown);
            assertEquals("new", site.rows.all.get(KEY));
        }
        untilSettled(here);
        assertAllReadTheRow(here, there);
    }

    @ParameterizedTest
    @EnumSource
    @Covers(FaultRow.F34)
    void aWriteThroughWhoseCommitIsRefusedForLackOfMemoryRemovesTheEntry(OutagePolicy policy) {
        Cache<String, String> here = site.here(policy, site::through);
        Cache<String, String> there = site.there(site::through);
        here.put(KEY, "old");
        assertEquals("old", there.get(KEY));
        site.rows.beforeWrite = this::noMemory;
        CacheException thrown = thrown(() -> here.put(KEY, "new"));
        site.rows.beforeWrite = () -> {};
        assertEquals("new", site.rows.all.get(KEY));
        assertEquals(policy == OutagePolicy.FAIL, thrown != null);
        Crew.until(() -> "new".equals(there.get(KEY)));
        assertAllReadTheRow(here, there);
    }

    @ParameterizedTest
    @EnumSource
    void aRedisWithoutMemoryIsLoggedOnceAndShownByAGaugeUntilItStoresAgain(OutagePolicy policy) {
        Cache<String, String> here = site.here(policy);
        here.put(KEY, "old");
        assertFalse(tiers(here).isRemoteOutOfMemory());
        noMemory();
        try (LogLines log = new LogLines()) {
            for (int i = 0; i < 3; i++) {
                CacheException refused = thrown(() -> here.put(KEY, "new"));
                assertEquals(policy == OutagePolicy.FAIL, refused != null);
            }
            assertTrue(tiers(here).isRemoteOutOfMemory());
            assertNull(here.get("other"));
            assertTrue(tiers(here).isRemoteOutOfMemory(), "a read says nothing about it");
            assertEquals(
                    1,
                    log.lines().stream()
                            .filter(line -> line.contains("is out of memory and stores no new values"))
                            .count(),
                    () -> log.lines().toString());
        }
        site.redis.command("CONFIG", "SET", "maxmemory", "0");
        untilSettled(here);
        here.put(KEY, "newer");
        assertFalse(tiers(here).isRemoteOutOfMemory());
    }

    @Test
    void aStoredLoadResetsTheOutOfMemoryGauge() {
        Cache<String, String> here = site.here(OutagePolicy.LOCAL, site::through);
        site.rows.all.put(KEY, "row");
        noMemory();
        assertEquals("row", here.get(KEY));
        assertTrue(tiers(here).isRemoteOutOfMemory());
        site.redis.command("CONFIG", "SET", "maxmemory", "0");
        untilSettled(here);
        assertEquals("row", here.get(KEY));
        assertFalse(tiers(here).isRemoteOutOfMemory());
    }

    private void noMemory() {
        site.redis.command("CONFIG", "SET", "maxmemory", "1");
    }

    private void assertAllReadTheRow(Cache<String, String> here, Cache<String, String> there) {
        String row = site.rows.all.get(KEY);
        Crew.until(() -> row.equals(there.get(KEY)));
        assertEquals(row, here.get(KEY));
        site.redis.command("CONFIG", "SET", "maxmemory", "0");
        assertEquals(row, here.get(KEY));
        assertEquals(row, there.get(KEY));
    }

    /** What Redis answers instead of what it was asked for. */
    enum State {
        BUSY {
            @Override
            void begin(FaultSite site) {
                site.redis.command("CONFIG", "SET", "lua-time-limit", "10");
                var unused = Crew.start(() -> site.redis.command("EVAL", "while true do end", "0"));
            }

            @Override
            void end(FaultSite site) {
                site.redis.command("SCRIPT", "KILL");
            }
        },
        MASTERDOWN {
            @Override
            void begin(FaultSite site) {
                site.redis.command("CONFIG", "SET", "replica-serve-stale-data", "no");
                // Nobody listens there.
                site.redis.command("REPLICAOF", "127.0.0.1", "1");
            }

            @Override
            void end(FaultSite site) {
                site.redis.command("REPLICAOF", "NO", "ONE");
            }
        };

        abstract void begin(FaultSite site);

        abstract void end(FaultSite site);
    }

    @ParameterizedTest
    @EnumSource
    @Covers(FaultRow.F36)
    void aRedisThatRepliesWithItsStateOnlyIsUnavailableUntilItAnswers(State state) {
        Cache<String, String> here = site.here(OutagePolicy.LOCAL, site::through);
        here.put(KEY, "old");
        assertEquals("old", here.get(KEY));
        state.begin(site);
        // Each call succeeds, whether the outage is detected by then or not.
        for (int i = 0; !tiers(here).isRemoteUnavailable(); i++) {
            String key = "key " + i;
            site.rows.all.put(key, key);
            assertEquals(key, here.get(key));
        }
        here.put(KEY, "new");
        assertEquals("new", here.get(KEY));
        state.end(site);
        untilSettled(here);
        assertEquals("new", here.get(KEY));
        assertEquals("new", site.there(site::through).get(KEY));
    }

    @Test
    @Covers(FaultRow.F38)
    void aPasswordThatIsNoLongerValidIsAnOutageThatShowsNoPassword() {
        site.redis.command("ACL", "SETUSER", "node", "on", ">s3cret", "~*", "&*", "+@all");
        try (LogLines log = new LogLines();
                Node node = new Node("redis://node:s3cret@127.0.0.1:" + site.redis.port())) {
            Cache<String, String> cache = node.cache(
                    FaultSite.NAME, String.class, String.class, settings -> settings.outagePolicy(OutagePolicy.LOCAL));
            cache.put(KEY, "old");
            site.redis.command("ACL", "SETUSER", "node", "resetpass", ">an0ther");
            site.redis.command("CLIENT", "KILL", "USER", "node");
            untilAway(cache);
            cache.put(KEY, "new");
            assertEquals("new", cache.get(KEY));
            Crew.until(() -> !log.lines().isEmpty());
            assertTrue(log.lines().get(0).startsWith("WARNING"), log.lines().get(0));
            site.redis.command("ACL", "SETUSER", "node", "resetpass", ">s3cret");
            untilSettled(cache);
            assertTrue(succeeds(() -> cache.put(KEY, "shared")));
            Crew.until(() -> "shared".equals(site.there().get(KEY)));
            assertFalse(
                    log.lines().toString().contains("s3cret"), () -> log.lines().toString());
        }
    }

    @Test
    @Covers(FaultRow.F48)
    void aReadFromRedisSeesSwappedDatabases() {
        Cache<String, String> asking = site.here(OutagePolicy.FAIL, settings -> settings.nearTimeToLive(Duration.ZERO));
        asking.put(KEY, "value");
        assertEquals("value", asking.get(KEY));
        site.redis.command("SWAPDB", "0", "1");
        assertNull(asking.get(KEY));
        asking.put(KEY, "new");
        assertEquals("new", asking.get(KEY));
    }

    @Test
    @Covers(FaultRow.F49)
    void noReadIsStaleWhenTheTrackingTableOfRedisIsSmall() {
        int count = 500;
        site.redis.command("CONFIG", "SET", "tracking-table-max-keys", "20");
        Cache<String, String> here = site.here(OutagePolicy.FAIL);
        Cache<String, String> there = site.there();
        for (String value : new String[] {"old", "new", "newer"}) {
            Map<String, String> all = new HashMap<>();
            for (int i = 0; i < count; i++) {
                all.put("key " + i, value);
            }
            there.putAll(all);
            // Its reply comes after all invalidations.
            assertFalse(here.containsKey("another"));
            assertEquals(all, here.getAll(all.keySet()));
        }
        long tracked = site.redis.info("stats", "tracking_total_keys");
        assertTrue(tracked < count, tracked + " keys are tracked");
    }

    @Test
    @Covers(FaultRow.F50)
    void aConnectionClosedForASlowReaderLeavesNoOldCopy() {
        Cache<String, String> here =
                site.here(OutagePolicy.FAIL, settings -> settings.commandTimeout(Duration.ofSeconds(2)));
        Cache<String, String> there = site.there();
        there.put("large", "x".repeat(1 << 20));
        there.put(KEY, "old");
        assertEquals("old", here.get(KEY));
        site.redis.command("CONFIG", "SET", "client-output-buffer-limit", "normal 100000 0 0");
        // A read is GETRANGE. Valkey 9.1 would not count the reply to GET, of which it makes no copy.
        assertNotNull(thrown(() -> here.get("large")));
        site.redis.command("CONFIG", "SET", "client-output-buffer-limit", "normal 0 0 0");
        there.put(KEY, "new");
        Crew.until(() -> succeeds(() -> here.containsKey("another")));
        assertEquals("new", here.get(KEY));
        assertEquals(1 << 20, here.get("large").length());
    }
}
