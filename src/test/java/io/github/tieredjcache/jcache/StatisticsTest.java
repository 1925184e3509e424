package io.github.tieredjcache.jcache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.TierStatistics;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import javax.cache.Cache;
import javax.cache.expiry.CreatedExpiryPolicy;
import javax.cache.expiry.Duration;
import javax.cache.integration.CacheLoader;
import javax.cache.integration.CacheLoaderException;
import javax.cache.management.CacheStatisticsMXBean;
import javax.management.JMX;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** JCache's statistics by operation: hits, misses, puts, removals. */
class StatisticsTest {
    private final NearOnly node = new NearOnly();

    @AfterEach
    void close() {
        node.close();
    }

    @Test
    void aLookupWhoseLoadFailsIsAMiss() throws Exception {
        TieredCache<String, String> cache =
                counting(builder -> builder.readThrough(NearOnly.factory(new CacheLoader<>() {
                    @Override
                    public String load(String key) {
                        throw new IllegalStateException("the source is away");
                    }

                    @Override
                    public Map<String, String> loadAll(Iterable<? extends String> keys) {
                        return Map.of();
                    }
                })));
        assertThrows(CacheLoaderException.class, () -> cache.get("a"));
        CacheStatisticsMXBean bean = bean(cache);
        assertEquals(1, bean.getCacheMisses());
        assertEquals(0, bean.getCacheHits());
    }

    @Test
    void everyOperationCountsByTheSpecification() throws Exception {
        TieredCache<String, String> cache = counting(builder -> builder);
        Map<String, Step> steps = new LinkedHashMap<>();
        steps.put("get absent", new Step(() -> cache.get("a"), 0, 1, 0, 0));
        steps.put("put absent", new Step(() -> cache.put("a", "1"), 0, 0, 1, 0));
        steps.put("put present", new Step(() -> cache.put("a", "1"), 0, 0, 1, 0));
        steps.put("get present", new Step(() -> cache.get("a"), 1, 0, 0, 0));
        steps.put("containsKey", new Step(() -> cache.containsKey("a"), 0, 0, 0, 0));
        steps.put("containsKey absent", new Step(() -> cache.containsKey("b"), 0, 0, 0, 0));
        steps.put("getAndPut absent", new Step(() -> cache.getAndPut("b", "1"), 0, 1, 1, 0));
        steps.put("getAndPut present", new Step(() -> cache.getAndPut("b", "2"), 1, 0, 1, 0));
        steps.put("putIfAbsent present", new Step(() -> cache.putIfAbsent("b", "3"), 1, 0, 0, 0));
        steps.put("putIfAbsent absent", new Step(() -> cache.putIfAbsent("c", "3"), 0, 1, 1, 0));
        steps.put("replace absent", new Step(() -> cache.replace("x", "3"), 0, 1, 0, 0));
        steps.put("replace present", new Step(() -> cache.replace("c", "4"), 1, 0, 1, 0));
        steps.put("replace mismatched", new Step(() -> cache.replace("c", "no", "5"), 1, 0, 0, 0));
        steps.put("replace matched", new Step(() -> cache.replace("c", "4", "5"), 1, 0, 1, 0));
        steps.put("replace old absent", new Step(() -> cache.replace("x", "4", "5"), 0, 1, 0, 0));
        steps.put("getAndReplace absent", new Step(() -> cache.getAndReplace("x", "5"), 0, 1, 0, 0));
        steps.put("getAndReplace present", new Step(() -> cache.getAndReplace("c", "6"), 1, 0, 1, 0));
        steps.put("remove mismatched", new Step(() -> cache.remove("c", "no"), 1, 0, 0, 0));
        steps.put("remove old absent", new Step(() -> cache.remove("x", "no"), 0, 1, 0, 0));
        steps.put("remove matched", new Step(() -> cache.remove("c", "6"), 1, 0, 0, 1));
        steps.put("remove absent", new Step(() -> cache.remove("c"), 0, 0, 0, 0));
        steps.put("remove present", new Step(() -> cache.remove("b"), 0, 0, 0, 1));
        steps.put("getAndRemove absent", new Step(() -> cache.getAndRemove("b"), 0, 1, 0, 0));
        steps.put("getAndRemove present", new Step(() -> cache.getAndRemove("a"), 1, 0, 0, 1));
        steps.put("putAll", new Step(() -> cache.putAll(Map.of("a", "1", "b", "1", "c", "1")), 0, 0, 3, 0));
        steps.put("getAll", new Step(() -> cache.getAll(Set.of("a", "b", "x")), 2, 1, 0, 0));
        steps.put("removeAll(keys)", new Step(() -> cache.removeAll(Set.of("a", "x")), 0, 0, 0, 1));
        steps.put("removeAll", new Step(cache::removeAll, 0, 0, 0, 2));
        steps.put("put again", new Step(() -> cache.put("a", "1"), 0, 0, 1, 0));
        steps.put("clear", new Step(cache::clear, 0, 0, 0, 0));
        steps.put(
                "invoke nothing on absent", new Step(() -> cache.invoke("a", (entry, arguments) -> null), 0, 1, 0, 0));
        steps.put(
                "invoke creates",
                new Step(
                        () -> cache.invoke("a", (entry, arguments) -> {
                            entry.setValue("1");
                            return null;
                        }),
                        0,
                        1,
                        1,
                        0));
        steps.put(
                "invoke nothing on present", new Step(() -> cache.invoke("a", (entry, arguments) -> null), 1, 0, 0, 0));
        steps.put(
                "invoke updates",
                new Step(
                        () -> cache.invoke("a", (entry, arguments) -> {
                            entry.setValue("2");
                            return null;
                        }),
                        1,
                        0,
                        1,
                        0));
        steps.put(
                "invoke removes",
                new Step(
                        () -> cache.invoke("a", (entry, arguments) -> {
                            entry.remove();
                            return null;
                        }),
                        1,
                        0,
                        0,
                        1));
        steps.put(
                "invoke creates and removes",
                new Step(
                        () -> cache.invoke("a", (entry, arguments) -> {
                            entry.setValue("2");
                            entry.remove();
                            return null;
                        }),
                        0,
                        1,
                        0,
                        0));
        for (Map.Entry<String, Step> each : steps.entrySet()) {
            Step step = each.getValue();
            CacheStatisticsMXBean bean = bean(cache);
            long hits = bean.getCacheHits();
            long misses = bean.getCacheMisses();
            long puts = bean.getCachePuts();
            long removals = bean.getCacheRemovals();
            step.work.run();
            Step counted = new Step(
                    step.work,
                    bean.getCacheHits() - hits,
                    bean.getCacheMisses() - misses,
                    bean.getCachePuts() - puts,
                    bean.getCacheRemovals() - removals);
            assertEquals(step, counted, each.getKey());
        }
    }

