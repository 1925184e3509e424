package io.github.tieredjcache.tck;

import io.github.tieredjcache.testkit.RedisCluster;
import io.github.tieredjcache.testkit.RedisServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * The Redis, or the Redis Cluster, of a run of the TCK: there before the first test asks for a cache, and gone after the last.
 *
 * <p>The system property {@code tck.redis-commands} asks for it and names the file that shall hold, at the end, how many
 * commands it was sent meanwhile; {@code tck.redis-run} says by {@code cluster} that it is to be a cluster. The provider
 * under test is configured as any application would do it, by the system property {@code tiered-jcache.redis.uri}.
 */
public final class RedisForTheTck implements LauncherSessionListener {

    private static final String COUNTER = "total_commands_processed:";

    private final String file = System.getProperty("tck.redis-commands");
    private final boolean isClustered = "cluster".equals(System.getProperty("tck.redis-run"));
    private Runnable end;
    private List<RedisServer> servers;
    private long commandsBefore;

    @Override
    public void launcherSessionOpened(LauncherSession session) {
        if (file != null) {
            String uri = isClustered ? startCluster() : startServer();
            commandsBefore = commands();
            System.setProperty("tiered-jcache.redis.uri", uri);
            // No test may pass because the cache continues without Redis, and a busy machine is no outage.
            System.setProperty("tiered-jcache.outage.policy", "fail");
            System.setProperty("tiered-jcache.redis.command-timeout", "1m");
        }
    }

    private String startServer() {
        RedisServer server = RedisServer.start();
        end = server::close;
        servers = List.of(server);
        return server.uri();
    }

    private String startCluster() {
        RedisCluster cluster = RedisCluster.start(3, 0);
        end = cluster::close;
        servers = cluster.masters();
        return cluster.uri();
    }

    @Override
    public void launcherSessionClosed(LauncherSession session) {
        if (end == null) {
            return;
        }
        try {
            Files.writeString(Path.of(file), Long.toString(commands() - commandsBefore));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            end.run();
        }
    }

    private long commands() {
        return servers.stream().mapToLong(RedisForTheTck::commands).sum();
    }

    private static long commands(RedisServer server) {
        return server.command("INFO", "stats")
                .lines()
                .filter(line -> line.startsWith(COUNTER))
                .mapToLong(line -> Long.parseLong(line.substring(COUNTER.length())))
                .findFirst()
                .orElseThrow();
    }
}
