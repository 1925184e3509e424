package io.github.tieredjcache.internal.remote.record;

import io.github.tieredjcache.internal.port.TierOfRecord;
import io.github.tieredjcache.internal.port.TierOfRecordContract;
import io.github.tieredjcache.testkit.RedisServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Runs the contract of a tier of record on Redis. */
class RedisTierOfRecordIT extends TierOfRecordContract {
    private static RedisServer redis;
    private static RemoteFixture node;
    private static int caches;

    @BeforeAll
    static void startRedis() {
        redis = RedisServer.start();
        node = new RemoteFixture(redis.uri(), RemoteFixture.LONG_TIMEOUT);
    }

    @AfterAll
    static void endRedis() {
        node.close();
        redis.close();
    }

    @Override
    protected TierOfRecord<String, String> newTier() {
        TierOfRecord<String, String> tier = node.record("contract-" + caches++);
        tier.clear();
        return tier;
    }
}
