package io.github.tieredjcache.internal.remote.record;

import io.github.tieredjcache.internal.port.TierOfRecord;
import io.github.tieredjcache.internal.port.TierOfRecordContract;
import io.github.tieredjcache.testkit.RedisCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Runs the contract of a tier of record on a Redis Cluster, over all masters of which its partitions are spread. */
class ClusterTierOfRecordIT extends TierOfRecordContract {
    private static RedisCluster redis;
    private static RemoteFixture node;
    private static int caches;

    @BeforeAll
    static void startRedis() {
        redis = RedisCluster.start(3, 0);
        node = new RemoteFixture(redis.uri(), RemoteFixture.LONG_TIMEOUT);
    }

    @AfterAll
    static void endRedis() {
        node.close();
        redis.close();
    }

    @Override
    protected TierOfRecord<String, String> newTier() {
        TierOfRecord<String, String> tier = node.partitioned("contract-" + caches++, 4);
        tier.clear();
        return tier;
    }
}
