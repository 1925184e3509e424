package io.github.tieredjcache.examples.growingcluster;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import javax.cache.Cache;
import javax.cache.CacheException;

/**
 * Reads and writes of one thread of a node, and what was wrong with them.
 *
 * <p>A thread writes keys of its own, to each a larger number than before, and reads all keys, some more often than others. A number that is smaller
 * than the last one that this thread has read, or read as written, is wrong, and so is one that nobody has begun to write.
 */
final class Traffic implements Runnable {

    private static final double WRITES = 0.1;

    private final Cache<String, Long> cache;
    private final int thread;
    private final int threads;
    private final Shared shared;
    private final long[] seen;
    private final RandomGenerator random;

    /** What the threads of all nodes have in common. */
    static final class Shared {
        /** By key: the largest number that somebody has begun to write. */
        final AtomicLongArray begun;

        final LongAdder reads = new LongAdder();
        final LongAdder writes = new LongAdder();
        final LongAdder failed = new LongAdder();
        final LongAdder wrong = new LongAdder();
        final LongAccumulator slowestNanos = new LongAccumulator(Math::max, 0);
        volatile boolean ended;

        Shared(int entries) {
            begun = new AtomicLongArray(entries);
        }
    }

    Traffic(Cache<String, Long> cache, int thread, int threads, Shared shared) {
        this.cache = cache;
        this.thread = thread;
        this.threads = threads;
        this.shared = shared;
        this.seen = new long[shared.begun.length()];
        this.random = RandomGeneratorFactory.of("SplittableRandom").create(thread);
    }

    static String key(int number) {
        return "customer-" + number;
    }

    @Override
    public void run() {
        while (!shared.ended) {
            // The square makes small numbers frequent: a quarter of the keys has half of the reads.
            double where = random.nextDouble();
            int key = (int) (where * where * seen.length);
            boolean writes = random.nextDouble() < WRITES;
            long beganNanos = System.nanoTime();
            try {
                if (writes) {
                    write(key - key % threads + thread);
                } else {
                    read(key);
                }
            } catch (CacheException e) {
                shared.failed.increment();
            }
            shared.slowestNanos.accumulate(System.nanoTime() - beganNanos);
        }
    }

    private void write(int key) {
        if (key >= seen.length) {
            return;
        }
        long next = shared.begun.incrementAndGet(key);
        cache.put(key(key), next);
        seen[key] = next;
        shared.writes.increment();
    }

    private void read(int key) {
        Long value = cache.get(key(key));
        shared.reads.increment();
        if (value == null || value < seen[key] || value > shared.begun.get(key)) {
            shared.wrong.increment();
        } else {
            seen[key] = value;
        }
    }
}
