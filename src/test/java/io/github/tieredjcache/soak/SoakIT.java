package io.github.tieredjcache.soak;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.integration.ChildProcess;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.soak.SoakNode.Figures;
import io.github.tieredjcache.testkit.RedisCluster;
import io.github.tieredjcache.testkit.RedisServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToDoubleFunction;
import javax.cache.Cache;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Three processes use caches on a Redis Cluster for {@code -Dsoak.seconds} (5 by default) with a fault every few seconds, as {@code
 * -Dsoak.seed} draws: no promise breaks. In five minutes or more nothing grows either, and no key is left that no cache has. The curves are drawn into {@code target/soak}.
 */
class SoakIT {
    private static final long FAULT_EACH_MILLIS = 2_000;
    private static final long FLAT_FROM_SECONDS = 300;
    private static final double MEGABYTE = 1 << 20;

    private final long seconds = Long.getLong("soak.seconds", 5);
    private final long seed = Long.getLong("soak.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final SoakCurves curves = new SoakCurves();
    private final ConcurrentLinkedQueue<String> violations = new ConcurrentLinkedQueue<>();
    private final long[] made = new long[SoakNode.COUNTERS];
    private final long[] unknown = new long[SoakNode.COUNTERS];
    private volatile long beganNanos = System.nanoTime();

    @Test
    void noPromiseBreaksAndNothingGrows() throws Exception {
        try (RedisCluster redis = RedisCluster.startReplicated(3)) {
            SoakFaults faults = new SoakFaults(redis, random);
            List<SoakProcess> processes = new ArrayList<>();
            try {
                for (int i = 0; i < SoakNode.NODES; i++) {
                    processes.add(new SoakProcess(redis.uri(), i));
                }
                beganNanos = System.nanoTime();
                while (second() < seconds) {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(FAULT_EACH_MILLIS));
                    make(faults, processes, redis.uri());
                    measure(faults.masters());
                }
            } finally {
                for (SoakProcess each : processes) {
                    each.end();
                }
            }
            curves.draw(Path.of("target/soak/curves.svg"));
            System.out.printf("soak: seed %d, %.0f s, %s%n%s", seed, second(), faults, curves.table());
            assertEquals(List.of(), List.copyOf(violations), "seed " + seed);
            assertExact(redis);
            if (seconds >= FLAT_FROM_SECONDS) {
                assertNothingHasGrown();
                assertNothingIsLeft(redis.uri(), faults.masters());
            }
        }
    }

    private void assertNothingHasGrown() {
        assertAll(
                () -> assertFlat("heap of process 0 in MB", 0.2, 8),
                () -> assertFlat("threads of process 0", 0, 3),
                () -> assertFlat("open files of process 0", 0, 8),
                () -> assertFlat("clients of Redis", 0.1, 6));
    }

    private double second() {
        return (System.nanoTime() - beganNanos) / 1e9;
    }

    private void make(SoakFaults faults, List<SoakProcess> processes, String uri) throws Exception {
        // Process 0 stays: its figures show what grows.
        int drawn = 1 + random.nextInt(processes.size() - 1);
        switch (faults.next()) {
            case PROCESS_IS_FROZEN -> {
                processes.get(drawn).child.stop();
                faults.pause();
                processes.get(drawn).child.resume();
            }
            case PROCESS_IS_REPLACED -> {
                processes.get(drawn).end();
                processes.set(drawn, new SoakProcess(uri, drawn));
            }
            default -> {}
        }
    }

    private void measure(List<RedisServer> masters) {
        add("keys in Redis", masters, each -> each.number("DBSIZE"));
        add("clients of Redis", masters, each -> each.info("clients", "connected_clients"));
        add("memory of Redis in MB", masters, each -> each.info("memory", "used_memory") / MEGABYTE);
    }

    private void add(String curve, List<RedisServer> masters, ToDoubleFunction<RedisServer> figure) {
        curves.add(curve, second(), masters.stream().mapToDouble(figure).sum());
    }

    private void assertFlat(String curve, double growth, double slack) {
        double early = curves.mean(curve, 0.2, 0.4);
        double late = curves.mean(curve, 0.8, 1);
        assertTrue(late <= early * (1 + growth) + slack, () -> curve + " has grown from " + early + " to " + late);
    }

