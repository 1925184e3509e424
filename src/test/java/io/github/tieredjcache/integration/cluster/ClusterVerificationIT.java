package io.github.tieredjcache.integration.cluster;

import static io.github.tieredjcache.Crew.until;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.OutagePolicy;
import io.github.tieredjcache.TieredSetting;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.integration.PartitionKeys;
import io.github.tieredjcache.integration.Rows;
import io.github.tieredjcache.management.TieredCacheMXBean;
import io.github.tieredjcache.testkit.RedisCluster;
import io.github.tieredjcache.testkit.RedisServer;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import javax.cache.Cache;
import javax.management.JMX;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Entries on all masters of a Redis Cluster are compared with the source, each in its own partition. */
class ClusterVerificationIT {
    private static final int PER_MINUTE_MAX = 600;
    private static RedisCluster redis;

    private final Node here = new Node(redis.uri());
    private final Node there = new Node(redis.uri());
    private final Rows rows = new Rows();
    private int reads;

    @BeforeAll
    static void starts() {
        redis = RedisCluster.start(3, 0);
    }

    @AfterEach
    void closes() {
        here.close();
        there.close();
    }

    @AfterAll
    static void ends() {
        redis.close();
    }

    @Test
    void aDirectChangeOfARowIsFoundOnEachMasterWithTheLastWriterOfItsEntry() throws Exception {
        Cache<String, String> reader = verified(here, "found");
        Cache<String, String> writer = verified(there, "found");
        TieredCacheMXBean bean = bean(reader);
        List<String> keys = redis.masters().stream()
                .map(each -> PartitionKeys.on(redis, each))
                .toList();
        for (String each : keys) {
            writer.put(each, "a value");
            rows.all.put(each, "changed directly");
        }
        until(() -> {
            read(reader, keys);
            return differing(bean).count() == keys.size();
        });
        for (String each : keys) {
            String node = bean.explain(each).getLastWriter();
            assertNotEquals("this node", node);
            assertTrue(
                    differing(bean)
                            .anyMatch(
                                    line -> line.startsWith("'" + each + "'") && line.endsWith("last writer " + node)),
                    () -> String.join("\n", bean.verificationReport()));
        }
    }

    @Test
    void entriesOfOtherMastersAreComparedWhileOneMasterIsFrozen() throws Exception {
        Cache<String, String> cache = verified(here, "frozen");
        TieredCacheMXBean bean = bean(cache);
        RedisServer frozen = redis.masters().get(0);
        String unavailable = PartitionKeys.on(redis, frozen);
        String available = PartitionKeys.on(redis, redis.masters().get(1));
        for (String each : List.of(unavailable, available)) {
            cache.put(each, "a value");
            rows.all.put(each, "changed directly");
        }
        frozen.pause();
        try {
            // By this policy the near copy is read meanwhile.
            until(() -> {
                read(cache, List.of(unavailable, available));
                return differing(bean).count() == 1;
            });
            assertTrue(
                    differing(bean).allMatch(each -> each.startsWith("'" + available + "'")),
                    () -> String.join("\n", bean.verificationReport()));
        } finally {
            frozen.resume();
        }
        assertEquals("a value", cache.get(available));
    }

    /** Reads one of the keys, each in its turn: the first hit after a comparison is the next one that is compared. */
    private void read(Cache<String, String> cache, List<String> keys) {
        assertNotNull(cache.get(keys.get(reads++ % keys.size())));
    }

    private Cache<String, String> verified(Node node, String name) {
        return node.cache(
                name,
                String.class,
                String.class,
                settings -> settings.with(TieredSetting.LOAD_VERIFY_PER_MINUTE, node == here ? PER_MINUTE_MAX : 0)
                        .outagePolicy(OutagePolicy.LOCAL)
                        .commandTimeout(Duration.ofSeconds(2))
                        .readThrough(() -> rows)
                        .writeThrough(() -> rows)
                        .statistics(true));
    }

    /** Returns the lines about single keys. */
    private static Stream<String> differing(TieredCacheMXBean bean) {
        return Stream.of(bean.verificationReport()).filter(each -> each.startsWith("'"));
    }

    private static TieredCacheMXBean bean(Cache<?, ?> cache) throws Exception {
        return JMX.newMXBeanProxy(
                ManagementFactory.getPlatformMBeanServer(),
                new ObjectName("io.github.tieredjcache:type=Cache,CacheManager="
                        + cache.getCacheManager().getURI() + ",Cache=" + cache.getName()),
                TieredCacheMXBean.class);
    }
}
