package io.github.tieredjcache.internal.remote.record;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.model.Lifetime;
import io.github.tieredjcache.internal.port.Lease;
import io.github.tieredjcache.internal.port.LoadGrant;
import io.github.tieredjcache.internal.port.LoadLease;
import io.github.tieredjcache.internal.port.TierOfRecord;
import io.github.tieredjcache.internal.port.TierOfRecord.Fill;
import io.github.tieredjcache.internal.port.TierOfRecordContract;
import io.github.tieredjcache.testkit.RedisServer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

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

    /** Else the next holder would begin beside the one that is writing to the source, and one of two changes would be lost. */
    @Test
    void aDiscardLeavesTheKeyToTheHolderOfItsLease() {
        TierOfRecord<String, String> tier = newTier();
        Lease<String, String> lease = tier.lease("k");
        tier.discardAll(List.of("k"));
        assertInstanceOf(LoadGrant.HeldElsewhere.class, grant(tier));
        lease.release();
        assertInstanceOf(LoadGrant.Granted.class, grant(tier));
    }

    @Test
    void aDiscardHasALoadStoreNothing() {
        TierOfRecord<String, String> tier = newTier();
        LoadLease lease = ((LoadGrant.Granted<String>) grant(tier)).lease();
        tier.discardAll(List.of("k"));
        Fill<String, String> late =
                new Fill<>("k", lease, new FillTicket(System.nanoTime()), "loaded", Lifetime.ETERNAL);
        assertFalse(tier.fillAll(List.of(late)).get(0).applied());
        assertFalse(tier.contains("k"));
    }

    private static LoadGrant<String> grant(TierOfRecord<String, String> tier) {
        return tier.loadGrants(Map.of("k", new FillTicket(System.nanoTime())), Set.of(), false)
                .get("k");
    }
}
