package io.github.tieredjcache.examples.integrations.camel;

import javax.cache.CacheManager;
import org.apache.camel.component.jcache.JCacheConfiguration;
import org.apache.camel.component.jcache.JCacheManager;
import org.apache.camel.component.jcache.JCacheManagerFactory;

/** Gives {@code jcache} endpoints the caches of the application, which stay open when a route stops. */
public final class SharedCaches implements JCacheManagerFactory {
    private final CacheManager caches;

    /** Creates the factory; bind it in the registry of the {@code CamelContext}. */
    public SharedCaches(CacheManager caches) {
        this.caches = caches;
    }

    @Override
    public <K, V> JCacheManager<K, V> createManager(JCacheConfiguration configuration) {
        return new JCacheManager<>(caches.getCache(configuration.getCacheName()));
    }
}
