package io.github.tieredjcache.faults;

import static io.github.tieredjcache.faults.FaultSite.KEY;
import static io.github.tieredjcache.faults.FaultSite.tiers;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.OutagePolicy;
import io.github.tieredjcache.TieredSetting;
import io.github.tieredjcache.testkit.CommandCounts;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.cache.Cache;
import javax.cache.CacheException;
import javax.cache.expiry.CreatedExpiryPolicy;
import javax.cache.expiry.ExpiryPolicy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The rows of the matrix about data: its size, its bytes, and its lifetime. */
class DataFaultsIT {
    private final FaultSite site = new FaultSite("--enable-debug-command", "yes");

    @AfterEach
    void closes() {
        site.close();
    }

    @Test
    @Covers(FaultRow.F52)
    void aLoadedValueThatIsTooLargeIsReturnedAndNotKept() {
        Cache<String, String> here = site.here(
                OutagePolicy.FAIL,
                settings -> site.through(settings).with(TieredSetting.CODEC_MAXIMUM_VALUE_SIZE, 100));
        String large = "x".repeat(1_000);
        site.rows.all.put(KEY, large);
        site.rows.all.put("small", "row");
        assertEquals(large, here.get(KEY));
        assertEquals(Map.of(KEY, large, "small", "row"), here.getAll(Set.of(KEY, "small")));
        assertEquals(2, tiers(here).fillsRefused());
        assertEquals(3, site.rows.loads.get());
        assertFalse(here.containsKey(KEY));
        assertTrue(here.containsKey("small"));
        // Nor is the key taken for one that is being loaded.
        Crew.until(() -> !site.isInRedis(KEY));
    }

    @Test
    @Covers(FaultRow.F53)
    void aKeyThatIsTooLargeIsRefusedBeforeRedisOrTheSourceIsAsked() {
        Cache<String, String> here = site.here(
                OutagePolicy.LOCAL, settings -> site.through(settings).with(TieredSetting.CODEC_MAXIMUM_KEY_SIZE, 100));
        here.put(KEY, "value");
        String large = "k".repeat(101);
        List<Runnable> operations = List.of(
                () -> here.get(large),
                () -> here.getAll(Set.of(large)),
                () -> here.containsKey(large),
                () -> here.put(large, "new"),
                () -> here.putAll(Map.of(large, "new")),
                () -> here.putIfAbsent(large, "new"),
                () -> here.getAndPut(large, "new"),
                () -> here.replace(large, "new"),
                () -> here.remove(large),
                () -> here.removeAll(Set.of(large)),
                () -> here.invoke(large, (entry, arguments) -> {
                    entry.setValue("new");
                    return null;
                }));
        CommandCounts counts = CommandCounts.during(site.redis, () -> {
            for (Runnable each : operations) {
                CacheException refused = assertThrows(CacheException.class, each::run);
                assertTrue(everyMessage(refused).contains("codec.maximum-key-size"), everyMessage(refused));
            }
        });
        assertEquals(Map.of(), counts.without("time").asMap());
        assertEquals(Map.of(KEY, "value"), site.rows.all);
        assertEquals(0, site.rows.loads.get());
    }

    private static String everyMessage(Throwable failure) {
        StringBuilder messages = new StringBuilder();
        for (Throwable each = failure; each != null; each = each.getCause()) {
            messages.append(each.getMessage()).append('\n');
        }
        return messages.toString();
    }

    @Test
    @Covers(FaultRow.F55)
    void aDamagedValueIsLoadedAgainWhereThereIsALoader() {
        Cache<String, String> here = site.here(OutagePolicy.FAIL, site::through);
        Cache<String, String> there = site.there(site::through);
        here.put(KEY, "row");
        damage();
        assertEquals("row", there.get(KEY));
        assertEquals(1, tiers(there).undecodableValues());
        assertEquals(1, site.rows.loads.get());
        // It is whole again for all.
        assertFalse(here.containsKey("another"));
        assertEquals("row", here.get(KEY));
        assertEquals("row", there.get(KEY));
        assertEquals(1, site.rows.loads.get());
        assertEquals(0, tiers(here).undecodableValues());
    }

