package io.github.tieredjcache.benchmark;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A hit in a plain Caffeine cache: the least that a hit in a bounded memory costs. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class NearHitOfCaffeine {
    @Param
    public Sample sample = Sample.STRING;

    private Cache<String, Object> cache;

    /** One thread's walk over the keys. */
    @State(Scope.Thread)
    public static class Walk {
        private Keys keys;

        @Setup
        public void draw(NearHitOfCaffeine hit) {
            keys = new Keys(hit.sample.count(), Thread.currentThread().getId());
        }
    }

    @Setup
    public void fill() {
        cache = Caffeine.newBuilder().maximumSize(sample.count()).build();
        for (int i = 0; i < sample.count(); i++) {
            cache.put(Keys.key(i), sample.make(i));
        }
        for (int i = 0; i < sample.count(); i++) {
            Check.equal(sample.make(i), cache.getIfPresent(Keys.key(i)), Keys.key(i));
        }
    }

    @Benchmark
    public Object get(Walk walk) {
        return cache.getIfPresent(walk.keys.next());
    }
}
