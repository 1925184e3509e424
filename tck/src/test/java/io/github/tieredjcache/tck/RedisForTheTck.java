package io.github.tieredjcache.tck;

import io.github.tieredjcache.testkit.RedisServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * The Redis of the TCK's second run: there before the first test asks for a cache, and gone after the last.
 *
 * <p>The system property {@code tck.redis-commands} asks for it and names the file that shall hold, at the end, how many
 * commands it was sent meanwhile. The provider under test is configured as any application would do it, by the system
 * property {@code tiered-jcache.redis.uri}.
 */
public final class RedisForTheTck implements LauncherSessionListener {

    private static final String COUNTER = "total_commands_processed:";

    private final String file = System.getProperty("tck.redis-commands");
    private RedisServer redis;
    private long commandsBefore;

    @Override
    public void launcherSessionOpened(LauncherSession session) {
        if (file != null) {
            redis = RedisServer.start();
            commandsBefore = commands();
            System.setProperty("tiered-jcache.redis.uri", redis.uri());
            // No test may pass because the cache continues without Redis, and a busy machine is no outage.
            System.setProperty("tiered-jcache.outage.policy", "fail");
            System.setProperty("tiered-jcache.redis.command-timeout", "1m");
        }
    }

    @Override
    public void launcherSessionClosed(LauncherSession session) {
        if (redis == null) {
            return;
        }
        try {
            Files.writeString(Path.of(file), Long.toString(commands() - commandsBefore));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            redis.close();
        }
    }

    private long commands() {
        return redis.command("INFO", "stats")
                .lines()
                .filter(line -> line.startsWith(COUNTER))
                .mapToLong(line -> Long.parseLong(line.substring(COUNTER.length())))
                .findFirst()
                .orElseThrow();
    }
}
