package io.github.tieredjcache.integration.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.OutagePolicy;
import io.github.tieredjcache.TierStatistics;
import io.github.tieredjcache.TieredSetting;
import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import io.github.tieredjcache.integration.Attempt;
import io.github.tieredjcache.integration.LogLines;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.integration.Rows;
import io.github.tieredjcache.testkit.FaultProxy;
import io.github.tieredjcache.testkit.RedisCluster;
import io.github.tieredjcache.testkit.RedisServer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import javax.cache.Cache;
import javax.cache.CacheException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A Redis at a name that leads to another server than before, or to one that cannot be used. */
class OtherServerIT {
    @Test
    @DisplayName(
            "F35: a demoted master is left at its first refusal, and the call is made again where its name leads now")
    @Covers(FaultRow.F35)
    void aDemotedMasterIsAbandonedAtItsFirstReadonlyError() {
        try (RedisServer next = RedisServer.startLocal();
                RedisServer first = RedisServer.startLocal();
                FaultProxy endpoint = FaultProxy.inFrontOf(first);
                Node there = new Node(endpoint.uri())) {
            Cache<String, String> cache = failing(there, "moved");
            cache.put("key", "old");
            follow(next, first);
            // An endpoint of a managed service: the master is demoted, connections stay, and new ones lead to its
            // successor.
            next.command("REPLICAOF", "NO", "ONE");
            endpoint.leadTo(next);
            first.command("REPLICAOF", "127.0.0.1", Integer.toString(next.port()));
            cache.putAll(Map.of("a", "1", "b", "2"));
            cache.put("key", "new");
            assertTrue(cache.replace("key", "new", "newer"));
            assertEquals("newer", cache.get("key"));
            assertEquals(Map.of("a", "1", "b", "2"), cache.getAll(Set.of("a", "b")));
            assertEquals(0, cache.unwrap(TierStatistics.class).remoteOutages(), "no outage was reported");
        }
    }

    @Test
    @DisplayName("F35: while the name still leads to the demoted master, Redis is unavailable")
    void aReplicaIsNotUsedAsMaster() {
        try (RedisServer other = RedisServer.startLocal();
                RedisServer only = RedisServer.startLocal();
                Node there = new Node(only)) {
            Cache<String, String> strict = failing(there, "strict");
            Cache<String, String> local = there.cache(
                    "local", String.class, String.class, settings -> settings.outagePolicy(OutagePolicy.LOCAL));
            strict.put("key", "value");
            local.put("key", "value");
            follow(only, other);
            // A connection that only reads gets no error; it detects the change itself.
            Crew.until(() -> local.unwrap(TierStatistics.class).isRemoteUnavailable());
            CacheException refused = assertThrows(CacheException.class, () -> strict.put("key", "other"));
            assertTrue(refused.getMessage().contains("it is a replica, not the master"), refused.getMessage());
            local.put("key", "here");
            assertEquals("here", local.get("key"));
            only.command("REPLICAOF", "NO", "ONE");
            Crew.until(() -> Attempt.succeeds(() -> strict.put("key", "after")));
            assertEquals("after", strict.get("key"));
        }
    }

