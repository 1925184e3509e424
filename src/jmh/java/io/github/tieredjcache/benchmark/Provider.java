package io.github.tieredjcache.benchmark;

import io.github.tieredjcache.TieredConfiguration;
import java.time.Duration;
import java.util.OptionalLong;
import javax.cache.Caching;
import javax.cache.configuration.CompleteConfiguration;

/** A JCache provider and how it is told a maximum size, which JCache itself has no word for. */
enum Provider {
    TIERED {
        @Override
        <K, V> CompleteConfiguration<K, V> nearOnly(CompleteConfiguration<K, V> standard, int maximumSize) {
            return TieredConfiguration.builder(standard)
                    .redisUri("")
                    .nearMaximumSize(maximumSize)
                    .build();
        }
    },

    CAFFEINE {
        @Override
        @SuppressWarnings("unchecked")
        <K, V> CompleteConfiguration<K, V> nearOnly(CompleteConfiguration<K, V> standard, int maximumSize) {
            try {
                // By reflection, because no class path of this build holds both providers, that of the compiler
                // included.
                Class<?> type =
                        Class.forName("com.github.benmanes.caffeine.jcache.configuration.CaffeineConfiguration");
                Object configuration =
                        type.getConstructor(CompleteConfiguration.class).newInstance(standard);
                type.getMethod("setMaximumSize", OptionalLong.class)
                        .invoke(configuration, OptionalLong.of(maximumSize));
                return (CompleteConfiguration<K, V>) configuration;
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("this is not the caffeine-jcache that the benchmark knows", e);
            }
        }
    };

    /** Returns the only provider on this class path. */
    static Provider onClassPath() {
        String name = Caching.getCachingProvider().getClass().getName();
        return name.startsWith("io.github.tieredjcache.") ? TIERED : CAFFEINE;
    }

    /** Returns a configuration like another one, for a cache in memory that holds so many entries. */
    abstract <K, V> CompleteConfiguration<K, V> nearOnly(CompleteConfiguration<K, V> standard, int maximumSize);

    /** Returns a configuration like another one, for a tiered cache that keeps copies of what Redis holds. */
    static <K, V> CompleteConfiguration<K, V> shared(CompleteConfiguration<K, V> standard, String redisUri) {
        return TieredConfiguration.builder(standard)
                .redisUri(redisUri)
                .namespace("benchmark")
                .build();
    }

    /** Returns a configuration like another one, for a tiered cache whose every read asks Redis. */
    static <K, V> CompleteConfiguration<K, V> remoteOnly(CompleteConfiguration<K, V> standard, String redisUri) {
        return TieredConfiguration.builder(standard)
                .redisUri(redisUri)
                .namespace("benchmark")
                .nearTimeToLive(Duration.ZERO)
                .build();
    }
}
