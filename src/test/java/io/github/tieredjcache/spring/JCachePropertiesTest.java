package io.github.tieredjcache.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.tieredjcache.TieredConfiguration;
import io.github.tieredjcache.TieredSetting;
import io.github.tieredjcache.jcache.TieredCachingProvider;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import javax.cache.CacheManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.cache.CacheAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.annotation.EnableCaching;

/** Spring Boot's own properties of JCache, {@code spring.cache.jcache.*}. */
class JCachePropertiesTest {
    @EnableCaching
    static class Caching {}

    @Test
    @SuppressWarnings("unchecked")
    void theConfigurationFileIsTheOneThatTheyName(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(
                folder.resolve("another.conf"),
                "tiered-jcache { defaults { near.maximum-size = 7 }, caches { prices {} } }");
        try (ShopNode node = new ShopNode(
                new Shop(), "spring.cache.jcache.config=" + file.toUri(), "tiered-jcache.statistics=off")) {
            CacheManager manager = node.bean(CacheManager.class);
            Set<String> names = new TreeSet<>();
            manager.getCacheNames().forEach(names::add);
            assertEquals(Set.of("prices"), names);
            assertEquals(URI.create(file.toUri().toString()), manager.getURI());
            TieredConfiguration<?, ?> prices = manager.getCache("prices").getConfiguration(TieredConfiguration.class);
            assertEquals(7, prices.settings().get(TieredSetting.NEAR_MAXIMUM_SIZE));
            assertEquals(false, prices.isStatisticsEnabled());
        }
    }

    @Test
    void anEmptyNameOfTheConfigurationFileIsNone() {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(TieredCacheAutoConfiguration.class))
                .withUserConfiguration(Caching.class)
                .withPropertyValues("spring.cache.jcache.config=")
                .run(context -> assertThat(context.getBean(CacheManager.class).getURI())
                        .isEqualTo(new TieredCachingProvider().getDefaultURI()));
    }

    @Test
    void theProviderIsTheOneThatTheyName() {
        ApplicationContextRunner runner = new ApplicationContextRunner()
                .withConfiguration(
                        AutoConfigurations.of(CacheAutoConfiguration.class, TieredCacheAutoConfiguration.class))
                .withUserConfiguration(Caching.class);
        runner.withPropertyValues("spring.cache.jcache.provider=" + TieredCacheAutoConfiguration.PROVIDER)
                .run(context -> assertThat(context).hasSingleBean(TieredSpringCacheManager.class));
        // Spring Boot looks for the other one.
        runner.withPropertyValues("spring.cache.jcache.provider=com.shop.OtherProvider")
                .run(context ->
                        assertThat(context).getFailure().rootCause().hasMessageContaining("com.shop.OtherProvider"));
    }
}
