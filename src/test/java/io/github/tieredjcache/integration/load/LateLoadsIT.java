package io.github.tieredjcache.integration.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.TieredSetting;
import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.testkit.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import javax.cache.Cache;
import javax.cache.integration.CacheLoader;
import javax.cache.integration.CacheLoaderException;
import javax.cache.integration.CompletionListenerFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Three nodes remove and load a few keys at random. What is loaded is the moment at which its load began, so that a reader
 * sees whether it is from before a removal that is over. {@code -Dlate.loads.seconds} says how long each run takes.
 */
class LateLoadsIT {
    private static final int KEYS = 4;
    private static final int READERS = 2;
    private static final int LOAD_MICROS_MAX = 2_000;
    private static final int CHANGE_MICROS_MAX = 3_000;
    private static final Duration TIME = Duration.ofSeconds(Integer.getInteger("late.loads.seconds", 2));
    private static final String NOTHING = "nothing";

    private final RedisServer redis = RedisServer.startLocal();
    private final List<Node> nodes = List.of(new Node(redis), new Node(redis), new Node(redis));
    private final AtomicLong moments = new AtomicLong();
    private final AtomicLong reads = new AtomicLong();
    private final AtomicLong removals = new AtomicLong();
    private final AtomicLong loads = new AtomicLong();
    private final Queue<String> violations = new ConcurrentLinkedQueue<>();
    /** For each node and key when the latest removal that is over began; a node without copies sees those of all. */
    private final List<AtomicLongArray> removed =
            nodes.stream().map(each -> new AtomicLongArray(KEYS)).toList();

    @AfterEach
    void closes() {
        nodes.forEach(Node::close);
        redis.close();
    }

    /** With the shorter lease and patience, loads are overtaken and made beside each other all the time. */
    @ParameterizedTest
    @Covers(FaultRow.F80)
    @ValueSource(longs = {10, 10_000})
    void noReadReturnsALoadFromBeforeAFinishedRemoval(long millis) throws Exception {
        List<Cache<String, String>> caches = new ArrayList<>();
        for (Node each : nodes) {
            Duration nearTime = isWithoutCopies(caches.size()) ? Duration.ZERO : Duration.ofHours(1);
            caches.add(each.cache(
                    "cache",
                    String.class,
                    String.class,
                    settings -> settings.with(TieredSetting.LOAD_LEASE, Duration.ofMillis(millis))
                            .with(TieredSetting.LOAD_WAIT, Duration.ofMillis(millis / 2))
                            .nearTimeToLive(nearTime)
                            .commandTimeout(Node.PATIENCE)
                            .readThrough(() -> new MomentLoader())));
        }
        long seed = new Random().nextLong();
        long end = System.nanoTime() + TIME.toNanos();
        List<Crew.Member<Void>> crew = new ArrayList<>();
        for (int node = 0; node < nodes.size(); node++) {
            int own = node;
            Cache<String, String> cache = caches.get(node);
            Random random = new Random(seed + crew.size());
            crew.add(Crew.run(() -> {
                while (System.nanoTime() - end < 0) {
                    change(own, cache, random);
                }
            }));
            for (int i = 0; i < READERS; i++) {
                Random reading = new Random(seed + crew.size());
                crew.add(Crew.run(() -> {
                    while (System.nanoTime() - end < 0) {
                        read(own, cache, reading);
                    }
                }));
            }
        }
        // They are waited for no longer than others are, from now on.
        LockSupport.parkNanos(end - System.nanoTime());
        for (Crew.Member<Void> each : crew) {
            each.result();
        }
        System.out.printf(
                "seed %d, lease %d ms: %,d reads, %,d removals, %,d loads, %d late loads seen%n",
                seed, millis, reads.get(), removals.get(), loads.get(), violations.size());
        assertEquals(List.of(), List.copyOf(violations), "seed " + seed);
        assertTrue(removals.get() > 0 && loads.get() > 0);
    }

    private void change(int node, Cache<String, String> cache, Random random) throws Exception {
        LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(random.nextInt(CHANGE_MICROS_MAX)));
        int number = random.nextInt(KEYS);
        String key = key(number);
        long began = moments.incrementAndGet();
        switch (random.nextInt(10)) {
            case 0, 1 -> cache.remove(key);
            case 2 -> cache.getAndRemove(key);
            case 3 -> cache.removeAll(Set.of(key));
            case 4 ->
                cache.invoke(key, (entry, arguments) -> {
                    entry.remove();
                    return null;
                });
            case 5 -> {
                cache.put(key, NOTHING);
                cache.remove(key);
            }
            case 6 -> {
                cache.clear();
                for (int i = 0; i < KEYS; i++) {
                    isOver(node, i, began);
                }
            }
            case 7 -> {
                cache.replace(key, NOTHING);
                return;
            }
            case 8 -> {
                cache.loadAll(both(number), random.nextBoolean(), new CompletionListenerFuture());
                return;
            }
            default -> {
                failing(() -> cache.invoke(key, (entry, arguments) -> entry.getValue()));
                return;
            }
        }
        isOver(node, number, began);
    }

    private void isOver(int node, int number, long began) {
        removals.incrementAndGet();
        for (int each = 0; each < nodes.size(); each++) {
            if (each == node || isWithoutCopies(each)) {
                removed.get(each).accumulateAndGet(number, began, Math::max);
            }
        }
    }

    private void read(int node, Cache<String, String> cache, Random random) {
        Map<String, Long> before = new HashMap<>();
        for (int i = 0; i < KEYS; i++) {
            before.put(key(i), removed.get(node).get(i));
        }
        int number = random.nextInt(KEYS);
        Map<String, String> seen = new HashMap<>();
        failing(() -> {
            if (random.nextInt(4) == 0) {
                seen.putAll(cache.getAll(both(number)));
            } else {
                seen.put(key(number), cache.get(key(number)));
            }
        });
        reads.incrementAndGet();
        seen.forEach((each, value) -> {
            if (value != null && !value.equals(NOTHING) && Long.parseLong(value) < before.get(each)) {
                violations.add("node " + node + " saw in " + each + " what was loaded from " + value
                        + " on, after a removal that began at " + before.get(each));
            }
        });
    }

    /** Runs what may meet a load that fails. */
    private static void failing(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException e) {
            for (Throwable each = e; each != null; each = each.getCause()) {
                if (each instanceof CacheLoaderException) {
                    return;
                }
            }
            throw e;
        }
    }

    /** The last one asks Redis each time, and so knows of all removals. */
    private boolean isWithoutCopies(int node) {
        return node == nodes.size() - 1;
    }

    /** A key and its neighbour. */
    private static Set<String> both(int number) {
        return Set.of(key(number), key((number + 1) % KEYS));
    }

    private static String key(int number) {
        return "key " + number;
    }

    /** Loads the moment at which the load begins; sometimes nothing, sometimes it fails. */
    private final class MomentLoader implements CacheLoader<String, String> {
        private final Random random = new Random();

        @Override
        public String load(String key) {
            String began = Long.toString(moments.incrementAndGet());
            loads.incrementAndGet();
            LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(random.nextInt(LOAD_MICROS_MAX)));
            return switch (random.nextInt(10)) {
                case 0 -> throw new CacheLoaderException("no source");
                case 1 -> null;
                default -> began;
            };
        }

        @Override
        public Map<String, String> loadAll(Iterable<? extends String> keys) {
            Map<String, String> loaded = new HashMap<>();
            keys.forEach(key -> loaded.put(key, load(key)));
            return loaded;
        }
    }
}
