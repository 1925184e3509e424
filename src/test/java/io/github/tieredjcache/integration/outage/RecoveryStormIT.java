package io.github.tieredjcache.integration.outage;

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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import javax.cache.Cache;
import javax.cache.CacheException;
import javax.cache.integration.CacheLoader;
import org.junit.jupiter.api.Test;

/** All nodes lose all that they know at once: Redis goes, and comes back empty, while many threads read on. */
class RecoveryStormIT {
    private static final int NODES = 2;
    private static final int THREADS = 32;
    private static final int KEYS = 2_000;
    private static final int BATCH = 20;
    private static final int LOADS_MAX = 8;
    private static final int COMMANDS_MAX = 512;
    private static final long LOAD_NANOS = 1_000_000;
    private static final long BETWEEN_READS_NANOS = 5_000_000;

    private final AtomicInteger failures = new AtomicInteger();
    private final AtomicLong reads = new AtomicLong();
    private volatile boolean over;

    @Test
    @Covers(FaultRow.F30)
    void recoveryOverloadsNeitherTheSourceNorRedis() throws Exception {
        try (RedisServer redis = RedisServer.startLocal();
                FaultProxy proxy = FaultProxy.inFrontOf(redis)) {
            List<StormedNode> nodes = new ArrayList<>();
            try {
                for (int i = 0; i < NODES; i++) {
                    nodes.add(new StormedNode(proxy.uri()));
                }
                storm(redis, proxy, nodes);
            } finally {
                over = true;
                nodes.forEach(StormedNode::close);
            }
        }
    }

    private void storm(RedisServer redis, FaultProxy proxy, List<StormedNode> nodes) throws Exception {
        Set<String> all = new HashSet<>();
        for (int i = 0; i < KEYS; i++) {
            all.add("key" + i);
        }
        for (StormedNode each : nodes) {
            assertEquals(KEYS, each.cache.getAll(all).size());
        }
        List<Crew.Member<Void>> readers = new ArrayList<>();
        for (StormedNode each : nodes) {
            for (int i = 0; i < THREADS; i++) {
                readers.add(Crew.run(() -> read(each.cache)));
            }
        }
        // A machine that is busy enough may have taken its time to connect.
        List<Long> outages =
                nodes.stream().map(each -> each.statistics.remoteOutages()).toList();
        redis.kill();
        until(() -> nodes.stream().allMatch(each -> each.statistics.isRemoteUnavailable()));
        redis.restart();
        until(() -> nodes.stream().noneMatch(each -> each.statistics.isRemoteUnavailable()));
        long atReturn = loads(nodes);
        until(() -> redis.number("DBSIZE") >= KEYS);
        over = true;
        for (Crew.Member<Void> each : readers) {
            each.result();
        }
        System.out.printf(
                "%d nodes of %d threads lost %d keys each: %d reads, %d loads in all, %d of them after Redis was back; at most %s loads of"
                        + " a node at a time; at most %d commands of a node were under way; outages %s%n",
                NODES,
                THREADS,
                KEYS,
                reads.get(),
                loads(nodes),
                loads(nodes) - atReturn,
                nodes.stream().map(each -> each.loader.runningMost).toList(),
                proxy.unansweredMost(),
                nodes.stream().map(each -> each.statistics.remoteOutages()).toList());
        assertEquals(0, failures.get());
        assertTrue(proxy.unansweredMost() <= COMMANDS_MAX, () -> proxy.unansweredMost() + " commands at a time");
        for (int i = 0; i < NODES; i++) {
            StormedNode each = nodes.get(i);
            assertTrue(each.loader.runningMost.get() <= LOADS_MAX, () -> each.loader.runningMost + " loads at a time");
            assertEquals(outages.get(i) + 1, each.statistics.remoteOutages());
            assertEquals(0, each.statistics.loadsRefused());
        }
    }

    private void read(Cache<String, String> cache) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        for (int i = 0; !over; i++) {
            Set<String> keys = new HashSet<>();
            for (int j = 0; j < (i % 2 == 0 ? 1 : BATCH); j++) {
                keys.add("key" + random.nextInt(KEYS));
            }
            try {
                Map<String, String> read = cache.getAll(keys);
                if (!keys.equals(new HashSet<>(read.values()))) {
                    failures.incrementAndGet();
                }
            } catch (CacheException e) {
                failures.incrementAndGet();
            }
            reads.incrementAndGet();
            // So that the threads of a small machine are not busy with what is near.
            LockSupport.parkNanos(BETWEEN_READS_NANOS);
        }
    }

    private static long loads(List<StormedNode> nodes) {
        return nodes.stream().mapToLong(each -> each.statistics.loads()).sum();
    }

    private static void until(BooleanSupplier condition) {
        Crew.until(() -> {
            LockSupport.parkNanos(LOAD_NANOS);
            return condition.getAsBoolean();
        });
    }

    /** A node, and what is known of it. */
    private static final class StormedNode implements AutoCloseable {
        private final Node node;
        private final Slow loader = new Slow();
        private final Cache<String, String> cache;
        private final TierStatistics statistics;

        StormedNode(String redisUri) {
            node = new Node(redisUri);
            cache = node.cache(
                    "storm",
                    String.class,
                    String.class,
                    settings -> settings.outagePolicy(OutagePolicy.LOCAL)
                            .commandTimeout(Node.PATIENCE)
                            .maximumConcurrentLoads(LOADS_MAX)
                            .readThrough(() -> loader));
            statistics = cache.unwrap(TierStatistics.class);
        }

        @Override
        public void close() {
            node.close();
        }
    }

    /** A source that takes its time for the key itself. */
    private static final class Slow implements CacheLoader<String, String> {
        private final AtomicInteger running = new AtomicInteger();
        private final AtomicInteger runningMost = new AtomicInteger();

        @Override
        public String load(String key) {
            return loadAll(List.of(key)).get(key);
        }

        @Override
        public Map<String, String> loadAll(Iterable<? extends String> keys) {
            runningMost.accumulateAndGet(running.incrementAndGet(), Math::max);
            LockSupport.parkNanos(LOAD_NANOS);
            Map<String, String> loaded = new HashMap<>();
            keys.forEach(key -> loaded.put(key, key));
            running.decrementAndGet();
            return loaded;
        }
    }
}
