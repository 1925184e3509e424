package io.github.tieredjcache.benchmark;

import io.github.tieredjcache.benchmark.NearHit.Feature;
import io.github.tieredjcache.benchmark.NearHit.Isolation;
import io.github.tieredjcache.benchmark.NearHit.Walk;
import java.util.concurrent.TimeUnit;
import org.cache2k.Cache;
import org.cache2k.Cache2kBuilder;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A hit in a plain cache2k that does the same as the cache of {@link NearHit}. A hit there reads no clock: a timer
 * removes expired entries, up to a second late.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class NearHitOfCache2k {
    @Param
    public Sample sample = Sample.STRING;

    @Param
    public Isolation isolation = Isolation.REFERENCE;

    @Param
    public Feature feature = Feature.NONE;

    private Cache<String, Object> cache;

    @Setup
    public void fill() {
        Cache2kBuilder<String, Object> builder = Cache2kBuilder.of(String.class, Object.class)
                .entryCapacity(sample.count())
                .disableStatistics(feature != Feature.STATISTICS)
                .eternal(feature != Feature.CREATED_EXPIRY && feature != Feature.TOUCHED_EXPIRY);
        switch (feature) {
            case NONE, STATISTICS -> {}
            case CREATED_EXPIRY -> builder.expireAfterWrite(1, TimeUnit.DAYS);
            case TOUCHED_EXPIRY -> builder.idleScanTime(1, TimeUnit.DAYS);
            case LEASE -> throw new IllegalArgumentException("cache2k is no copy of anything");
        }
        cache = builder.build();
        for (int i = 0; i < sample.count(); i++) {
            cache.put(Keys.key(i), sample.make(i));
        }
        for (int i = 0; i < sample.count(); i++) {
            Check.equal(sample.make(i), cache.peek(Keys.key(i)), Keys.key(i));
        }
    }

    @TearDown
    public void close() {
        cache.close();
    }

    @Benchmark
    public Object get(Walk walk) {
        return cache.peek(walk.next());
    }
}
