package io.github.tieredjcache.integration.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.TierStatistics;
import io.github.tieredjcache.TieredConfiguration;
import io.github.tieredjcache.TieredSetting;
import io.github.tieredjcache.UndecodableReason;
import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.testkit.RedisServer;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import javax.cache.Cache;
import javax.cache.CacheException;
import javax.cache.integration.CacheLoader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two nodes on one Redis, of which no setting names a class of the application. */
@Covers(FaultRow.F58)
class LearnedClassesIT {
    private final RedisServer redis = RedisServer.start();
    private final Node one = new Node(redis);
    private final Node other = new Node(redis);
    private final String name = "learned-" + System.nanoTime();

    private record Order(int number, List<Line> lines) {}

    private record Line(String product, Unit unit) {}

    private record Invoice(long number) {}

    private record Receipt(String text) {}

    private record Code(int value) {}

    private enum Unit {
        PIECE,
        METRE
    }

    @AfterEach
    void closes() {
        one.manager().destroyCache(name);
        one.close();
        other.close();
        redis.close();
    }

    private static Order order(int number) {
        return new Order(number, List.of(new Line("tea", Unit.PIECE)));
    }

    /** Every read asks Redis, so that it is the bytes there that are read. */
    private Cache<Object, Object> cache(
            Node node, UnaryOperator<TieredConfiguration.Builder<Object, Object>> settings) {
        return node.cache(
                name, Object.class, Object.class, builder -> settings.apply(builder.nearTimeToLive(Duration.ZERO)));
    }

    private Cache<Object, Object> cache(Node node) {
        return cache(node, settings -> settings);
    }

    private static long notLearned(Cache<?, ?> cache) {
        TierStatistics statistics = cache.unwrap(TierStatistics.class);
        assertEquals(
                statistics.undecodableValues(),
                statistics.undecodableValues(UndecodableReason.NOT_LEARNED),
                "no other reason");
        return statistics.undecodableValues();
    }

    @Test
    void aNodeReadsTheClassesThatItStoredByAnyOperation() {
        Cache<Object, Object> cache = cache(one);
        cache.put("key", order(1));
        assertEquals(order(1), cache.get("key"));
        assertTrue(cache.replace("key", order(1), order(2)));
        assertEquals(order(2), cache.getAndPut("key", order(3)));
        assertEquals(order(3), cache.invoke("key", (entry, arguments) -> {
            Object before = entry.getValue();
            entry.setValue(new Invoice(4));
            return before;
        }));
        assertEquals(new Invoice(4), cache.get("key"));
        assertFalse(cache.putIfAbsent("key", order(5)));
        assertEquals(new Invoice(4), cache.getAndRemove("key"));
        cache.put(new Code(1), Unit.METRE);
        Set<Object> keys = new HashSet<>();
        cache.forEach(entry -> keys.add(entry.getKey()));
        assertEquals(Set.of(new Code(1)), keys);
        assertEquals(0, notLearned(cache));
    }

    @Test
    void anotherNodeMissesOnceAndReadsTheClassAfterItsFirstPut() {
        Cache<Object, Object> here = cache(one);
        Cache<Object, Object> there = cache(other);
        here.put("first", order(1));
        here.put("second", order(2));
        assertNull(there.get("first"));
        assertEquals(1, notLearned(there));
        there.put("own", order(3));
        assertEquals(order(2), there.get("second"));
        assertEquals(order(1), there.get("first"), "the miss has removed nothing");
        assertEquals(order(3), here.get("own"));
        assertEquals(1, notLearned(there));
        assertEquals(0, notLearned(here));
    }

    @Test
    void aNodeThatOnlyReadsMissesAndLeavesTheEntriesOfOthers() {
        Cache<Object, Object> here = cache(one);
        Cache<Object, Object> there = cache(other);
        here.put("key", order(1));
        for (int i = 0; i < 5; i++) {
            assertNull(there.get("key"));
            assertEquals(Map.of(), there.getAll(Set.of("key")));
            assertFalse(there.iterator().hasNext());
        }
        assertEquals(15, notLearned(there));
        assertEquals(order(1), here.get("key"));
    }

