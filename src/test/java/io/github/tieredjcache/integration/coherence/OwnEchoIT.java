package io.github.tieredjcache.integration.coherence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.TierStatistics;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.testkit.RedisServer;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import javax.cache.Cache;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A node receives the invalidations of its own writes, too; they do not cost it its own fresh copies.
 *
 * <p>One operation in five is a write, all others are reads of a hundred keys that nobody else changes: as long as an own write
 * leaves its copy, all reads are answered near. A key that is being written is asked for, and so is one that two
 * threads wrote at the same time, because the node does not know which was the last.
 */
class OwnEchoIT {
    private static final int KEYS = 100;
    private static final int OPERATIONS = 10_000;

    private final RedisServer redis = RedisServer.startLocal();
    private final Node node = new Node(redis);
    private final Cache<String, String> cache =
            node.cache("cache", String.class, String.class, settings -> settings.statistics(true));
    private final AtomicInteger threads = new AtomicInteger();

    @AfterEach
    void closes() {
        node.close();
        redis.close();
    }

    @Test
    void allReadsOfAThreadThatWritesItsOwnKeysAreNearHits() throws Exception {
        assertEquals(1.0, hitRate(1));
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 8})
    void almostAllReadsOfThreadsThatWriteTheSameKeysAreNearHits(int count) throws Exception {
        double rate = hitRate(count);
        assertTrue(rate > 0.8, "hit rate " + rate);
    }

    private double hitRate(int count) throws Exception {
        for (int key = 0; key < KEYS; key++) {
            cache.put("key " + key, "value");
        }
        TierStatistics statistics = cache.unwrap(TierStatistics.class);
        long before = statistics.nearHits();
        List<Long> reads = Crew.together(count, () -> work(OPERATIONS / count, threads.getAndIncrement()));
        long all = reads.stream().mapToLong(Long::longValue).sum();
        double rate = (double) (statistics.nearHits() - before) / all;
        System.out.printf(
                "own echoes, %d threads on %d keys, one operation in five a put: %.2f%% of %d reads were near hits%n",
                count, KEYS, 100 * rate, all);
        return rate;
    }

    private long work(int operations, int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        long reads = 0;
        for (int i = 0; i < operations; i++) {
            String key = "key " + random.nextInt(KEYS);
            if (random.nextInt(5) == 0) {
                cache.put(key, "value " + i);
            } else {
                cache.get(key);
                reads++;
            }
        }
        return reads;
    }
}
