package io.github.tieredjcache.internal.remote.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.RemoteUnavailableException;
import io.github.tieredjcache.integration.LogLines;
import io.github.tieredjcache.internal.remote.connection.CommandExecutor;
import io.github.tieredjcache.testkit.RedisCluster;
import io.github.tieredjcache.testkit.RedisServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The number of partitions that the nodes of one cache agree on. */
class PartitionCountIT {
    private final RedisCluster redis = RedisCluster.start(2, 0);
    private final RemoteFixture node = new RemoteFixture(redis.uri(), RemoteFixture.LONG_TIMEOUT);
    private final LogLines log = new LogLines();

    @AfterEach
    void closes() {
        log.close();
        node.close();
        redis.close();
    }

    @Test
    void theFirstNodeDecidesAndANodeWithAnotherNumberFollowsAndSaysSo() {
        CommandExecutor first = node.firstPartition();
        assertEquals(64, PartitionCount.of(first, "test", "orders", 64).count());
        PartitionCount other = PartitionCount.of(first, "test", "orders", 128);
        assertEquals(64, other.count());
        other.require();
        assertTrue(
                log.lines().stream()
                        .anyMatch(line -> line.contains("cache 'orders' has 64 partitions in Redis")
                                && line.contains("so redis.cluster.partitions 128 has no effect")),
                log::toString);
        assertEquals(128, PartitionCount.of(first, "test", "other", 128).count());
    }

    @Test
    void aNumberThatRedisHasLostIsStoredAgain() {
        CommandExecutor first = node.firstPartition();
        PartitionCount count = PartitionCount.of(first, "test", "orders", 32);
        redis.masters().forEach(each -> each.command("FLUSHALL"));
        count.recheck();
        assertEquals(32, PartitionCount.of(first, "test", "orders", 64).count());
        count.require();
    }

    @Test
    void aNodeThatStartedWithoutRedisDoesNotUseItWithAnotherNumber() {
        redis.masters().forEach(RedisServer::pause);
        PartitionCount assumed;
        try (RemoteFixture impatient = new RemoteFixture(redis.uri())) {
            CommandExecutor first = impatient.firstPartition();
            assumed = PartitionCount.of(first, "test", "orders", 64);
            redis.masters().forEach(RedisServer::resume);
            assertEquals(64, assumed.count());
            assertEquals(
                    128,
                    PartitionCount.of(node.firstPartition(), "test", "orders", 128)
                            .count());
            RemoteUnavailableException refused = untilRedisHasAnswered(assumed);
            assertTrue(
                    String.valueOf(refused.getMessage()).contains("has 128 partitions in Redis")
                            && String.valueOf(refused.getMessage()).contains("set redis.cluster.partitions to 128"),
                    refused.getMessage());
            // A clear would be one of the other nodes' partition with the same hash tag.
            RedisTierOfRecord<String, String> refusing = impatient.firstPartition(first, "orders", assumed);
            assertThrows(RemoteUnavailableException.class, refusing::clear);
            assertEquals(
                    1,
                    log.lines().stream()
                            .filter(line -> line.contains("has 128 partitions"))
                            .count());
        } finally {
            redis.masters().forEach(RedisServer::resume);
        }
    }

    /** Returns the refusal because of the number; before it there may be some because Redis is still unavailable. */
    private static RemoteUnavailableException untilRedisHasAnswered(PartitionCount count) {
        while (true) {
            RemoteUnavailableException refused = assertThrows(RemoteUnavailableException.class, count::require);
            if (refused.kind() == RemoteUnavailableException.Kind.REFUSAL) {
                return refused;
            }
        }
    }
}
