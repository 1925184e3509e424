package io.github.tieredjcache.jcache;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import javax.cache.Cache;
import javax.cache.CacheManager;
import javax.cache.configuration.MutableConfiguration;
import javax.cache.integration.CacheLoader;
import javax.cache.integration.CompletionListenerFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StoreByValueTest {
    @SuppressWarnings({"unchecked", "rawtypes"})
    private static final Class<List<String>> LISTS = (Class) List.class;

    private final NearOnly node = new NearOnly();

    @AfterEach
    void close() {
        node.close();
    }

    @Test
    void modifyingAStoredObjectDoesNotChangeTheCache() {
        TieredCache<List<String>, List<String>> cache = node.cache(LISTS, LISTS, builder -> builder);
        Map<String, java.util.function.BiConsumer<List<String>, List<String>>> ways = Map.of(
                "put",
                cache::put,
                "getAndPut",
                cache::getAndPut,
                "putIfAbsent",
                cache::putIfAbsent,
                "putAll",
                (key, value) -> cache.putAll(Map.of(key, value)),
                "replace",
                (key, value) -> {
                    cache.put(list("replace"), list("old"));
                    cache.replace(key, value);
                },
                "invoke",
                (key, value) -> cache.invoke(key, (entry, arguments) -> {
                    entry.setValue(value);
                    return null;
                }));
        ways.forEach((name, way) -> {
            List<String> key = list(name);
            List<String> value = list("v");
            way.accept(key, value);
            key.set(0, "changed");
            value.set(0, "changed");
            assertEquals(list("v"), cache.get(list(name)), name);
        });
        cache.forEach(entry -> assertTrue(ways.containsKey(entry.getKey().get(0)), () -> "key " + entry.getKey()));
    }

    @Test
    void modifyingAReturnedObjectDoesNotChangeTheCache() {
        TieredCache<List<String>, List<String>> cache = node.cache(LISTS, LISTS, builder -> builder);
        List<Supplier<List<String>>> ways = List.of(
                () -> cache.get(list("k")),
                () -> cache.getAll(Set.of(list("k"))).get(list("k")),
                () -> cache.getAndPut(list("k"), list("v")),
                () -> cache.getAndReplace(list("k"), list("v")),
                () -> cache.iterator().next().getValue(),
                () -> cache.invoke(list("k"), (entry, arguments) -> entry.getValue()));
        cache.put(list("k"), list("v"));
        for (Supplier<List<String>> way : ways) {
            way.get().set(0, "changed");
            assertEquals(list("v"), cache.get(list("k")));
        }
        Cache.Entry<List<String>, List<String>> entry = cache.iterator().next();
        entry.getKey().set(0, "changed");
        assertEquals(list("v"), cache.get(list("k")));
        assertEquals(list("k"), cache.iterator().next().getKey());
        cache.getAll(Set.of(list("k"))).keySet().forEach(key -> key.set(0, "changed"));
        assertEquals(list("v"), cache.get(list("k")));
    }

    /** Neither the loader nor the caller has the key that the cache has. */
    @Test
    void modifyingAKeyThatWasLoadedDoesNotChangeTheCache() {
        List<List<String>> loaded = new ArrayList<>();
        TieredCache<List<String>, List<String>> cache =
                node.cache(LISTS, LISTS, builder -> builder.readThrough(() -> new ListLoader(loaded)));
        cache.getAll(Set.of(list("a"))).keySet().forEach(key -> key.set(0, "changed"));
        CompletionListenerFuture end = new CompletionListenerFuture();
        cache.loadAll(Set.of(list("b")), true, end);
        assertDoesNotThrow(() -> end.get());
        loaded.forEach(key -> key.set(0, "changed"));
        assertEquals(2, loaded.size());
        assertEquals(list("v"), cache.get(list("a")));
        assertEquals(list("v"), cache.get(list("b")));
        cache.forEach(
                entry -> assertTrue(Set.of("a", "b").contains(entry.getKey().get(0)), () -> "" + entry.getKey()));
        assertEquals(2, loaded.size(), "none was loaded again");
    }

    private static final class ListLoader implements CacheLoader<List<String>, List<String>> {
        private final List<List<String>> loaded;

        ListLoader(List<List<String>> loaded) {
            this.loaded = loaded;
        }

        @Override
        public List<String> load(List<String> key) {
            loaded.add(key);
            return list("v");
        }

        @Override
        public Map<List<String>, List<String>> loadAll(Iterable<? extends List<String>> keys) {
            Map<List<String>, List<String>> all = new HashMap<>();
            keys.forEach(key -> all.put(key, load(key)));
            return all;
        }
    }

    @Test
    void conditionsCompareByEquals() {
        TieredCache<List<String>, List<String>> cache = node.cache(LISTS, LISTS, builder -> builder);
        cache.put(list("k"), list("v"));
        assertTrue(cache.replace(list("k"), list("v"), list("w")));
        assertTrue(cache.remove(list("k"), list("w")));
        assertNull(cache.get(list("k")));
    }

    @Test
    void storeByReferenceReturnsTheStoredInstance() {
        TieredCache<List<String>, List<String>> cache =
                node.cache(LISTS, LISTS, builder -> builder.storeByValue(false));
        List<String> value = list("v");
        cache.put(list("k"), value);
        assertSame(value, cache.get(list("k")));
        assertSame(value, cache.iterator().next().getValue());
    }

    @Test
    void storeByReferenceAcceptsAKeyThatCannotBeCopied() {
        TieredCache<Object, Object> cache =
                node.cache(Object.class, Object.class, builder -> builder.storeByValue(false));
        Object key = new Object();
        Thread value = new Thread("uncopyable");
        cache.put(key, value);
        assertSame(value, cache.get(key));
    }

    @Test
    void aCopyOfAnEntityIsEqualButNotTheSame() {
        TieredCache<String, Entity> cache = node.cache(String.class, Entity.class, builder -> builder);
        Entity entity = new Entity("name", 5, new HashMap<>(Map.of("k", list("v"))));
        cache.put("a", entity);
        entity.parts.get("k").set(0, "changed");
        Entity read = cache.get("a");
        assertNotSame(entity, read);
        assertEquals("name", read.name);
        assertEquals(5, read.number);
        assertEquals(Map.of("k", list("v")), read.parts);
    }

    @Test
    void theContextClassLoaderOfTheCallerIsNotUsed() throws Exception {
        TieredCache<String, Entity> cache = node.cache(String.class, Entity.class, builder -> builder);
        try (URLClassLoader foreign = new URLClassLoader(new URL[0], null)) {
            for (ClassLoader context : new ClassLoader[] {null, foreign}) {
                Crew.run(() -> {
                            Thread.currentThread().setContextClassLoader(context);
                            cache.put("a", new Entity("name", 5, new HashMap<>()));
                            assertEquals("name", cache.get("a").name);
                            cache.invoke("a", (entry, arguments) -> {
                                entry.setValue(new Entity("other", 6, new HashMap<>()));
                                return null;
                            });
                        })
                        .result();
                assertEquals("other", cache.get("a").name);
            }
        }
    }

    @Test
    void theThreadsOfAManagerHaveItsClassLoader() throws Exception {
        TieredCachingProvider provider = new TieredCachingProvider();
        try (URLClassLoader own = new URLClassLoader(new URL[0], getClass().getClassLoader())) {
            CacheManager manager = provider.getCacheManager(null, own, NearOnly.properties());
            AtomicReference<ClassLoader> seen = new AtomicReference<>();
            Recording<String, String> listener = new Recording<>();
            listener.reacting(event -> seen.set(Thread.currentThread().getContextClassLoader()));
            Cache<String, String> cache = manager.createCache(
                    "c",
                    new MutableConfiguration<String, String>()
                            .addCacheEntryListenerConfiguration(listener.registered(false, false)));
            Crew.run(() -> {
                        Thread.currentThread().setContextClassLoader(null);
                        cache.put("a", "1");
                    })
                    .result();
            Crew.until(() -> seen.get() != null);
            assertSame(own, seen.get());
            provider.close();
        }
    }

    private static List<String> list(String item) {
        return new ArrayList<>(List.of(item));
    }

    /** Mutable, with a final field and no constructor without arguments. */
    private static final class Entity implements java.io.Serializable {
        private static final long serialVersionUID = 1L;

        private final String name;
        private int number;

        @SuppressWarnings("serial") // No test serializes it with a map that is not serializable.
        private final Map<String, List<String>> parts;

        Entity(String name, int number, Map<String, List<String>> parts) {
            this.name = name;
            this.number = number;
            this.parts = parts;
        }
    }
}
