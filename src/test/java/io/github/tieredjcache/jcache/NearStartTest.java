package io.github.tieredjcache.jcache;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.tieredjcache.LoadedClasses;
import java.util.List;
import javax.cache.Cache;
import org.junit.jupiter.api.Test;

/** A cache without Redis starts without the classes of what it does not use. */
class NearStartTest {
    private static final List<String> UNUSED = List.of(
            "io.lettuce.",
            "io.netty.",
            "reactor.",
            "com.esotericsoftware.",
            "org.objenesis.",
            "io.github.tieredjcache.internal.codec.graph.",
            "io.github.tieredjcache.internal.codec.key.",
            "io.github.tieredjcache.internal.remote.");

    /** Stores and finds a value in a JVM of its own, by value, as JCache does unless told otherwise. */
    public static void main(String[] arguments) {
        try (NearOnly node = new NearOnly()) {
            Cache<String, String> cache = node.strings(settings -> settings);
            cache.put("key", "value");
            System.out.println("found " + cache.get("key"));
        }
    }

    @Test
    void aCacheInMemoryLoadsNoClassOfRedisOrOfTheCodec() throws Exception {
        List<String> loaded = LoadedClasses.of(NearStartTest.class, "found value");
        assertEquals(
                List.of(),
                loaded.stream()
                        .filter(name -> UNUSED.stream().anyMatch(name::startsWith))
                        .toList());
    }
}
