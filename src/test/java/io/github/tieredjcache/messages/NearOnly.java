package io.github.tieredjcache.messages;

import io.github.tieredjcache.TieredConfiguration;
import io.github.tieredjcache.jcache.TieredCachingProvider;
import java.net.URI;
import java.util.Map;
import java.util.Properties;
import java.util.function.UnaryOperator;
import javax.cache.Cache;
import javax.cache.CacheManager;

/** A provider of its own, whose caches have no Redis. */
final class NearOnly implements AutoCloseable {
    private final TieredCachingProvider provider = new TieredCachingProvider();

    CacheManager manager() {
        return manager(Map.of("tiered-jcache.redis.uri", ""));
    }

    CacheManager manager(Map<String, String> properties) {
        return manager(provider.getDefaultURI(), properties);
    }

    CacheManager manager(URI uri, Map<String, String> properties) {
        Properties own = new Properties();
        own.putAll(properties);
        return provider.getCacheManager(uri, getClass().getClassLoader(), own);
    }

    Cache<String, Object> cache(UnaryOperator<TieredConfiguration.Builder<String, Object>> settings) {
        return manager()
                .createCache(
                        "orders",
                        settings.apply(TieredConfiguration.builder(String.class, Object.class))
                                .build());
    }

    @Override
    public void close() {
        provider.close();
    }
}
