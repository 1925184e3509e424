package io.github.tieredjcache.integration.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.OutagePolicy;
import io.github.tieredjcache.RemoteUnavailableException;
import io.github.tieredjcache.TierStatistics;
import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import io.github.tieredjcache.integration.Attempt;
import io.github.tieredjcache.integration.LogLines;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.integration.PartitionKeys;
import io.github.tieredjcache.integration.SpreadCaches;
import io.github.tieredjcache.integration.SpreadCaches.Place;
import io.github.tieredjcache.testkit.RedisCluster;
import io.github.tieredjcache.testkit.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.cache.Cache;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A Redis Cluster without replicas of which one master is frozen: entries on the other masters are used as before. */
class ClusterFrozenMasterIT {
    private static final int KEYS = 24;
    private static final int WAITING = 16;
    private static final Duration IMPATIENCE = Duration.ofSeconds(2);
    private static final AtomicInteger NAMES = new AtomicInteger();
    private static RedisCluster redis;

    private final String name = "frozen-" + NAMES.incrementAndGet();
    private final Node patient = new Node(redis.uri());
    private final Node one = new Node(redis.uri());
    private final Node other = new Node(redis.uri());

    @BeforeAll
    static void starts() {
        redis = RedisCluster.start(3, 0);
    }

    @AfterEach
    void closes() {
        patient.close();
        one.close();
        other.close();
    }

    @AfterAll
    static void ends() {
        redis.close();
    }

    @Test
    @DisplayName("Operations on entries of the other masters complete while one master is frozen and its callers wait")
    void operationsOnOtherMastersCompleteWhileOneIsFrozen() throws Exception {
        SpreadCaches<String> caches = spread(List.of(one));
        RedisServer frozen = caches.places().get(0).master();
        AtomicBoolean resumed = new AtomicBoolean();
        List<Crew.Member<Boolean>> waiting = new ArrayList<>();
        int completed = 0;
        frozen.pause();
        try {
            caches.on(frozen).stream()
                    .limit(WAITING)
                    .forEach(each -> waiting.add(
                            Crew.start(() -> Attempt.succeeds(() -> operate(caches, each)) && !resumed.get())));
            waiting.forEach(Crew.Member::untilItWaits);
            for (Place each : caches.elsewhere(frozen)) {
                operate(caches, each);
                completed++;
            }
            operateOnMany(caches, frozen);
            assertFalse(resumed.get());
        } finally {
            resumed.set(true);
            frozen.resume();
        }
        for (Crew.Member<Boolean> each : waiting) {
            assertFalse(each.result(), "the frozen master has answered");
        }
        assertEquals(caches.elsewhere(frozen).size(), completed);
        System.out.printf(
                "one of three masters frozen: %d of %d entries in %d caches were read and changed meanwhile%n",
                completed, caches.places().size(), caches.at(0).size());
    }

    private static void operate(SpreadCaches<String> caches, Place place) {
        Cache<String, String> cache = caches.at(0, place);
        String key = place.key();
        assertEquals("old", cache.get(key));
        assertTrue(cache.containsKey(key));
        cache.put(key, "new");
        assertEquals("new", cache.getAndPut(key, "newer"));
        assertFalse(cache.putIfAbsent(key, "no"));
        assertTrue(cache.replace(key, "newer", "newest"));
        assertEquals("newest", cache.invoke(key, (entry, arguments) -> {
            String before = entry.getValue();
            entry.setValue("processed");
            return before;
        }));
        assertTrue(cache.remove(key, "processed"));
        assertNull(cache.get(key));
    }

    private static void operateOnMany(SpreadCaches<String> caches, RedisServer frozen) {
        caches.elsewhere(frozen).stream()
                .collect(Collectors.groupingBy(each -> caches.at(0, each)))
                .forEach((cache, places) -> {
                    Map<String, String> all = new HashMap<>();
                    places.forEach(each -> all.put(each.key(), "one of many"));
                    cache.putAll(all);
                    assertEquals(all, cache.getAll(all.keySet()));
                    cache.removeAll(all.keySet());
                    assertEquals(Map.of(), cache.getAll(all.keySet()));
                });
    }

