package io.github.tieredjcache.internal.remote.connection;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.internal.remote.record.RemoteFixture;
import io.github.tieredjcache.internal.remote.wire.RedisCommand;
import io.github.tieredjcache.testkit.RedisServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Commands that wait for the event loop together. */
class FlushConsolidationIT {
    private static final int COMMANDS = 300;
    /** Leaves room for heartbeats on a slow machine. */
    private static final int READS_MAX = COMMANDS / 3;

    @Test
    void commandsThatWaitForTheEventLoopTogetherLeaveInOneFlush() {
        try (RedisServer redis = RedisServer.startLocal();
                RemoteFixture node = new RemoteFixture(redis.uri(), Duration.ofMinutes(2))) {
            RedisConnection connection = node.executor().connection();
            CountDownLatch release = new CountDownLatch(1);
            Crew.until(() -> isBlocked(connection, release));
            long before = reads(redis);
            List<CompletableFuture<?>> replies = Stream.<CompletableFuture<?>>generate(
                            () -> connection.send(RedisCommand.time()))
                    .limit(COMMANDS)
                    .toList();
            release.countDown();
            replies.forEach(CompletableFuture::join);
            long reads = reads(redis) - before;
            assertTrue(reads <= READS_MAX, () -> COMMANDS + " commands were read by " + reads + " system calls");
        }
    }

    /** Blocks the event loop at a reply; returns false if the reply has arrived too early for that. */
    private static boolean isBlocked(RedisConnection connection, CountDownLatch release) {
        Thread caller = Thread.currentThread();
        CompletableFuture<Boolean> blocked = new CompletableFuture<>();
        var unused = connection.send(RedisCommand.time()).thenRun(() -> {
            boolean isEventLoop = Thread.currentThread() != caller;
            blocked.complete(isEventLoop);
            if (isEventLoop) {
                Crew.await(release);
            }
        });
        return blocked.join();
    }

    private static long reads(RedisServer redis) {
        return redis.info("stats", "total_reads_processed");
    }
}
