package io.github.tieredjcache.integration.expiry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.TierStatistics;
import io.github.tieredjcache.integration.EntryKeys;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.testkit.CommandCounts;
import io.github.tieredjcache.testkit.RedisServer;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import javax.cache.Cache;
import javax.cache.configuration.Factory;
import javax.cache.expiry.AccessedExpiryPolicy;
import javax.cache.expiry.ExpiryPolicy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Lifetimes that an access prolongs, on several nodes: what a read costs, and who still sees the entry. */
class AccessExpiryIT {
    private final RedisServer redis = RedisServer.startLocal();
    private final Node node = new Node(redis);
    private final Node other = new Node(redis);

    @AfterEach
    void close() {
        node.close();
        other.close();
        redis.close();
    }

    @Test
    void mostReadsOfAHotKeyWriteNothing() {
        Cache<String, String> here = cache(node, accessed(Duration.ofHours(1)));
        here.put("key", "value");
        CommandCounts counts = counts(() -> {
            for (int i = 0; i < 1_000; i++) {
                assertEquals("value", here.get("key"));
                here.getAll(Set.of("key"));
            }
        });
        assertEquals(0, counts.total(), counts.toString());
    }

    @Test
    void aRemoteReadIsOneScriptThatWritesOnlyIfATouchIsDue() {
        Cache<String, String> here = cache(node, accessed(Duration.ofHours(1)));
        Cache<String, String> there = cache(other, accessed(Duration.ofHours(1)));
        there.containsKey("key");
        here.put("key", "value");
        CommandCounts counts = counts(() -> assertEquals("value", there.get("key")));
        assertEquals(1, counts.of("evalsha"));
        assertEquals(0, counts.of("pexpireat") + counts.of("setrange"));
        assertEquals(0, counts(() -> assertEquals("value", there.get("key"))).total());
        redis.command("PEXPIRE", redisKey("key"), "3600000");
    }

    @Test
    void nearReadsProlongTheEntryInRedisWhileTheyLast() {
        Duration life = Duration.ofSeconds(2);
        Cache<String, String> here = cache(node, accessed(life));
        Cache<String, String> there = cache(other, accessed(life));
        here.put("key", "value");
        String key = redisKey("key");
        // Three lives long.
        CommandCounts counts = counts(() -> {
            long end = System.nanoTime() + 3 * life.toNanos();
            while (System.nanoTime() - end < 0) {
                assertEquals("value", here.get("key"));
                LockSupport.parkNanos(100_000);
            }
        });
        assertTrue(counts.of("pexpireat") >= 3 && counts.of("pexpireat") <= 40, counts.toString());
        assertEquals(1, redis.number("EXISTS", key));
        // The other node's look is an access, too; after the last one there is no other.
        assertEquals("value", there.get("key"));
        long lastNanos = System.nanoTime();
        waitUntil(lastNanos + life.toNanos() + Duration.ofMillis(20).toNanos());
        assertNull(here.get("key"));
        assertNull(there.get("key"));
        assertEquals(0, redis.number("EXISTS", key));
    }

    @Test
    void anAccessOnOneNodeProlongsTheEntryForAllNodes() {
        Duration life = Duration.ofSeconds(2);
        Cache<String, String> here = cache(node, accessed(life));
        Cache<String, String> there = cache(other, accessed(life));
        here.put("key", "value");
        assertEquals("value", there.get("key"));
        long end = System.nanoTime() + 2 * life.toNanos();
        while (System.nanoTime() - end < 0) {
            assertEquals("value", here.get("key"));
            LockSupport.parkNanos(5_000_000);
        }
        assertEquals("value", there.get("key"), "its own copy had ended, but not the entry");
    }

    @Test
    void manyNodesSendFewTouches() {
        Duration life = Duration.ofSeconds(5);
        List<Cache<String, String>> caches = List.of(cache(node, accessed(life)), cache(other, accessed(life)));
        caches.get(0).put("key", "value");
        long seconds = 2;
        CommandCounts counts = counts(() -> {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
            for (int i = 0; System.nanoTime() - end < 0; i++) {
                assertNotNull(caches.get(i % 2).get("key"));
                LockSupport.parkNanos(50_000);
            }
        });
        // One a tenth of a life, and after each the other node reads once.
        assertTrue(counts.of("pexpireat") <= 12, counts.toString());
        assertTrue(counts.of("evalsha") <= 40, counts.toString());
    }

