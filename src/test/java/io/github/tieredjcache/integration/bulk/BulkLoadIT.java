package io.github.tieredjcache.integration.bulk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.TierStatistics;
import io.github.tieredjcache.TieredSetting;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.integration.RecordingLoader;
import io.github.tieredjcache.testkit.CommandCounts;
import io.github.tieredjcache.testkit.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.cache.Cache;
import javax.cache.integration.CompletionListenerFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Loads of many keys at once, on two nodes that want many of the same. */
class BulkLoadIT {
    private static final int KEYS = 200;
    private static final int ASKED = 150;
    private static final int ROUNDS = 20;
    private static final long SEED = 42;
    private static final long LOAD_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    /** Nothing here waits for the end of a lease or of patience; if something did, its test would fail. */
    private static final Duration LONG = Duration.ofMinutes(10);

    private final RedisServer redis = RedisServer.startLocal();
    private final Node node = new Node(redis);
    private final Node other = new Node(redis);
    private final Random random = new Random(SEED);

    @AfterEach
    void closes() {
        node.close();
        other.close();
        redis.close();
    }

    @Test
    void keysRequestedByTwoNodesAtOnceAreLoadedOnceEach() throws Exception {
        RecordingLoader loader = new RecordingLoader(BulkLoadIT::valueOf, LOAD_NANOS);
        Cache<String, String> here = cache(node, loader);
        Cache<String, String> there = cache(other, loader);
        List<Long> micros = new ArrayList<>();
        CommandCounts counts = null;
        for (int round = 0; round < ROUNDS; round++) {
            List<String> keys = keys(round);
            Set<String> first = shuffled(keys.subList(0, ASKED));
            Set<String> second = shuffled(keys.subList(KEYS - ASKED, KEYS));
            counts = CommandCounts.during(redis, () -> micros.addAll(atOnce(here, first, there, second)));
            keys.forEach(key -> assertEquals(1, loader.loads(key), key));
        }
        micros.sort(null);
        System.out.printf(
                "%d times getAll of %d keys on each of 2 nodes, %d of them the same, a load takes %d ms: each key was loaded"
                        + " once; median %.1f ms, slowest %.1f; the last time Redis executed %s%n",
                ROUNDS,
                ASKED,
                2 * ASKED - KEYS,
                TimeUnit.NANOSECONDS.toMillis(LOAD_NANOS),
                micros.get(micros.size() / 2) / 1e3,
                micros.get(micros.size() - 1) / 1e3,
                counts.without("ping", "info"));
    }

    @Test
    void keysRequestedByAllOperationsAtOnceAreLoadedOnceEach() throws Exception {
        RecordingLoader loader = new RecordingLoader(BulkLoadIT::valueOf, LOAD_NANOS / 10);
        List<Cache<String, String>> caches = List.of(cache(node, loader), cache(other, loader));
        for (int round = 0; round < ROUNDS; round++) {
            List<String> keys = keys(round);
            CountDownLatch go = new CountDownLatch(1);
            List<Crew.Member<Void>> crew = new ArrayList<>();
            for (Cache<String, String> cache : caches) {
                Set<String> some = shuffled(keys);
                crew.add(Crew.run(() -> {
                    go.await();
                    assertEquals(valuesOf(some), cache.getAll(some));
                }));
                Set<String> same = shuffled(keys);
                crew.add(Crew.run(() -> {
                    go.await();
                    CompletionListenerFuture done = new CompletionListenerFuture();
                    cache.loadAll(same, false, done);
                    done.get();
                }));
                Set<String> singly = shuffled(keys);
                crew.add(Crew.run(() -> {
                    go.await();
                    singly.forEach(key -> assertEquals(valueOf(key), cache.get(key)));
                }));
            }
            go.countDown();
            for (Crew.Member<Void> each : crew) {
                each.result();
            }
            keys.forEach(key -> assertEquals(1, loader.loads(key), key));
        }
        caches.forEach(each -> assertEquals(0, each.unwrap(TierStatistics.class).fillsRefused()));
    }

