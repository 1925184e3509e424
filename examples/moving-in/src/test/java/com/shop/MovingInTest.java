package com.shop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.TieredConfiguration;
import io.github.tieredjcache.testkit.RedisServer;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import javax.cache.Cache;
import javax.cache.Caching;
import javax.cache.expiry.CreatedExpiryPolicy;
import javax.cache.expiry.Duration;
import javax.cache.expiry.ExpiryPolicy;
import javax.cache.expiry.ModifiedExpiryPolicy;
import javax.cache.expiry.TouchedExpiryPolicy;
import javax.cache.spi.CachingProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class MovingInTest {
    private static RedisServer redis;
    private final CachingProvider provider = Caching.getCachingProvider();

    @BeforeAll
    static void starts() {
        redis = RedisServer.startLocal();
        System.setProperty("tiered-jcache.redis.uri", redis.uri());
    }

    @AfterAll
    static void stops() {
        System.clearProperty("tiered-jcache.redis.uri");
        redis.close();
    }

    @AfterEach
    void closes() {
        provider.close();
    }

    /** The cache of a file, which has been used. */
    private Cache<String, Order> cache(String peer, String name) {
        Cache<String, Order> cache = provider.getCacheManager(
                        URI.create("from-" + peer + ".conf"), getClass().getClassLoader())
                .getCache(name, String.class, Order.class);
        assertNotNull(cache, "the cache exists when it is asked for");
        redis.command("FLUSHALL");
        cache.put("1", new Order("1", 100));
        assertEquals(new Order("1", 100), cache.get("1"));
        assertTrue(redis.number("DBSIZE") > 0, "it is in Redis");
        return cache;
    }

    private static void assertHolds(
            Cache<String, Order> cache, ExpiryPolicy expiry, String nearSize, boolean loads, boolean statistics) {
        TieredConfiguration<String, Order> inForce = inForce(cache);
        assertEquals(expiry, inForce.getExpiryPolicyFactory().create());
        assertEquals(nearSize, inForce.settings().describe().get("near.maximum-size"));
        assertEquals(statistics, inForce.isStatisticsEnabled());
        assertEquals(loads ? new Order("4711", 4_700) : null, cache.get("4711"));
    }

    @Test
    void theFileForCaffeinesJCacheIsValid() {
        Cache<String, Order> cache = cache("caffeine", "orders");
        assertHolds(cache, new CreatedExpiryPolicy(Duration.TEN_MINUTES), "500", true, true);
        assertEquals("1.0", setting(cache, "load.refresh-ahead"));
    }

    @Test
    void theFileForEhcacheIsValid() {
        Cache<String, Order> cache = cache("ehcache", "shop-orders");
        assertHolds(cache, new ModifiedExpiryPolicy(Duration.TEN_MINUTES), "500", true, true);
        assertEquals("local", setting(cache, "outage.policy"));
    }

    @Test
    void theFileForRedissonIsValid() {
        Cache<String, Order> cache = cache("redisson", "orders");
        assertHolds(cache, new TouchedExpiryPolicy(Duration.TEN_MINUTES), "10000", false, false);
    }

    @Test
    void theFileForJetCacheIsValid() {
        Cache<String, Order> cache = cache("jetcache", "orders");
        assertHolds(cache, new ModifiedExpiryPolicy(Duration.ONE_HOUR), "500", true, false);
        assertEquals("shop", setting(cache, "redis.namespace"));
        assertEquals("60s", setting(cache, "near.time-to-live"));
    }

    @SuppressWarnings("unchecked")
    private static TieredConfiguration<String, Order> inForce(Cache<String, Order> cache) {
        return cache.getConfiguration(TieredConfiguration.class);
    }

    private static String setting(Cache<String, Order> cache, String name) {
        return inForce(cache).settings().describe().get(name);
    }

    @Test
    void theExamplePrintsTheCachesOfAllFiles() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        String before = System.getProperty("tiered-jcache.redis.uri");
        try {
            Main.run(new PrintStream(bytes, true, UTF_8));
        } finally {
            System.setProperty("tiered-jcache.redis.uri", before);
        }
        String printed = bytes.toString(UTF_8);
        for (String each : Main.PEERS) {
            assertTrue(printed.contains("from " + each + ":"), printed);
        }
        assertEquals(4, printed.split("orders: Order\\[id=1, cents=100\\]", -1).length - 1, printed);
    }
}
