package io.github.tieredjcache.internal.remote.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.integration.Attempt;
import io.github.tieredjcache.internal.remote.record.RemoteFixture;
import io.github.tieredjcache.internal.remote.tracking.TrackedKeys;
import io.github.tieredjcache.internal.remote.wire.KeySpace;
import io.github.tieredjcache.internal.remote.wire.RedisCommand;
import io.github.tieredjcache.internal.remote.wire.Script;
import io.github.tieredjcache.testkit.RedisServer;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** An abandoned connection, a replica, and a new connection. */
class LeftServerIT {
    private static final int MANY = 2 * ServerConnection.COMMANDS_MAX;

    /**
     * A reply is no proof before the near copies of the earlier connection are invalidated, nor after the connection
     * was abandoned while its server still replies.
     */
    @Test
    void repliesAreNoProofBeforeAConnectionIsUsedAndAfterItIsAbandoned() throws Exception {
        try (RedisServer redis = RedisServer.startLocal()) {
            ConnectionFactory connections = ConnectionFixture.factory(
                    RemoteFixture.remoteOptions(redis.uri(), RemoteFixture.LONG_TIMEOUT, RemoteFixture.LONG_TIMEOUT));
            try {
                RedisConnection connection = await(connections.connect());
                TrackedKeys trackedKeys = new TrackedKeys();
                await(connection.track(trackedKeys));
                await(connection.send(RedisCommand.time()));
                assertFalse(isProven(trackedKeys));
                connection.beginProofs();
                await(connection.send(RedisCommand.time()));
                assertTrue(isProven(trackedKeys));
                connection.endProofs();
                trackedKeys.proof().revoke();
                await(connection.send(RedisCommand.time()));
                assertFalse(isProven(trackedKeys));
            } finally {
                connections.close();
            }
        }
    }

    private static boolean isProven(TrackedKeys trackedKeys) {
        return trackedKeys.proof().holdsWithin(Long.MAX_VALUE, System.nanoTime());
    }

    private static <T> T await(CompletableFuture<T> reply) throws Exception {
        return reply.get(60, TimeUnit.SECONDS);
    }

    /**
     * A connection that opens after its attempt has timed out must not clear the server clock of the connection in use.
     */
    @Test
    void eachConnectionHasItsOwnServerClock() {
        try (RedisServer redis = RedisServer.startLocal();
                RemoteFixture node = new RemoteFixture(redis.uri(), RemoteFixture.LONG_TIMEOUT)) {
            CommandExecutor executor = node.executor();
            executor.call(RedisCommand.time());
            ServerClock first = executor.serverClock();
            RedisConnection ending = executor.connection();
            ending.close();
            Crew.until(() -> !ending.isOpen());
            executor.call(RedisCommand.time());
            assertNotSame(first, executor.serverClock());
            assertTrue(first.isOver(1, System.nanoTime()), "the clock of the first connection keeps its bounds");
            assertTrue(executor.serverClock().isOver(1, System.nanoTime()));
        }
    }

    @Test
    void aConnectionThatTheServerHasEndedIsNotKeptInMemory() {
        // A short timeout, since its timer keeps the connection for as long.
        Duration timeout = Duration.ofSeconds(2);
        try (RedisServer redis = RedisServer.startLocal();
                RemoteFixture node = new RemoteFixture(redis.uri(), timeout)) {
            CommandExecutor executor = node.executor();
            Crew.until(() -> Attempt.succeeds(() -> executor.call(RedisCommand.time())));
            // A part of the connection that nothing else refers to.
            WeakReference<ServerClock> ended = new WeakReference<>(executor.serverClock());
            redis.command("CLIENT", "KILL", "TYPE", "normal");
            Crew.until(() -> {
                System.gc();
                return Attempt.succeeds(() -> executor.call(RedisCommand.time())) && ended.get() == null;
            });
        }
    }

    /** The master may have entries that a replica lacks. */
    @Test
    void aReplicaWithoutTheEpochRefusesAndDoesNotCallTheCacheEmpty() {
        try (RedisServer redis = RedisServer.startLocal()) {
            redis.command("REPLICAOF", "127.0.0.1", "1");
            IllegalStateException refused = assertThrows(
                    IllegalStateException.class,
                    () -> redis.command("EVAL", Script.EPOCH.text(), "3", "e", "l", "h", "0", "R", ""));
            assertTrue(refused.getMessage().contains("READONLY"), refused.getMessage());
        }
    }

    @Test
    void aRedisWithoutMemoryReturnsNoEpoch() {
        try (RedisServer redis = RedisServer.startLocal()) {
            redis.command("CONFIG", "SET", "maxmemory", "1");
            assertEquals("0", redis.command("EVAL", Script.EPOCH.text(), "3", "e", "l", "h", "0", "R", ""));
        }
    }

    @Test
    void allPendingPurgesAreSentBeforeANewConnectionIsUsed() {
        try (RedisServer redis = RedisServer.startLocal();
                RemoteFixture node = new RemoteFixture(redis.uri(), RemoteFixture.LONG_TIMEOUT)) {
            CommandExecutor executor = node.executor();
            executor.call(RedisCommand.time());
            redis.kill();
            for (int i = 0; i < MANY; i++) {
                executor.addPendingPurge(new KeySpace("test", "cache " + i, 0));
            }
            redis.restart();
            Crew.until(() -> Attempt.succeeds(() -> executor.call(RedisCommand.time())));
            assertEquals(MANY, redis.number("DBSIZE"));
        }
    }

    @Test
    void aPendingPurgeIsSentBeforeALaterCallOnTheSameConnection() {
        try (RedisServer redis = RedisServer.startLocal();
                RemoteFixture node = new RemoteFixture(redis.uri(), RemoteFixture.LONG_TIMEOUT)) {
            CommandExecutor executor = node.executor();
            executor.call(RedisCommand.time());
            executor.addPendingPurge(new KeySpace("test", "cache", 0));
            executor.call(RedisCommand.time());
            assertEquals(1, redis.number("DBSIZE"));
        }
    }

    @Test
    void aPendingPurgeThatIsRefusedIsSentAgainOnTheSameConnection() {
        try (RedisServer redis = RedisServer.startLocal();
                RemoteFixture node = new RemoteFixture(redis.uri(), RemoteFixture.LONG_TIMEOUT)) {
            CommandExecutor executor = node.executor();
            redis.command("ACL", "SETUSER", "default", "-eval");
            executor.addPendingPurge(new KeySpace("test", "cache", 0));
            executor.call(RedisCommand.time());
            assertEquals(0, redis.number("DBSIZE"));
            redis.command("ACL", "SETUSER", "default", "+eval");
            Crew.until(() -> redis.number("DBSIZE") == 1);
        }
    }

    @Test
    void aProbeTouchesNothingOutsideTheNamespace() throws Exception {
        try (RedisServer redis = RedisServer.startLocal()) {
            redis.command("SET", "tiered-jcache:probe", "of another application");
            RemoteOptions options = RemoteOptions.forCache(
                            new RedisEndpoint(redis.uri(), TlsFiles.NONE, null),
                            "shop",
                            "orders",
                            1,
                            RemoteFixture.LONG_TIMEOUT,
                            RemoteFixture.LONG_TIMEOUT)
                    .get(0);
            assertEquals("shop:orders:probe", options.probeKey());
            ConnectionFactory connections = ConnectionFixture.factory(options);
            try {
                RedisConnection connection = await(connections.connect());
                assertEquals(0, await(connections.probe(connection)));
                assertEquals(1, redis.number("EXISTS", "tiered-jcache:probe"));
            } finally {
                connections.close();
            }
        }
    }
}
