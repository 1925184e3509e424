package io.github.tieredjcache.spring;

import io.github.tieredjcache.management.TieredCacheMXBean;
import java.util.ArrayList;
import java.util.List;
import javax.cache.Cache;
import javax.cache.CacheManager;
import org.jspecify.annotations.Nullable;

/** Finds the management interfaces of the caches of a manager. */
final class TieredCaches {
    private TieredCaches() {}

    /** Returns those of all caches of Tiered JCache, by name. */
    static List<TieredCacheMXBean> of(CacheManager manager) {
        List<TieredCacheMXBean> caches = new ArrayList<>();
        for (String name : manager.getCacheNames()) {
            TieredCacheMXBean cache = find(manager, name);
            if (cache != null) {
                caches.add(cache);
            }
        }
        return caches;
    }

    /** Returns that of one cache; null if there is no such cache, or if it is of another provider. */
    static @Nullable TieredCacheMXBean find(CacheManager manager, String name) {
        Cache<?, ?> cache = manager.getCache(name);
        try {
            return cache == null ? null : cache.unwrap(TieredCacheMXBean.class);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
