package io.github.tieredjcache.internal.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.testkit.RedisServer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A connection that is being left, a replica, and a new connection. */
class LeftServerIT {
    private static final int MANY = 2 * RedisStream.COMMANDS_MAX;

    /** Neither before the copies of the connection before are void, nor when it is left, and its server answers what it was asked. */
    @Test
    void aConnectionProvesNothingBeforeItIsUsedNorWhenItIsLeft() throws Exception {
        try (RedisServer redis = RedisServer.startLocal()) {
            Door door = new Door(
                    new RedisAccess(redis.uri(), TlsFiles.NONE, null), RemoteFixture.PATIENT, System::nanoTime);
            try {
                RedisStream stream = answer(door.connect());
                Invalidations invalidations = new Invalidations();
                answer(stream.track(invalidations));
                answer(stream.send(Request.time()));
                assertFalse(isProven(invalidations));
                stream.beginProofs();
                answer(stream.send(Request.time()));
                assertTrue(isProven(invalidations));
                stream.endProofs();
                invalidations.proof().revoke();
                answer(stream.send(Request.time()));
                assertFalse(isProven(invalidations));
            } finally {
                door.close();
            }
        }
    }

    private static boolean isProven(Invalidations invalidations) {
        return invalidations.proof().holdsWithin(Long.MAX_VALUE, System.nanoTime());
    }

    private static <T> T answer(CompletableFuture<T> asked) throws Exception {
        return asked.get(60, TimeUnit.SECONDS);
    }

    /** A connection that is made after its attempt has timed out must not clear the clock of the connection in use. */
    @Test
    void eachConnectionHasItsOwnKnowledgeOfTheServersClock() {
        try (RedisServer redis = RedisServer.startLocal();
                RemoteFixture node = new RemoteFixture(redis.uri(), RemoteFixture.PATIENT)) {
            RemoteClient client = node.client();
            client.call(Request.time());
            ServerClock first = client.serverClock();
            RedisStream ending = client.open();
            ending.end();
            Crew.until(() -> !ending.isOpen());
            client.call(Request.time());
            assertNotSame(first, client.serverClock());
            assertTrue(first.isOver(1, System.nanoTime()), "it is still known");
            assertTrue(client.serverClock().isOver(1, System.nanoTime()));
        }
    }

    /** The master may have the entries that a replica has not. */
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
    void aRedisWithoutMemoryForAnEpochHasNone() {
        try (RedisServer redis = RedisServer.startLocal()) {
            redis.command("CONFIG", "SET", "maxmemory", "1");
            assertEquals("0", redis.command("EVAL", Script.EPOCH.text(), "3", "e", "l", "h", "0", "R", ""));
        }
    }

    @Test
    void allPendingPurgesAreSentBeforeANewConnectionIsUsed() {
        try (RedisServer redis = RedisServer.startLocal();
                RemoteFixture node = new RemoteFixture(redis.uri(), RemoteFixture.PATIENT)) {
            RemoteClient client = node.client();
            client.call(Request.time());
            for (int i = 0; i < MANY; i++) {
                client.owe(new KeySpace("test", "cache " + i, 0));
            }
            RedisStream ending = client.open();
            ending.end();
            Crew.until(() -> !ending.isOpen());
            client.call(Request.time());
            assertEquals(MANY, redis.number("DBSIZE"));
        }
    }

    @Test
    void aProbeTouchesNothingOutsideTheNamespace() throws Exception {
        try (RedisServer redis = RedisServer.startLocal()) {
            redis.command("SET", "tiered-jcache:probe", "of another application");
            RemoteOptions options = RemoteOptions.forCache(
                    new RedisAccess(redis.uri(), TlsFiles.NONE, null),
                    "shop",
                    "orders",
                    RemoteFixture.PATIENT,
                    RemoteFixture.PATIENT);
            assertEquals("shop:orders:probe", options.probeKey());
            Door door = new Door(options, System::nanoTime, ClientThreads::start);
            try {
                RedisStream stream = answer(door.connect());
                assertEquals(0, answer(door.probe(stream)));
                assertEquals(1, redis.number("EXISTS", "tiered-jcache:probe"));
            } finally {
                door.close();
            }
        }
    }
}
