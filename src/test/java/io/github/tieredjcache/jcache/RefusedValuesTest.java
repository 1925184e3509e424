package io.github.tieredjcache.jcache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.TieredSetting;
import io.github.tieredjcache.integration.LogLines;
import io.github.tieredjcache.integration.codec.RefusedPut;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import javax.cache.configuration.MutableCacheEntryListenerConfiguration;
import javax.cache.event.CacheEntryUpdatedListener;
import javax.cache.integration.CacheLoader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Without Redis, a value that cannot be copied is dropped as it is with Redis, and the log says so. */
class RefusedValuesTest {
    private static final Object LAMBDA = (Runnable) () -> {};

    private final NearOnly node = new NearOnly();

    @AfterEach
    void close() {
        node.close();
    }

    @ParameterizedTest
    @EnumSource
    void aRefusedValueRemovesTheEntry(RefusedPut put) {
        TieredCache<String, Object> cache =
                node.cache(String.class, Object.class, builder -> builder.loader(() -> new Lambdas()));
        cache.put("key", "old");
        put.store(cache, "key", LAMBDA);
        assertNull(cache.get("key"));
        cache.put("key", "next");
        assertEquals("next", cache.get("key"));
    }

    @ParameterizedTest
    @EnumSource
    void aValueLargerThanTheMaximumRemovesTheEntryOfANearTierThatIsBoundedByWeight(RefusedPut put) {
        TieredCache<String, Object> cache = node.cache(
                String.class,
                Object.class,
                builder -> builder.nearMaximumWeight(1 << 20)
                        .with(TieredSetting.CODEC_MAXIMUM_VALUE_SIZE, 1_000)
                        .loader(() -> new SameText()));
        cache.put("key", "old");
        put.store(cache, "key", SameText.VALUE);
        assertNull(cache.get("key"));
    }

    @Test
    void aLoadedValueGoesToItsCallers() {
        TieredCache<String, Object> cache =
                node.cache(String.class, Object.class, builder -> builder.readThrough(() -> new Lambdas()));
        assertSame(LAMBDA, cache.get("key"));
        assertSame(LAMBDA, cache.invoke("key", (entry, arguments) -> entry.getValue()));
        assertTrue(!cache.containsKey("key"));
    }

    @Test
    void aListenerOfTheUpdateGetsTheValue() {
        AtomicReference<Object> updated = new AtomicReference<>();
        CacheEntryUpdatedListener<String, Object> listener =
                events -> events.forEach(each -> updated.set(each.getValue()));
        TieredCache<String, Object> cache = node.cache(String.class, Object.class, builder -> builder);
        cache.registerCacheEntryListener(
                new MutableCacheEntryListenerConfiguration<>(() -> listener, null, false, true));
        cache.put("key", "old");
        cache.put("key", LAMBDA);
        assertSame(LAMBDA, updated.get());
    }

    @Test
    void theDeveloperReadsInTheLogWhatRedisWillRefuse() {
        try (LogLines log = new LogLines()) {
            TieredCache<String, Object> cache = node.cache(String.class, Object.class, builder -> builder);
            for (int i = 0; i < 3; i++) {
                cache.put("key", new ArrayList<>(List.of(1, LAMBDA)));
            }
            List<String> lines = log.lines().stream()
                    .filter(each -> each.contains("are not stored"))
                    .toList();
            assertEquals(1, lines.size(), lines::toString);
            assertTrue(lines.get(0).startsWith("WARNING cache 'cache': values of java.util.ArrayList"), lines.get(0));
        }
    }

    /** Loads a value that cannot be copied. */
    private static final class Lambdas implements CacheLoader<String, Object> {
        @Override
        public Object load(String key) {
            return LAMBDA;
        }

        @Override
        public Map<String, Object> loadAll(Iterable<? extends String> keys) {
            return Map.of("key", LAMBDA);
        }
    }

    /** Loads a value that is larger than the maximum. */
    private static final class SameText implements CacheLoader<String, Object> {
        private static final String VALUE = "x".repeat(2_000);

        @Override
        public Object load(String key) {
            return VALUE;
        }

        @Override
        public Map<String, Object> loadAll(Iterable<? extends String> keys) {
            return Map.of("key", VALUE);
        }
    }
}
