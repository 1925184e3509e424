package io.github.tieredjcache.examples.integrations.micronaut;

import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Requires;
import jakarta.inject.Singleton;
import java.net.URI;
import javax.cache.CacheManager;
import javax.cache.Caching;

/** Where Micronaut finds the caches: with a bean of this type it takes them, and no others. */
@Factory
final class Caches {
    @Singleton
    @Bean(preDestroy = "close")
    @Requires(missingBeans = CacheManager.class)
    CacheManager caches() {
        return Caching.getCachingProvider()
                .getCacheManager(
                        URI.create("classpath:micronaut.conf"), getClass().getClassLoader());
    }
}