    @Test
    @Covers(FaultRow.F56)
    void aDamagedValueIsAbsentWhereThereIsNoLoader() {
        Cache<String, String> here = site.here(OutagePolicy.FAIL);
        Cache<String, String> there = site.there();
        here.put(KEY, "value");
        damage();
        assertNull(there.get(KEY));
        assertFalse(there.containsKey(KEY));
        assertEquals(1, tiers(there).undecodableValues());
        Crew.until(() -> !site.isInRedis(KEY));
    }

    /** Flips the last bit of the value. */
    private void damage() {
        byte[] key = site.redisKey().getBytes(UTF_8);
        byte[] cell = site.redis.bytes("GET".getBytes(UTF_8), key);
        assertNotNull(cell);
        cell[cell.length - 1] ^= 1;
        site.redis.bytes("SET".getBytes(UTF_8), key, cell);
    }

    @Test
    @Covers(FaultRow.F62)
    void anExpiredEntryIsAMissThoughRedisHasNotDeletedIt() {
        site.redis.command("DEBUG", "SET-ACTIVE-EXPIRE", "0");
        Cache<String, String> here = site.here(OutagePolicy.FAIL);
        // Every node keeps a copy, and its expiry is not announced.
        Cache<String, String> there = site.there(settings -> settings.expiry(lasting(300)));
        there.put(KEY, "value");
        String first = here.get(KEY);
        assertTrue(first == null || first.equals("value"), first);
        Crew.until(() -> here.get(KEY) == null);
        assertNull(there.get(KEY));
        assertFalse(here.containsKey(KEY));
    }

    @Test
    @Covers(FaultRow.F64)
    void anEntryThatExpiresBeforeItsReplyArrivesIsNeverRead() {
        Cache<String, String> here = site.here(OutagePolicy.FAIL, settings -> settings.expiry(lasting(5)));
        assertNull(here.get(KEY));
        site.proxy.fromServer().delay(Duration.ofMillis(20));
        for (int i = 0; i < 5; i++) {
            here.put(KEY, "value");
            // It was over before its author had the answer.
            assertNull(here.get(KEY));
            assertFalse(here.containsKey(KEY));
        }
    }

    private static javax.cache.configuration.Factory<ExpiryPolicy> lasting(long millis) {
        return CreatedExpiryPolicy.factoryOf(new javax.cache.expiry.Duration(TimeUnit.MILLISECONDS, millis));
    }

    @Test
    @Covers(FaultRow.F93)
    void anExpiryPolicyThatThrowsIsIgnored() {
        Moody policy = new Moody();
        Cache<String, String> here = site.here(OutagePolicy.FAIL, settings -> settings.expiry(() -> policy));
        here.put("limited", "old");
        policy.throwing = true;
        here.put("limited", "new");
        here.put("eternal", "new");
        assertEquals("new", here.get("limited"));
        assertEquals("new", here.get("eternal"));
        assertTrue(site.redis.number("PTTL", site.redisKey("limited")) > 0, "it keeps its deadline");
        assertEquals(-1, site.redis.number("PTTL", site.redisKey("eternal")));
    }

    /** Throws while it is set to. */
    private static final class Moody implements ExpiryPolicy {
        private volatile boolean throwing;

        @Override
        public javax.cache.expiry.Duration getExpiryForCreation() {
            return answer();
        }

        @Override
        public javax.cache.expiry.Duration getExpiryForAccess() {
            return answer();
        }

        @Override
        public javax.cache.expiry.Duration getExpiryForUpdate() {
            return answer();
        }

        private javax.cache.expiry.Duration answer() {
            if (throwing) {
                throw new IllegalStateException("in a bad mood");
            }
            return javax.cache.expiry.Duration.ONE_HOUR;
        }
    }
}
