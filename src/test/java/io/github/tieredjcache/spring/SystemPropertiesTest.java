package io.github.tieredjcache.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tieredjcache.TieredConfiguration;
import io.github.tieredjcache.TieredSetting;
import io.github.tieredjcache.integration.LogLines;
import javax.cache.CacheManager;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.annotation.EnableCaching;

/** System properties of an application of Spring Boot. */
class SystemPropertiesTest {
    @EnableCaching
    static class Caching {}

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(TieredCacheAutoConfiguration.class))
            .withUserConfiguration(Caching.class)
            // As SpringApplication does.
            .withInitializer(context -> ConfigurationPropertySources.attach(context.getEnvironment()));

    @Test
    @SuppressWarnings("unchecked")
    void aRelaxedNameHasAnEffectAndIsNotReported() {
        try (LogLines log = new LogLines()) {
            runner.withSystemProperties(
                            "tiered-jcache.near.maximumSize=7",
                            "tiered-jcache.storeByValue=false",
                            "tiered-jcache.near.maximum-sise=8")
                    .run(context -> {
                        TieredConfiguration<?, ?> books = context.getBean(CacheManager.class)
                                .createCache(
                                        "books",
                                        TieredConfiguration.builder(Object.class, Object.class)
                                                .build())
                                .getConfiguration(TieredConfiguration.class);
                        assertThat(books.settings().get(TieredSetting.NEAR_MAXIMUM_SIZE))
                                .isEqualTo(7);
                        assertThat(books.isStoreByValue()).isFalse();
                    });
            assertThat(log.lines())
                    .containsExactly("WARNING the system property 'tiered-jcache.near.maximum-sise' is not a setting"
                            + " and has no effect; did you mean 'tiered-jcache.near.maximum-size'?");
        }
    }
}