    @Test
    void keysAreLearnedByTheirFirstUse() {
        Cache<Object, Object> here = cache(one);
        Cache<Object, Object> there = cache(other);
        here.put(new Code(1), "value");
        assertFalse(there.iterator().hasNext());
        assertEquals(1, notLearned(there));
        assertEquals("value", there.get(new Code(1)));
        assertTrue(there.iterator().hasNext());
        assertEquals(1, notLearned(there));
    }

    /** The cost of a cold start: of each class one value is loaded again. */
    @Test
    void aNodeThatStartsLoadsOneValueOfEachClassAndReadsTheOthers() {
        Cache<Object, Object> here = cache(one);
        Map<Object, Object> source = new HashMap<>();
        for (int i = 0; i < 100; i++) {
            source.put("order " + i, order(i));
            source.put("invoice " + i, new Invoice(i));
            source.put("receipt " + i, new Receipt("r" + i));
        }
        here.putAll(source);
        for (int start = 0; start < 3; start++) {
            try (Node node = new Node(redis)) {
                AtomicInteger loads = new AtomicInteger();
                Cache<Object, Object> there =
                        cache(node, settings -> settings.readThrough(() -> new CountingLoader(source, loads)));
                source.forEach((key, value) -> assertEquals(value, there.get(key)));
                assertEquals(3, loads.get());
                assertEquals(3, notLearned(there));
            }
        }
        source.forEach((key, value) -> assertEquals(value, here.get(key)));
    }

    /** Keys that are asked for at once are asked for before the class is learned. */
    @Test
    void aBulkReadOfANodeThatStartsLoadsItsKeysOnceAndNoneAfterIt() {
        Cache<Object, Object> here = cache(one);
        Map<Object, Object> source = new HashMap<>();
        for (int i = 0; i < 100; i++) {
            source.put("invoice " + i, new Invoice(i));
        }
        here.putAll(source);
        here.put("later", new Invoice(-1));
        source.put("later", new Invoice(-1));
        AtomicInteger loads = new AtomicInteger();
        Cache<Object, Object> there =
                cache(other, settings -> settings.readThrough(() -> new CountingLoader(source, loads)));
        Set<Object> first = new HashSet<>(source.keySet());
        first.remove("later");
        assertEquals(100, there.getAll(first).size());
        assertEquals(100, loads.get());
        assertEquals(source, there.getAll(source.keySet()));
        assertEquals(100, loads.get());
        assertEquals(source, here.getAll(source.keySet()));
    }

    @Test
    void withoutLearningOnlyTheExplicitListIsAllowed() {
        Cache<Object, Object> here = cache(one);
        Cache<Object, Object> strict = cache(other, settings -> settings.with(TieredSetting.CODEC_LEARNING, false));
        CacheException refused = assertThrows(CacheException.class, () -> strict.put("key", order(1)));
        assertTrue(refused.getMessage().contains(Order.class.getName()), refused.getMessage());
        assertTrue(refused.getMessage().contains("tiered-jcache.codec.allowed"), refused.getMessage());
        assertFalse(strict.containsKey("key"));
        here.put("key", order(1));
        assertNull(strict.get("key"));
        TierStatistics statistics = strict.unwrap(TierStatistics.class);
        assertEquals(1, statistics.undecodableValues(UndecodableReason.CLASS_NOT_ALLOWED));
        assertEquals(1, statistics.undecodableValues());
    }

    /** A loader from a map. */
    private record CountingLoader(Map<Object, Object> source, AtomicInteger loads)
            implements CacheLoader<Object, Object> {
        @Override
        public Object load(Object key) {
            loads.incrementAndGet();
            return Objects.requireNonNull(source.get(key));
        }

        @Override
        public Map<Object, Object> loadAll(Iterable<?> keys) {
            Map<Object, Object> all = new HashMap<>();
            keys.forEach(key -> all.put(key, load(key)));
            return all;
        }
    }
}
