package io.github.tieredjcache.internal.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.tieredjcache.testkit.RedisServer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A connection that is being left, a replica, and a new connection. */
class LeftServerIT {

    private static <T> T answer(CompletableFuture<T> asked) throws Exception {
        return asked.get(60, TimeUnit.SECONDS);
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
