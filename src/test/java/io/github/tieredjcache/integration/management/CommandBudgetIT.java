package io.github.tieredjcache.integration.management;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.testkit.CommandCounts;
import io.github.tieredjcache.testkit.RedisServer;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import javax.cache.Cache;
import javax.cache.integration.CacheLoader;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What each operation costs in commands, as the server counted them.
 *
 * <p>A script counts as one {@code evalsha}, and what it does inside the server counts too: {@code getrange} is its look
 * at the entry. Only {@code time} is left out, because heartbeats use it.
 */
class CommandBudgetIT {
    private static final RedisServer REDIS = RedisServer.startLocal();
    private static final Node NODE = new Node(REDIS);
    private static final Node OTHER = new Node(REDIS);
    private static final Cache<String, String> CACHE = NODE.strings("budget");
    private static final Cache<String, String> ELSEWHERE = OTHER.strings("budget");

    @BeforeAll
    static void loadsTheScripts() {
        CACHE.put("script", "loaded");
        CACHE.invoke("script", (entry, arguments) -> {
            entry.setValue("and leased");
            return null;
        });
    }

    @AfterAll
    static void closesTheNodes() {
        OTHER.close();
        NODE.close();
        REDIS.close();
    }

    @BeforeEach
    void empties() {
        CACHE.clear();
        // The reply comes after the invalidations of the clear, which would cost new copies.
        CACHE.containsKey("any");
        ELSEWHERE.containsKey("any");
    }

    @Test
    void aNearHitCostsNothing() {
        CACHE.put("key", "value");
        costs(Map.of(), () -> {
            assertEquals("value", CACHE.get("key"));
            CACHE.containsKey("key");
        });
    }

    @Test
    void aRemoteHitIsOneGet() {
        ELSEWHERE.put("key", "value");
        costs(Map.of("getrange", 1L), () -> assertEquals("value", CACHE.get("key")));
    }

    @Test
    void aMissIsOneGet() {
        costs(Map.of("getrange", 1L), () -> CACHE.get("key"));
    }

    @Test
    void containsKeyTransfersNoValue() {
        ELSEWHERE.put("key", "value");
        costs(Map.of("getrange", 1L), () -> CACHE.containsKey("key"));
    }

    @Test
    void getAllReadsTheKeysThatAreNotNearByOneCommandEach() {
        Map<String, String> hundred = hundredEntries();
        ELSEWHERE.putAll(hundred);
        Set<String> keys = new LinkedHashSet<>(hundred.keySet());
        keys.stream().limit(40).forEach(CACHE::get);
        costs(Map.of("getrange", 60L), () -> assertEquals(hundred, CACHE.getAll(keys)));
    }

    @Test
    void putIsOneScriptThatTransfersNoOldValue() {
        ELSEWHERE.put("key", "old");
        costs(
                Map.of("evalsha", 1L, "getrange", 1L, "set", 1L, "exists", 1L, "get", 1L),
                () -> CACHE.put("key", "value"));
    }

    @Test
    void removeIsOneScript() {
        ELSEWHERE.put("key", "old");
        costs(Map.of("evalsha", 1L, "getrange", 1L, "del", 1L, "get", 1L), () -> CACHE.remove("key"));
    }

    @Test
    void putIfAbsentIsOneScriptWhetherItStoresOrNot() {
        costs(
                Map.of("evalsha", 1L, "getrange", 1L, "set", 1L, "exists", 1L, "get", 1L),
                () -> CACHE.putIfAbsent("key", "value"));
        // The winner comes with the answer, so that one that nobody can read is noticed and replaced.
        costs(Map.of("evalsha", 1L, "getrange", 2L, "get", 1L), () -> CACHE.putIfAbsent("key", "value"));
    }

    @Test
    void getAndPutGetAndReplaceAndGetAndRemoveAreOneScriptEach() {
        ELSEWHERE.put("key", "old");
        costs(
                Map.of("evalsha", 1L, "getrange", 2L, "get", 1L, "set", 1L, "exists", 1L),
                () -> assertEquals("old", CACHE.getAndPut("key", "new")));
        costs(
                Map.of("evalsha", 1L, "getrange", 2L, "get", 1L, "set", 1L, "exists", 1L),
                () -> assertEquals("new", CACHE.getAndReplace("key", "newer")));
        costs(
                Map.of("evalsha", 1L, "getrange", 2L, "get", 1L, "del", 1L),
                () -> assertEquals("newer", CACHE.getAndRemove("key")));
    }