    private void assertExact(RedisCluster redis) {
        try (Node node = new Node(redis.uri())) {
            Cache<String, Long> sums = node.cache(SoakNode.SUMS, String.class, Long.class, settings -> settings);
            for (int i = 0; i < SoakNode.COUNTERS; i++) {
                Long found = sums.get("sum-" + i);
                long sum = found == null ? 0 : found;
                int counter = i;
                assertTrue(
                        made[i] <= sum && sum <= made[i] + unknown[i],
                        () -> "counter " + counter + " is " + sum + " after " + made[counter] + " increments, and "
                                + unknown[counter] + " of unknown outcome");
            }
            System.out.printf(
                    "increments: %,d, %,d of unknown outcome%n",
                    Arrays.stream(made).sum(), Arrays.stream(unknown).sum());
        }
    }

    /** In the end Redis has the entries of the two caches that nobody clears, and no other: a node removes what all have left. */
    private static void assertNothingIsLeft(String uri, List<RedisServer> masters) {
        try (Node node = new Node(uri)) {
            node.cache(SoakNode.MIXED, String.class, String.class, builder -> builder.stalenessBound(SoakNode.BOUND))
                    .clear();
            for (RedisServer each : masters) {
                Crew.until(() -> each.list("KEYS", "*:leftovers").isEmpty());
            }
            List<String> lasting = lasting(masters);
            assertTrue(lasting.size() <= SoakNode.COUNTERS + SoakNode.ASCENDING, () -> "Redis still has " + lasting);
        }
    }

    /** Returns the keys that never expire, except those that each partition has once. */
    private static List<String> lasting(List<RedisServer> masters) {
        List<String> keys = new ArrayList<>();
        for (RedisServer each : masters) {
            each.list("KEYS", "*").stream()
                    .filter(key -> !key.endsWith(":epoch") && !key.endsWith(":partitions"))
                    .filter(key -> each.number("TTL", key) == -1)
                    .forEach(keys::add);
        }
        return keys;
    }

    /** A process, and the thread that hears it. */
    private final class SoakProcess {
        private final int number;
        private final ChildProcess child;
        private volatile boolean ready;
        private final Crew.Member<Void> listener;

        SoakProcess(String uri, int number) throws Exception {
            this.number = number;
            this.child = new ChildProcess(SoakNode.class, uri, Integer.toString(number));
            this.listener = Crew.run(this::listen);
            Crew.until(() -> ready || listener.isDone());
            if (!ready) {
                // It has ended: throws what it has said.
                listener.result();
            }
        }

        private void listen() throws IOException {
            Figures before = null;
            long beforeNanos = 0;
            for (String line = child.receive(); !line.equals("end"); line = child.receive()) {
                if (line.equals("ready")) {
                    ready = true;
                } else if (line.startsWith("figures ")) {
                    Figures figures = Figures.parse(line);
                    add(figures, before, (System.nanoTime() - beforeNanos) / 1e9);
                    before = figures;
                    beforeNanos = System.nanoTime();
                } else if (line.startsWith("count ")) {
                    String[] words = line.split(" ", -1);
                    int counter = Integer.parseInt(words[1]);
                    synchronized (made) {
                        made[counter] += Long.parseLong(words[2]);
                        unknown[counter] += Long.parseLong(words[3]);
                    }
                } else {
                    violations.add("process " + number + ": " + line);
                }
            }
        }

        private void add(Figures figures, @Nullable Figures before, double tookSeconds) {
            String of = " of process " + number;
            if (number == 0) {
                curves.add("heap" + of + " in MB", second(), figures.heapBytes() / MEGABYTE);
                curves.add("threads" + of, second(), figures.threads());
                curves.add("open files" + of, second(), figures.sockets());
            }
            if (before != null) {
                curves.add(
                        "operations a second" + of,
                        second(),
                        (figures.operations() - before.operations()) / tookSeconds);
                curves.add("refused a second" + of, second(), (figures.refused() - before.refused()) / tookSeconds);
            }
        }

        void end() throws Exception {
            child.send("end");
            listener.result();
            child.close();
        }
    }
}