    @Test
    @DisplayName("F21: by fail operations on entries of the frozen master throw, and no others")
    @Covers(FaultRow.F21)
    void byFailOnlyOperationsOnTheFrozenMasterThrow() {
        SpreadCaches<String> caches = SpreadCaches.open(
                redis,
                name,
                KEYS,
                "old",
                cache -> List.of(exact(one, cache, Node.PATIENCE), exact(other, cache, IMPATIENCE)));
        RedisServer frozen = caches.places().get(0).master();
        frozen.pause();
        try {
            for (Place each : caches.on(frozen)) {
                Cache<String, String> cache = caches.at(1, each);
                assertThrows(RemoteUnavailableException.class, () -> cache.get(each.key()));
                assertThrows(RemoteUnavailableException.class, () -> cache.put(each.key(), "new"));
                assertThrows(RemoteUnavailableException.class, () -> cache.remove(each.key()));
            }
            for (Place each : caches.elsewhere(frozen)) {
                assertEquals("old", caches.at(0, each).get(each.key()));
                // A busy machine may answer too late, but not each time.
                Crew.until(() -> Attempt.succeeds(() -> caches.at(1, each).put(each.key(), "new")));
                assertEquals("new", caches.at(0, each).get(each.key()));
            }
        } finally {
            frozen.resume();
        }
        for (Place each : caches.on(frozen)) {
            Crew.until(() -> Attempt.succeeds(() -> caches.at(1, each).put(each.key(), "again")));
            assertEquals("again", caches.at(0, each).get(each.key()));
        }
    }

    @Test
    @DisplayName("F73: a cache that is destroyed while one master is frozen is empty afterwards, and one line says so")
    @Covers(FaultRow.F73)
    void aCacheThatIsDestroyedMeanwhileIsEmptyAfterwards() {
        Cache<String, String> kept = exact(one, name + "-kept", Node.PATIENCE);
        Cache<String, String> cache = exact(one, name, IMPATIENCE);
        Set<String> keys =
                IntStream.range(0, KEYS).mapToObj(number -> "key-" + number).collect(Collectors.toSet());
        // A busy machine may answer too late, but not each time.
        keys.forEach(each -> Crew.until(() -> Attempt.succeeds(() -> cache.put(each, "value"))));
        RedisServer frozen = redis.masters().get(0);
        List<String> lines;
        try (LogLines log = new LogLines()) {
            frozen.pause();
            try {
                one.manager().destroyCache(name);
            } finally {
                frozen.resume();
            }
            lines = log.lines().stream()
                    .filter(each -> each.contains("was destroyed"))
                    .toList();
        }
        assertEquals(1, lines.size(), lines::toString);
        assertEquals(Map.of(), kept.getAll(keys));
        Cache<String, String> again = exact(other, name, Node.PATIENCE);
        Crew.until(() -> again.getAll(keys).isEmpty());
    }

    @Test
    @DisplayName("F22: by local no operation throws; nodes read each other's changes of entries of the other masters")
    @Covers(FaultRow.F22)
    void byLocalNoOperationThrowsAndTheOtherMastersAreShared() {
        SpreadCaches<String> caches = SpreadCaches.open(
                redis,
                name,
                KEYS,
                "old",
                cache -> List.of(patient.strings(cache), local(one, cache), local(other, cache)));
        caches.places()
                .forEach(each ->
                        Crew.until(() -> "old".equals(caches.at(2, each).get(each.key()))));
        RedisServer frozen = caches.places().get(0).master();
        frozen.pause();
        try {
            for (Place each : caches.on(frozen)) {
                caches.at(1, each).put(each.key(), "here");
                assertEquals("here", caches.at(1, each).get(each.key()));
            }
            for (Place each : caches.elsewhere(frozen)) {
                // A busy machine may answer too late, but not each time.
                Crew.until(() -> {
                    caches.at(1, each).put(each.key(), "new");
                    return "new".equals(caches.at(2, each).get(each.key()));
                });
            }
        } finally {
            frozen.resume();
        }
        caches.at(1).forEach(each -> Crew.until(() -> isSettled(each)));
        caches.at(2).forEach(each -> Crew.until(() -> isSettled(each)));
        for (Place each : caches.on(frozen)) {
            assertNull(caches.at(1, each).get(each.key()), "the cache may forget, it must not lie");
            Crew.until(() -> caches.at(2, each).get(each.key()) == null);
        }
        for (Place each : caches.elsewhere(frozen)) {
            caches.at(2, each).put(each.key(), "newest");
            Crew.until(() -> "newest".equals(caches.at(1, each).get(each.key())));
        }
    }

