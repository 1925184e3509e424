package io.github.tieredjcache.integration.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.OutagePolicy;
import io.github.tieredjcache.TierStatistics;
import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.testkit.FaultProxy;
import io.github.tieredjcache.testkit.RedisServer;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import javax.cache.Cache;
import javax.cache.CacheException;
import javax.cache.integration.CacheLoader;
import org.junit.jupiter.api.Test;

/**
 * Prints what 256 threads wait for while Redis is slow or gone, and what that does to reads of near copies. Asserts no time: that no
 * call fails, and that the commands under way are bounded.
 */
class OverloadIT {
    private static final int THREADS = 256;
    private static final int NEAR_THREADS = 2;
    private static final int COMMANDS_MAX = 512;
    private static final Duration PHASE = Duration.ofMillis(Long.getLong("overload.millis", 1_200));
    private static final Duration BETWEEN_CALLS = Duration.ofMillis(20);
    private static final int NEAR_BATCH = 500;
    private static final Duration BETWEEN_BATCHES = Duration.ofMillis(2);

    private final AtomicLong failures = new AtomicLong();
    private volatile boolean over;

    /** What is wrong with Redis. */
    private enum Trouble {
        NONE,
        LATE_50_MS,
        LATE_500_MS,
        BLACK_HOLE;

        void begin(FaultProxy proxy) {
            switch (this) {
                case NONE -> {}
                case LATE_50_MS -> proxy.fromServer().delay(Duration.ofMillis(50));
                case LATE_500_MS -> proxy.fromServer().delay(Duration.ofMillis(500));
                case BLACK_HOLE -> {
                    proxy.toServer().hold();
                    proxy.fromServer().hold();
                }
            }
        }
    }

    /** How long each call of some threads took. */
    private static final class Met {
        private final long[] nanos;

        Met(long[] nanos) {
            this.nanos = nanos;
        }

        int calls() {
            return nanos.length;
        }
    }

    @Test
    @Covers({FaultRow.F94, FaultRow.F96})
    void noCallFailsWhileRedisIsSlowOrUnavailable() throws Exception {
        // The first is to warm up.
        double healthy = run(Trouble.NONE, 0);
        for (Trouble trouble : Trouble.values()) {
            double nearReads = run(trouble, healthy);
            healthy = trouble == Trouble.NONE ? nearReads : healthy;
        }
        assertEquals(0, failures.get());
    }

