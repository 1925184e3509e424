package io.github.tieredjcache.integration.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.RemoteUnavailableException;
import io.github.tieredjcache.integration.Attempt;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.integration.SpreadCaches;
import io.github.tieredjcache.integration.SpreadCaches.Place;
import io.github.tieredjcache.testkit.RedisCluster;
import io.github.tieredjcache.testkit.RedisServer;
import java.io.Serializable;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import javax.cache.Cache;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** One cache on a Redis Cluster has entries on all masters, in about equal numbers. */
class ClusterSpreadIT {
    private static final int KEYS = 6_000;
    private static final double SHARE_MIN = 0.28;
    private static final double SHARE_MAX = 0.39;
    private static final Duration IMPATIENCE = Duration.ofSeconds(2);
    private static RedisCluster redis;

    private final Node node = new Node(redis.uri());
    private final Node other = new Node(redis.uri());

    @BeforeAll
    static void starts() {
        redis = RedisCluster.start(3, 0);
    }

    @AfterEach
    void closes() {
        node.close();
        other.close();
    }

    @AfterAll
    static void ends() {
        redis.close();
    }

    /** A key of several parts. */
    record Seat(String hall, int row, int number) implements Serializable {}

    @Test
    void textsForKeysAreSpreadOverAllMasters() {
        assertSpread("of-texts", String.class, i -> "customer " + i);
    }

    @Test
    void numbersForKeysAreSpreadOverAllMasters() {
        assertSpread("of-numbers", Long.class, i -> (long) i);
    }

    @Test
    void recordsForKeysAreSpreadOverAllMasters() {
        assertSpread("of-records", Seat.class, i -> new Seat("hall " + i % 3, i % 40, i));
    }

    private <K> void assertSpread(String name, Class<K> type, IntFunction<K> key) {
        Map<K, Integer> all = new HashMap<>();
        for (int i = 0; i < KEYS; i++) {
            all.put(key.apply(i), i);
        }
        Cache<K, Integer> here = node.cache(name, type, Integer.class, settings -> settings);
        Cache<K, Integer> there = other.cache(name, type, Integer.class, settings -> settings);
        here.putAll(all);
        Map<RedisServer, Long> shares = shares(name);
        assertEquals(Set.copyOf(redis.masters()), shares.keySet());
        long sum = shares.values().stream().mapToLong(Long::longValue).sum();
        assertTrue(sum >= KEYS, shares::toString);
        shares.values().forEach(each -> assertTrue(SHARE_MIN * sum < each && each < SHARE_MAX * sum, shares::toString));
        System.out.printf("%d keys %s: %s a master%n", KEYS, name, shares.values());

        assertEquals(all, there.getAll(all.keySet()));
        Map<K, Integer> iterated = new HashMap<>();
        there.forEach(each -> iterated.put(each.getKey(), each.getValue()));
        assertEquals(all, iterated);
        here.clear();
        Crew.until(() -> there.getAll(all.keySet()).isEmpty());
        here.putAll(all);
        there.removeAll();
        Crew.until(() -> !here.iterator().hasNext());
        node.manager().destroyCache(name);
        assertEquals(Map.of(), shares(name));
    }

    /** Returns how many Redis keys of a cache each master has. */
    private static Map<RedisServer, Long> shares(String name) {
        Map<String, Integer> slots = redis.keys("{tiered-jcache:*}" + name + ":*");
        Map<Integer, RedisServer> owners = redis.owners(Set.copyOf(slots.values()));
        return slots.values().stream().collect(Collectors.groupingBy(owners::get, Collectors.counting()));
    }

    @Test
    void byFailACacheThrowsForKeysOfTheFrozenMasterOnly() {
        SpreadCaches<String> one = SpreadCaches.open(
                redis,
                "frozen",
                60,
                "old",
                cache -> List.of(
                        node.strings(cache),
                        other.cache(
                                cache,
                                String.class,
                                String.class,
                                settings ->
                                        settings.nearTimeToLive(Duration.ZERO).commandTimeout(IMPATIENCE))));
        assertEquals(1, one.at(0).size(), "one cache has entries on all masters");
        Cache<String, String> cache = one.at(1).get(0);
        RedisServer frozen = one.places().get(0).master();
        Set<String> elsewhere = one.elsewhere(frozen).stream().map(Place::key).collect(Collectors.toSet());
        Set<String> all = one.places().stream().map(Place::key).collect(Collectors.toSet());
        frozen.pause();
        try {
            one.on(frozen)
                    .forEach(
                            each -> assertThrows(RemoteUnavailableException.class, () -> cache.put(each.key(), "new")));
            assertThrows(RemoteUnavailableException.class, () -> cache.getAll(all));
            // A busy machine may answer too late, but not each time.
            Crew.until(() -> Attempt.succeeds(
                    () -> assertEquals(elsewhere, cache.getAll(elsewhere).keySet())));
            one.elsewhere(frozen)
                    .forEach(each -> Crew.until(() -> Attempt.succeeds(() -> cache.put(each.key(), "new"))));
        } finally {
            frozen.resume();
        }
        Crew.until(() -> Attempt.succeeds(() -> cache.getAll(all)));
        assertEquals(all, cache.getAll(all).keySet());
        elsewhere.forEach(each -> assertEquals("new", cache.get(each)));
    }
}
