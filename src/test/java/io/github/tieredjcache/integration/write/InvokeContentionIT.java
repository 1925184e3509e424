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
import java.util.stream.Stream;
import javax.cache.Cache;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Entry processors of several processes on one key; {@code -Dcontention.times} says how often each thread calls them. */
class InvokeContentionIT {
    private static final int NODES = 4;
    private static final int THREADS = 8;
    private static final int TIMES = Integer.getInteger("contention.times", 100);
    /** A lease that no pause of a process outlives: each increment is committed. */
    private static final Duration LONG_LEASE = Duration.ofMinutes(5);

    /** A lease that others wait for. */
    private static final Duration SHORT_LEASE = Duration.ofSeconds(2);

    private static final int NAIVE_TIMES = TIMES / 25;

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
        // First a little, so that neither side is measured cold.
        run("invoke", TIMES / 10);
        run("naive", NAIVE_TIMES / 2);
        long before = cache.invoke(IncrementingNode.KEY, (entry, arguments) -> entry.getValue());
        Run invoked = run("invoke", TIMES);
        long increments = (long) NODES * THREADS * TIMES;
        assertEquals(increments, invoked.runs);
        assertEquals(
                before + increments, cache.<Long>invoke(IncrementingNode.KEY, (entry, arguments) -> entry.getValue()));
        Run naive = run("naive", NAIVE_TIMES);
        assertEquals(
                (long) NODES * THREADS * (NAIVE_TIMES + NAIVE_TIMES / 2),
                Long.parseLong(redis.command("GET", IncrementingNode.NAIVE)));
        System.out.printf(
                "one contended key, %d processes of %d threads: %s; a lock of its own for each call: %s; ratio %.1f%n",
                NODES, THREADS, invoked, naive, invoked.rate() / naive.rate());
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

    private Run run(String what, int times) throws IOException {
        long began = System.nanoTime();
        processes.forEach(each -> each.send(what + " " + THREADS + " " + times));
        long runs = 0;
        List<Long> micros = new ArrayList<>();
        for (ChildProcess each : processes) {
            runs += Long.parseLong(each.receive());
            Stream.of(each.receive().split(" ", -1)).map(Long::valueOf).forEach(micros::add);
        }
        return new Run(runs, System.nanoTime() - began, micros.stream().sorted().toList());
    }

    /** What many calls did, and how long each took, in ascending order. */
    private record Run(long runs, long nanos, List<Long> micros) {
        double rate() {
            return runs / ((double) nanos / TimeUnit.SECONDS.toNanos(1));
        }

        @Override
        public String toString() {
            return "%,.0f/s, call median %.2f ms, p99 %.2f, max %.2f"
                    .formatted(
                            rate(),
                            micros.get(micros.size() / 2) / 1e3,
                            micros.get((int) (micros.size() * 0.99)) / 1e3,
                            micros.get(micros.size() - 1) / 1e3);
        }
    }
}
