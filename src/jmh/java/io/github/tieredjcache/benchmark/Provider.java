package io.github.tieredjcache.benchmark;

import com.github.benmanes.caffeine.jcache.configuration.CaffeineConfiguration;
import io.github.tieredjcache.TieredConfiguration;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.cache.Caching;
import javax.cache.configuration.CompleteConfiguration;
import javax.cache.configuration.Configuration;
import org.redisson.config.Config;
import org.redisson.jcache.configuration.RedissonConfiguration;

/** A JCache provider and what it is told that JCache has no word for. */
enum Provider {
    TIERED("io.github.tieredjcache.") {
        @Override
        <K, V> Configuration<K, V> nearOnly(CompleteConfiguration<K, V> standard, int maximumSize) {
            return TieredConfiguration.builder(standard)
                    .redisUri("")
                    .nearMaximumSize(maximumSize)
                    .build();
        }

        @Override
        <K, V> Configuration<K, V> remoteOnly(CompleteConfiguration<K, V> standard, String redisUri) {
            return TieredConfiguration.builder(standard)
                    .redisUri(redisUri)
                    .namespace("benchmark")
                    .nearTimeToLive(Duration.ZERO)
                    .build();
        }
    },

    CAFFEINE("com.github.benmanes.caffeine.") {
        @Override
        <K, V> Configuration<K, V> nearOnly(CompleteConfiguration<K, V> standard, int maximumSize) {
            CaffeineConfiguration<K, V> configuration = new CaffeineConfiguration<>(standard);
            configuration.setMaximumSize(OptionalLong.of(maximumSize));
            return configuration;
        }

        @Override
        <K, V> Configuration<K, V> remoteOnly(CompleteConfiguration<K, V> standard, String redisUri) {
            throw new UnsupportedOperationException("it has no remote tier");
        }
    },

    REDISSON("org.redisson.") {
        @Override
        <K, V> Configuration<K, V> nearOnly(CompleteConfiguration<K, V> standard, int maximumSize) {
            throw new UnsupportedOperationException("it keeps nothing in memory");
        }

        @Override
        <K, V> Configuration<K, V> remoteOnly(CompleteConfiguration<K, V> standard, String redisUri) {
            Config config = new Config();
            config.useSingleServer().setAddress(redisUri);
            return RedissonConfiguration.fromConfig(config, standard);
        }
    };

    /** Of this product, whose lines about each start are not what a benchmark prints. */
    private static final Logger LOG = Logger.getLogger("io.github.tieredjcache");

    static {
        LOG.setLevel(Level.WARNING);
    }

    private final String packages;

    Provider(String packages) {
        this.packages = packages;
    }

    /** Returns the only provider on this class path. */
    static Provider onClassPath() {
        String name = Caching.getCachingProvider().getClass().getName();
        for (Provider each : values()) {
            if (name.startsWith(each.packages)) {
                return each;
            }
        }
        throw new IllegalStateException("a provider that the benchmarks do not know: " + name);
    }

    /** Returns a configuration like another one, for a cache in memory that holds so many entries. */
    abstract <K, V> Configuration<K, V> nearOnly(CompleteConfiguration<K, V> standard, int maximumSize);

    /** Returns a configuration like another one, for a cache whose every read asks Redis. */
    abstract <K, V> Configuration<K, V> remoteOnly(CompleteConfiguration<K, V> standard, String redisUri);

    /** Returns a configuration like another one, for a tiered cache that keeps copies of what Redis holds. */
    static <K, V> Configuration<K, V> shared(CompleteConfiguration<K, V> standard, String redisUri) {
        return TieredConfiguration.builder(standard)
                .redisUri(redisUri)
                .namespace("benchmark")
                .build();
    }
}