    @Test
    void aTouchedKeyIsStillInvalidated() {
        Duration life = Duration.ofSeconds(4);
        Cache<String, String> here = cache(node, accessed(life));
        Cache<String, String> there = cache(other, accessed(life));
        here.put("key", "old");
        long deadline = EntryKeys.expiryMillis(redis, redisKey("key"));
        // Until a read has prolonged it.
        Crew.until(() -> {
            assertEquals("old", here.get("key"));
            return EntryKeys.expiryMillis(redis, redisKey("key")) > deadline;
        });
        there.put("key", "new");
        // Every reply from now on comes after the invalidation.
        here.containsKey("another");
        assertEquals("new", here.get("key"));
    }

    @Test
    void anAccessThatShortensTheLifetimeDoesSoAtOnce() {
        Duration brief = Duration.ofMillis(200);
        Cache<String, String> here =
                cache(node, () -> policy(javax.cache.expiry.Duration.ONE_HOUR, jcache(brief), new AtomicInteger()));
        Cache<String, String> there = cache(other, accessed(brief));
        here.put("key", "value");
        assertEquals("value", here.get("key"));
        long readNanos = System.nanoTime();
        long left = redis.number("PTTL", redisKey("key"));
        assertTrue(left <= brief.toMillis(), () -> left + " ms");
        waitUntil(readNanos + brief.toNanos() + Duration.ofMillis(20).toNanos());
        assertNull(here.get("key"));
        assertNull(there.get("key"));
    }

    @Test
    void anAccessThatExpiresTheEntryExpiresItForAllNodes() {
        Cache<String, String> here = cache(
                node,
                () -> policy(
                        javax.cache.expiry.Duration.ONE_HOUR, javax.cache.expiry.Duration.ZERO, new AtomicInteger()));
        here.put("key", "value");
        assertEquals("value", here.get("key"));
        assertNull(here.get("key"));
        here.put("key", "again");
        assertEquals("again", here.get("key"));
        assertNull(here.get("key"));
    }

    @Test
    void aCustomPolicyIsCalledOnceForEachReadInAnyTier() {
        AtomicInteger asked = new AtomicInteger();
        Cache<String, String> here = cache(
                node, () -> policy(javax.cache.expiry.Duration.ONE_HOUR, javax.cache.expiry.Duration.ONE_HOUR, asked));
        here.put("key", "value");
        for (int i = 1; i <= 10; i++) {
            here.get("key");
            assertEquals(i, asked.get());
        }
        assertEquals(10, here.unwrap(TierStatistics.class).nearHits());
    }

    @Test
    void readsDoNotProlongTheTimeToLiveOfANearCopy() {
        Cache<String, String> here = node.cache(
                "cache",
                String.class,
                String.class,
                settings -> settings.expiry(accessed(Duration.ofHours(1)))
                        .statistics(true)
                        .nearTimeToLive(Duration.ofMillis(100)));
        here.put("key", "value");
        TierStatistics statistics = here.unwrap(TierStatistics.class);
        Crew.until(() -> {
            assertEquals("value", here.get("key"));
            return statistics.remoteHits() >= 3;
        });
    }

    private static Factory<ExpiryPolicy> accessed(Duration life) {
        return AccessedExpiryPolicy.factoryOf(jcache(life));
    }

    private static javax.cache.expiry.Duration jcache(Duration duration) {
        return new javax.cache.expiry.Duration(TimeUnit.MILLISECONDS, duration.toMillis());
    }

    private static ExpiryPolicy policy(
            javax.cache.expiry.Duration creation, javax.cache.expiry.Duration access, AtomicInteger asked) {
        return new ExpiryPolicy() {
            @Override
            public javax.cache.expiry.Duration getExpiryForCreation() {
                return creation;
            }

            @Override
            public javax.cache.expiry.Duration getExpiryForAccess() {
                asked.incrementAndGet();
                return access;
            }

            @Override
            public javax.cache.expiry.Duration getExpiryForUpdate() {
                return null;
            }
        };
    }

    private static Cache<String, String> cache(Node node, Factory<ExpiryPolicy> expiry) {
        return node.cache(
                "cache",
                String.class,
                String.class,
                settings -> settings.expiry(expiry).statistics(true));
    }

    private String redisKey(String key) {
        return EntryKeys.redisKey(redis, "cache", key);
    }

    private CommandCounts counts(Runnable operation) {
        return CommandCounts.during(redis, operation).without("time", "touch", "hello");
    }

    private static void waitUntil(long nanos) {
        while (System.nanoTime() - nanos < 0) {
            LockSupport.parkNanos(1_000_000);
        }
    }
}
