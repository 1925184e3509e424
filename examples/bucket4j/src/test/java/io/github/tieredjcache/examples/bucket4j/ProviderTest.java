package io.github.tieredjcache.examples.bucket4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bucket4j.grid.jcache.CompatibilityTest;
import io.github.tieredjcache.OutagePolicy;
import io.github.tieredjcache.TieredConfiguration;
import io.github.tieredjcache.testkit.RedisServer;
import java.net.URI;
import java.util.Properties;
import javax.cache.Cache;
import javax.cache.CacheException;
import javax.cache.CacheManager;
import javax.cache.Caching;
import javax.cache.spi.CachingProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What Bucket4j asks of a provider, and what becomes of a bucket that Redis does not have any more. */
class ProviderTest {
    private RedisServer redis;
    private CachingProvider provider;

    @BeforeEach
    void starts() {
        redis = RedisServer.startLocal();
        provider = Caching.getCachingProvider();
    }

    @AfterEach
    void ends() {
        provider.close();
        redis.close();
    }

    @Test
    void theProviderPassesBucket4jsOwnTest() throws Exception {
        Cache<String, Integer> cache = node("one")
                .createCache(
                        "compatibility",
                        TieredConfiguration.builder(String.class, Integer.class)
                                .outagePolicy(OutagePolicy.FAIL)
                                .build());
        new CompatibilityTest(cache).test();
    }

    @Test
    void twoNodesShareABucketAndClientsDoNot() {
        RateLimits one = limits(node("one"), 2);
        RateLimits other = limits(node("other"), 2);
        assertTrue(one.tryAcquire("ann"));
        assertTrue(other.tryAcquire("ann"));
        assertFalse(one.tryAcquire("ann"));
        assertFalse(other.tryAcquire("ann"));
        assertTrue(other.tryAcquire("bob"));
    }

    @Test
    void noTokenIsGrantedInAnOutage() {
        RateLimits limits = limits(node("one"), 10);
        assertTrue(limits.tryAcquire("ann"));
        redis.kill();
        assertThrows(CacheException.class, () -> limits.tryAcquire("ann"));
        assertThrows(CacheException.class, () -> limits.tryAcquire("bob"));
    }

    /** Said in the README: then only a Redis that keeps its data on disk keeps the limit. */
    @Test
    void afterAnEmptyRestartOfRedisTheBucketIsFull() throws Exception {
        RateLimits limits = limits(node("one"), 10);
        assertEquals(10, taken(limits));
        redis.restart();
        Patience.until("Redis is back", () -> {
            try {
                return limits.tryAcquire("another");
            } catch (CacheException e) {
                return false;
            }
        });
        assertEquals(10, taken(limits));
    }

    private static int taken(RateLimits limits) {
        int taken = 0;
        while (limits.tryAcquire("ann")) {
            taken++;
        }
        return taken;
    }

    private static RateLimits limits(CacheManager node, long capacity) {
        return new RateLimits(node, Demand.ofAll("any", capacity, 1).limit());
    }

    private CacheManager node(String name) {
        Properties properties = new Properties();
        properties.setProperty("tiered-jcache.redis.uri", redis.uri());
        // What a slow machine does must not look like an outage.
        properties.setProperty("tiered-jcache.redis.command-timeout", "5s");
        return provider.getCacheManager(URI.create("node:" + name), getClass().getClassLoader(), properties);
    }
}