    @Test
    void replaceOfAnyValueIsOneScript() {
        ELSEWHERE.put("key", "old");
        costs(
                Map.of("evalsha", 1L, "getrange", 1L, "set", 1L, "exists", 1L, "get", 1L),
                () -> CACHE.replace("key", "value"));
    }

    @Test
    void comparingWithACurrentNearCopyIsOneScript() {
        CACHE.put("key", "old");
        costs(
                Map.of("evalsha", 1L, "getrange", 1L, "set", 1L, "exists", 1L, "get", 1L),
                () -> CACHE.replace("key", "old", "new"));
        costs(Map.of("evalsha", 1L, "getrange", 1L, "del", 1L, "get", 1L), () -> CACHE.remove("key", "new"));
    }

    @Test
    void comparingWithoutANearCopyReadsFirst() {
        ELSEWHERE.put("key", "old");
        costs(
                Map.of("get", 1L, "evalsha", 1L, "getrange", 2L, "set", 1L, "exists", 1L),
                () -> CACHE.replace("key", "old", "new"));
    }

    @Test
    void anEntryProcessorIsTwoScripts() {
        ELSEWHERE.put("key", "old");
        costs(
                Map.of("evalsha", 2L, "getrange", 3L, "get", 2L, "set", 2L, "exists", 1L),
                () -> CACHE.invoke("key", (entry, arguments) -> {
                    entry.setValue(entry.getValue() + "er");
                    return null;
                }));
    }

    @Test
    void aScriptMakesUpToSixteenChangesOfABulkWrite() {
        Map<String, String> hundred = hundredEntries();
        costs(
                Map.of("evalsha", 7L, "getrange", 100L, "set", 100L, "exists", 7L, "get", 7L),
                () -> CACHE.putAll(hundred));
        costs(Map.of(), () -> assertEquals(hundred, CACHE.getAll(hundred.keySet())));
        costs(Map.of("evalsha", 7L, "getrange", 100L, "del", 100L, "get", 7L), () -> CACHE.removeAll(hundred.keySet()));
    }

    @Test
    void aLoadOfManyKeysIsARequestForLoadLeasesAndAFillForSixteenKeysAndAllAreNearThen() {
        Map<String, String> hundred = hundredEntries();
        Cache<String, String> loading = NODE.cache(
                "loading many",
                String.class,
                String.class,
                settings -> settings.readThrough(() -> new CacheLoader<>() {
                    @Override
                    public String load(String key) {
                        return hundred.get(key);
                    }

                    @Override
                    public Map<String, String> loadAll(Iterable<? extends String> keys) {
                        return hundred;
                    }
                }));
        loading.containsKey("another");
        costs(
                // A read of each key, and for sixteen keys a script of the leases and one of the fills.
                Map.of("evalsha", 14L, "getrange", 300L, "set", 200L, "exists", 14L, "get", 14L),
                () -> assertEquals(hundred, loading.getAll(hundred.keySet())));
        costs(Map.of(), () -> assertEquals(hundred, loading.getAll(hundred.keySet())));
    }

    @Test
    void aLoadedMissIsOneGetAndTwoScripts() {
        Cache<String, String> loading = NODE.cache(
                "loading",
                String.class,
                String.class,
                settings -> settings.readThrough(() -> new CacheLoader<>() {
                    @Override
                    public String load(String key) {
                        return "loaded " + key;
                    }

                    @Override
                    public Map<String, String> loadAll(Iterable<? extends String> keys) {
                        throw new UnsupportedOperationException();
                    }
                }));
        // The first operation of a cache asks for its epoch.
        loading.containsKey("another");
        costs(
                Map.of("get", 2L, "evalsha", 2L, "getrange", 3L, "set", 2L, "exists", 2L),
                () -> assertEquals("loaded key", loading.get("key")));
    }

    private static void costs(Map<String, Long> expected, Runnable operation) {
        CommandCounts counts = CommandCounts.during(REDIS, operation).without("time", "touch", "hello");
        Map<String, Long> actual = new TreeMap<>();
        expected.keySet().forEach(command -> actual.put(command, counts.of(command)));
        assertEquals(new TreeMap<>(expected), actual);
        assertEquals(
                expected.values().stream().mapToLong(Long::longValue).sum(), counts.total(), () -> "all of " + counts);
    }

    private static Map<String, String> hundredEntries() {
        Map<String, String> entries = new LinkedHashMap<>();
        for (int i = 0; i < 100; i++) {
            entries.put("key-" + i, "value-" + i);
        }
        return entries;
    }
}
