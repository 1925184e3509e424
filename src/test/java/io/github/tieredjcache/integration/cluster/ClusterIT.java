package io.github.tieredjcache.integration.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.TieredSetting;
import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import io.github.tieredjcache.integration.LogLines;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.testkit.RedisCluster;
import io.github.tieredjcache.testkit.RedisServer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.cache.Cache;
import javax.cache.configuration.MutableCacheEntryListenerConfiguration;
import javax.cache.event.CacheEntryUpdatedListener;
import javax.cache.expiry.CreatedExpiryPolicy;
import javax.cache.expiry.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a cache does on a Redis Cluster in which nothing goes wrong: the same as on a single Redis. */
class ClusterIT {
    private static final String PASSWORD = "s3cret-w0rd";
    private static final AtomicInteger NAMES = new AtomicInteger();
    private static RedisCluster redis;

    private final String name = "cache-" + NAMES.incrementAndGet();
    private final Node one = new Node(redis.uri());
    private final Node other = new Node(redis.uri());
    private final LogLines log = new LogLines();

    @BeforeAll
    static void starts() {
        redis = RedisCluster.start(2, 0, "--requirepass", PASSWORD);
    }

    @AfterEach
    void closes() {
        log.close();
        one.close();
        other.close();
        assertEquals(List.of(), log.lines());
    }

    @AfterAll
    static void ends() {
        redis.close();
    }

    @Test
    void twoNodesReadEachOthersChanges() {
        Cache<String, String> here = one.strings(name);
        Cache<String, String> there = other.strings(name);
        assertNull(here.getAndPut("key", "first"));
        assertEquals("first", there.get("key"));
        assertFalse(there.putIfAbsent("key", "no"));
        assertTrue(there.putIfAbsent("another", "yes"));
        assertTrue(there.replace("key", "first", "second"));
        Crew.until(() -> "second".equals(here.get("key")));
        assertEquals("second", here.getAndReplace("key", "third"));
        assertFalse(there.remove("key", "second"), "Redis decides, not a copy");
        assertEquals("third", there.invoke("key", (entry, arguments) -> {
            String before = entry.getValue();
            entry.setValue("fourth");
            return before;
        }));
        assertEquals("fourth", here.getAndRemove("key"));
        assertFalse(here.containsKey("key"));
        Crew.until(() -> !there.containsKey("key"));
        assertTrue(here.containsKey("another"));
    }

    @Test
    void aCopyIsDroppedWhenAnotherNodeWrites() {
        Cache<String, String> here = one.strings(name);
        Cache<String, String> there = other.strings(name);
        for (int i = 0; i < 100; i++) {
            String value = "value " + i;
            here.put("key", value);
            Crew.until(() -> value.equals(there.get("key")));
        }
    }

    @Test
    void entriesExpire() {
        Cache<String, String> cache = one.cache(
                name,
                String.class,
                String.class,
                settings -> settings.expiry(CreatedExpiryPolicy.factoryOf(new Duration(TimeUnit.MILLISECONDS, 50))));
        cache.put("key", "value");
        Crew.until(() -> cache.get("key") == null);
        cache.put("key", "again");
        Crew.until(() -> !cache.containsKey("key"));
    }

    @Test
    void listenersAreNotified() {
        Queue<String> told = new ConcurrentLinkedQueue<>();
        Cache<String, String> cache = one.strings(name);
        cache.registerCacheEntryListener(new MutableCacheEntryListenerConfiguration<>(
                () -> (CacheEntryUpdatedListener<String, String>)
                        events -> events.forEach(each -> told.add(each.getOldValue() + " > " + each.getValue())),
                null,
                true,
                true));
        cache.put("key", "old");
        cache.put("key", "new");
        assertEquals(List.of("old > new"), List.copyOf(told));
    }

    @Test
    void processorsLoseNoUpdate() throws Exception {
        int threads = 4;
        int times = 100;
        List<Cache<String, Integer>> caches = List.of(counters(one), counters(other));
        AtomicInteger turn = new AtomicInteger();
        Crew.together(threads, () -> {
            Cache<String, Integer> cache = caches.get(turn.getAndIncrement() % caches.size());
            for (int i = 0; i < times; i++) {
                cache.invoke("counter", (entry, arguments) -> {
                    entry.setValue(entry.exists() ? entry.getValue() + 1 : 1);
                    return null;
                });
            }
            return null;
        });
        Crew.until(() -> caches.stream().allMatch(each -> each.get("counter") == threads * times));
    }