    @Test
    void iteratingOverAHundredEntriesAndRemovingThemIsAHundredHitsAndRemovals() throws Exception {
        TieredCache<String, String> cache = counting(builder -> builder);
        for (int i = 0; i < 100; i++) {
            cache.put("key" + i, "v");
        }
        Iterator<Cache.Entry<String, String>> entries = cache.iterator();
        while (entries.hasNext()) {
            entries.next();
            entries.remove();
        }
        CacheStatisticsMXBean bean = bean(cache);
        assertEquals(100, bean.getCacheHits());
        assertEquals(100, bean.getCacheRemovals());
        assertEquals(100f, bean.getCacheHitPercentage());
        assertEquals(0f, bean.getCacheMissPercentage());
    }

    @Test
    void anExpiredEntryIsNeitherAHitNorARemoval() throws Exception {
        TieredCache<String, String> cache = counting(
                builder -> builder.expiry(CreatedExpiryPolicy.factoryOf(new Duration(TimeUnit.MILLISECONDS, 1))));
        cache.put("a", "1");
        cache.put("b", "1");
        io.github.tieredjcache.Crew.until(() -> !cache.containsKey("a") && !cache.containsKey("b"));
        cache.removeAll();
        cache.get("a");
        cache.remove("b");
        CacheStatisticsMXBean bean = bean(cache);
        assertEquals(0, bean.getCacheRemovals());
        assertEquals(0, bean.getCacheHits());
        assertEquals(1, bean.getCacheMisses());
    }

    @Test
    void anEntryWithAZeroLifetimeIsNotAPut() throws Exception {
        TieredCache<String, String> cache =
                counting(builder -> builder.expiry(CreatedExpiryPolicy.factoryOf(Duration.ZERO)));
        cache.put("a", "1");
        cache.putAll(Map.of("b", "1"));
        cache.putIfAbsent("c", "1");
        assertEquals(0, bean(cache).getCachePuts());
        assertEquals(1, bean(cache).getCacheMisses());
    }