    @Test
    void aBulkLoadKeepsTheKeysThatDidNotChangeDuringIt() throws Exception {
        CountDownLatch loading = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        RecordingLoader held = new RecordingLoader(key -> {
            loading.countDown();
            Crew.await(mayEnd);
            return "old";
        });
        Cache<String, String> here = cache(node, held);
        Cache<String, String> there = cache(other, new RecordingLoader(key -> "new"));
        List<String> keys = keys(0);
        Set<String> put = new HashSet<>(keys.subList(0, 50));
        Set<String> removed = new HashSet<>(keys.subList(50, 100));
        Set<String> reloaded = new HashSet<>(keys.subList(80, 100));
        // 1. A load of all keys begins.
        Crew.Member<Map<String, String>> all = Crew.start(() -> here.getAll(shuffled(keys)));
        Crew.await(loading);
        // 2. Some are stored and some removed, and of those some are loaded by others.
        there.putAll(valuesOf(put));
        there.removeAll(removed);
        assertEquals(20, there.getAll(reloaded).size());
        // 3. The load ends.
        mayEnd.countDown();
        assertEquals(Set.of("old"), new HashSet<>(all.result().values()));
        Map<String, String> kept = new HashMap<>();
        there.forEach(entry -> kept.put(entry.getKey(), entry.getValue()));
        for (String key : keys) {
            String expected = put.contains(key) ? valueOf(key) : removed.contains(key) ? null : "old";
            assertEquals(reloaded.contains(key) ? "new" : expected, kept.get(key), key);
            if (removed.contains(key) && !reloaded.contains(key)) {
                assertFalse(here.containsKey(key));
            }
        }
        there.getAll(new HashSet<>(keys)).forEach(kept::putIfAbsent);
        Crew.until(() -> kept.equals(here.getAll(new HashSet<>(keys))));
        assertTrue(removed.stream().map(kept::get).allMatch("new"::equals));
    }

    /** Has both caches asked by two threads each, and returns the microseconds of the calls. */
    private static List<Long> atOnce(
            Cache<String, String> here, Set<String> first, Cache<String, String> there, Set<String> second) {
        CountDownLatch go = new CountDownLatch(1);
        List<Crew.Member<Long>> crew = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            crew.add(Crew.start(() -> timed(go, here, first)));
            crew.add(Crew.start(() -> timed(go, there, second)));
        }
        go.countDown();
        List<Long> micros = new ArrayList<>();
        for (Crew.Member<Long> each : crew) {
            try {
                micros.add(each.result());
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }
        return micros;
    }

    private static long timed(CountDownLatch go, Cache<String, String> cache, Set<String> keys) throws Exception {
        go.await();
        long began = System.nanoTime();
        Map<String, String> values = cache.getAll(keys);
        long micros = TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - began);
        assertEquals(valuesOf(keys), values);
        return micros;
    }

    private static List<String> keys(int round) {
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < KEYS; i++) {
            keys.add("key " + round + "." + i);
        }
        return keys;
    }

    private Set<String> shuffled(List<String> keys) {
        List<String> shuffled = new ArrayList<>(keys);
        Collections.shuffle(shuffled, random);
        return new LinkedHashSet<>(shuffled);
    }

    private static String valueOf(String key) {
        return "value of " + key;
    }

    private static Map<String, String> valuesOf(Set<String> keys) {
        Map<String, String> values = new HashMap<>();
        keys.forEach(key -> values.put(key, valueOf(key)));
        return values;
    }

    private static Cache<String, String> cache(Node where, RecordingLoader loader) {
        return where.cache(
                "cache",
                String.class,
                String.class,
                settings -> settings.with(TieredSetting.LOAD_LEASE, LONG)
                        .with(TieredSetting.LOAD_WAIT, LONG)
                        .commandTimeout(Node.PATIENCE)
                        .readThrough(() -> loader));
    }
}
