package io.github.tieredjcache.integration.outage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.OutagePolicy;
import io.github.tieredjcache.RemoteUnavailableException;
import io.github.tieredjcache.TierStatistics;
import io.github.tieredjcache.TieredConfiguration;
import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import io.github.tieredjcache.integration.Attempt;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.testkit.RedisServer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import javax.cache.Cache;
import javax.cache.CacheException;
import javax.cache.integration.CacheLoader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A cache with the policy fail in an outage: it throws with the reason, blocks no caller for long, and recovers by itself. */
class RedisUnavailableIT {
    private final RedisServer redis = RedisServer.startLocal();
    private final Node node = new Node(redis);

    @AfterEach
    void closes() {
        node.close();
        redis.close();
    }

    @Test
    @Covers(FaultRow.F1)
    void anApplicationStartsWithoutRedisAndUsesItOnceAvailable() {
        redis.kill();
        Cache<String, String> cache = node.strings("away");
        CacheException away = assertThrows(CacheException.class, () -> cache.put("key", "value"));
        assertTrue(away.getMessage().contains("127.0.0.1:" + redis.port()), away.getMessage());
        redis.restart();
        Crew.until(() -> Attempt.succeeds(() -> cache.put("key", "value")));
        assertEquals("value", cache.get("key"));
    }

    @Test
    void anUnavailableEntryIsNeverReportedAsAbsent() {
        Cache<String, String> cache = node.strings("away");
        cache.put("stored", "value");
        redis.kill();
        Crew.until(() -> !Attempt.succeeds(() -> cache.get("other")));
        assertThrows(CacheException.class, () -> cache.get("other"));
        assertThrows(CacheException.class, () -> cache.containsKey("other"));
        assertThrows(CacheException.class, () -> cache.putIfAbsent("stored", "again"));
        assertThrows(CacheException.class, () -> cache.iterator().hasNext());
    }

    @Test
    void aKilledAndRestartedRedisIsUsedAgain() {
        Cache<String, String> cache =
                node.cache("away", String.class, String.class, settings -> settings.nearTimeToLive(Duration.ZERO));
        cache.put("key", "value");
        redis.kill();
        redis.restart();
        Crew.until(() -> Attempt.succeeds(() -> cache.get("key")));
        assertNull(cache.get("key"), "it came back empty");
        assertTrue(cache.putIfAbsent("key", "new"));
    }

    @Test
    @Covers({FaultRow.F14, FaultRow.F15})
    void aFrozenRedisCostsOneTimeoutAndLaterCallsNothing() {
        Cache<String, String> cache = node.cache(
                "away", String.class, String.class, settings -> settings.commandTimeout(Duration.ofSeconds(2)));
        Crew.until(() -> Attempt.succeeds(() -> cache.put("key", "value")));
        try {
            // Redis freezes when the call has its lease: what follows is the commit, which gets no answer.
            CacheException slow = assertThrows(
                    CacheException.class,
                    () -> cache.<Void>invoke("key", (entry, arguments) -> {
                        redis.pause();
                        entry.setValue("perhaps");
                        return null;
                    }));
            assertTrue(slow.getMessage().contains("unknown"), slow.getMessage());
        } finally {
            redis.resume();
        }
        Crew.until(() -> Attempt.succeeds(() -> cache.put("key", "after")));
        assertEquals("after", cache.get("key"));
    }

    @Test
    @Covers({FaultRow.F31, FaultRow.F32})
    void aLoadedValueThatRedisDoesNotStoreIsReturned() {
        AtomicInteger loads = new AtomicInteger();
        Cache<String, String> cache = node.cache(
                "full",
                String.class,
                String.class,
                settings -> settings.readThrough(() -> new CacheLoader<>() {
                    @Override
                    public String load(String key) {
                        return "loaded " + loads.incrementAndGet();
                    }

                    @Override
                    public Map<String, String> loadAll(Iterable<? extends String> keys) {
                        throw new UnsupportedOperationException();
                    }
                }));
        redis.command("CONFIG", "SET", "maxmemory", "1");
        assertEquals("loaded 1", cache.get("key"));
        assertEquals("loaded 2", cache.get("key"));
        assertEquals(2, cache.unwrap(TierStatistics.class).fillsRefused());
        CacheException full = assertThrows(CacheException.class, () -> cache.put("key", "value"));
        assertTrue(full.getMessage().contains("out of memory"), full.getMessage());
    }

