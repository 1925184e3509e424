package io.github.tieredjcache.integration.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.OutagePolicy;
import io.github.tieredjcache.RefusedPolicy;
import io.github.tieredjcache.TierStatistics;
import io.github.tieredjcache.TieredConfiguration;
import io.github.tieredjcache.TieredSetting;
import io.github.tieredjcache.integration.LogLines;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.testkit.RedisServer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import javax.cache.Cache;
import javax.cache.CacheException;
import javax.cache.integration.CacheLoader;
import javax.cache.integration.CacheWriter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A value that cannot be stored in Redis fails no call; its entry is gone from every node, as if it had been evicted. */
class RefusedValuesIT {
    private static final String NAME = "refused";
    private static final int VALUE_BYTES_MAX = 10_000;
    private static final Object LAMBDA = (Runnable) () -> {};
    private static final Object TOO_LARGE = "x".repeat(VALUE_BYTES_MAX + 1);

    private final RedisServer redis = RedisServer.start();
    private final Node node = new Node(redis);
    private final Node other = new Node(redis);

    @AfterEach
    void closesTheNodes() {
        node.close();
        other.close();
        redis.close();
    }

    private static Cache<String, Object> cache(
            Node node, UnaryOperator<TieredConfiguration.Builder<String, Object>> settings) {
        return node.cache(
                NAME,
                String.class,
                Object.class,
                builder -> settings.apply(builder.outagePolicy(OutagePolicy.LOCAL)
                        .with(TieredSetting.CODEC_MAXIMUM_VALUE_SIZE, VALUE_BYTES_MAX)));
    }

    private static void assertDropped(
            RefusedPut put, Object value, Cache<String, Object> here, Cache<String, Object> there) {
        here.put("key", "old");
        assertEquals("old", there.get("key"));
        put.store(here, "key", value);
        assertFalse(here.containsKey("key"));
        Crew.until(() -> !there.containsKey("key"));
        Crew.until(() -> there.get("key") == null);
        here.put("key", "next");
        assertEquals("next", there.get("key"));
    }

    @ParameterizedTest
    @EnumSource
    void aRefusedValueRemovesTheEntryFromEveryNode(RefusedPut put) {
        for (boolean byValue : List.of(true, false)) {
            for (Object value : List.of(LAMBDA, TOO_LARGE)) {
                Cache<String, Object> here =
                        cache(node, builder -> builder.storeByValue(byValue).loader(() -> new SameValue(value)));
                assertDropped(put, value, here, cache(other, builder -> builder));
                node.manager().destroyCache(NAME);
                other.manager().destroyCache(NAME);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void aPutThatFindsNoEntryLeavesNone(boolean byValue) {
        Cache<String, Object> here = cache(node, builder -> builder.storeByValue(byValue));
        assertTrue(here.putIfAbsent("key", LAMBDA));
        assertNull(here.get("key"));
        here.put("key", "old");
        assertFalse(here.putIfAbsent("key", LAMBDA));
        assertEquals("old", here.get("key"));
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void aLoadedValueGoesToItsCallersAndIsNotStored(boolean byValue) {
        SameValue loader = new SameValue(LAMBDA);
        Cache<String, Object> here =
                cache(node, builder -> builder.storeByValue(byValue).readThrough(() -> loader));
        assertSame(LAMBDA, here.get("key"));
        assertSame(LAMBDA, here.getAll(Set.of("key", "other")).get("other"));
        assertEquals(3, loader.loads.get());
        assertSame(LAMBDA, here.invoke("key", (entry, arguments) -> entry.getValue()));
        Cache<String, Object> there = cache(other, builder -> builder);
        assertNull(there.get("key"));
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void theWriterGetsTheValueThatIsNotStored(boolean byValue) {
        KeepingWriter writer = new KeepingWriter();
        Cache<String, Object> here =
                cache(node, builder -> builder.storeByValue(byValue).writeThrough(() -> writer));
        here.put("key", LAMBDA);
        here.putAll(Map.of("all", LAMBDA));
        here.invoke("invoked", (entry, arguments) -> {
            entry.setValue(LAMBDA);
            return null;
        });
        assertEquals(Map.of("key", LAMBDA, "all", LAMBDA, "invoked", LAMBDA), writer.written);
        assertEquals(Map.of(), here.getAll(Set.of("key", "all", "invoked")));
    }

    @Test
    void oneRefusedValueOfABatchDoesNotAffectTheOthers() {
        Cache<String, Object> here = cache(node, builder -> builder);
        here.putAll(Map.of("good", "1", "bad", LAMBDA, "better", "2"));
        Cache<String, Object> there = cache(other, builder -> builder);
        assertEquals(Map.of("good", "1", "better", "2"), there.getAll(Set.of("good", "bad", "better")));
    }

    @Test
    void theLogNamesEachRefusedClassOnceWithPathAndCure() {
        try (LogLines log = new LogLines()) {
            Cache<String, Object> here = cache(node, builder -> builder);
            for (int i = 0; i < 3; i++) {
                here.put("key", new ArrayList<>(List.of(1, LAMBDA)));
            }
            List<String> lines = log.lines().stream()
                    .filter(each -> each.contains("are not stored"))
                    .toList();
            assertEquals(1, lines.size(), lines::toString);
            assertEquals(3, here.unwrap(TierStatistics.class).valuesRefused());
            assertTrue(lines.get(0).startsWith("WARNING cache 'refused': values of java.util.ArrayList"), lines.get(0));
            assertTrue(lines.get(0).contains("[1]") && lines.get(0).contains("codec.refused"), lines.get(0));
        }
    }

    @ParameterizedTest
    @CsvSource({"FAIL,DROP", "LOCAL,THROW"})
    void byThePolicyFailOrThrowTheCallFailsAndChangesNothing(OutagePolicy outage, RefusedPolicy refused) {
        Cache<String, Object> here =
                cache(node, builder -> builder.outagePolicy(outage).with(TieredSetting.CODEC_REFUSED, refused));
        here.put("key", "old");
        assertThrows(CacheException.class, () -> here.put("key", LAMBDA));
        assertThrows(CacheException.class, () -> here.putAll(Map.of("key", TOO_LARGE)));
        assertEquals("old", here.get("key"));
    }

    /** Loads one value for each key. */
    private static final class SameValue implements CacheLoader<String, Object> {
        private final Object value;
        private final AtomicInteger loads = new AtomicInteger();

        SameValue(Object value) {
            this.value = value;
        }

        @Override
        public Object load(String key) {
            loads.incrementAndGet();
            return value;
        }

        @Override
        public Map<String, Object> loadAll(Iterable<? extends String> keys) {
            Map<String, Object> loaded = new HashMap<>();
            keys.forEach(key -> loaded.put(key, load(key)));
            return loaded;
        }
    }

    /** Keeps what is written. */
    private static final class KeepingWriter implements CacheWriter<String, Object> {
        private final Map<String, Object> written = new ConcurrentHashMap<>();

        @Override
        public void write(Cache.Entry<? extends String, ?> entry) {
            written.put(entry.getKey(), entry.getValue());
        }

        @Override
        public void writeAll(Collection<Cache.Entry<? extends String, ?>> entries) {
            entries.forEach(this::write);
            entries.clear();
        }

        @Override
        public void delete(Object key) {
            written.remove(key);
        }

        @Override
        public void deleteAll(Collection<?> keys) {
            keys.forEach(this::delete);
        }
    }
}
