package io.github.tieredjcache.benchmark;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.cache.Cache;
import javax.cache.Caching;
import javax.cache.configuration.MutableConfiguration;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A hit in Redis through a tiered cache that keeps nothing near. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RemoteHit {
    static final int KEYS = 1_000;
    static final int BATCH = 100;

    @Param
    public Sample sample = Sample.STRING;

    private final Keys keys = new Keys(KEYS, 1);
    private final Batches batches = new Batches(keys);
    private Cache<String, Object> cache;

    @Setup
    public void fill() {
        MutableConfiguration<String, Object> configuration = new MutableConfiguration<>();
        configuration.setTypes(String.class, sample.type());
        cache = Caching.getCachingProvider()
                .getCacheManager()
                .createCache("remote", Provider.remoteOnly(configuration, System.getProperty(Benchmarks.REDIS_URI)));
        Map<String, Object> entries = new HashMap<>();
        for (int i = 0; i < KEYS; i++) {
            entries.put(Keys.key(i), sample.make(i));
        }
        cache.putAll(entries);
        entries.forEach((key, value) -> Check.equal(value, cache.get(key), key));
    }

    @TearDown
    public void close() {
        cache.getCacheManager().destroyCache("remote");
        Caching.getCachingProvider().close();
    }

    @Benchmark
    public Object get() {
        return cache.get(keys.next());
    }

    @Benchmark
    public Map<String, Object> getAll() {
        return cache.getAll(batches.next());
    }

    /** Sets of distinct keys, drawn beforehand. */
    static final class Batches {
        private static final int COUNT = 64;

        private final Set<String>[] sets;
        private int cursor;

        @SuppressWarnings({"unchecked", "rawtypes"})
        Batches(Keys keys) {
            sets = new Set[COUNT];
            for (int i = 0; i < COUNT; i++) {
                sets[i] = keys.next(BATCH);
            }
        }

        Set<String> next() {
            return sets[cursor++ & COUNT - 1];
        }
    }
}
