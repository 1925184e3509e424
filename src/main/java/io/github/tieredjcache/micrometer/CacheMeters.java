package io.github.tieredjcache.micrometer;

import io.github.tieredjcache.TierStatistics;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import java.lang.ref.WeakReference;
import javax.cache.Cache;
import javax.cache.CacheManager;
import org.jspecify.annotations.Nullable;

/** The meters of one cache; binds them to registries. Holds the statistics weakly. */
final class CacheMeters {
    static final String MANAGER_TAG = "cache.manager";
    private static final String CACHE_TAG = "cache";

    private final String cacheName;
    private final WeakReference<TierStatistics> statistics;
    private final Tags tags;

    private CacheMeters(String cacheName, TierStatistics statistics, Tags tags) {
        this.cacheName = cacheName;
        this.statistics = new WeakReference<>(statistics);
        this.tags = tags;
    }

    static CacheMeters of(Cache<?, ?> cache, Iterable<Tag> tags) {
        CacheManager manager = cache.getCacheManager();
        Tags own = Tags.of(
                CACHE_TAG, cache.getName(), MANAGER_TAG, manager.getURI().toString());
        return new CacheMeters(cache.getName(), cache.unwrap(TierStatistics.class), own.and(tags));
    }

    String cacheName() {
        return cacheName;
    }

    /** Returns whether these are the meters of this instance, rather than of an earlier cache of the same name. */
    boolean isOf(@Nullable Cache<?, ?> cache) {
        return cache != null && statistics.refersTo(cache.unwrap(TierStatistics.class));
    }

    /**
     * Binds the meters, in place of meters of another cache with these tags; does nothing after the garbage collection
     * of the cache.
     */
    void bind(MeterRegistry registry) {
        TierStatistics counted = statistics.get();
        if (counted != null) {
            for (TierMeter each : TierMeters.ALL) {
                remove(registry, each.name(), tags.and(each.tags()));
                each.register(registry, counted, tags);
            }
        }
    }

    void unbind(MeterRegistry registry) {
        TierMeters.ALL.forEach(each -> remove(registry, each.name(), tags.and(each.tags())));
    }

    /** Removes the meter with this name and these tags, so that a meter of another object can be registered. */
    static void remove(MeterRegistry registry, String name, Tags tags) {
        // Micrometer compares ids by name and tags only.
        registry.removeByPreFilterId(new Meter.Id(name, tags, null, null, Meter.Type.OTHER));
    }
}
