package io.github.tieredjcache.benchmark;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.cache.Cache;
import javax.cache.CacheManager;
import javax.cache.Caching;
import javax.cache.configuration.MutableConfiguration;
import javax.cache.integration.CacheLoader;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Reads and writes of Redis through whichever JCache provider the class path holds, with nothing kept near. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RemoteHit {
    static final int KEYS = 1_000;
    static final int BATCH = 100;

    @Param
    public Sample sample = Sample.STRING;

    private final AtomicLong missed = new AtomicLong();
    private Object value;
    private CacheManager manager;
    private Cache<String, Object> cache;
    private Cache<String, Object> loading;

    /** One thread's walk over the keys. */
    @State(Scope.Thread)
    public static class Walk {
        private final Keys keys = new Keys(KEYS, Thread.currentThread().getId());
        private final Batches batches = new Batches(keys);

        String next() {
            return keys.next();
        }

        Set<String> nextBatch() {
            return batches.next();
        }
    }

    @Setup
    public void fill() {
        MutableConfiguration<String, Object> configuration = new MutableConfiguration<>();
        configuration.setTypes(String.class, sample.type());
        manager = Caching.getCachingProvider().getCacheManager();
        Provider provider = Provider.onClassPath();
        String uri = System.getProperty(Benchmarks.REDIS_URI);
        cache = manager.createCache("remote", provider.remoteOnly(configuration, uri));
        Object loaded = sample.make(0);
        value = loaded;
        configuration.setReadThrough(true).setCacheLoaderFactory(() -> new Loader(loaded));
        loading = manager.createCache("loading", provider.remoteOnly(configuration, uri));
        Map<String, Object> entries = new HashMap<>();
        for (int i = 0; i < KEYS; i++) {
            entries.put(Keys.key(i), sample.make(i));
        }
        cache.putAll(entries);
        entries.forEach((key, stored) -> Check.equal(stored, cache.get(key), key));
        Check.equal(loaded, loading.get("key"), "key");
    }

    @TearDown
    public void close() {
        manager.destroyCache("remote");
        manager.destroyCache("loading");
        manager.getCachingProvider().close();
    }

    @Benchmark
    public Object get(Walk walk) {
        return cache.get(walk.next());
    }

    @Benchmark
    public Map<String, Object> getAll(Walk walk) {
        return cache.getAll(walk.nextBatch());
    }

    @Benchmark
    public void put(Walk walk) {
        cache.put(walk.next(), value);
    }

    /** A key that neither Redis nor anybody has read before. */
    @Benchmark
    public Object miss() {
        return loading.get(Keys.key(missed.incrementAndGet()));
    }

    /** Has every key at once. */
    record Loader(Object value) implements CacheLoader<String, Object> {
        @Override
        public Object load(String key) {
            return value;
        }

        @Override
        public Map<String, Object> loadAll(Iterable<? extends String> keys) {
            Map<String, Object> loaded = new HashMap<>();
            keys.forEach(key -> loaded.put(key, value));
            return loaded;
        }
    }

    /** Sets of distinct keys, drawn beforehand. */
    private static final class Batches {
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
