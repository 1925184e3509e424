package io.github.tieredjcache.spring;

import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** The health indicator {@code tieredJcache} of Spring Boot 4. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
@ConditionalOnEnabledHealthIndicator("tieredjcache")
class SpringBoot4Health {

    @Bean
    @ConditionalOnMissingBean(name = "tieredJcacheHealthIndicator")
    HealthIndicator tieredJcacheHealthIndicator(TieredSpringCacheManager manager, Environment environment) {
        String statusWithoutRedis = CachesHealth.statusWithoutRedis(environment);
        return () -> {
            CachesHealth health = CachesHealth.of(manager.getCacheManager(), statusWithoutRedis);
            return Health.status(health.status()).withDetails(health.details()).build();
        };
    }
}
