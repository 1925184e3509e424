package io.github.tieredjcache.benchmark;

import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.tieredjcache.integration.ChildProcess;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;
import java.util.function.Function;
import javax.cache.Cache;
import javax.cache.Caching;
import javax.cache.configuration.MutableConfiguration;
import org.cache2k.Cache2kBuilder;

/** What an entry in memory takes beyond its key and value, and what a hit costs, by the number of entries. */
final class HeapOfEntries {
    private static final long HIT_NANOS = 300_000_000;

    /** What holds the entries. */
    enum Holder {
        CAFFEINE("caffeine", ClassPaths::tiered) {
            @Override
            Entries entries(int count) {
                com.github.benmanes.caffeine.cache.Cache<String, Object> cache =
                        Caffeine.newBuilder().maximumSize(count).build();
                return new Entries(cache::put, cache::getIfPresent);
            }
        },
        CACHE2K("cache2k", ClassPaths::tiered) {
            @Override
            Entries entries(int count) {
                org.cache2k.Cache<String, Object> cache = Cache2kBuilder.of(String.class, Object.class)
                        .entryCapacity(count)
                        .eternal(true)
                        .build();
                return new Entries(cache::put, cache::peek);
            }
        },
        CAFFEINE_JCACHE("caffeine-jcache", ClassPaths::caffeineJCache) {
            @Override
            Entries entries(int count) {
                return jcache(count, false);
            }
        },
        TIERED("tiered-jcache", ClassPaths::tiered) {
            @Override
            Entries entries(int count) {
                return jcache(count, false);
            }
        },
        TIERED_BY_VALUE("tiered-jcache by value", ClassPaths::tiered) {
            @Override
            Entries entries(int count) {
                return jcache(count, true);
            }
        };

        private final String title;
        private final Function<ClassPaths, String> classPath;

        Holder(String title, Function<ClassPaths, String> classPath) {
            this.title = title;
            this.classPath = classPath;
        }

        abstract Entries entries(int count);

        private static Entries jcache(int count, boolean byValue) {
            MutableConfiguration<String, Object> configuration = new MutableConfiguration<String, Object>()
                    .setTypes(String.class, Sample.STRING.type())
                    .setStoreByValue(byValue);
            Cache<String, Object> cache = Caching.getCachingProvider()
                    .getCacheManager()
                    .createCache("near", Provider.onClassPath().nearOnly(configuration, count));
            return new Entries(cache::put, cache::get);
        }
    }

    /** A cache. */
    record Entries(BiConsumer<String, Object> put, Function<String, Object> get) {}

    private HeapOfEntries() {}

    /** Fills a cache, and prints the bytes an entry and the nanoseconds a hit. */
    public static void main(String... arguments) {
        int count = Integer.parseInt(arguments[1]);
        String[] keys = new String[count];
        Object[] values = new Object[count];
        for (int i = 0; i < count; i++) {
            keys[i] = Keys.key(i);
            values[i] = Sample.STRING.make(i);
        }
        Entries entries = Holder.valueOf(arguments[0]).entries(count);
        entries.put().accept("warm", "up");
        long before = used();
        for (int i = 0; i < count; i++) {
            entries.put().accept(keys[i], values[i]);
        }
        long bytes = used() - before;
        // What is not of the entries differs by megabytes from run to run.
        String each = count < 100_000 ? "?" : String.format(Locale.ROOT, "%.1f", (double) bytes / count);
        System.out.printf(Locale.ROOT, "%s %.1f%n", each, Math.min(hit(entries, keys), hit(entries, keys)));
        Runtime.getRuntime().halt(0);
    }

    /** Returns the time of a hit of a random key; the draw of the key counts, too. */
    private static double hit(Entries entries, String[] keys) {
        SplittableRandom random = new SplittableRandom(keys.length);
        int found = 0;
        int hits = 0;
        long began = System.nanoTime();
        long spent;
        do {
            for (int i = 0; i < 1_000; i++) {
                found += entries.get().apply(keys[random.nextInt(keys.length)]) == null ? 0 : 1;
            }
            hits += 1_000;
            spent = System.nanoTime() - began;
        } while (spent < HIT_NANOS);
        Check.that(found > hits * 0.9, "the entries are there: " + found + " of " + hits);
        return (double) spent / hits;
    }

    private static long used() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    static String measure(ClassPaths paths, int... counts) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int count : counts) {
            for (Holder each : Holder.values()) {
                List<String> options = List.of("-XX:+UseSerialGC", "-Xms" + heap(count), "-Xmx" + heap(count));
                try (ChildProcess child = new ChildProcess(
                        options,
                        each.classPath.apply(paths),
                        HeapOfEntries.class,
                        each.name(),
                        Integer.toString(count))) {
                    String[] measured = child.receive().split(" ");
                    lines.append(String.format(
                            Locale.ROOT,
                            "%,11d entries, %-23s %7s B an entry beyond key and value, %6s ns a hit%n",
                            count,
                            each.title + ":",
                            measured[0],
                            measured[1]));
                }
            }
        }
        return lines.toString();
    }

    private static String heap(int count) {
        return count > 1_000_000 ? "8g" : "1g";
    }
}
