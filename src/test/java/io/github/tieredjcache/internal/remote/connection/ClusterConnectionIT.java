package io.github.tieredjcache.internal.remote.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.internal.remote.record.RemoteFixture;
import io.github.tieredjcache.internal.remote.tracking.TrackedKeys;
import io.github.tieredjcache.internal.remote.wire.HashSlot;
import io.github.tieredjcache.internal.remote.wire.RedisCommand;
import io.github.tieredjcache.internal.stats.Latencies;
import io.github.tieredjcache.internal.stats.Statistics;
import io.github.tieredjcache.testkit.RedisCluster;
import io.github.tieredjcache.testkit.RedisServer;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Connections to nodes of a Redis Cluster. */
class ClusterConnectionIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private static final Latencies UNTIMED = new Statistics(System::nanoTime, false).latencies();

    private final RedisCluster redis = RedisCluster.start(2, 0);
    private final ConnectionFactory connections = factory(redis.uri());
    private final HashSlot slot = HashSlot.of("n:c");

    @AfterEach
    void closes() {
        connections.close();
        redis.close();
    }

    private static ConnectionFactory factory(String uri) {
        return ConnectionFixture.factory(RemoteFixture.remoteOptions(
                new RedisEndpoint(uri, TlsFiles.NONE, null).withHashTag("n:c"), TIMEOUT, TIMEOUT));
    }

    @Test
    void onlyAReplyAboutAKeyIsACoherenceProof() {
        RedisConnection connection = await(connections.connect());
        TrackedKeys trackedKeys = new TrackedKeys();
        await(connection.track(trackedKeys));
        connection.beginProofs();
        await(connection.send(RedisCommand.time()));
        await(connection.send(RedisCommand.hello()));
        await(connection.send(RedisCommand.scan("0", new byte[] {'*'}, 1)));
        assertFalse(isProven(trackedKeys));
        await(connection.requireSlot());
        assertTrue(isProven(trackedKeys));
    }

    @Test
    void aReplyOfAServerThatHasLostTheSlotIsNoProof() {
        RedisConnection connection = await(connections.connect());
        TrackedKeys trackedKeys = new TrackedKeys();
        await(connection.track(trackedKeys));
        connection.beginProofs();
        Queue<String> redirections = new ConcurrentLinkedQueue<>();
        connection.onRedirection(failure -> redirections.add(ExceptionTranslator.describe(failure)));
        RedisServer to = redis.other(redis.owner(slot.number()));
        redis.move(slot.number(), to);
        assertThrows(CompletionException.class, () -> connection.requireSlot().join());
        assertFalse(isProven(trackedKeys));
        assertEquals(List.of("MOVED " + slot.number() + " 127.0.0.1:" + to.port()), List.copyOf(redirections));
    }

    @Test
    void theConnectionLeadsToTheOwnerOfTheSlot() {
        for (int i = 0; i < 4; i++) {
            RedisServer owner = redis.owner(slot.number());
            await(await(connections.connect()).requireSlot());
            assertEquals(owner.port(), connections.latestMaster().port());
            redis.move(slot.number(), redis.other(owner));
        }
    }

    @Test
    void theSideConnectionFollowsTheSlot() {
        try (CommandExecutor executor = client()) {
            executor.callOnSideConnection(RedisCommand.get(slot.key()));
            redis.move(slot.number(), redis.other(redis.owner(slot.number())));
            executor.callOnSideConnection(RedisCommand.get(slot.key()));
        }
    }

    private CommandExecutor client() {
        RedisEndpoint endpoint = new RedisEndpoint(redis.uri(), TlsFiles.NONE, null).withHashTag("n:c");
        return new ClientRegistry(System::nanoTime)
                .acquire(RemoteFixture.remoteOptions(endpoint, TIMEOUT, TIMEOUT), UNTIMED);
    }

    /** One reply names all nodes. If only one node of more than six replies, the next attempts query the others. */
    @Test
    void nodesThatTheUriDoesNotNameAreFound() {
        for (RedisServer each : redis.masters()) {
            StringBuilder uri = new StringBuilder("redis-cluster://");
            for (int i = 1; i <= ClusterMasterFinder.QUERIED_MAX; i++) {
                uri.append("127.0.0.1:").append(i).append(',');
            }
            ConnectionFactory another =
                    factory(uri.append("127.0.0.1:").append(each.port()).toString());
            try {
                // Six of the seven nodes do not exist.
                Crew.until(() -> isConnected(another));
                assertEquals(
                        redis.owner(slot.number()).port(),
                        another.latestMaster().port());
            } finally {
                another.close();
            }
        }
    }

    private static boolean isConnected(ConnectionFactory connections) {
        try {
            connections.connect().join();
            return true;
        } catch (CompletionException e) {
            // The next query is to the next nodes.
            return false;
        }
    }

    private static boolean isProven(TrackedKeys trackedKeys) {
        return trackedKeys.proof().holdsWithin(TimeUnit.HOURS.toNanos(1), System.nanoTime());
    }

    private static <T> T await(CompletableFuture<T> question) {
        Crew.until(question::isDone);
        return question.join();
    }
}
