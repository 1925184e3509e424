package io.github.tieredjcache.integration.expiry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.TierStatistics;
import io.github.tieredjcache.TieredSetting;
import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.integration.RecordingLoader;
import io.github.tieredjcache.testkit.CommandCounts;
import io.github.tieredjcache.testkit.RedisServer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.cache.Cache;
import javax.cache.expiry.CreatedExpiryPolicy;
import javax.cache.expiry.Duration;
import javax.cache.integration.CompletionListenerFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Many entries that expire together while many threads of several nodes read them. */
class ExpiryHerdIT {
    private static final int KEYS = 10_000;
    private static final int BATCH = 500;
    private static final int THREADS = 4;
    private static final long SEED = 42;
    private static final int HERD = 1_000;
    private static final Duration SECONDS = new Duration(TimeUnit.MILLISECONDS, 2_000);
    private static final Duration BRIEF = new Duration(TimeUnit.MILLISECONDS, 500);

    private final RedisServer redis = RedisServer.startLocal();
    private final Node seeding = new Node(redis);
    private final Node node = new Node(redis);
    private final Node other = new Node(redis);
    private final Queue<Long> loadNanos = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean sourceIsEmpty = new AtomicBoolean();
    private final RecordingLoader loader = new RecordingLoader(key -> {
        loadNanos.add(System.nanoTime());
        return sourceIsEmpty.get() ? null : "value of " + key;
    });

    @AfterEach
    void closes() {
        seeding.close();
        node.close();
        other.close();
        redis.close();
    }

    @Test
    @Covers(FaultRow.F99)
    void entriesThatExpireTogetherAreLoadedOnceEach() throws Exception {
        Cache<String, String> brief = cache(seeding, BRIEF);
        // What is loaded again stays, so that each entry expires once, however long this test takes.
        List<Cache<String, String>> caches = List.of(cache(node, Duration.ONE_DAY), cache(other, Duration.ONE_DAY));
        List<String> keys =
                IntStream.range(0, KEYS).mapToObj(each -> "key " + each).toList();
        long began = System.nanoTime();
        for (int from = 0; from < KEYS; from += BATCH) {
            Set<String> batch = new HashSet<>(keys.subList(from, from + BATCH));
            if (from / BATCH % 2 == 0) {
                CompletionListenerFuture done = new CompletionListenerFuture();
                brief.loadAll(batch, false, done);
                done.get();
            } else {
                assertEquals(BATCH, brief.getAll(batch).size());
            }
        }
        long seeded = System.nanoTime() - began;
        // Some entries have near copies, which expire with them; what has expired already is not to be loaded yet.
        sourceIsEmpty.set(true);
        caches.forEach(each -> each.getAll(new HashSet<>(keys.subList(KEYS - BATCH, KEYS))));
        // What was loaded last expires last.
        Crew.until(() -> !brief.containsKey(keys.get(KEYS - 1)));
        sourceIsEmpty.set(false);
        int before = loads();
        long[] nanos = new long[1];
        CommandCounts counts = CommandCounts.during(
                redis, () -> nanos[0] = readAtRandom(caches, keys, value -> value.startsWith("value of key ")));
        int loads = loads() - before;
        long refused = caches.stream()
                .mapToLong(each -> each.unwrap(TierStatistics.class).fillsRefused())
                .sum();
        System.out.printf(
                "%,d entries, loaded in batches of %d in %d ms, expired together: %d threads on each of %d nodes read them all"
                        + " in %d ms, with %,d source loads, %d in excess, %d of which were not kept; Redis executed %s%n",
                KEYS,
                BATCH,
                TimeUnit.NANOSECONDS.toMillis(seeded),
                THREADS,
                caches.size(),
                TimeUnit.NANOSECONDS.toMillis(nanos[0]),
                loads,
                loads - KEYS,
                refused,
                counts.without("ping", "info"));
        assertEquals(KEYS, loads);
        assertEquals(0, refused);
    }

    @Test
    void jitterSpreadsTheLoadsOfEntriesThatWereStoredTogether() throws Exception {
        for (int percent : new int[] {0, 50}) {
            String name = "jitter-" + percent;
            Cache<String, String> brief = cache(name, seeding, SECONDS, percent);
            List<Cache<String, String>> caches =
                    List.of(cache(name, node, Duration.ONE_DAY, 0), cache(name, other, Duration.ONE_DAY, 0));
            List<String> keys =
                    IntStream.range(0, HERD).mapToObj(each -> name + " " + each).toList();
            for (int from = 0; from < HERD; from += BATCH) {
                brief.putAll(
                        keys.subList(from, from + BATCH).stream().collect(Collectors.toMap(key -> key, key -> "seed")));
            }
            loadNanos.clear();
            // A read of an expired entry loads it.
            while (loadNanos.size() < HERD) {
                long unused = readAtRandom(caches, keys, value -> true);
            }
            keys.forEach(key -> assertEquals(1, loader.loads(key), key));
            System.out.printf(
                    "%,d entries that were stored together, each loaded once; jitter %d %%: at most %,d loads in 100 ms%n",
                    HERD, percent, busiest(TimeUnit.MILLISECONDS.toNanos(100)));
        }
    }

    /** Returns the number of loads in the busiest stretch of this length. */
    private int busiest(long lengthNanos) {
        List<Long> sorted = loadNanos.stream().sorted().toList();
        int most = 0;
        for (int first = 0, last = 0; last < sorted.size(); last++) {
            while (sorted.get(last) - sorted.get(first) > lengthNanos) {
                first++;
            }
            most = Math.max(most, last - first + 1);
        }
        return most;
    }

    /** Has each thread read all keys in an order of its own, and returns how long that took them. */
    private static long readAtRandom(List<Cache<String, String>> caches, List<String> keys, Predicate<String> isRight) {
        long began = System.nanoTime();
        List<Crew.Member<Void>> crew = new ArrayList<>();
        for (int i = 0; i < THREADS * caches.size(); i++) {
            Cache<String, String> cache = caches.get(i % caches.size());
            List<String> order = new ArrayList<>(keys);
            Collections.shuffle(order, new Random(SEED + i));
            crew.add(Crew.run(() -> order.forEach(key -> assertTrue(isRight.test(cache.get(key)), key))));
        }
        for (Crew.Member<Void> each : crew) {
            try {
                each.result();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }
        return System.nanoTime() - began;
    }

    private int loads() {
        return loader.loads().values().stream().mapToInt(Integer::intValue).sum();
    }

    private Cache<String, String> cache(Node where, Duration lifetime) {
        return cache("cache", where, lifetime, 0);
    }

    private Cache<String, String> cache(String name, Node where, Duration lifetime, int jitterPercent) {
        return where.cache(
                name,
                String.class,
                String.class,
                settings -> settings.expiry(CreatedExpiryPolicy.factoryOf(lifetime))
                        .expiryJitter(jitterPercent)
                        .with(TieredSetting.LOAD_WAIT, Node.PATIENCE)
                        .commandTimeout(Node.PATIENCE)
                        .nearMaximumSize(2 * KEYS)
                        .readThrough(() -> loader));
    }
}
