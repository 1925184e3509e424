package io.github.tieredjcache.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import org.junit.jupiter.api.Test;

class RedisFailoverTest {
    @Test
    void theReplicaHasTheDataOfTheMasterAndTakesOver() {
        try (RedisFailover redis = RedisFailover.startWithSentinels(3, "--requirepass", "s3cret")) {
            RedisServer first = redis.master();
            RedisServer second = redis.replica();
            first.command("SET", "key", "value");
            redis.awaitReplicated();
            assertEquals("value", second.command("GET", "key"));
            assertThrows(IllegalStateException.class, () -> second.command("SET", "key", "other"), "it is a replica");

            first.kill();

            assertEquals(second, redis.awaitFailover());
            assertEquals("OK", second.command("SET", "key", "other"));
            // A sentinel that does not know it yet takes the first for the master again, and the second for its
            // replica.
            Crew.until(() -> redis.sentinels().stream().allMatch(each -> names(each, second)));
            first.restart();
            redis.awaitReplicated();
            assertEquals("other", first.command("GET", "key"));
            assertTrue(redis.uri().startsWith("redis-sentinel://:s3cret@127.0.0.1:"), redis.uri());
            assertTrue(redis.uri().endsWith("?sentinelPassword=s3cret#mymaster"), redis.uri());
            assertFalse(redis.toString().contains("s3cret"), redis.toString());
        }
    }

    private static boolean names(RedisServer sentinel, RedisServer master) {
        return Integer.toString(master.port())
                .equals(sentinel.list("SENTINEL", "GET-MASTER-ADDR-BY-NAME", "mymaster")
                        .get(1));
    }
}
