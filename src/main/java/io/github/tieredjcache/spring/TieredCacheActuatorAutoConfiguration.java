package io.github.tieredjcache.spring;

import io.github.tieredjcache.micrometer.TieredCacheMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Auto-configuration of meters, health indicator and endpoint of a {@link TieredSpringCacheManager}. */
@AutoConfiguration(after = TieredCacheAutoConfiguration.class)
@ConditionalOnClass(name = "org.springframework.cache.jcache.JCacheCacheManager")
@ConditionalOnSingleCandidate(TieredSpringCacheManager.class)
@Import({SpringBoot3Health.class, SpringBoot4Health.class})
public class TieredCacheActuatorAutoConfiguration {

    /** Creates the configuration; called by Spring. */
    public TieredCacheActuatorAutoConfiguration() {}

    /** The meters {@code tiered.cache.*} of all caches, if there is Micrometer. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(MeterRegistry.class)
    static class Meters {
        @Bean
        @ConditionalOnMissingBean
        TieredCacheMetrics tieredCacheMetrics(TieredSpringCacheManager manager) {
            return new TieredCacheMetrics(manager.getCacheManager(), Tags.empty());
        }
    }

    /** The endpoint, if there is the Actuator. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
    @ConditionalOnAvailableEndpoint(endpoint = TieredCachesEndpoint.class)
    static class Endpoints {
        @Bean
        @ConditionalOnMissingBean
        TieredCachesEndpoint tieredCachesEndpoint(TieredSpringCacheManager manager) {
            return new TieredCachesEndpoint(manager.getCacheManager());
        }
    }
}