    @Test
    @DisplayName("F43: with failover-repair a removal that was not replicated to the new master is not undone")
    @Covers(FaultRow.F43)
    void aRemovalLostInAFailoverDoesNotComeBack() {
        try (RedisServer first = RedisServer.startLocal();
                RedisServer next = RedisServer.startLocal();
                FaultProxy endpoint = FaultProxy.inFrontOf(first);
                Node here = new Node(endpoint.uri());
                Node there = new Node(endpoint.uri());
                LogLines log = new LogLines()) {
            Rows rows = new Rows();
            Cache<String, String> repaired = repaired(here, rows);
            Cache<String, String> elsewhere = repaired(there, rows);
            Cache<String, String> plain = failing(here, "plain");
            for (Cache<String, String> each : List.of(repaired, plain)) {
                each.put("removed", "resurrected");
                each.put("kept", "old");
            }
            rows.all.put("kept", "the source's");
            assertEquals("old", elsewhere.get("kept"));
            follow(next, first);
            next.command("REPLICAOF", "NO", "ONE");
            repaired.remove("removed");
            plain.remove("removed");
            endpoint.leadTo(next);
            first.kill();
            Crew.until(() -> Attempt.succeeds(() -> plain.get("removed")));
            assertEquals("resurrected", plain.get("removed"), "or the removal was not lost, and nothing is tested");
            Crew.until(() -> Attempt.succeeds(() -> assertNull(repaired.get("removed"))));
            assertEquals("the source's", repaired.get("kept"));
            repaired.put("removed", "again");
            Crew.until(() -> Attempt.succeeds(() -> assertEquals("again", elsewhere.get("removed"))));
            assertEquals("again", repaired.get("removed"), "the second node has not emptied it once more");
            assertEquals(
                    1,
                    count(log, "the cache tiered-jcache:repaired is empty in Redis"),
                    () -> String.join("\n", log.lines()));
            // A connection that was cut leads to the same server as before, and nothing is forgotten.
            endpoint.reset();
            Crew.until(() -> Attempt.succeeds(() -> assertEquals("again", repaired.get("removed"))));
            Crew.until(() -> Attempt.succeeds(() -> elsewhere.containsKey("other")));
            assertEquals("again", elsewhere.getAndRemove("removed"));
        }
    }

    @Test
    @DisplayName("With failover-repair the log says once a connection that the data set is another, for all caches")
    void anotherDataSetIsLoggedOnceForAllCaches() {
        try (RedisServer redis = RedisServer.startLocal();
                Node node = new Node(redis);
                LogLines log = new LogLines()) {
            List<Cache<String, String>> caches = threeRepaired(node);
            for (int times = 1; times <= 2; times++) {
                caches.forEach(each -> each.put("key", "value"));
                // A promotion gives it another replication ID.
                redis.command("REPLICAOF", "127.0.0.1", "1");
                redis.command("REPLICAOF", "NO", "ONE");
                redis.command("CLIENT", "KILL", "TYPE", "normal");
                caches.forEach(each -> Crew.until(() -> isEmpty(each)));
                assertEquals(times, count(log, "is empty in Redis at"), () -> String.join("\n", log.lines()));
            }
        }
    }

    @Test
    @DisplayName("With failover-repair a Redis without memory that has another data set is empty, and can be read")
    void anotherDataSetIsReadFromARedisWithoutMemory() {
        try (RedisServer redis = RedisServer.startLocal();
                Node node = new Node(redis)) {
            Cache<String, String> cache = repaired(node, new Rows());
            cache.put("key", "value");
            redis.command("CONFIG", "SET", "maxmemory", "1");
            redis.command("REPLICAOF", "127.0.0.1", "1");
            redis.command("REPLICAOF", "NO", "ONE");
            redis.command("CLIENT", "KILL", "TYPE", "normal");
            Crew.until(() -> isEmpty(cache));
        }
    }

    @Test
    @DisplayName(
            "With failover-repair the log says once a connection that the server hides its data set, for all caches")
    void aHiddenReplicationIdIsLoggedOnceForAllCaches() {
        try (RedisServer redis = RedisServer.startLocal()) {
            redis.command("ACL", "SETUSER", "default", "-info");
            try (Node node = new Node(redis);
                    LogLines log = new LogLines()) {
                for (Cache<String, String> each : threeRepaired(node)) {
                    each.put("key", "value");
                    assertEquals("value", each.get("key"));
                }
                assertEquals(1, count(log, "does not report its replication ID"), () -> String.join("\n", log.lines()));
            }
        }
    }

    @Test
    @DisplayName("F16: a Redis that comes back empty is said to be another one, and to be empty")
    void aRedisThatRestartsEmptyIsLoggedAsEmpty() {
        try (RedisServer redis = RedisServer.startLocal();
                Node node = new Node(redis);
                LogLines log = new LogLines()) {
            Cache<String, String> cache = failing(node, "restarted");
            cache.put("key", "value");
            redis.restart();
            Crew.until(() -> Attempt.succeeds(() -> assertNull(cache.get("key"))));
            Crew.until(() -> log.lines().stream()
                    .anyMatch(line -> line.contains("another server than before, or started again, and empty")));
        }
    }

