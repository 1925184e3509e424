package io.github.tieredjcache.jcache;

import io.github.tieredjcache.TieredConfiguration;
import java.net.URI;
import java.util.Properties;
import java.util.UUID;
import java.util.function.UnaryOperator;
import javax.cache.Cache;
import javax.cache.CacheManager;
import javax.cache.Caching;
import javax.cache.configuration.Factory;

/** A manager for one test, obtained through the public API, with caches without Redis whatever the environment sets. */
final class NearOnly implements AutoCloseable {
    private final CacheManager manager = Caching.getCachingProvider()
            .getCacheManager(
                    URI.create("near-only-" + UUID.randomUUID()), getClass().getClassLoader(), properties());

    static Properties properties() {
        Properties properties = new Properties();
        properties.setProperty("tiered-jcache.redis.uri", "");
        return properties;
    }

    CacheManager manager() {
        return manager;
    }

    <K, V> TieredCache<K, V> cache(
            Class<K> keyType, Class<V> valueType, UnaryOperator<TieredConfiguration.Builder<K, V>> settings) {
        return cache("cache", keyType, valueType, settings);
    }

    <K, V> TieredCache<K, V> cache(
            String name,
            Class<K> keyType,
            Class<V> valueType,
            UnaryOperator<TieredConfiguration.Builder<K, V>> settings) {
        Cache<K, V> cache = manager.createCache(
                name,
                settings.apply(TieredConfiguration.builder(keyType, valueType)).build());
        @SuppressWarnings("unchecked")
        TieredCache<K, V> tiered = cache.unwrap(TieredCache.class);
        return tiered;
    }

    TieredCache<String, String> strings(UnaryOperator<TieredConfiguration.Builder<String, String>> settings) {
        return cache(String.class, String.class, settings);
    }

    /** Returns a factory of one instance; the factory is not serializable, which no test needs. */
    static <T> Factory<T> factory(T instance) {
        return () -> instance;
    }

    @Override
    public void close() {
        manager.close();
    }
}
