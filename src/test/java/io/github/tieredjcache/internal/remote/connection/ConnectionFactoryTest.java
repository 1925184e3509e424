package io.github.tieredjcache.internal.remote.connection;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.tieredjcache.internal.remote.record.RemoteFixture;
import io.lettuce.core.RedisCredentials;
import io.lettuce.core.RedisCredentialsProvider.ImmediateRedisCredentialsProvider;
import io.lettuce.core.RedisURI;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class ConnectionFactoryTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final String NO_SERVER = "redis://127.0.0.1:1";
    private static final int ROUNDS = 20;
    private static final long LATEST_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    /**
     * If the first connection created a thread pool, and the factory were closed meanwhile:
     *
     * <ol>
     *   <li>the connecting thread sees that Lettuce is open, and starts to create the pool;
     *   <li>the closing thread shuts down all existing pools, and the new one is not yet one of them;
     *   <li>the connecting thread starts a thread of the new pool, which is never shut down.
     * </ol>
     */
    @Test
    void aConnectionCreatesNoThreadPoolThatACloseCouldMiss() {
        List<String> pools = new CopyOnWriteArrayList<>();
        RemoteOptions options = RemoteFixture.remoteOptions(NO_SERVER, TIMEOUT, TIMEOUT);
        ServerConnections servers = new ServerConnections(
                options.endpoint(),
                TIMEOUT,
                System::nanoTime,
                () -> LettuceResources.start(pool -> {
                    pools.add(pool);
                    return LettuceResources.daemonFactory(pool);
                }));
        ConnectionFactory connections = new ConnectionFactory(options, System::nanoTime, () -> servers);
        List<String> made = List.copyOf(pools);
        assertFalse(made.isEmpty());
        assertThrows(ExecutionException.class, () -> connections.connect().get(60, TimeUnit.SECONDS));
        connections.close();
        assertEquals(made, List.copyOf(pools));
    }

    @Test
    void closingDuringAConnectionAttemptLeavesNoThread() throws Exception {
        OwnThreads threads = new OwnThreads();
        Random random = new Random(7);
        var connecting = Executors.newSingleThreadExecutor();
        try (ServerSocket silent = new ServerSocket(0, ROUNDS, InetAddress.getLoopbackAddress())) {
            for (int i = 0; i < ROUNDS; i++) {
                String uri = i % 2 == 0 ? NO_SERVER : "redis://127.0.0.1:" + silent.getLocalPort();
                ConnectionFactory connections =
                        ConnectionFixture.factory(RemoteFixture.remoteOptions(uri, TIMEOUT, TIMEOUT));
                var attempt = connecting.submit(() -> {
                    var unused = connections.connect();
                });
                LockSupport.parkNanos((long) (random.nextDouble() * LATEST_NANOS));
                connections.close();
                attempt.get(60, TimeUnit.SECONDS);
            }
        } finally {
            connecting.shutdown();
        }
        threads.awaitEnd();
    }

    /** Otherwise Lettuce resolves them on a thread of the common pool, and returns connections that are not ready. */
    @Test
    void theCredentialsOfAUriAreAvailableWithoutAWait() {
        for (String uri : List.of(
                "redis://user:secret@host",
                "redis://:secret@host",
                "redis://host",
                "redis-sentinel://user:secret@host#master",
                "redis-cluster://user:secret@host,other")) {
            RedisURI parsed = LettuceOptions.parse(RedisUri.parse(uri));
            assertInstanceOf(ImmediateRedisCredentialsProvider.class, parsed.getCredentialsProvider());
            parsed.getSentinels()
                    .forEach(each ->
                            assertInstanceOf(ImmediateRedisCredentialsProvider.class, each.getCredentialsProvider()));
        }
    }

    @Test
    void theCredentialsAreThoseOfTheUri() {
        RedisCredentials credentials = ((ImmediateRedisCredentialsProvider)
                        LettuceOptions.parse(RedisUri.parse("redis://user:s%3Acret@host"))
                                .getCredentialsProvider())
                .resolveCredentialsNow();
        assertEquals("user", credentials.getUsername());
        assertArrayEquals("s:cret".toCharArray(), credentials.getPassword());
    }
}
