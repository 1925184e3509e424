package io.github.tieredjcache.examples.bucket4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.testkit.FaultProxy;
import io.github.tieredjcache.testkit.RedisServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Three JVMs and one bucket, whose limit holds whatever happens to Redis, the network and the JVMs. */
class LimitsTest {
    private static final int JVMS = 3;
    private static final long CAPACITY = 500;

    /** What a slow machine does must not look like an outage. */
    private static final String[] PATIENT = {"redis.command-timeout=30s", "write.lease=30s"};

    private static RedisServer redis;
    private static FaultProxy network;
    private static Nodes nodes;

    @BeforeAll
    static void starts() throws InterruptedException {
        redis = RedisServer.startLocal("--appendonly", "yes", "--appendfsync", "always");
        network = FaultProxy.inFrontOf(redis);
        // Others wait this long for a paused node.
        nodes = Nodes.start(JVMS, network.uri(), "write.lease=1s");
    }

    @AfterAll
    static void ends() {
        nodes.close();
        network.close();
        redis.close();
    }

    @Test
    void withoutFaultsEachTokenIsGrantedOnce() throws Exception {
        try (Nodes patient = Nodes.start(JVMS, redis.uri(), PATIENT)) {
            Figures figures = mishaps(patient).none();
            assertEquals(0, figures.failed(), figures.line());
            assertEquals(CAPACITY, figures.granted(), figures.line());
        }
    }

    @Test
    void onlyRefilledTokensAreGrantedAgain() throws Exception {
        Figures figures = mishaps(nodes).noneWithRefill();
        assertTrue(figures.isKept(), figures.line());
        assertTrue(figures.granted() > figures.demand().capacity(), figures.line());
    }

    @Test
    void theLimitHoldsWhenRedisIsKilledAndRestarted() throws Exception {
        assertKept(mishaps(nodes).redisIsKilled(redis));
    }

    @Test
    void theLimitHoldsWhenRedisIsKilledAndRestartedAndTheBucketRefilled() throws Exception {
        Figures figures = mishaps(nodes).redisIsKilledWithRefill(redis);
        assertTrue(figures.isKept(), figures.line());
        assertTrue(figures.failed() > 0, figures.line());
    }

    @Test
    void theLimitHoldsWhenRedisIsFrozen() throws Exception {
        assertKept(mishaps(nodes).redisIsFrozen(redis));
    }

    @Test
    void theLimitHoldsWhenRepliesAreLost() throws Exception {
        assertKept(mishaps(nodes).answersAreLost(network));
    }

    @Test
    void theLimitHoldsWhenTheNetworkIsCut() throws Exception {
        assertKept(mishaps(nodes).networkIsCut(network));
    }

    @Test
    void theLimitHoldsWhenNodesPauseForLongerThanTheirLease() throws Exception {
        Figures figures = mishaps(nodes).nodesAreFrozen(JVMS);
        assertTrue(figures.isKept(), figures.line());
        assertTrue(figures.granted() + figures.failed() >= CAPACITY, figures.line());
    }

    @Test
    void theLimitHoldsWhenANodeDiesAndTheOthersGoOn() throws Exception {
        try (Nodes mortal = Nodes.start(JVMS, redis.uri(), "write.lease=1s")) {
            Figures figures = mishaps(mortal).nodeIsKilled();
            assertTrue(figures.isKept(), figures.line());
            // Each thread of the dead node has at most one token that was granted and not reported.
            assertTrue(figures.granted() + figures.failed() + figures.demand().threads() >= CAPACITY, figures.line());
        }
    }

    /** What all of this is for, and the proof that these tests see it when a limit is not kept. */
    @Test
    void byThePolicyLocalEachNodeHasItsOwnBucketInAnOutage() throws Exception {
        try (RedisServer other = RedisServer.startLocal();
                Nodes independent = Nodes.start(JVMS, other.uri(), "outage.policy=local")) {
            Figures figures = mishaps(independent).redisIsKilled(other);
            assertTrue(figures.granted() > CAPACITY, figures.line());
        }
    }

    private static Mishaps mishaps(Nodes nodes) {
        return new Mishaps(nodes, CAPACITY);
    }

    /** A call that failed may have taken a token that nobody has got, and no more than one. */
    private static void assertKept(Figures figures) {
        assertTrue(figures.granted() <= CAPACITY, figures.line());
        assertTrue(figures.failed() > 0, figures.line());
        assertTrue(figures.granted() + figures.failed() >= CAPACITY, figures.line());
    }
}
