package io.github.tieredjcache.spring;

import io.github.tieredjcache.jcache.TieredCachingProvider;
import java.io.IOException;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.stream.Collectors;
import javax.cache.CacheException;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurationPackages;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.cache.CacheManager;
import org.springframework.cache.interceptor.CacheAspectSupport;
import org.springframework.cache.jcache.JCacheCacheManager;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.core.io.ResourceLoader;

/**
 * Auto-configuration of the caches of an application with {@code @EnableCaching}, in place of Spring Boot's own: a
 * {@code javax.cache.CacheManager} and a {@link TieredSpringCacheManager}.
 *
 * <p>It backs off if the application has a cache manager or cache resolver, if {@code spring.cache.type} is another than
 * {@code jcache}, or if {@code spring.cache.jcache.provider} names another provider. The first of these sources that has
 * a setting determines it: {@code tiered-jcache.*} of Spring's environment, the configuration file, Spring Boot (the
 * URI from its connection details or {@code spring.data.redis.*}, the namespace from {@code spring.application.name},
 * the allowed classes from the packages of the application; and statistics are on).
 */
@AutoConfiguration(
        beforeName = {
            "org.springframework.boot.autoconfigure.cache.CacheAutoConfiguration",
            "org.springframework.boot.cache.autoconfigure.CacheAutoConfiguration"
        },
        afterName = {
            "org.springframework.boot.autoconfigure.data.redis.RedisAutoConfiguration",
            "org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration"
        })
@ConditionalOnClass({CacheManager.class, JCacheCacheManager.class})
@ConditionalOnBean(CacheAspectSupport.class)
@ConditionalOnMissingBean(
        value = {CacheManager.class, javax.cache.CacheManager.class},
        name = "cacheResolver")
@ConditionalOnProperty(name = "spring.cache.type", havingValue = "jcache", matchIfMissing = true)
@ConditionalOnProperty(
        name = "spring.cache.jcache.provider",
        havingValue = TieredCacheAutoConfiguration.PROVIDER,
        matchIfMissing = true)
@Import({SpringBoot3Beans.class, SpringBoot4Beans.class})
public class TieredCacheAutoConfiguration {
    static final String PROVIDER = "io.github.tieredjcache.jcache.TieredCachingProvider";

    /** Creates the configuration; called by Spring. */
    public TieredCacheAutoConfiguration() {}

    /** The manager of this application context, which no other context shares. */
    @Bean
    javax.cache.CacheManager jCacheCacheManager(
            Environment environment,
            BeanFactory beans,
            ResourceLoader resources,
            ObjectProvider<RedisFallback> redis,
            ObjectProvider<ManagerCustomizer> customizers) {
        Properties properties = new Properties();
        properties.put(TieredCachingProvider.SECTIONS, EnvironmentSections.read(environment));
        properties.put(TieredCachingProvider.ENVIRONMENT_IN_SECTIONS, true);
        properties.put(
                TieredCachingProvider.FALLBACK_SECTIONS, Map.of("defaults", fallback(environment, beans, redis)));
        String file = environment.getProperty(EnvironmentSections.property(EnvironmentSections.FILE));
        if (file != null) {
            properties.setProperty(EnvironmentSections.property(EnvironmentSections.FILE), file);
        }
        URI uri = uri(environment, resources);
        javax.cache.CacheManager manager;
        try {
            manager = new TieredCachingProvider().getCacheManager(uri, resources.getClassLoader(), properties);
        } catch (CacheException e) {
            throw new InvalidPropertiesException(e.getMessage(), e);
        }
        try {
            customizers.forEach(each -> each.customize(manager));
        } catch (Throwable e) {
            close(manager, e);
            throw e;
        }
        return manager;
    }

    /** Closes a manager that does not become a bean, which Spring would close. */
    private static void close(javax.cache.CacheManager manager, Throwable failure) {
        try {
            manager.close();
        } catch (RuntimeException | Error e) {
            failure.addSuppressed(e);
        }
    }

    private static Map<String, Object> fallback(
            Environment environment, BeanFactory beans, ObjectProvider<RedisFallback> redis) {
        Map<String, Object> defaults = new HashMap<>();
        defaults.put("statistics", true);
        String uri = redis.stream()
                .map(RedisFallback::uri)
                .filter(Objects::nonNull)
                .findFirst()
                .orElseGet(() -> RedisLogin.uri(environment));
        if (uri != null) {
            defaults.put("redis.uri", uri);
        }
        String application = environment.getProperty("spring.application.name");
        if (application != null && !application.isBlank()) {
            defaults.put("redis.namespace", application);
        }
        String packages = AutoConfigurationPackages.has(beans)
                ? AutoConfigurationPackages.get(beans).stream()
                        .filter(name -> !name.isEmpty())
                        .map(name -> name + ".**")
                        .collect(Collectors.joining(","))
                : "";
        if (!packages.isEmpty()) {
            defaults.put("codec.allowed", packages);
        }
        return defaults;
    }

    /** Returns the URI of the file that {@code spring.cache.jcache.config} names; null if it names none. */
    private static @Nullable URI uri(Environment environment, ResourceLoader resources) {
        String config = environment.getProperty("spring.cache.jcache.config");
        if (config == null || config.isBlank()) {
            return null;
        }
        try {
            return resources.getResource(config).getURI();
        } catch (IOException e) {
            // A URL may contain a password. The exception is dropped, since its message quotes the URL.
            String shown = config.indexOf('@') < 0 ? config : "***";
            throw new InvalidPropertiesException(
                    "spring.cache.jcache.config must name a file that exists, was " + shown, null);
        }
    }

    /**
     * The manager of Spring. With {@code spring.cache.cache-names} it has these caches and those of the configuration;
     * without, it creates further caches on first use.
     */
    @Bean
    TieredSpringCacheManager cacheManager(javax.cache.CacheManager jCacheCacheManager, Environment environment) {
        List<String> names = Binder.get(environment)
                .bind("spring.cache.cache-names", Bindable.listOf(String.class))
                .orElseGet(List::of);
        TieredSpringCacheManager manager = new TieredSpringCacheManager(jCacheCacheManager, names.isEmpty());
        try {
            manager.createCaches(names);
            // Opened here, since Spring Boot shows a wrong setting with a stack trace if another method finds it.
            jCacheCacheManager.getCacheNames().forEach(jCacheCacheManager::getCache);
        } catch (IllegalArgumentException e) {
            throw new InvalidPropertiesException(e.getMessage(), e);
        }
        return manager;
    }
}
