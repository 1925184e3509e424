package io.github.tieredjcache.integration.coherence;

import static io.github.tieredjcache.Crew.until;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.TierStatistics;
import io.github.tieredjcache.TieredSetting;
import io.github.tieredjcache.integration.LogLines;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.integration.Rows;
import io.github.tieredjcache.management.TieredCacheMXBean;
import io.github.tieredjcache.testkit.CommandCounts;
import io.github.tieredjcache.testkit.RedisServer;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.cache.Cache;
import javax.management.JMX;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A sample of the hits is compared with the source: changes that passed the cache by are found, and nothing else. */
class SourceVerificationIT {
    private static final String KEY = "order:7";
    private static final int PER_MINUTE_MAX = 600;

    private final RedisServer redis = RedisServer.startLocal();
    private final AtomicLong skippedNanos = new AtomicLong();
    private final Node here = new Node(redis, () -> System.nanoTime() + skippedNanos.get());
    private final Node there = new Node(redis);
    private final Rows rows = new Rows();

    @AfterEach
    void close() {
        here.close();
        there.close();
        redis.close();
    }

    @Test
    void aDirectChangeOfTheSourceIsFoundWithItsLastWriter() throws Exception {
        Cache<String, String> reader = verified(here, PER_MINUTE_MAX);
        Cache<String, String> writer = verified(there, 0);
        TieredCacheMXBean bean = JMX.newMXBeanProxy(
                ManagementFactory.getPlatformMBeanServer(),
                new ObjectName("io.github.tieredjcache:type=Cache,CacheManager=clocked,Cache=verified"),
                TieredCacheMXBean.class);
        writer.put(KEY, "a value");
        try (LogLines log = new LogLines()) {
            until(() -> reader.get(KEY) != null && numbers(reader).sourceChecks() >= 2);
            assertEquals(0, numbers(reader).sourceMismatches());
            rows.all.put(KEY, "changed directly");
            until(() -> reader.get(KEY) != null && numbers(reader).sourceMismatches1s() > 0);
            skippedNanos.addAndGet(Duration.ofSeconds(10).toNanos());
            until(() -> reader.get(KEY) != null && !log.lines().isEmpty());
            assertTrue(numbers(reader).sourceMismatches10s() > 0);
            String node = bean.explain(KEY).getLastWriter();
            assertNotEquals("this node", node);
            String line = log.lines().get(0);
            assertTrue(line.startsWith("WARNING cache 'verified': Redis has held another value"), line);
            assertTrue(line.contains("'order:7'") && line.contains("last by node " + node), line);
            assertTrue(!line.contains("a value") && !line.contains("changed directly"), line);
            String[] report = bean.verificationReport();
            assertEquals(3, report.length, () -> String.join("\n", report));
            assertTrue(report[1].startsWith("of "), report[1]);
            assertTrue(report[2].startsWith("'order:7' has differed from the source for at least 1"), report[2]);
            assertTrue(report[2].endsWith("last writer " + node), report[2]);
        }
        writer.put(KEY, "written through the cache");
        until(() -> reader.get(KEY) != null && bean.verificationReport().length == 2);
    }

    @Test
    void aComparisonChangesNothingInRedisAndCountsNoLoad() {
        Cache<String, String> cache = verified(here, PER_MINUTE_MAX);
        rows.all.put(KEY, "loaded");
        assertEquals("loaded", cache.get(KEY));
        TierStatistics numbers = numbers(cache);
        CommandCounts counts =
                CommandCounts.during(redis, () -> until(() -> cache.get(KEY) != null && numbers.sourceChecks() >= 5));
        assertTrue(counts.of("getrange") >= 5, () -> counts.of("getrange") + " reads");
        for (String each : List.of("set", "evalsha", "eval", "pexpire", "unlink", "del")) {
            assertEquals(0, counts.of(each), each);
        }
        assertEquals(1, numbers.loads());
        assertEquals(1, numbers.sourceLatency().count());
        assertEquals(1, numbers.remoteMisses());
        assertEquals(0, numbers.remoteHits());
        assertTrue(rows.loads.get() >= 6, () -> rows.loads.get() + " calls");
    }

    @Test
    void byDefaultNothingIsComparedWithTheSource() {
        Cache<String, String> cache = verified(here, 0);
        rows.all.put(KEY, "loaded");
        for (int i = 0; i < 1_000; i++) {
            assertEquals("loaded", cache.get(KEY));
        }
        assertEquals(1, rows.loads.get());
        assertArrayEquals(
                new long[] {0, 0},
                new long[] {numbers(cache).sourceChecks(), numbers(cache).nearChecks()});
    }

    private Cache<String, String> verified(Node node, int perMinute) {
        return node.cache(
                "verified",
                String.class,
                String.class,
                settings -> settings.with(TieredSetting.LOAD_VERIFY_PER_MINUTE, perMinute)
                        .readThrough(() -> rows)
                        .writeThrough(() -> rows)
                        .statistics(true));
    }

    private static TierStatistics numbers(Cache<?, ?> cache) {
        return cache.unwrap(TierStatistics.class);
    }
}