    @Test
    @DisplayName(
            "A node of a Redis Cluster that is named as a single Redis is refused with one line that says so; by local the cache continues, by fail it throws")
    void aClusterAtTheUriOfASingleRedisIsRefusedWithTheCure() {
        try (RedisCluster complete = RedisCluster.start(1, 0);
                LogLines log = new LogLines()) {
            RedisServer cluster = complete.masters().get(0);
            try (Node node = new Node(cluster.uri())) {
                Cache<String, String> strict = failing(node, "strict");
                Cache<String, String> local = node.cache(
                        "local", String.class, String.class, settings -> settings.outagePolicy(OutagePolicy.LOCAL));
                CacheException refused = assertThrows(CacheException.class, () -> strict.put("key", "value"));
                String place = "127.0.0.1:" + cluster.port();
                assertTrue(refused.getMessage()
                        .contains("a node of a Redis Cluster; name the cluster, like redis-cluster://"));
                assertTrue(refused.getMessage().contains("redis.uri is redis://" + place), refused.getMessage());
                for (int i = 0; i < 100; i++) {
                    local.put("key " + i, "value");
                    assertEquals("value", local.get("key " + i));
                }
                assertEquals(0, cluster.number("DBSIZE"));
                assertEquals(1, log.lines().size(), () -> String.join("\n", log.lines()));
                assertTrue(
                        log.lines().get(0).contains("Redis Cluster"),
                        log.lines().get(0));
                assertTrue(
                        log.lines().get(0).contains("redis.uri is redis://" + place),
                        log.lines().get(0));
            }
        }
    }

    @Test
    @DisplayName("A single Redis that is named as a cluster is refused in the same way")
    void aSingleRedisAtTheUriOfAClusterIsRefusedWithTheCure() {
        try (RedisServer single = RedisServer.startLocal("--requirepass", "s3cret");
                LogLines log = new LogLines()) {
            String place = "redis-cluster://127.0.0.1:" + single.port();
            try (Node node = new Node(place.replace("//", "//:s3cret@"))) {
                Cache<String, String> strict = failing(node, "strict");
                CacheException refused = assertThrows(CacheException.class, () -> strict.put("key", "value"));
                assertTrue(
                        refused.getMessage().contains("it is no Redis Cluster; name a single Redis like redis://host"),
                        refused.getMessage());
                assertTrue(refused.getMessage().contains("redis.uri is " + place), refused.getMessage());
                assertEquals(0, single.number("DBSIZE"));
                assertEquals(1, log.lines().size(), () -> String.join("\n", log.lines()));
                assertFalse(log.lines().get(0).contains("s3cret"), log.lines().get(0));
            }
        }
    }

    private static Cache<String, String> repaired(Node node, Rows rows) {
        return node.cache(
                "repaired",
                String.class,
                String.class,
                settings -> settings.with(TieredSetting.OUTAGE_FAILOVER_REPAIR, true)
                        .readThrough(() -> rows));
    }

    private static List<Cache<String, String>> threeRepaired(Node node) {
        return Stream.of("one", "two", "three")
                .map(name -> node.cache(
                        name,
                        String.class,
                        String.class,
                        settings -> settings.with(TieredSetting.OUTAGE_FAILOVER_REPAIR, true)))
                .toList();
    }

    private static boolean isEmpty(Cache<String, String> cache) {
        try {
            return cache.get("key") == null;
        } catch (CacheException e) {
            return false;
        }
    }

    private static long count(LogLines log, String part) {
        return log.lines().stream().filter(line -> line.contains(part)).count();
    }

    /** Fails when Redis does, so that nothing that it answers comes from elsewhere. */
    private static Cache<String, String> failing(Node node, String name) {
        return node.strings(name);
    }

    private static void follow(RedisServer replica, RedisServer master) {
        master.command("CONFIG", "SET", "repl-diskless-sync-delay", "0");
        replica.command("REPLICAOF", "127.0.0.1", Integer.toString(master.port()));
        Crew.until(() -> String.valueOf(replica.command("INFO", "replication")).contains("master_link_status:up"));
    }
}
