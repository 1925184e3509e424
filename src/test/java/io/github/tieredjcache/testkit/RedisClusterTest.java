package io.github.tieredjcache.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
}
