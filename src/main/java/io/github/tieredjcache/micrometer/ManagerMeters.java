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
 * <p>JCache has no notification of created and closed caches. So the gauge of the number of open caches updates the
 * meters whenever the registry reads it. The registry holds this object strongly; this object holds caches and manager
 * weakly.
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
            update();
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
        // Another thread updates the meters now, or the registry reads this gauge during an update of this thread.
        if (!lock.isHeldByCurrentThread() && lock.tryLock()) {
            try {
                return update();
            } finally {
                lock.unlock();
            }
        }
        Map<String, Cache<?, ?>> open = manager.findCaches();
        return open == null ? 0 : open.size();
    }

    /**
     * Binds the meters of new caches and unbinds those of closed ones; unbinds all when the manager is closed.
     *
     * @return the number of open caches
     */
    private int update() {
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