    private double run(Trouble trouble, double healthy) throws Exception {
        try (RedisServer redis = RedisServer.startLocal();
                FaultProxy proxy = FaultProxy.inFrontOf(redis);
                Node node = new Node(proxy.uri())) {
            Cache<String, String> cache = node.cache(
                    "cache",
                    String.class,
                    String.class,
                    settings -> settings.outagePolicy(OutagePolicy.LOCAL)
                            .commandTimeout(Duration.ofMillis(500))
                            .readThrough(Echo::new));
            TierStatistics tiers = cache.unwrap(TierStatistics.class);
            assertEquals("near", cache.get("near"));
            long heapBefore = heap();
            over = false;
            trouble.begin(proxy);
            long beganNanos = System.nanoTime();
            List<Crew.Member<Met>> near =
                    start(NEAR_THREADS, () -> ask(cache, () -> "near", NEAR_BATCH, BETWEEN_BATCHES));
            List<Crew.Member<Met>> remote =
                    start(THREADS - NEAR_THREADS, () -> ask(cache, OverloadIT::coldKey, 1, BETWEEN_CALLS));
            long openedNanos = -1;
            int openings = 0;
            for (boolean unavailable = false; System.nanoTime() - beganNanos < PHASE.toNanos(); ) {
                if (tiers.isRemoteUnavailable() != unavailable) {
                    unavailable = !unavailable;
                    openings += unavailable ? 1 : 0;
                    openedNanos = openedNanos < 0 ? System.nanoTime() - beganNanos : openedNanos;
                }
                LockSupport.parkNanos(1_000_000);
            }
            over = true;
            long arrivedBefore = commands(redis);
            int connections = proxy.connections();
            proxy.toServer().forward();
            proxy.fromServer().forward();
            long heapAfter = heap();
            Met nearMet = met(near);
            Met remoteMet = met(remote);
            Crew.until(() -> !tiers.isRemoteUnavailable());
            long arrived = commands(redis) - arrivedBefore;
            double nearReads = NEAR_BATCH / (quantile(nearMet, 0.5) / 1_000);
            System.out.printf(
                    "overload, %s: %d calls, waits of %.1f ms (median), %.1f ms (99%%), %.1f ms (max); near reads %.0f a second"
                            + " and thread%s, %d of them at a time took %.2f ms (99%%); circuit breaker open %s, %d times; %d commands arrived afterwards on %d connections; heap %d MB,"
                            + " then %d MB%n",
                    trouble,
                    remoteMet.calls(),
                    quantile(remoteMet, 0.5),
                    quantile(remoteMet, 0.99),
                    quantile(remoteMet, 1),
                    nearReads,
                    healthy == 0 ? "" : String.format(" (%.2f of the healthy run)", nearReads / healthy),
                    NEAR_BATCH,
                    quantile(nearMet, 0.99),
                    openedNanos < 0 ? "never" : "after " + TimeUnit.NANOSECONDS.toMillis(openedNanos) + " ms",
                    openings,
                    arrived,
                    connections,
                    heapBefore >> 20,
                    heapAfter >> 20);
            if (trouble == Trouble.BLACK_HOLE) {
                // The greetings and heartbeats of each connection, and what is asked on the first after it.
                assertTrue(arrived <= COMMANDS_MAX * (connections + 1L) + 100, () -> arrived + " were under way");
            }
            return nearReads;
        }
    }

    private static List<Crew.Member<Met>> start(int count, Callable<Met> work) {
        List<Crew.Member<Met>> members = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            members.add(Crew.start(work));
        }
        return members;
    }

    private static String coldKey() {
        return Long.toString(ThreadLocalRandom.current().nextLong());
    }

    /** Asks for so many keys at a time, again and again; returns how long each time took. */
    private Met ask(Cache<String, String> cache, Supplier<String> keys, int batch, Duration pause) {
        long[] waits = new long[10_000];
        int times = 0;
        while (!over && times < waits.length) {
            String key = keys.get();
            long began = System.nanoTime();
            for (int i = 0; i < batch; i++) {
                askOnce(cache, key);
            }
            waits[times++] = System.nanoTime() - began;
            LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(2 * pause.toNanos()));
        }
        return new Met(Arrays.copyOf(waits, times));
    }

    private void askOnce(Cache<String, String> cache, String key) {
        try {
            if (!key.equals(cache.get(key))) {
                failures.incrementAndGet();
            }
        } catch (CacheException e) {
            failures.incrementAndGet();
        }
    }

    private static Met met(List<Crew.Member<Met>> members) throws Exception {
        List<long[]> all = new ArrayList<>();
        for (Crew.Member<Met> each : members) {
            all.add(each.result().nanos);
        }
        return new Met(all.stream().flatMapToLong(Arrays::stream).sorted().toArray());
    }

    /** Returns the milliseconds that a share of the calls did not exceed. */
    private static double quantile(Met met, double share) {
        long[] nanos = met.nanos;
        return nanos[(int) Math.min(nanos.length - 1L, (long) (share * nanos.length))] / 1e6;
    }

    /** Returns how many commands Redis has executed. */
    private static long commands(RedisServer redis) {
        return redis.info("stats", "total_commands_processed");
    }

    private static long heap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /** A source that answers the key at once. */
    private static final class Echo implements CacheLoader<String, String> {
        @Override
        public String load(String key) {
            return key;
        }

        @Override
        public Map<String, String> loadAll(Iterable<? extends String> keys) {
            throw new UnsupportedOperationException();
        }
    }
}