    @Test
    void averagesAreNeverNegativeAndClearResetsAllCounters() throws Exception {
        TieredCache<String, String> cache = counting(builder -> builder);
        CacheStatisticsMXBean bean = bean(cache);
        cache.put("a", "1");
        cache.get("a");
        cache.remove("a");
        cache.get("a");
        assertTrue(bean.getAverageGetTime() >= 0);
        assertTrue(bean.getAveragePutTime() >= 0);
        assertTrue(bean.getAverageRemoveTime() >= 0);
        assertEquals(2, bean.getCacheGets());
        assertEquals(50f, bean.getCacheHitPercentage());
        assertEquals(50f, bean.getCacheMissPercentage());
        bean.clear();
        assertEquals(
                0,
                bean.getCacheGets()
                        + bean.getCachePuts()
                        + bean.getCacheRemovals()
                        + bean.getCacheEvictions()
                        + bean.getCacheHitPercentage()
                        + bean.getCacheMissPercentage()
                        + bean.getAverageGetTime()
                        + bean.getAveragePutTime()
                        + bean.getAverageRemoveTime());
    }

    @Test
    void evictionsAreCounted() throws Exception {
        TieredCache<String, String> cache = counting(builder -> builder.nearMaximumSize(10));
        for (int i = 0; i < 1_000; i++) {
            cache.put("key" + i, "v");
        }
        CacheStatisticsMXBean bean = bean(cache);
        io.github.tieredjcache.Crew.until(() -> bean.getCacheEvictions() >= 900);
        assertEquals(1_000, bean.getCachePuts());
        assertEquals(0, bean.getCacheRemovals());
    }

    @Test
    void loadsCountAsMissesAndNotAsPuts() throws Exception {
        TieredCache<String, String> cache =
                counting(builder -> builder.readThrough(NearOnly.factory(new CacheLoader<>() {
                    @Override
                    public String load(String key) {
                        return "loaded";
                    }

                    @Override
                    public Map<String, String> loadAll(Iterable<? extends String> keys) {
                        Map<String, String> all = new HashMap<>();
                        keys.forEach(key -> all.put(key, "loaded"));
                        return all;
                    }
                })));
        cache.get("a");
        cache.getAll(Set.of("a", "b", "c"));
        CacheStatisticsMXBean bean = bean(cache);
        assertEquals(1, bean.getCacheHits());
        assertEquals(3, bean.getCacheMisses());
        assertEquals(0, bean.getCachePuts());
        TierStatistics tiers = cache.unwrap(TierStatistics.class);
        assertEquals(1, tiers.nearHits());
        assertEquals(3, tiers.remoteMisses());
        assertEquals(3, tiers.loads());
        assertEquals(0, tiers.loadFailures());
        assertEquals(0, tiers.remoteHits());
    }

    @Test
    void disabledStatisticsCountNothingAndCountAgainWhenEnabled() throws Exception {
        TieredCache<String, String> cache = counting(builder -> builder);
        cache.get("a");
        node.manager().enableStatistics("cache", false);
        cache.get("a");
        cache.put("a", "1");
        node.manager().enableStatistics("cache", true);
        cache.get("a");
        assertEquals(1, bean(cache).getCacheHits());
        assertEquals(1, bean(cache).getCacheMisses());
        assertEquals(0, bean(cache).getCachePuts());
    }

    private TieredCache<String, String> counting(
            UnaryOperator<io.github.tieredjcache.TieredConfiguration.Builder<String, String>> settings) {
        return node.strings(builder -> settings.apply(builder.statistics(true)));
    }

    private static CacheStatisticsMXBean bean(Cache<?, ?> cache) throws Exception {
        ObjectName name = new ObjectName("javax.cache:type=CacheStatistics,CacheManager="
                + cache.getCacheManager().getURI() + ",Cache=" + cache.getName());
        return JMX.newMXBeanProxy(ManagementFactory.getPlatformMBeanServer(), name, CacheStatisticsMXBean.class);
    }

    /** An operation and its expected counts. */
    private record Step(Runnable work, long hits, long misses, long puts, long removals) {}
}
