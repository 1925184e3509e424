package io.github.tieredjcache.internal.remote.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.tieredjcache.FakeClock;
import io.github.tieredjcache.internal.remote.record.RemoteFixture;
import io.github.tieredjcache.internal.stats.Latencies;
import io.github.tieredjcache.internal.stats.Statistics;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How long the creation of caches waits for a Redis that accepts connections and sends nothing. */
class FirstWaitTest {
    private static final Duration WAIT = Duration.ofMinutes(10);
    private static final Latencies UNTIMED = new Statistics(System::nanoTime, false).latencies();

    private final FakeClock clock = new FakeClock();
    private final ClientRegistry clients = new ClientRegistry(clock);
    private final List<CommandExecutor> acquired = new ArrayList<>();

    @Test
    void allCachesOfOneClusterTogetherWaitNoLongerThanOneCache() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                ServerSocket other = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            assertEquals(WAIT, firstWait(silent, "one"));
            clock.advance(WAIT.dividedBy(2));
            assertEquals(WAIT.dividedBy(2), firstWait(silent, "two"));
            clock.advance(WAIT);
            assertEquals(Duration.ZERO, firstWait(silent, "three"));
            assertEquals(WAIT, firstWait(other, "one"), "another Redis");
            acquired.forEach(CommandExecutor::close);
            assertEquals(0, clients.retainedServers());
            assertEquals(WAIT, firstWait(silent, "four"), "the earlier wait has ended with its clients");
        } finally {
            acquired.forEach(CommandExecutor::close);
        }
    }

    private Duration firstWait(ServerSocket server, String cacheName) {
        // Another password factory does not make another server.
        RedisEndpoint endpoint = new RedisEndpoint(
                "redis-cluster://127.0.0.1:" + server.getLocalPort(), TlsFiles.NONE, () -> "of " + cacheName);
        RemoteOptions options = RemoteFixture.remoteOptions(
                endpoint.address().isCluster() ? endpoint.withHashTag(cacheName) : endpoint, WAIT, WAIT);
        acquired.add(clients.acquire(options, UNTIMED));
        return clients.firstWait(options);
    }
}
