package io.github.tieredjcache.jcache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
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
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-Xlog:class+load:stdout",
                        "-cp",
                        System.getProperty("java.class.path"),
                        NearStartTest.class.getName())
                .redirectErrorStream(true)
                .start();
        List<String> output = new String(process.getInputStream().readAllBytes(), UTF_8)
                .lines()
                .toList();
        assertEquals(0, process.waitFor(), String.join("\n", output));
        assertTrue(output.contains("found value"));
        List<String> loaded = output.stream()
                .map(NearStartTest::className)
                .filter(Objects::nonNull)
                .toList();
        assertTrue(loaded.contains(TieredCache.class.getName()), "the log of the JVM is understood");
        assertEquals(
                List.of(),
                loaded.stream()
                        .filter(name -> UNUSED.stream().anyMatch(name::startsWith))
                        .toList());
    }

    /** Returns the class of a line such as {@code [0.1s][info][class,load] java.lang.Object source: …}. */
    private static String className(String line) {
        return Stream.of(line)
                .filter(each -> each.contains("[class,load]"))
                .map(each -> each.substring(each.lastIndexOf(']') + 1).strip().split(" ", -1)[0])
                .findFirst()
                .orElse(null);
    }
}
