package io.github.tieredjcache.integration.coherence;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.testkit.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import javax.cache.Cache;
import javax.cache.CacheException;
import org.junit.jupiter.api.Test;

/**
 * A history of reads and writes on several nodes, with connections cut at random: no read is older than the bound, and no
 * reader ever goes back.
 *
 * <p>The values of a key are ascending numbers from one writer, which notes when each write had returned. A reader that
 * began when a number had been written for longer than the bound must see that number or a later one. Runs for {@code
 * -Dhistory.seconds} (6 by default) from {@code -Dhistory.seed}, and until all threads have read or written after a cut.
 */
class StalenessHistoryIT {
    private static final Duration BOUND = Duration.ofSeconds(1);
    private static final int KEYS = 4;
    private static final int NODES = 3;
    private static final int THREADS = KEYS + NODES;
    /** A guard, for a history in which some thread does nothing after a cut. */
    private static final long MORE_SECONDS_MAX = 120;

    private final long seed = Long.getLong("history.seed", System.nanoTime());
    private final long seconds = Long.getLong("history.seconds", 6);
    private final ConcurrentLinkedQueue<String> violations = new ConcurrentLinkedQueue<>();
    private final List<ConcurrentSkipListMap<Long, Long>> returned = new ArrayList<>();
    private final AtomicLong reads = new AtomicLong();
    private final AtomicLong writes = new AtomicLong();
    private final AtomicLong worstNanos = new AtomicLong();
    private final AtomicLong cuts = new AtomicLong();
    private final Set<Thread> answeredAfterACut = ConcurrentHashMap.newKeySet();
    private volatile long endNanos;

    @Test
    @Covers(FaultRow.F89)
    void noReadIsOlderThanTheBoundAndNoReaderGoesBack() throws Exception {
        List<Node> nodes = new ArrayList<>();
        ExecutorService threads = Executors.newCachedThreadPool();
        try (RedisServer redis = RedisServer.startLocal()) {
            List<Cache<String, Long>> caches = new ArrayList<>();
            for (int i = 0; i < NODES; i++) {
                Node node = new Node(redis);
                nodes.add(node);
                caches.add(node.cache("history", String.class, Long.class, settings -> settings.stalenessBound(BOUND)));
            }
            endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
            Random random = new Random(seed);
            List<Future<?>> work = new ArrayList<>();
            for (int key = 0; key < KEYS; key++) {
                returned.add(new ConcurrentSkipListMap<>());
                work.add(threads.submit(new Writer(key, caches, new Random(random.nextLong()))));
            }
            for (Cache<String, Long> cache : caches) {
                work.add(threads.submit(new Reader(cache, new Random(random.nextLong()))));
            }
            work.add(threads.submit(() -> cut(redis, new Random(random.nextLong()))));
            for (Future<?> each : work) {
                each.get();
            }
        } finally {
            threads.shutdownNow();
            nodes.forEach(Node::close);
        }
        System.out.printf(
                "history: seed %d, %d writes, %d reads, %d cuts, worst staleness %d ms of %d%n",
                seed,
                writes.get(),
                reads.get(),
                cuts.get(),
                TimeUnit.NANOSECONDS.toMillis(worstNanos.get()),
                BOUND.toMillis());
        assertEquals(List.of(), List.copyOf(violations), "seed " + seed);
        assertEquals(THREADS, answeredAfterACut.size(), "each thread has read or written after a cut");
    }

    private boolean isOver() {
        long overNanos = System.nanoTime() - endNanos;
        return overNanos >= 0
                && (answeredAfterACut.size() == THREADS || overNanos > TimeUnit.SECONDS.toNanos(MORE_SECONDS_MAX));
    }

    /** Notes that the calling thread has been answered by its cache, in a call that began when there had been so many cuts. */
    private void answered(long cutsBefore) {
        if (cutsBefore > 0) {
            answeredAfterACut.add(Thread.currentThread());
        }
    }

    private void violation(String description) {
        // The first ones are enough.
        if (violations.size() < 20) {
            violations.add(description);
        }
    }

    private void cut(RedisServer redis, Random random) {
        while (!isOver()) {
            long next = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(1_500 + random.nextInt(1_000));
            while (System.nanoTime() - next < 0 && !isOver()) {
                LockSupport.parkNanos(100_000);
            }
            redis.command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
            cuts.incrementAndGet();
        }
    }

    /** Writes ascending numbers to one key: half of the keys always from one node, the others from one drawn each time. */
    private final class Writer implements Runnable {
        private final int key;
        private final List<Cache<String, Long>> caches;
        private final Random random;

        Writer(int key, List<Cache<String, Long>> caches, Random random) {
            this.key = key;
            this.caches = caches;
            this.random = random;
        }

        @Override
        public void run() {
            for (long number = 1; !isOver(); number++) {
                long cutsBefore = cuts.get();
                try {
                    int node = key < KEYS / 2 ? key : random.nextInt(caches.size());
                    caches.get(node).put("key " + key, number);
                    returned.get(key).put(number, System.nanoTime());
                    writes.incrementAndGet();
                    answered(cutsBefore);
                } catch (CacheException e) {
                    // Perhaps written, perhaps not: nobody is held to it.
                    continue;
                }
                long pause = System.nanoTime() + TimeUnit.MICROSECONDS.toNanos(random.nextInt(3_000));
                while (System.nanoTime() - pause < 0) {
                    LockSupport.parkNanos(100_000);
                }
            }
        }
    }

    /** Reads all keys on one node. */
    private final class Reader implements Runnable {
        private final Cache<String, Long> cache;
        private final Random random;
        private final long[] seen = new long[KEYS];

        Reader(Cache<String, Long> cache, Random random) {
            this.cache = cache;
            this.random = random;
        }

        @Override
        public void run() {
            while (!isOver()) {
                long cutsBefore = cuts.get();
                int key = random.nextInt(KEYS);
                long began = System.nanoTime();
                try {
                    Long number = cache.get("key " + key);
                    check(key, number == null ? 0 : number, began);
                    reads.incrementAndGet();
                    answered(cutsBefore);
                } catch (CacheException e) {
                    // No answer is no stale answer.
                    LockSupport.parkNanos(100_000);
                }
            }
        }

        private void check(int key, long number, long began) {
            if (number < seen[key]) {
                violation("key " + key + " went back from " + seen[key] + " to " + number);
            }
            seen[key] = number;
            var next = returned.get(key).higherEntry(number);
            if (next != null) {
                long stale = began - next.getValue();
                worstNanos.accumulateAndGet(stale, Math::max);
                if (stale > BOUND.toNanos()) {
                    violation("key " + key + " was " + number + " for " + stale + " ns after " + next.getKey());
                }
            }
        }
    }
}
