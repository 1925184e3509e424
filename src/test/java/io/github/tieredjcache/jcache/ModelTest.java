package io.github.tieredjcache.jcache;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.LongStream;
import javax.cache.Cache;
import javax.cache.integration.CompletionListenerFuture;
import javax.cache.management.CacheStatisticsMXBean;
import javax.cache.processor.EntryProcessorResult;
import javax.management.JMX;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Random sequences of all operations, compared with a plain map: results, contents, statistics and events. */
class ModelTest {
    private static final int SEQUENCES = 200;
    private static final int OPERATIONS = 200;
    private static final int KEYS = 6;
    private static final int VALUES = 4;

    private final NearOnly node = new NearOnly();
    private final Map<Integer, String> model = new TreeMap<>();
    private long hits;
    private long misses;
    private long puts;
    private long removals;
    private long created;
    private long updated;

    static LongStream seeds() {
        return LongStream.range(0, SEQUENCES);
    }

    @AfterEach
    void close() {
        node.close();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void aCacheReturnsTheResultsOfAMap(long seed) throws Exception {
        Random random = new Random(seed);
        Recording<Integer, String> recording = new Recording<>();
        TieredCache<Integer, String> cache = node.cache(
                Integer.class,
                String.class,
                builder -> builder.statistics(true)
                        .storeByValue(random.nextBoolean())
                        .listener(recording.registered(true, random.nextBoolean())));
        for (int i = 0; i < OPERATIONS; i++) {
            String where = "seed " + seed + ", operation " + i;
            int operation = random.nextInt(23);
            step(cache, random, operation, where + ": " + operation);
            if (i % 20 == 0) {
                assertEquals(model, contents(cache), where);
            }
        }
        assertEquals(model, contents(cache), "seed " + seed);
        CacheStatisticsMXBean bean = JMX.newMXBeanProxy(
                ManagementFactory.getPlatformMBeanServer(),
                new ObjectName("javax.cache:type=CacheStatistics,CacheManager="
                        + node.manager().getURI() + ",Cache=cache"),
                CacheStatisticsMXBean.class);
        assertEquals(hits, bean.getCacheHits(), "hits, seed " + seed);
        assertEquals(misses, bean.getCacheMisses(), "misses, seed " + seed);
        assertEquals(puts, bean.getCachePuts(), "puts, seed " + seed);
        assertEquals(removals, bean.getCacheRemovals(), "removals, seed " + seed);
        assertEquals(created, count(recording, "CREATED"), "creations, seed " + seed);
        assertEquals(updated, count(recording, "UPDATED"), "updates, seed " + seed);
        assertEquals(removals, count(recording, "REMOVED"), "delivered removals, seed " + seed);
    }

    private void step(TieredCache<Integer, String> cache, Random random, int operation, String where) throws Exception {
        int key = random.nextInt(KEYS);
        String value = "v" + random.nextInt(VALUES);
        String other = "v" + random.nextInt(VALUES);
        String before = model.get(key);
        switch (operation) {
            case 0 -> {
                looked(before);
                assertEquals(before, cache.get(key), where);
            }
            case 1 -> {
                Set<Integer> keys = keys(random);
                Map<Integer, String> expected = new HashMap<>(model);
                expected.keySet().retainAll(keys);
                hits += expected.size();
                misses += keys.size() - expected.size();
                assertEquals(expected, cache.getAll(keys), where);
            }
            case 2 -> assertEquals(before != null, cache.containsKey(key), where);
            case 3 -> {
                stored(key, value);
                cache.put(key, value);
            }
            case 4 -> {
                looked(before);
                stored(key, value);
                assertEquals(before, cache.getAndPut(key, value), where);
            }
            case 5 -> {
                Map<Integer, String> entries = new HashMap<>();
                keys(random).forEach(each -> entries.put(each, value));
                entries.forEach(this::stored);
                cache.putAll(entries);
            }
            case 6 -> {
                looked(before);
                if (before == null) {
                    stored(key, value);
                }
                assertEquals(before == null, cache.putIfAbsent(key, value), where);
            }
            case 7 -> {
                removed(key);
                assertEquals(before != null, cache.remove(key), where);
            }
            case 8 -> {
                looked(before);
                if (other.equals(before)) {
                    removed(key);
                }
                assertEquals(other.equals(before), cache.remove(key, other), where);
            }
            case 9 -> {
                looked(before);
                removed(key);
                assertEquals(before, cache.getAndRemove(key), where);
            }
            case 10 -> {
                looked(before);
                if (other.equals(before)) {
                    stored(key, value);
                }
                assertEquals(other.equals(before), cache.replace(key, other, value), where);
            }
            case 11 -> {
                looked(before);
                if (before != null) {
                    stored(key, value);
                }
                assertEquals(before != null, cache.replace(key, value), where);
            }
            case 12 -> {
                looked(before);
                if (before != null) {
                    stored(key, value);
                }
                assertEquals(before, cache.getAndReplace(key, value), where);
            }
            case 13 -> {
                Set<Integer> keys = keys(random);
                keys.forEach(this::removed);
                cache.removeAll(keys);
            }
            case 14 -> {
                if (random.nextInt(4) == 0) {
                    Set.copyOf(model.keySet()).forEach(this::removed);
                    cache.removeAll();
                }
            }
            case 15 -> {
                if (random.nextInt(4) == 0) {
                    model.clear();
                    cache.clear();
                }
            }
            case 16 -> {
                looked(before);
                assertEquals(before, cache.<String>invoke(key, (entry, arguments) -> entry.getValue()), where);
            }
            case 17 -> {
                looked(before);
                stored(key, value + before);
                assertEquals(
                        before,
                        cache.<String>invoke(
                                key,
                                (entry, arguments) -> {
                                    String old = entry.getValue();
                                    entry.remove();
                                    entry.setValue(arguments[0] + old);
                                    return old;
                                },
                                value),
                        where);
                // Stores a plain value again, so that later comparisons match.
                stored(key, value);
                cache.put(key, value);
            }
            case 18 -> {
                looked(before);
                removed(key);
                cache.invoke(key, (entry, arguments) -> {
                    entry.setValue("unmade");
                    entry.remove();
                    return null;
                });
            }
            case 19 -> {
                Set<Integer> keys = keys(random);
                Map<Integer, Boolean> expected = new HashMap<>();
                for (Integer each : keys) {
                    looked(model.get(each));
                    expected.put(each, model.containsKey(each));
                    if (model.containsKey(each)) {
                        stored(each, value);
                    }
                }
                Map<Integer, Boolean> answered = new HashMap<>();
                Map<Integer, EntryProcessorResult<Boolean>> results = cache.invokeAll(keys, (entry, arguments) -> {
                    boolean existed = entry.exists();
                    if (existed) {
                        entry.setValue(value);
                    }
                    return existed;
                });
                results.forEach((each, result) -> answered.put(each, result.get()));
                assertEquals(expected, answered, where);
            }
            case 20 -> {
                Map<Integer, String> seen = new HashMap<>();
                Iterator<Cache.Entry<Integer, String>> entries = cache.iterator();
                while (entries.hasNext()) {
                    Cache.Entry<Integer, String> entry = entries.next();
                    hits++;
                    assertEquals(null, seen.put(entry.getKey(), entry.getValue()), where);
                    if (random.nextInt(3) == 0) {
                        entries.remove();
                        removed(entry.getKey());
                        seen.remove(entry.getKey());
                    }
                }
                assertEquals(model, seen, where);
            }
            case 21 -> {
                CompletionListenerFuture ended = new CompletionListenerFuture();
                cache.loadAll(keys(random), random.nextBoolean(), ended);
                ended.get();
            }
            default -> {
                looked(before);
                assertEquals(
                        "failed",
                        cache
                                .<String>invokeAll(Set.of(key), (entry, arguments) -> {
                                    entry.setValue("never");
                                    throw new IllegalStateException("failed");
                                })
                                .values()
                                .stream()
                                .map(ModelTest::failureOf)
                                .findFirst()
                                .orElse(null),
                        where);
                // A processor that throws counts no lookup.
                unlooked(before);
            }
        }
    }

    private void looked(String before) {
        hits += before == null ? 0 : 1;
        misses += before == null ? 1 : 0;
    }

    private void unlooked(String before) {
        hits -= before == null ? 0 : 1;
        misses -= before == null ? 1 : 0;
    }

    private void stored(int key, String value) {
        puts++;
        if (model.put(key, value) == null) {
            created++;
        } else {
            updated++;
        }
    }

    private void removed(int key) {
        removals += model.remove(key) == null ? 0 : 1;
    }

    private static Set<Integer> keys(Random random) {
        Set<Integer> keys = new HashSet<>();
        int count = random.nextInt(KEYS);
        for (int i = 0; i < count; i++) {
            keys.add(random.nextInt(KEYS));
        }
        return keys;
    }

    private static String failureOf(EntryProcessorResult<String> result) {
        try {
            return result.get();
        } catch (javax.cache.processor.EntryProcessorException e) {
            return e.getCause().getMessage();
        }
    }

    private static long count(Recording<Integer, String> recording, String type) {
        return recording.events().stream()
                .filter(event -> event.startsWith(type))
                .count();
    }

    /** Returns the contents of the cache, without a counted lookup. */
    private static Map<Integer, String> contents(TieredCache<Integer, String> cache) {
        Map<Integer, String> contents = new TreeMap<>();
        cache.getCacheManager().enableStatistics(cache.getName(), false);
        cache.forEach(entry -> contents.put(entry.getKey(), entry.getValue()));
        cache.getCacheManager().enableStatistics(cache.getName(), true);
        return contents;
    }
}
