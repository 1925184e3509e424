package io.github.tieredjcache.jcache;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.RefusedPolicy;
import io.github.tieredjcache.TieredSetting;
import io.github.tieredjcache.TieredSettings;
import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import javax.cache.Cache;
import javax.cache.CacheException;
import javax.cache.integration.CacheLoader;
import org.junit.jupiter.api.Test;

/** A cache without Redis that is bounded by the weight of its entries. */
class NearWeightTest {
    private static final int MEBIBYTE = 1 << 20;

    @Test
    @Covers(FaultRow.F100)
    void theWeightOfTheEntriesIsBounded() {
        try (NearOnly near = new NearOnly()) {
            Cache<Integer, byte[]> cache =
                    near.cache(Integer.class, byte[].class, settings -> settings.nearMaximumWeight(100_000));
            for (int i = 0; i < 1_000; i++) {
                cache.put(i, new byte[1_000]);
            }
            // Key and codec add a few bytes to each value.
            Crew.until(() -> count(cache) <= 100_000 / (1_000 + TieredSettings.ENTRY_OVERHEAD_BYTES));
            assertTrue(count(cache) > 50, "it is used, too");
        }
    }

    @Test
    void anEntryThatGrowsWeighsMore() {
        try (NearOnly near = new NearOnly()) {
            Cache<Integer, byte[]> cache =
                    near.cache(Integer.class, byte[].class, settings -> settings.nearMaximumWeight(100_000));
            for (int i = 0; i < 20; i++) {
                cache.put(i, new byte[10]);
            }
            assertEquals(20, count(cache));
            for (int i = 0; i < 20; i++) {
                cache.invoke(i, (entry, arguments) -> {
                    entry.setValue(new byte[20_000]);
                    return null;
                });
            }
            Crew.until(() -> count(cache) < 5);
        }
    }

    @Test
    void aValueThatCannotBeWeighedIsRefusedWithTheCure() {
        try (NearOnly near = new NearOnly()) {
            Cache<String, Object> cache = near.cache(
                    String.class,
                    Object.class,
                    settings -> settings.nearMaximumWeight(MEBIBYTE)
                            .storeByValue(false)
                            .with(TieredSetting.CODEC_LEARNING, false)
                            .with(TieredSetting.CODEC_REFUSED, RefusedPolicy.THROW));
            cache.put("key", "before");
            var refused = assertThrows(CacheException.class, () -> cache.put("key", new Unlisted()));
            assertTrue(refused.getMessage().contains(Unlisted.class.getName()), refused.getMessage());
            assertTrue(refused.getMessage().contains("codec.allowed"), refused.getMessage());
            assertEquals("before", cache.get("key"));
        }
    }

    /** Loads 1 GiB through a cache of 64 MiB in a process with a heap of 128 MiB. */
    @Test
    @Covers(FaultRow.F100)
    void aSmallHeapSurvivesLoadsOfAMultipleOfItsSize() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        // Without G1, which allocates each of these arrays in regions of its own; a small heap has few
                        // regions: 20 times the time.
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        NearWeightTest.class.getName())
                .redirectErrorStream(true)
                .start();
        String output = read(process);
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), "it hangs");
        assertEquals(0, process.exitValue(), output);
        assertTrue(output.contains("entries left: "), output);
    }

    /** The main class of that process. */
    public static void main(String[] arguments) {
        try (NearOnly near = new NearOnly()) {
            Cache<Integer, byte[]> cache = near.cache(
                    Integer.class,
                    byte[].class,
                    // Each load returns a new array, so no copies are needed.
                    settings -> settings.nearMaximumWeight(64L * MEBIBYTE)
                            .storeByValue(false)
                            .readThrough(MebibyteLoader::new));
            for (int i = 0; i < 1_024; i++) {
                assertEquals(MEBIBYTE, cache.get(i).length);
            }
            // Another thread evicts the excess.
            Crew.until(() -> count(cache) <= 64);
            long left = count(cache);
            assertTrue(left <= 64 && left > 32, "entries left: " + left);
            assertArrayEquals(new byte[MEBIBYTE], cache.get(0));
            System.out.println("entries left: " + left);
        }
    }

    private static String read(Process process) throws IOException {
        try (var output = process.inputReader()) {
            return String.join("\n", output.lines().toList());
        }
    }

    private static long count(Cache<?, ?> cache) {
        return StreamSupport.stream(cache.spliterator(), false).count();
    }

    /** A value of a class that is not allowed. */
    private static final class Unlisted {}

    private static final class MebibyteLoader implements CacheLoader<Integer, byte[]> {
        @Override
        public byte[] load(Integer key) {
            return new byte[MEBIBYTE];
        }

        @Override
        public Map<Integer, byte[]> loadAll(Iterable<? extends Integer> keys) {
            Map<Integer, byte[]> all = new HashMap<>();
            keys.forEach(key -> all.put(key, load(key)));
            return all;
        }
    }
}
