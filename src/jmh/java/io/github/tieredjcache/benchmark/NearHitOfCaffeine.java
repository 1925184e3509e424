package io.github.tieredjcache.benchmark;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.tieredjcache.benchmark.NearHit.Feature;
import io.github.tieredjcache.benchmark.NearHit.Isolation;
import io.github.tieredjcache.benchmark.NearHit.Walk;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * A hit in a plain Caffeine cache that does the same as the cache of {@link NearHit}: the least that a hit in a bounded
 * memory costs. By value, it copies what it has found as one writes it by hand for one's own classes.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class NearHitOfCaffeine {
    @Param
    public Sample sample = Sample.STRING;

    @Param
    public Isolation isolation = Isolation.REFERENCE;

    @Param
    public Feature feature = Feature.NONE;

    private Cache<String, Object> cache;
    private UnaryOperator<Object> copier = UnaryOperator.identity();

    @Setup
    public void fill() {
        Caffeine<Object, Object> builder = Caffeine.newBuilder().maximumSize(sample.count());
        switch (feature) {
            case NONE -> {}
            case STATISTICS -> builder.recordStats();
            case CREATED_EXPIRY -> builder.expireAfterWrite(Duration.ofDays(1));
            case TOUCHED_EXPIRY -> builder.expireAfterAccess(Duration.ofDays(1));
            case LEASE -> throw new IllegalArgumentException("Caffeine is no copy of anything");
        }
        cache = builder.build();
        if (isolation == Isolation.VALUE) {
            copier = sample.copier();
        }
        for (int i = 0; i < sample.count(); i++) {
            cache.put(Keys.key(i), sample.make(i));
        }
        for (int i = 0; i < sample.count(); i++) {
            Check.equal(sample.make(i), copier.apply(cache.getIfPresent(Keys.key(i))), Keys.key(i));
        }
    }

    @Benchmark
    public Object get(Walk walk) {
        return copier.apply(cache.getIfPresent(walk.next()));
    }
}
