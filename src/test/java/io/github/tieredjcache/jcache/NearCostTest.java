package io.github.tieredjcache.jcache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.github.tieredjcache.TieredConfiguration;
import java.lang.management.ManagementFactory;
import javax.cache.Cache;
import javax.cache.expiry.CreatedExpiryPolicy;
import javax.cache.expiry.Duration;
import javax.cache.expiry.TouchedExpiryPolicy;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The memory that hits and entries of a cache without Redis take. */
class NearCostTest {
    private static final int KEYS = 64;

    private final NearOnly node = new NearOnly();

    @AfterEach
    void close() {
        node.close();
    }

    /** What a cache does on a hit beside finding the value. */
    enum Feature {
        NOTHING,
        /** Strings are not copied. */
        BY_VALUE,
        STATISTICS,
        CREATED_EXPIRY,
        TOUCHED_EXPIRY;

        TieredConfiguration.Builder<Integer, String> configure(TieredConfiguration.Builder<Integer, String> settings) {
            settings.storeByValue(this == BY_VALUE);
            return switch (this) {
                case NOTHING, BY_VALUE -> settings;
                case STATISTICS -> settings.statistics(true);
                case CREATED_EXPIRY -> settings.expiry(CreatedExpiryPolicy.factoryOf(Duration.ONE_HOUR));
                case TOUCHED_EXPIRY -> settings.expiry(TouchedExpiryPolicy.factoryOf(Duration.ONE_HOUR));
            };
        }
    }

    @ParameterizedTest
    @EnumSource
    void aHitInMemoryAllocatesNothing(Feature feature) {
        Cache<Integer, String> cache = node.cache(Integer.class, String.class, feature::configure);
        Integer[] keys = new Integer[KEYS];
        for (int i = 0; i < KEYS; i++) {
            keys[i] = i;
            cache.put(keys[i], "value");
        }
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        // The first hits allocate what later ones reuse; Caffeine's upkeep may begin on this thread.
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 50; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (Integer key : keys) {
                cache.get(key);
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertEquals(0, least);
    }

    /** Beside the value, and what Caffeine needs an entry, an entry without expiry takes the smallest Java object. */
    @Test
    void anEntryWithoutExpiryIsAnObjectOfOneReference() throws Exception {
        int entries = 50_000;
        Cache<Integer, String> cache =
                node.cache(Integer.class, String.class, settings -> settings.nearMaximumSize(2L * entries));
        long before = ownBytes();
        for (int i = 0; i < entries; i++) {
            cache.put(i, "value");
        }
        double each = (double) (ownBytes() - before) / entries;
        // 16, or 24 if the JVM does not compress references; a few objects of other caches may come or go meanwhile.
        assertTrue(each > 14 && each < 26, each + " bytes an entry");
        assertEquals("value", cache.get(0));
    }

    /** Returns the bytes of all objects of this library that are in use. */
    private static long ownBytes() throws Exception {
        String histogram = (String) ManagementFactory.getPlatformMBeanServer()
                .invoke(
                        new ObjectName("com.sun.management:type=DiagnosticCommand"),
                        "gcClassHistogram",
                        new Object[] {new String[0]},
                        new String[] {String[].class.getName()});
        // number: instances bytes class (module)
        return histogram
                .lines()
                .map(line -> line.strip().split("\\s+", -1))
                .filter(columns -> columns.length >= 4 && columns[3].startsWith("io.github.tieredjcache."))
                .mapToLong(columns -> Long.parseLong(columns[2]))
                .sum();
    }
}