    @Test
    @DisplayName(
            "F22: by local a call with many keys of all masters does not throw, and shares the entries of the other masters")
    @Covers(FaultRow.F22)
    void byLocalACallWithManyKeysAnswersAllOfThem() {
        RedisServer frozen = redis.masters().get(0);
        Set<String> all = IntStream.range(0, KEYS).mapToObj(i -> "key-" + i).collect(Collectors.toSet());
        Set<String> elsewhere = all.stream()
                .filter(each -> redis.owner(PartitionKeys.slot(each)) != frozen)
                .collect(Collectors.toSet());
        Cache<String, String> cache = local(one, name);
        Cache<String, String> exact = exact(other, name, Node.PATIENCE);
        exact.putAll(same(all, "old"));
        Crew.until(() -> cache.getAll(all).equals(same(all, "old")));
        frozen.pause();
        try {
            // A busy machine may answer too late, but not each time.
            Crew.until(() -> {
                cache.putAll(same(all, "new"));
                return cache.getAll(all).equals(same(all, "new"))
                        && iterated(cache).equals(same(all, "new"))
                        && exact.getAll(elsewhere).equals(same(elsewhere, "new"));
            });
            Crew.until(() -> {
                cache.removeAll(all);
                return exact.getAll(elsewhere).isEmpty();
            });
            assertEquals(Map.of(), cache.getAll(all));
            assertEquals(Map.of(), iterated(cache));
        } finally {
            frozen.resume();
        }
        Crew.until(() -> isSettled(cache));
        assertEquals(Map.of(), exact.getAll(all));
        assertTrue(elsewhere.size() > KEYS / 2 && elsewhere.size() < KEYS, elsewhere::toString);
    }

    private static Map<String, String> iterated(Cache<String, String> cache) {
        Map<String, String> entries = new HashMap<>();
        cache.forEach(entry -> entries.put(entry.getKey(), entry.getValue()));
        return entries;
    }

    private static Map<String, String> same(Set<String> keys, String value) {
        return keys.stream().collect(Collectors.toMap(key -> key, key -> value));
    }

    private SpreadCaches<String> spread(List<Node> nodes) {
        return SpreadCaches.open(
                redis,
                name,
                KEYS,
                "old",
                cache -> nodes.stream()
                        .map(node -> exact(node, cache, Node.PATIENCE))
                        .toList());
    }

    /** A cache of which each read asks Redis. */
    private static Cache<String, String> exact(Node node, String name, Duration commandTimeout) {
        return node.cache(
                name,
                String.class,
                String.class,
                settings -> settings.nearTimeToLive(Duration.ZERO).commandTimeout(commandTimeout));
    }

    private static Cache<String, String> local(Node node, String name) {
        return node.cache(
                name,
                String.class,
                String.class,
                settings -> settings.outagePolicy(OutagePolicy.LOCAL).commandTimeout(IMPATIENCE));
    }

    private static boolean isSettled(Cache<?, ?> cache) {
        TierStatistics tiers = cache.unwrap(TierStatistics.class);
        return !tiers.isRemoteUnavailable() && tiers.journaledKeys() == 0;
    }
}
