package io.github.tieredjcache.examples.integrations.cdi;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import javax.cache.CacheManager;
import javax.cache.Caching;

/** Where beans of CDI get the caches from: {@code @Inject CacheManager caches}. */
class Caches {
    @Produces
    @ApplicationScoped
    CacheManager caches() {
        return Caching.getCachingProvider()
                .getCacheManager(null, Thread.currentThread().getContextClassLoader());
    }

    void close(@Disposes CacheManager caches) {
        caches.close();
    }
}
