package io.github.tieredjcache.internal.remote.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.OutcomeUnknownException;
import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Lifetime;
import io.github.tieredjcache.internal.model.Mutation;
import io.github.tieredjcache.internal.model.Precondition;
import io.github.tieredjcache.internal.port.Lease;
import io.github.tieredjcache.internal.port.RemoteHealth;
import io.github.tieredjcache.testkit.FaultProxy;
import io.github.tieredjcache.testkit.RedisServer;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of write leases whose holder loses its connection. */
class WriteLeasesIT {
    private static final Duration LONG = Duration.ofMinutes(30);
    private static final int LARGE = 1 << 20;

    @ParameterizedTest(name = "with a writer: {0}")
    @ValueSource(booleans = {false, true})
    void aCommitThatIsNotMadeEndsTheLease(boolean writes) throws Exception {
        endsTheLease(writes, (lease, network, node) -> {
            Lease.Prepared<String> change = lease.prepare("x".repeat(LARGE));
            network.toServer().resetAfter(LARGE / 2);
            assertThrows(OutcomeUnknownException.class, () -> lease.commit(change, Lifetime.ETERNAL));
        });
    }

    @Test
    void aLeaseThatIsAbandonedInAnOutageEndsWithTheOutage() throws Exception {
        endsTheLease(true, (lease, network, node) -> {
            network.refuse();
            network.reset();
            RemoteHealth health = node.executor().health();
            Crew.until(health::isUnavailable);
            lease.abandon();
            network.accept();
        });
    }

    /** Has a node take the lease of an entry, and another node wait for it, until a failure has ended the lease. */
    private static void endsTheLease(boolean writes, Failure failure) throws Exception {
        RedisCacheOptions options =
                new RedisCacheOptions("test", "cache", 16 << 20, LONG, writes, LONG, LONG, Duration.ZERO, false, false);
        try (RedisServer redis = RedisServer.startLocal();
                FaultProxy network = FaultProxy.inFrontOf(redis);
                RemoteFixture node = new RemoteFixture(network.uri());
                RemoteFixture otherNode = new RemoteFixture(redis.uri(), RemoteFixture.LONG_TIMEOUT)) {
            RedisTierOfRecord<String, String> holder = node.record(options);
            RedisTierOfRecord<String, String> other = otherNode.record(options);
            other.apply(
                    new Mutation<>("k", Precondition.ALWAYS, "old", Lifetime.ETERNAL, Lifetime.ETERNAL, false, false));
            failure.happen(holder.lease("k"), network, node);
            Crew.Member<Lease<String, String>> next = Crew.start(() -> other.lease("k"));
            Crew.until(() -> {
                holder.renewLeases();
                return next.isDone();
            });
            Lease<String, String> taken = next.result();
            Entry<String> before = taken.before();
            // The source may have been written.
            assertEquals(writes ? null : "old", before == null ? null : before.value());
            taken.release();
            Entry<String> entry =
                    other.read("k", new FillTicket(0), Lifetime.UNCHANGED).entry();
            assertEquals(writes ? null : "old", entry == null ? null : entry.value());
        }
    }

    /** A failure of the holder of a lease. */
    private interface Failure {
        void happen(Lease<String, String> lease, FaultProxy network, RemoteFixture node);
    }
}