    private Cache<String, Integer> counters(Node node) {
        return node.cache(name, String.class, Integer.class, settings -> settings);
    }

    @Test
    @DisplayName("F41: a call that names many keys is one for each slot, so none is refused")
    @Covers(FaultRow.F41)
    void aBulkCallNamesKeysOfAllMasters() {
        int keys = 1_000;
        Map<String, String> all = new HashMap<>();
        for (int i = 0; i < keys; i++) {
            all.put("key " + i, "value " + i);
        }
        Cache<String, String> here = one.strings(name);
        Cache<String, String> there = other.strings(name);
        here.putAll(all);
        assertEquals(all, there.getAll(all.keySet()));
        Map<String, String> iterated = new HashMap<>();
        there.forEach(each -> iterated.put(each.getKey(), each.getValue()));
        assertEquals(all, iterated);
        there.invokeAll(all.keySet(), (entry, arguments) -> {
            entry.setValue(entry.getValue() + "!");
            return null;
        });
        here.getAll(all.keySet()).forEach((key, value) -> assertTrue(value.startsWith(all.get(key)), value));
        for (RedisServer each : redis.masters()) {
            int held = each.list("KEYS", "{tiered-jcache:*}" + name + ":[0-9]*").size();
            assertTrue(held > keys * 2 / 5 && held < keys * 3 / 5, held + " keys on one of two masters");
        }

        Set<String> some = new HashSet<>(List.copyOf(all.keySet()).subList(0, keys / 2));
        here.removeAll(some);
        Crew.until(() -> there.getAll(some).isEmpty());
        here.clear();
        Crew.until(() -> there.getAll(all.keySet()).isEmpty());
        here.putAll(all);
        there.removeAll();
        Crew.until(() -> !here.iterator().hasNext());
    }

    @Test
    @DisplayName("A destroyed cache leaves nothing: no leftovers of clears, no hot keys, no number of partitions")
    void aDestroyedCacheLeavesNothing() {
        Cache<String, String> here = one.cache(
                name,
                String.class,
                String.class,
                settings -> settings.with(TieredSetting.OUTAGE_FAILOVER_REPAIR, true)
                        .warmKeys(10)
                        .refreshAhead(0.5));
        here.put("key", "value");
        here.clear();
        here.put("key", "another");
        assertEquals("another", here.get("key"));
        one.manager().destroyCache(name);
        redis.masters().forEach(each -> assertEquals(List.of(), each.list("KEYS", "*" + name + "*")));
    }

    @Test
    @DisplayName("All caches of a node run on the same few threads")
    void cachesShareThreads() {
        Cache<String, String> first = one.strings(name);
        first.put("key", "value");
        long threads = threads();
        for (int i = 0; i < 8; i++) {
            one.strings(name + "." + i).put("key", "value");
        }
        // Those of a pool are started one by one, as they are needed.
        assertTrue(threads() - threads < 4, () -> threads + " threads, then " + threads());
        one.manager().destroyCache(name + ".0");
        assertEquals("value", first.get("key"));
        assertEquals(
                "value", one.manager().<String, String>getCache(name + ".1").get("key"));
    }

    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(each -> each.getName().startsWith("tiered-jcache-redis-")
                        || each.getName().startsWith("lettuce"))
                .count();
    }

    @Test
    @DisplayName("One node of the URI is enough, whichever it is")
    void oneNodeOfTheUriIsEnough() {
        for (RedisServer each : redis.masters()) {
            try (Node node = new Node(
                    "redis-cluster://:" + PASSWORD + "@127.0.0.1:1,127.0.0.1:" + each.port() + "/0?clientName=x")) {
                Cache<String, String> cache = node.strings(name);
                cache.put("key", "value");
                assertEquals("value", cache.get("key"));
            }
        }
    }
}
