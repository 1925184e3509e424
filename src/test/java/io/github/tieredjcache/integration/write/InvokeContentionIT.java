package io.github.tieredjcache.integration.write;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import io.github.tieredjcache.integration.ChildProcess;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.testkit.RedisServer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.cache.Cache;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Entry processors of several processes on one key; {@code -Dcontention.times} says how often each thread calls them. */
class InvokeContentionIT {
    private static final int NODES = 4;
    private static final int THREADS = 8;
    private static final int TIMES = Integer.getInteger("contention.times", 50);
    /** A lease that no pause of a process outlives: each increment is committed. */
    private static final Duration LONG_LEASE = Duration.ofMinutes(5);

    /** A lease that others wait for. */
    private static final Duration SHORT_LEASE = Duration.ofSeconds(2);

    private final RedisServer redis = RedisServer.startLocal();
    private final Node node = new Node(redis);
    private final Cache<String, Long> cache = IncrementingNode.cache(node, LONG_LEASE);
    private final List<ChildProcess> processes = new ArrayList<>();

    @AfterEach
    void closes() throws IOException {
        node.close();
        for (ChildProcess each : processes) {
            each.close();
        }
        redis.close();
    }

    @Test
    @Covers(FaultRow.F90)
    void noIncrementIsLostAndEachProcessorRunsOnce() throws IOException {
        start(NODES, LONG_LEASE);
        long runs = 0;
        processes.forEach(each -> each.send("invoke " + THREADS + " " + TIMES));
        for (ChildProcess each : processes) {
            runs += Long.parseLong(each.receive());
        }
        long increments = (long) NODES * THREADS * TIMES;
        assertEquals(increments, runs);
        assertEquals(increments, cache.<Long>invoke(IncrementingNode.KEY, (entry, arguments) -> entry.getValue()));
    }

    @Test
    void aNodeKilledInItsProcessorDelaysOthersByOneLease() throws Exception {
        start(1, SHORT_LEASE);
        cache.put(IncrementingNode.KEY, 1L);
        ChildProcess holder = processes.get(0);
        hold(holder);
        // Its lease has been renewed by now.
        pause(SHORT_LEASE);
        holder.kill();
        assertDelayedByTheLeaseAlone();
        assertEquals(2L, cache.getAndRemove(IncrementingNode.KEY));
    }

    @Test
    void aNodePausedInItsProcessorDelaysOthersByOneLeaseAndCannotCommit() throws Exception {
        start(1, SHORT_LEASE);
        cache.put(IncrementingNode.KEY, 1L);
        ChildProcess holder = processes.get(0);
        hold(holder);
        holder.stop();
        assertDelayedByTheLeaseAlone();
        holder.resume();
        holder.send("release");
        String answer = holder.receive();
        assertTrue(answer.startsWith("LeaseLostException") && answer.contains("write.lease"), answer);
        assertEquals(2L, cache.getAndRemove(IncrementingNode.KEY));
    }

    private void start(int nodes, Duration lease) throws IOException {
        for (int i = 0; i < nodes; i++) {
            processes.add(new ChildProcess(IncrementingNode.class, redis.uri(), Long.toString(lease.toMillis())));
        }
        for (ChildProcess each : processes) {
            assertEquals("ready", each.receive());
        }
    }

    private static void hold(ChildProcess holder) throws IOException {
        holder.send("hold");
        assertEquals("holding", holder.receive());
    }

    private void assertDelayedByTheLeaseAlone() {
        long began = System.nanoTime();
        cache.invoke(IncrementingNode.KEY, (entry, arguments) -> {
            entry.setValue(entry.getValue() + 1);
            return null;
        });
        Duration waited = Duration.ofNanos(System.nanoTime() - began);
        System.out.printf("waited %d ms for a lease of %d%n", waited.toMillis(), SHORT_LEASE.toMillis());
        // The lease that this node would take lasts for minutes, and so may its wait; a busy machine takes seconds.
        assertTrue(waited.compareTo(SHORT_LEASE.plusMinutes(1)) <= 0, "waited " + waited);
    }

    private static void pause(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() - end < 0) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }
}
