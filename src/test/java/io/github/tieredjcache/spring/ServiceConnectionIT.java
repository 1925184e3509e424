package io.github.tieredjcache.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tieredjcache.management.TieredCacheMXBean;
import io.github.tieredjcache.testkit.RedisServer;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.data.redis.RedisConnectionDetails;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.ApplicationContext;

/**
 * The caches are in the Redis of Spring Boot's connection details, without a property: such beans are what
 * {@code @ServiceConnection} of a container and Docker Compose add to an application.
 */
class ServiceConnectionIT {
    private static final String PASSWORD = "s3cr/t:@";

    private final RedisServer redis = RedisServer.startLocal("--requirepass", PASSWORD);
    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(TieredCacheAutoConfiguration.class))
            .withUserConfiguration(Caching.class);

    @EnableCaching
    static class Caching {}

    @AfterEach
    void close() {
        redis.close();
    }

    @Test
    void theDetailsOfSpringBoot3NameTheRedis() {
        assertShared(runner.withBean(RedisConnectionDetails.class, () -> new RedisConnectionDetails() {
            @Override
            public String getPassword() {
                return PASSWORD;
            }

            @Override
            public RedisConnectionDetails.Standalone getStandalone() {
                return RedisConnectionDetails.Standalone.of("127.0.0.1", redis.port());
            }
        }));
    }

    @Test
    void theDetailsOfSpringBoot4NameTheRedis() {
        assertShared(runner.withBean(DataRedisConnectionDetails.class, () -> new DataRedisConnectionDetails() {
            @Override
            public String getPassword() {
                return PASSWORD;
            }

            @Override
            public DataRedisConnectionDetails.Standalone getStandalone() {
                return DataRedisConnectionDetails.Standalone.of("127.0.0.1", redis.port());
            }
        }));
    }

    private void assertShared(ApplicationContextRunner application) {
        application.run(one -> application.run(other -> {
            assertThat(one.getBean(javax.cache.CacheManager.class))
                    .isNotSameAs(other.getBean(javax.cache.CacheManager.class));
            books(one).put(1, "value");
            assertThat(books(other).get(1, String.class)).isEqualTo("value");
            TieredCacheMXBean cache = other.getBean(javax.cache.CacheManager.class)
                    .getCache("books")
                    .unwrap(TieredCacheMXBean.class);
            assertThat(cache.getStatus()).isEqualTo("OK");
            assertThat(cache.getRedis()).isEqualTo("127.0.0.1:" + redis.port());
        }));
    }

    private static Cache books(ApplicationContext context) {
        return Objects.requireNonNull(context.getBean(CacheManager.class).getCache("books"));
    }
}
