package io.github.tieredjcache.examples.springboot;

import io.github.tieredjcache.micrometer.TieredCacheMetrics;
import io.micrometer.core.instrument.Tags;
import javax.cache.CacheManager;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Caching by annotations, and the meters of the tiers beside those that Spring Boot has of any JCache. */
@Configuration(proxyBeanMethods = false)
@EnableCaching
class CacheConfiguration {

    @Bean
    TieredCacheMetrics tieredCacheMetrics(CacheManager manager) {
        return new TieredCacheMetrics(manager, Tags.empty());
    }
}
