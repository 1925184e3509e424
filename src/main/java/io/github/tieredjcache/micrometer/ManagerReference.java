package io.github.tieredjcache.micrometer;

import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.Map;
import javax.cache.Cache;
import javax.cache.CacheManager;
import org.jspecify.annotations.Nullable;

/** A manager as long as it is open and somebody else holds it. */
final class ManagerReference {
    private final WeakReference<CacheManager> reference;

    ManagerReference(CacheManager manager) {
        this.reference = new WeakReference<>(manager);
    }

    /** Returns its open caches by name; null if it has none any more, because it is closed or gone. */
    @Nullable
    Map<String, Cache<?, ?>> findCaches() {
        CacheManager manager = reference.get();
        if (manager == null || manager.isClosed()) {
            return null;
        }
        try {
            Map<String, Cache<?, ?>> caches = new HashMap<>();
            for (String name : manager.getCacheNames()) {
                Cache<?, ?> cache = manager.getCache(name);
                if (cache != null) {
                    caches.put(name, cache);
                }
            }
            return caches;
        } catch (IllegalStateException e) {
            // Closed just now.
            return null;
        }
    }
}