    @Test
    @Covers(FaultRow.F73)
    void cachesCanBeClosedAndDestroyedInAnOutage() {
        Cache<String, String> closed = node.strings("closed");
        Cache<String, String> destroyed = node.strings("destroyed");
        redis.kill();
        closed.close();
        assertTrue(closed.isClosed());
        // What Redis holds cannot be purged now; that is said in the log, and done when it can be.
        node.manager().destroyCache("destroyed");
        assertTrue(destroyed.isClosed());
        assertFalse(node.manager().getCacheNames().iterator().hasNext());
    }

    /** The connection outlives the outage, so that no new one comes on which the removal could be made up for. */
    @Test
    @Covers(FaultRow.F73)
    void aCacheDestroyedWhileRedisIsFrozenIsEmptyOnTheSameConnection() {
        Cache<String, String> patient = node.strings("patient");
        Cache<String, String> destroyed = impatient("destroyed", OutagePolicy.FAIL);
        Crew.until(() -> Attempt.succeeds(() -> destroyed.put("key", "value")));
        redis.pause();
        try {
            assertThrows(RemoteUnavailableException.class, () -> destroyed.get("other"));
            node.manager().destroyCache("destroyed");
        } finally {
            redis.resume();
        }
        assertNull(patient.get("key"));
        assertNull(node.strings("destroyed").get("key"));
    }

    @Test
    @Covers(FaultRow.F73)
    void whatACacheChangedWhileRedisWasFrozenIsRemovedAlthoughItIsClosedMeanwhile() {
        try (Node other = new Node(redis)) {
            Cache<String, String> patient = node.strings("patient");
            Cache<String, String> closed = impatient("closed", OutagePolicy.LOCAL);
            Cache<String, String> there = other.strings("closed");
            Crew.until(() -> {
                closed.put("key", "old");
                return "old".equals(there.get("key"));
            });
            redis.pause();
            try {
                closed.put("key", "new");
                closed.close();
            } finally {
                redis.resume();
            }
            assertNull(patient.get("key"));
            Crew.until(() -> there.get("key") == null);
        }
    }

    private Cache<String, String> impatient(String name, OutagePolicy policy) {
        return node.cache(
                name,
                String.class,
                String.class,
                settings -> settings.outagePolicy(policy).commandTimeout(Duration.ofSeconds(1)));
    }

    @Test
    @Covers({FaultRow.F38, FaultRow.F103})
    @SuppressWarnings("unchecked") // JCache takes a raw class where it returns a typed configuration.
    void noMessageContainsThePassword() {
        try (RedisServer guarded = RedisServer.startLocal("--requirepass", "s3cret-w0rd");
                Node wrong = new Node(guarded)) {
            String uri = "redis://:not-s3cret-w0rd@127.0.0.1:" + guarded.port();
            Cache<String, String> cache =
                    wrong.cache("guarded", String.class, String.class, settings -> settings.redisUri(uri));
            CacheException refused = assertThrows(CacheException.class, () -> cache.get("key"));
            for (Throwable each = refused; each != null; each = each.getCause()) {
                assertFalse(String.valueOf(each.getMessage()).contains("s3cret"), each.getMessage());
            }
            TieredConfiguration<String, String> configuration = cache.getConfiguration(TieredConfiguration.class);
            assertFalse(configuration.toString().contains("s3cret"), configuration.toString());
            assertFalse(cache.toString().contains("s3cret"));
        }
    }
}
