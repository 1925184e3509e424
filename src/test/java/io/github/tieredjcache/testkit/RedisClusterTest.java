package io.github.tieredjcache.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RedisClusterTest {
    @Test
    void aSlotMovesWithItsKeysAndAReplicaTakesOver() {
        try (RedisCluster redis = RedisCluster.start(3, 1, "--requirepass", "s3cret")) {
            String key = "{b}:key";
            int slot = redis.slot(key);
            RedisServer first = redis.masters().get(0);
            RedisServer second = redis.masters().get(1);
            assertEquals(first, redis.owner(slot));
            first.command("SET", key, "value");
            redis.move(slot, second);
            assertEquals(second, redis.owner(slot));
            assertEquals("value", second.command("GET", key));
            assertThrows(IllegalStateException.class, () -> first.command("GET", key), "it has moved");

            redis.takeAway(slot, redis.masters().get(2));
            assertNull(redis.masters().get(2).command("GET", key));
            redis.move(slot, first);
            first.command("SET", key, "other");
            redis.awaitReplicated(redis.replicas().get(0));
            first.kill();

            RedisServer next = redis.awaitFailover(slot);
            assertNotEquals(first, next);
            assertEquals("other", next.command("GET", key));
            assertTrue(redis.uri().startsWith("redis-cluster://:s3cret@127.0.0.1:"), redis.uri());
            assertFalse(redis.toString().contains("s3cret"), redis.toString());
        }
    }

    @Test
    void eachMasterGivesWayToItsReplicaAndTakesItsPlaceBack() {
        try (RedisCluster redis = RedisCluster.startReplicated(3)) {
            for (RedisServer master : redis.masters()) {
                String key = keyOf(redis, master);
                master.command("SET", key, "value");
                RedisServer next = redis.failOver(master);
                assertTrue(redis.replicas().contains(next));
                assertEquals(next, redis.owner(redis.slot(key)));
                assertEquals("value", next.command("GET", key));
                assertEquals(master, redis.replicaOf(next));
                assertEquals(master, redis.failOver(next));
                assertEquals(master, redis.owner(redis.slot(key)));
            }
        }
    }

    @Test
    void aReplicaTakesOverFromADeadMasterOnceItMay() {
        try (RedisCluster redis = RedisCluster.startReplicated(3)) {
            RedisServer master = redis.masters().get(1);
            RedisServer replica = redis.replicaOf(master);
            String key = keyOf(redis, master);
            int slot = redis.slot(key);
            master.command("SET", key, "value");
            redis.awaitReplicated(replica);
            redis.letFailOver(master);
            master.kill();
            assertEquals(replica, redis.awaitFailover(slot));
            assertEquals("value", replica.command("GET", key));
        }
    }

    @Test
    void aFurtherMasterGetsSlotsWithTheirKeys() {
        try (RedisCluster redis = RedisCluster.start(2, 0)) {
            Set<Integer> slots = new HashSet<>();
            for (RedisServer master : redis.masters()) {
                String key = keyOf(redis, master);
                master.command("SET", key, "value");
                slots.add(redis.slot(key));
            }
            Map<String, Integer> keys = redis.keys("*key*");
            assertEquals(slots, Set.copyOf(keys.values()));
            RedisServer added = redis.addMaster();
            assertEquals(3, redis.masters().size());
            assertEquals(2, redis.moveAll(slots, added));
            assertEquals(0, redis.moveAll(slots, added), "they are there");
            slots.forEach(each -> assertEquals(Map.of(each, added), redis.owners(Set.of(each))));
            assertEquals(keys, redis.keys("*key*"));
            keys.keySet().forEach(each -> assertEquals("value", added.command("GET", each)));
        }
    }

    @Test
    void aMasterThatIsRemovedLeavesItsKeysAndItsReplicaToTheOthers() {
        try (RedisCluster redis = RedisCluster.startReplicated(3)) {
            Set<Integer> slots = new HashSet<>();
            for (RedisServer master : redis.masters()) {
                String key = keyOf(redis, master);
                master.command("SET", key, "value");
                slots.add(redis.slot(key));
            }
            RedisServer leaver = redis.masters().get(0);
            RedisServer replica = redis.replicaOf(leaver);
            redis.removeMaster(leaver);
            assertEquals(2, redis.masters().size());
            assertFalse(redis.masters().contains(leaver));
            assertFalse(redis.uri().contains(":" + leaver.port()), redis.uri());
            Map<Integer, RedisServer> owners = redis.owners(slots);
            assertEquals(slots, owners.keySet());
            assertEquals(Set.copyOf(redis.masters()), Set.copyOf(owners.values()));
            redis.keys("*key*")
                    .forEach((key, slot) ->
                            assertEquals("value", owners.get(slot).command("GET", key)));
            assertTrue(
                    redis.masters().stream().anyMatch(each -> ClusterNode.follows(replica, each)), replica::toString);
            assertEquals(0, leaver.number("DBSIZE"));
            assertTrue(String.valueOf(leaver.command("CLUSTER", "INFO")).contains("cluster_known_nodes:1\r"));
        }
    }

    /** Returns a key that a master serves. */
    private static String keyOf(RedisCluster redis, RedisServer master) {
        return IntStream.range(0, 1_000)
                .mapToObj(i -> "key " + i)
                .filter(each -> redis.owner(redis.slot(each)) == master)
                .findFirst()
                .orElseThrow();
    }
}
