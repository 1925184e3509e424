package io.github.tieredjcache.examples.growingcluster;

import io.github.tieredjcache.testkit.RedisCluster;
import io.github.tieredjcache.testkit.RedisServer;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Fills a cache, lets two nodes read and write it, adds a fourth master, and moves a quarter of the slots of each other one to it. */
final class Growth {

    private static final int SLOTS = 16_384;
    private static final int MASTERS = 3;
    private static final int THREADS_OF_A_NODE = 2;

    private final RedisCluster redis;
    private final int entries;
    private final int pauseMillis;
    private final PrintStream out;
    private final Traffic.Shared shared;
    private long rowNanos;
    private long rowReads;
    private long rowNear;
    private long rowWrites;

    /**
     * @param redis three masters, without data
     * @param pauseMillis how long the nodes work before the fourth master joins and after it has its slots
     */
    Growth(RedisCluster redis, int entries, int pauseMillis, PrintStream out) {
        this.redis = redis;
        this.entries = entries;
        this.pauseMillis = pauseMillis;
        this.out = out;
        this.shared = new Traffic.Shared(entries);
    }

    /**
     * What came of it.
     *
     * @param keys how many keys each master has at the end, the new one last
     * @param wrong how many reads were wrong, and how many entries at the end
     * @param failed how many operations threw an exception
     */
    record Result(List<Long> keys, long reads, long writes, long wrong, long failed) {}

    Result run() throws InterruptedException {
        try (Node first = new Node(redis.uri(), entries / 4);
                Node second = new Node(redis.uri(), entries / 4)) {
            List<Node> nodes = List.of(first, second);
            fill(first);
            out.printf("%,d entries on three masters; two nodes read and write them.%n%n", entries);
            out.printf(
                    "%-24s %-31s %9s %6s %9s %9s%n",
                    "", "keys of the masters", "reads/s", "near", "writes/s", "slowest");
            ExecutorService threads = Executors.newCachedThreadPool();
            try {
                start(nodes, threads);
                row("three masters", nodes, pauseMillis);
                RedisServer fourth = redis.addMaster();
                for (int master = 0; master < MASTERS; master++) {
                    int from = SLOTS * master / MASTERS;
                    redis.moveAll(
                            IntStream.range(from, from + SLOTS / MASTERS / 4)
                                    .boxed()
                                    .toList(),
                            fourth);
                    row("slots of master " + (master + 1) + " move", nodes, 0);
                }
                row("four masters", nodes, pauseMillis);
            } finally {
                shared.ended = true;
                threads.shutdown();
            }
            if (!threads.awaitTermination(2, TimeUnit.MINUTES)) {
                throw new IllegalStateException("a thread has not ended");
            }
            // Until now, a near copy may be older than the last write.
            Thread.sleep(Node.STALENESS_BOUND.toMillis());
            return result(nodes);
        }
    }

    private void fill(Node node) {
        Map<String, Long> all = new HashMap<>();
        for (int key = 0; key < entries; key++) {
            all.put(Traffic.key(key), shared.begun.incrementAndGet(key));
        }
        node.calls().putAll(all);
    }

    private void start(List<Node> nodes, ExecutorService threads) {
        int count = nodes.size() * THREADS_OF_A_NODE;
        for (int thread = 0; thread < count; thread++) {
            threads.execute(new Traffic(nodes.get(thread % nodes.size()).calls(), thread, count, shared));
        }
        rowNanos = System.nanoTime();
    }

    /** Prints what has happened since the last row, after a pause. */
    private void row(String what, List<Node> nodes, int millis) throws InterruptedException {
        Thread.sleep(millis);
        long now = System.nanoTime();
        double seconds = (now - rowNanos) / 1e9;
        long reads = shared.reads.sum();
        long near = nodes.stream().mapToLong(Node::nearHits).sum();
        long writes = shared.writes.sum();
        out.printf(
                "%-24s %-31s %,9.0f %5.1f%% %,9.0f %6.1f ms%n",
                what,
                keys().stream().map("%,7d"::formatted).collect(Collectors.joining(" ")),
                (reads - rowReads) / seconds,
                100.0 * (near - rowNear) / Math.max(1, reads - rowReads),
                (writes - rowWrites) / seconds,
                shared.slowestNanos.getThenReset() / 1e6);
        rowNanos = now;
        rowReads = reads;
        rowNear = near;
        rowWrites = writes;
    }

    private List<Long> keys() {
        return redis.masters().stream().map(each -> each.number("DBSIZE")).toList();
    }

    /** Compares what each node reads at the end with what was written. */
    private Result result(List<Node> nodes) {
        List<String> wrong = new ArrayList<>();
        for (int key = 0; key < entries; key++) {
            for (Node each : nodes) {
                Long value = each.calls().get(Traffic.key(key));
                // A write that failed may have been made or not.
                if (value == null || (shared.failed.sum() == 0 && value != shared.begun.get(key))) {
                    wrong.add(Traffic.key(key));
                }
            }
        }
        Result result = new Result(
                keys(),
                shared.reads.sum(),
                shared.writes.sum(),
                shared.wrong.sum() + wrong.size(),
                shared.failed.sum());
        out.printf(
                "%n%,d reads and %,d writes: %,d failed, %,d read a wrong value.%n",
                result.reads(), result.writes(), result.failed(), result.wrong());
        return result;
    }
}
