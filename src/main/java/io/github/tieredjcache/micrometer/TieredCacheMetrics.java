package io.github.tieredjcache.micrometer;

import io.github.tieredjcache.TierStatistics;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Objects;
import javax.cache.Cache;
import javax.cache.CacheManager;

/**
 * Binds the meters {@code tiered.cache.*} of one cache, or of all caches of a manager: one meter for each number of
 * {@link TierStatistics}.
 *
 * <pre>{@code
 * TieredCacheMetrics.monitor(registry, manager);                        // all caches of a manager
 * TieredCacheMetrics.monitor(registry, cache, "team", "checkout");      // one cache, with a tag of your own
 * new TieredCacheMetrics(manager, Tags.empty());                        // a bean for Spring Boot
 * }</pre>
 *
 * <p>Each meter has the tags {@code cache} and {@code cache.manager} (the manager's URI); the caller's tags of these
 * names override them. Near hits and latencies are counted only while statistics of the cache are enabled. The names do
 * not collide with those of Micrometer's {@code JCacheMetrics}, {@code cache.*}.
 *
 * <p>The registry holds caches and managers weakly, and a meter of a closed cache never throws. If one cache was bound,
 * its meters remain after its close and show its last numbers; binding it again, or another cache with the same tags,
 * replaces them. If a manager was bound, the meters follow its caches. The gauge {@code tiered.cache.caches}, the
 * number of open caches, detects created and closed caches when the registry reads it: the meters of a new cache appear
 * with the publication after that, and the meters of a closed cache disappear. A cache of the configuration file has no
 * meters before it is opened, and neither binding nor reading opens it.
 *
 * <p>Safe for use by many threads. No parameter may be null.
 */
public final class TieredCacheMetrics implements MeterBinder {
    private final MeterBinder binder;

    /**
     * Creates the binder of one cache.
     *
     * @param cache an open cache of Tiered JCache
     * @param tags tags of each meter; may be empty
     * @throws IllegalArgumentException if the cache is of another provider
     */
    public TieredCacheMetrics(Cache<?, ?> cache, Iterable<Tag> tags) {
        Objects.requireNonNull(cache, "cache must not be null");
        Objects.requireNonNull(tags, "tags must not be null");
        CacheMeters meters = CacheMeters.of(cache, tags);
        this.binder = meters::bind;
    }

    /**
     * Creates the binder of all caches of a manager, the future ones included.
     *
     * @param manager an open manager of Tiered JCache
     * @param tags tags of each meter; may be empty
     */
    public TieredCacheMetrics(CacheManager manager, Iterable<Tag> tags) {
        Objects.requireNonNull(manager, "manager must not be null");
        Objects.requireNonNull(tags, "tags must not be null");
        ManagerReference reference = new ManagerReference(manager);
        Tags own = Tags.of(CacheMeters.MANAGER_TAG, manager.getURI().toString()).and(tags);
        this.binder = registry -> new ManagerMeters(reference, own, registry).bind();
    }

    /**
     * Binds the meters of one cache.
     *
     * @param tags tags of each meter, as name, value, name, value …
     * @return the cache
     * @throws IllegalArgumentException if the cache is of another provider, or a tag lacks its value
     */
    public static <C extends Cache<?, ?>> C monitor(MeterRegistry registry, C cache, String... tags) {
        return monitor(registry, cache, Tags.of(tags));
    }

    /**
     * Binds the meters of one cache.
     *
     * @param tags tags of each meter; may be empty
     * @return the cache
     * @throws IllegalArgumentException if the cache is of another provider
     */
    public static <C extends Cache<?, ?>> C monitor(MeterRegistry registry, C cache, Iterable<Tag> tags) {
        new TieredCacheMetrics(cache, tags).bindTo(registry);
        return cache;
    }

    /**
     * Binds the meters of all caches of a manager, the future ones included.
     *
     * @param tags tags of each meter, as name, value, name, value …
     * @return the manager
     * @throws IllegalArgumentException if it is of another provider, or a tag lacks its value
     */
    public static <M extends CacheManager> M monitor(MeterRegistry registry, M manager, String... tags) {
        return monitor(registry, manager, Tags.of(tags));
    }

    /**
     * Binds the meters of all caches of a manager, the future ones included.
     *
     * @param tags tags of each meter; may be empty
     * @return the manager
     * @throws IllegalArgumentException if it is of another provider
     */
    public static <M extends CacheManager> M monitor(MeterRegistry registry, M manager, Iterable<Tag> tags) {
        new TieredCacheMetrics(manager, tags).bindTo(registry);
        return manager;
    }

    /** Binds the meters to a registry. One call for each registry suffices. */
    @Override
    public void bindTo(MeterRegistry registry) {
        binder.bindTo(registry);
    }
}
