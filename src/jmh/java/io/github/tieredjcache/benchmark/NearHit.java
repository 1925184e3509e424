package io.github.tieredjcache.benchmark;

import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.cache.Cache;
import javax.cache.Caching;
import javax.cache.configuration.MutableConfiguration;
import javax.cache.expiry.CreatedExpiryPolicy;
import javax.cache.expiry.Duration;
import javax.cache.expiry.TouchedExpiryPolicy;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A hit in memory, of whichever JCache provider the class path holds. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class NearHit {
    @Param
    public Sample sample = Sample.STRING;

    @Param
    public Isolation isolation = Isolation.REFERENCE;

    @Param
    public Feature feature = Feature.NONE;

    private Cache<String, Object> cache;

    /** How the cache stores. */
    public enum Isolation {
        REFERENCE,
        VALUE
    }

    /** What the cache does on a hit beside finding the value. */
    public enum Feature {
        NONE,
        STATISTICS,
        CREATED_EXPIRY,
        /** Each hit moves the deadline. */
        TOUCHED_EXPIRY,
        /** It looks whether it would have heard of a change: the value is a copy of what Redis holds. */
        LEASE;

        /** What a plain cache in memory can do, too. */
        static final List<Feature> OF_CAFFEINE = List.of(NONE, STATISTICS, CREATED_EXPIRY, TOUCHED_EXPIRY);
    }

    /** One thread's walk over the keys. */
    @State(Scope.Thread)
    public static class Walk {
        @Param
        public Sample sample = Sample.STRING;

        private Keys keys;

        @Setup
        public void draw() {
            keys = new Keys(sample.count(), Thread.currentThread().getId());
        }

        String next() {
            return keys.next();
        }
    }

    @Setup
    public void fill() {
        MutableConfiguration<String, Object> configuration = new MutableConfiguration<>();
        configuration.setTypes(String.class, sample.type());
        configuration.setStoreByValue(isolation == Isolation.VALUE);
        configuration.setStatisticsEnabled(feature == Feature.STATISTICS);
        if (feature == Feature.CREATED_EXPIRY) {
            configuration.setExpiryPolicyFactory(CreatedExpiryPolicy.factoryOf(Duration.ONE_DAY));
        }
        if (feature == Feature.TOUCHED_EXPIRY) {
            configuration.setExpiryPolicyFactory(TouchedExpiryPolicy.factoryOf(Duration.ONE_DAY));
        }
        cache = Caching.getCachingProvider()
                .getCacheManager()
                .createCache(
                        "near",
                        feature == Feature.LEASE
                                ? Provider.shared(configuration, System.getProperty(Benchmarks.REDIS_URI))
                                : Provider.onClassPath().nearOnly(configuration, sample.count()));
        for (int i = 0; i < sample.count(); i++) {
            cache.put(Keys.key(i), sample.make(i));
        }
        for (int i = 0; i < sample.count(); i++) {
            Check.equal(sample.make(i), cache.get(Keys.key(i)), Keys.key(i));
        }
        Check.that(
                (cache.get(Keys.key(1)) == cache.get(Keys.key(1)))
                        == (sample == Sample.STRING || isolation == Isolation.REFERENCE),
                "isolated");
    }

    @Benchmark
    public Object get(Walk walk) {
        return cache.get(walk.next());
    }
}
