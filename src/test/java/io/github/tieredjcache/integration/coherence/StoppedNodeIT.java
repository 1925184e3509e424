package io.github.tieredjcache.integration.coherence;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.testkit.FaultProxy;
import io.github.tieredjcache.testkit.RedisServer;
import java.io.IOException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.cache.Cache;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A node whose whole process is paused, as in a long garbage collection or a suspended machine, while another node
 * writes: from its first read on it answers nothing older than the bound. Its readers never pause, so they read before
 * anything else in it has found out.
 */
@Covers(FaultRow.F65)
class StoppedNodeIT {
    private static final Duration BOUND = Duration.ofSeconds(1);

    private final RedisServer redis = RedisServer.startLocal();
    private final FaultProxy proxy = FaultProxy.inFrontOf(redis);
    private final Node other = new Node(redis);
    private final Cache<String, Long> there =
            other.cache(ReadingNode.CACHE, String.class, Long.class, settings -> settings);
    private final NumberHistory history = new NumberHistory();
    private long number;

    @AfterEach
    void closes() {
        other.close();
        proxy.close();
        redis.close();
    }

    @Test
    void theFirstReadAfterAPauseOfTheProcessIsWithinTheBound() throws IOException {
        write();
        try (NodeProcess node = new NodeProcess(redis.uri(), BOUND, 1, Duration.ZERO)) {
            node.awaitRead(1);
            // 1. A hot copy. 2. The node is paused. 3. The key changes. 4. The node continues.
            node.stop();
            writeFor(BOUND.plusMillis(500));
            node.resume();
            node.awaitRead(number);
            node.end(history);
        }
        report("stopped");
    }

    @Test
    void aReplyThatWaitedInTheSocketProvesNothingNewer() throws IOException {
        write();
        // The reader pauses, so that the answers are found before it reads.
        try (NodeProcess node = new NodeProcess(proxy.uri(), BOUND, 1, Duration.ofMillis(50))) {
            node.awaitRead(1);
            // 1. Heartbeats are on the way. 2. The node is paused. 3. Their replies come, and nothing after them. 4.
            // The
            // key changes. 5. The node continues, and finds the replies. 6. The invalidations come too.
            proxy.fromServer().hold();
            pause(Duration.ofMillis(400));
            node.stop();
            proxy.fromServer().forward();
            pause(Duration.ofMillis(100));
            proxy.fromServer().hold();
            writeFor(BOUND.plusMillis(300));
            node.resume();
            writeFor(BOUND.plusMillis(300));
            proxy.fromServer().forward();
            node.awaitRead(number);
            node.end(history);
        }
        report("stopped, with answers in the socket");
    }

    @Test
    void fetchesFromBeforeAPauseOfTheProcessAreNotShared() throws IOException {
        Random random = new Random(11);
        write();
        try (NodeProcess node = new NodeProcess(redis.uri(), BOUND, 3, Duration.ZERO)) {
            node.awaitRead(1);
            for (int round = 0; round < 4; round++) {
                // Written without pause, the key is fetched without pause: each stop meets another step of a fetch.
                writeFor(Duration.ofMillis(100 + random.nextInt(50)));
                node.stop();
                writeFor(BOUND.plusMillis(200));
                node.resume();
                writeFor(Duration.ofMillis(100));
                node.awaitRead(number);
            }
            node.end(history);
        }
        report("stopped while fetching");
    }

    private void write() {
        number++;
        there.put(ReadingNode.KEY, number);
        history.wrote(number);
    }

    private void writeFor(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() - end < 0) {
            write();
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static void pause(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() - end < 0) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    private void report(String what) {
        long worst = history.worstNanos();
        System.out.printf(
                "%s: %d numbers, worst staleness %d ms of %d%n",
                what, number, TimeUnit.NANOSECONDS.toMillis(worst), BOUND.toMillis());
        assertTrue(history.reads().size() > 1, "nothing was read");
        assertTrue(worst <= BOUND.toNanos(), "a read was " + worst + " ns behind");
    }
}
