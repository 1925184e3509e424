package io.github.tieredjcache.micrometer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.OutagePolicy;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.testkit.RedisServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import javax.cache.Cache;
import javax.cache.integration.CacheLoaderException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The meters of two nodes on one Redis, after a known sequence of operations. */
class TwoNodesMetricsIT {
    private final RedisServer redis = RedisServer.startLocal();
    private final Node one = new Node(redis);
    private final Node other = new Node(redis);
    private final SimpleMeterRegistry ofOne = new SimpleMeterRegistry();
    private final SimpleMeterRegistry ofOther = new SimpleMeterRegistry();

    @AfterEach
    void close() {
        one.close();
        other.close();
        redis.close();
    }

    @Test
    void eachNodeShowsItsExactNumbers() {
        Cache<String, String> here = cache(one);
        Cache<String, String> there = cache(other);
        TieredCacheMetrics.monitor(ofOne, one.manager());
        TieredCacheMetrics.monitor(ofOther, there);

        assertEquals("of a", here.get("a")); // neither near nor in Redis: loaded
        assertEquals("of a", here.get("a")); // near
        assertEquals("of a", there.get("a")); // in Redis
        assertEquals("of a", there.get("a")); // near
        assertEquals("of a", there.get("a")); // near
        here.put("a", "new");
        Crew.until(() -> "new".equals(there.get("a"))); // near until the invalidation, then from Redis

        Map<String, Double> counts = Readings.counts(ofOne, "orders");
        assertTrue(counts.remove("tiered.cache.remote.latency count") >= 2);
        forgetWhatRedisAndMemoryDoInTheirOwnTime(counts);
        assertEquals(
                new TreeMap<>(Map.of(
                        "tiered.cache.recent.hit.percentage", 50.0,
                        "tiered.cache.near.hits", 1.0,
                        "tiered.cache.remote.misses", 1.0,
                        "tiered.cache.loads", 1.0,
                        "tiered.cache.near.latency count", 1.0,
                        "tiered.cache.source.latency count", 1.0,
                        "tiered.cache.staleness.bound", 2.0)),
                counts);

        counts = Readings.counts(ofOther, "orders");
        assertTrue(counts.remove("tiered.cache.near.hits") >= 2);
        assertTrue(counts.remove("tiered.cache.near.latency count") >= 2);
        assertTrue(counts.remove("tiered.cache.remote.latency count") >= 3);
        forgetWhatRedisAndMemoryDoInTheirOwnTime(counts);
        assertEquals(
                new TreeMap<>(Map.of(
                        "tiered.cache.recent.hit.percentage", 100.0,
                        "tiered.cache.remote.hits", 2.0,
                        "tiered.cache.invalidations", 1.0,
                        "tiered.cache.staleness.bound", 2.0)),
                counts);
    }

    @Test
    void aFailedLoadIsCountedAsFailed() {
        Cache<String, String> cache = TieredCacheMetrics.monitor(ofOne, cache(one));
        assertThrows(CacheLoaderException.class, () -> cache.get("fails"));

        Map<String, Double> counts = Readings.counts(ofOne, "orders");
        assertTrue(counts.remove("tiered.cache.remote.latency count") >= 2);
        forgetWhatRedisAndMemoryDoInTheirOwnTime(counts);
        // The load lease is released without waiting for a reply, so its invalidation may arrive during the fetch.
        counts.remove("tiered.cache.invalidations");
        assertEquals(
                new TreeMap<>(Map.of(
                        "tiered.cache.remote.misses", 1.0,
                        "tiered.cache.loads", 1.0,
                        "tiered.cache.recent.load.failures", 1.0,
                        "tiered.cache.load.failures", 1.0,
                        "tiered.cache.source.latency count", 1.0,
                        "tiered.cache.staleness.bound", 2.0)),
                counts);
    }

    @Test
    void anOutageIsShownWhileItLastsAndCountedAfterwards() {
        Cache<String, String> cache = cache(one);
        TieredCacheMetrics.monitor(ofOne, cache);
        cache.get("a");
        assertEquals(0, ofOne.get("tiered.cache.remote.unavailable").gauge().value());

        redis.kill();
        Crew.until(() -> ofOne.get("tiered.cache.remote.unavailable").gauge().value() == 1);
        cache.put("a", "1");
        cache.put("b", "1");
        assertEquals(
                2, ofOne.get("tiered.cache.local.operations").functionCounter().count());
        assertEquals(2, ofOne.get("tiered.cache.journaled.keys").gauge().value());

        redis.restart();
        Crew.until(() -> ofOne.get("tiered.cache.remote.unavailable").gauge().value() == 0);
        Crew.until(() -> ofOne.get("tiered.cache.journaled.keys").gauge().value() == 0);
        assertEquals(
                2, ofOne.get("tiered.cache.recovery.removals").functionCounter().count());
        assertEquals(
                1, ofOne.get("tiered.cache.remote.outages").functionCounter().count());
    }

    private static void forgetWhatRedisAndMemoryDoInTheirOwnTime(Map<String, Double> counts) {
        counts.remove("tiered.cache.own.invalidations");
        counts.remove("tiered.cache.near.entries");
    }

    private static Cache<String, String> cache(Node node) {
        return node.cache(
                "orders",
                String.class,
                String.class,
                builder -> builder.readThrough(Source::new)
                        .statistics(true)
                        .outagePolicy(OutagePolicy.LOCAL)
                        .stalenessBound(Duration.ofSeconds(2)));
    }
}
