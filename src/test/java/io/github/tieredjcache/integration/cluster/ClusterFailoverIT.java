package io.github.tieredjcache.integration.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.OutagePolicy;
import io.github.tieredjcache.TieredSetting;
import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import io.github.tieredjcache.integration.Attempt;
import io.github.tieredjcache.integration.LogLines;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.integration.PartitionKeys;
import io.github.tieredjcache.testkit.RedisCluster;
import io.github.tieredjcache.testkit.RedisServer;
import java.time.Duration;
import javax.cache.Cache;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A Redis Cluster of which a master dies, or gives way to its replica. */
class ClusterFailoverIT {
    private static final String PASSWORD = "s3cret-w0rd";

    private final RedisCluster redis = RedisCluster.start(3, 1, "--requirepass", PASSWORD);
    private final RedisServer first = redis.masters().get(0);
    private final RedisServer replica = redis.replicas().get(0);
    private final String name = "orders";
    private final String key = PartitionKeys.on(redis, first);
    private final String elsewhere = PartitionKeys.on(redis, redis.other(first));
    private final int slot = PartitionKeys.slot(key);
    private final Node node = new Node(redis.uri());
    private final LogLines log = new LogLines();

    @AfterEach
    void closes() {
        log.close();
        node.close();
        redis.close();
        log.lines().forEach(line -> assertFalse(line.contains(PASSWORD), line));
    }

    @Test
    @DisplayName("F42: the replica of a master takes over; the entries of other masters are not affected")
    @Covers(FaultRow.F42)
    void aReplicaTakesOver() {
        Cache<String, String> cache = node.strings(name);
        Cache<String, String> local = node.cache(
                name + ".local", String.class, String.class, settings -> settings.outagePolicy(OutagePolicy.LOCAL));
        Cache<String, String> emptied = node.cache(
                name + ".emptied",
                String.class,
                String.class,
                settings -> settings.with(TieredSetting.OUTAGE_FAILOVER_REPAIR, true));
        cache.put(key, "value");
        emptied.put(key, "value");
        emptied.put(elsewhere, "value");
        local.put(key, "value");
        cache.put(elsewhere, "value");
        redis.awaitReplicated(replica);
        first.kill();
        assertEquals("value", cache.get(elsewhere));
        assertEquals("value", local.get(key), "no caller notices");
        assertEquals(replica, redis.awaitFailover(slot));
        Crew.until(() -> Attempt.succeeds(() -> assertEquals("value", cache.get(key))));
        Crew.until(() -> Attempt.succeeds(() -> assertNull(emptied.get(key))));
        cache.put(key, "new");
        assertTrue(replica.number("DBSIZE") > 0);
        assertEquals("new", cache.get(key));
        assertEquals("value", cache.get(elsewhere));
        assertEquals("value", emptied.get(elsewhere), "only the partitions of the other server are emptied");
        assertTrue(
                log.lines().stream().anyMatch(line -> line.contains("another server than before")),
                () -> String.join("\n", log.lines()));
    }

    @Test
    @DisplayName("F35: a planned failover inside the cluster costs no caller an exception; what was written is there")
    @Covers(FaultRow.F35)
    void aPlannedFailoverCostsNoException() {
        Cache<String, String> cache = node.strings(name);
        cache.put("before", "value");
        replica.command("CLUSTER", "FAILOVER");
        int i = 0;
        while (redis.owner(slot) != replica) {
            cache.put(i++ % 2 == 0 ? key : "key " + i % 10, "value");
        }
        cache.put("after", "value");
        try (Node another = new Node(redis.uri())) {
            Cache<String, String> there = another.strings(name);
            assertEquals("value", there.get("before"));
            assertEquals("value", there.get("after"));
        }
    }

    @Test
    @DisplayName("F44: an owner that was frozen while its replica took over is abandoned")
    @Covers(FaultRow.F44)
    void aFrozenMasterIsReplacedByItsReplica() {
        // So long that the connection is not given up meanwhile.
        Cache<String, String> cache = node.cache(
                name, String.class, String.class, settings -> settings.commandTimeout(Duration.ofSeconds(30)));
        cache.put(key, "old");
        assertEquals("old", cache.get(key));
        redis.awaitReplicated(replica);
        first.pause();
        Crew.until(() -> redis.serves(replica, slot));
        first.resume();
        cache.put(key, "new");
        assertEquals("new", cache.get(key));
        assertNotEquals(0, replica.list("KEYS", "*" + name + "*").size());
        Crew.until(() -> !redis.serves(first, slot));
    }
}
