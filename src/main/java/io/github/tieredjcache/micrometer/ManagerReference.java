package io.github.tieredjcache.micrometer;

import io.github.tieredjcache.management.TieredCacheManagerMXBean;
import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.Map;
import javax.cache.Cache;
import javax.cache.CacheManager;
import org.jspecify.annotations.Nullable;

/** A weak reference to a cache manager. */
final class ManagerReference {
    private final WeakReference<CacheManager> reference;

    ManagerReference(CacheManager manager) {
        this.reference = new WeakReference<>(manager);
    }

    /**
     * Returns the open caches of the manager by name, and opens none; null if the manager is closed or was
     * garbage-collected.
     */
    @Nullable
    Map<String, Cache<?, ?>> findCaches() {
        CacheManager manager = reference.get();
        if (manager == null || manager.isClosed()) {
            return null;
        }
        try {
            Map<String, Cache<?, ?>> caches = new HashMap<>();
            for (String name : manager.unwrap(TieredCacheManagerMXBean.class).getCacheNames()) {
                Cache<?, ?> cache = manager.getCache(name);
                if (cache != null) {
                    caches.put(name, cache);
                }
            }
            return caches;
        } catch (IllegalStateException e) {
            // The manager or a cache was closed meanwhile.
            return null;
        }
    }
}
