package io.github.tieredjcache.micrometer;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import javax.cache.Cache;
import org.jspecify.annotations.Nullable;

/**
 * The meters of a manager's caches in one registry.
 *
 * <p>JCache tells nobody when a cache is created or closed, so it is looked for that whenever the registry asks how many there are.
 * The registry holds this object, which holds caches and manager weakly.
 */
final class ManagerMeters {
    private static final String CACHES = "tiered.cache.caches";

    private final ManagerReference manager;
    private final Tags tags;
    private final MeterRegistry registry;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, CacheMeters> bound = new HashMap<>();
    private @Nullable Gauge gauge;

    ManagerMeters(ManagerReference manager, Tags tags, MeterRegistry registry) {
        this.manager = manager;
        this.tags = tags;
        this.registry = registry;
    }

    void bind() {
        lock.lock();
        try {
            follow();
            CacheMeters.remove(registry, CACHES, tags);
            gauge = Gauge.builder(CACHES, this, ManagerMeters::count)
                    .tags(tags)
                    .description("Open caches of the manager")
                    .strongReference(true)
                    .register(registry);
        } finally {
            lock.unlock();
        }
    }

    private double count() {
        // Who finds another at it, or the registry asking from within, leaves it to that.
        if (!lock.isHeldByCurrentThread() && lock.tryLock()) {
            try {
                return follow();
            } finally {
                lock.unlock();
            }
        }
        Map<String, Cache<?, ?>> open = manager.findCaches();
        return open == null ? 0 : open.size();
    }

    /** Binds what is new, unbinds what is closed, and all of it with the manager. */
    private int follow() {
        Map<String, Cache<?, ?>> found = manager.findCaches();
        Map<String, Cache<?, ?>> open = found == null ? Map.of() : found;
        for (Iterator<CacheMeters> each = bound.values().iterator(); each.hasNext(); ) {
            CacheMeters meters = each.next();
            if (!meters.isOf(open.get(meters.cacheName()))) {
                meters.unbind(registry);
                each.remove();
            }
        }
        open.forEach((name, cache) -> {
            if (!bound.containsKey(name)) {
                CacheMeters meters = CacheMeters.of(cache, tags);
                meters.bind(registry);
                bound.put(name, meters);
            }
        });
        if (found == null && gauge != null) {
            registry.remove(gauge);
        }
        return open.size();
    }
}
