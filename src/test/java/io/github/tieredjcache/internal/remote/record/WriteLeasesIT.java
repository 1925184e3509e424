package io.github.tieredjcache.internal.remote.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.OutcomeUnknownException;
import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Lifetime;
import io.github.tieredjcache.internal.model.Mutation;
import io.github.tieredjcache.internal.model.Outcome;
import io.github.tieredjcache.internal.model.Precondition;
import io.github.tieredjcache.internal.port.Lease;
import io.github.tieredjcache.internal.port.RemoteHealth;
import io.github.tieredjcache.testkit.FaultProxy;
import io.github.tieredjcache.testkit.RedisServer;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of write leases whose holder loses its connection, or whose end the clock brings about. */
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

    /** As when the clock of Redis jumps forward, by a step of NTP or with a machine that was suspended. */
    @ParameterizedTest(name = "to {0}")
    @NullSource
    @ValueSource(strings = "new")
    void aLeaseThatOnlyTheClockHasEndedCommits(@Nullable String value) {
        withTwoHolders((redis, holder, other) -> {
            put(other, "old");
            Lease<String, String> lease = holder.lease("k");
            endByTheClock(redis);
            assertEquals("old", read(other), "a lease that has ended");
            Outcome<String> outcome = lease.commit(lease.prepare(value), Lifetime.ETERNAL);
            assertTrue(outcome.applied());
            assertEquals(value, read(other));
            other.lease("k").release();
        });
    }

    @Test
    void aLeaseThatAnotherHolderTookAfterAJumpOfTheClockCommitsNothing() {
        withTwoHolders((redis, holder, other) -> {
            for (String old : Arrays.asList(null, "old")) {
                put(other, old);
                Lease<String, String> lease = holder.lease("k");
                if (old == null) {
                    redis.command("PEXPIRE", key(redis), "0");
                } else {
                    endByTheClock(redis);
                }
                Lease<String, String> next = other.lease("k");
                assertFalse(
                        lease.commit(lease.prepare("late"), Lifetime.ETERNAL).applied());
                assertTrue(next.commit(next.prepare("next"), Lifetime.ETERNAL).applied());
                assertEquals("next", read(other));
            }
        });
    }

    /** An absent key may have been removed, and the new value may come from a source that has changed since. */
    @ParameterizedTest
    @ValueSource(strings = {"removal", "put and removal", "save and removal"})
    void aLeaseWhoseKeyWasRemovedCommitsNothing(String changes) {
        withTwoHolders((redis, holder, other) -> {
            Lease<String, String> lease = holder.lease("k");
            if (changes.startsWith("save")) {
                assertTrue(lease.save(lease.prepare("saved"), Lifetime.ETERNAL).applied());
            } else if (changes.startsWith("put")) {
                put(other, "overtook");
            }
            put(other, null);
            assertFalse(lease.commit(lease.prepare("late"), Lifetime.ETERNAL).applied());
            assertNull(read(other));
        });
    }

    /** Sets the end of the write lease to the beginning of time. */
    private static void endByTheClock(RedisServer redis) {
        redis.command("SETRANGE", key(redis), "44", "\0\0\0\0\0\0\0\1");
    }

    private static String key(RedisServer redis) {
        return redis.list("KEYS", "test:cache:*:k").get(0);
    }

    private static void put(RedisTierOfRecord<String, String> cache, @Nullable String value) {
        cache.apply(new Mutation<>("k", Precondition.ALWAYS, value, Lifetime.ETERNAL, Lifetime.ETERNAL, false, false));
    }

    private static @Nullable String read(RedisTierOfRecord<String, String> cache) {
        Entry<String> entry =
                cache.read("k", new FillTicket(0), Lifetime.UNCHANGED).entry();
        return entry == null ? null : entry.value();
    }

    private static void withTwoHolders(Course course) {
        RedisCacheOptions options =
                new RedisCacheOptions("test", "cache", 16 << 20, LONG, false, LONG, LONG, Duration.ZERO, false, false);
        try (RedisServer redis = RedisServer.startLocal();
                RemoteFixture node = new RemoteFixture(redis.uri());
                RemoteFixture otherNode = new RemoteFixture(redis.uri())) {
            course.run(redis, node.record(options), otherNode.record(options));
        }
    }

    /** What happens to two holders of one key. */
    private interface Course {
        void run(RedisServer redis, RedisTierOfRecord<String, String> holder, RedisTierOfRecord<String, String> other);
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
