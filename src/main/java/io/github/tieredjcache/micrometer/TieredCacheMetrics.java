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
 * The meters {@code tiered.cache.*} of one cache, or of all caches of a manager: all that {@link TierStatistics} counts.
 *
 * <p>Each meter has the tags {@code cache} and {@code cache.manager} (the manager's URI), unless the caller's own tags of these
 * names say otherwise. Near hits and latencies are counted only while the statistics of the cache are enabled. The meters live
 * beside those of Micrometer's {@code JCacheMetrics}, which are called {@code cache.*}.
 *
 * <p>Caches and managers are held weakly, and a meter of one that is closed never throws. Of one cache the meters stay when it is
 * closed, and show what it had counted; to bind a cache again, or another of the same tags, replaces them. Of a manager the meters
 * follow its caches: {@code tiered.cache.caches}, the number of open ones, is also where those created and closed since are
 * noticed, so that the former are seen at the next publication after that which notices them, and the latter are gone.
 *
 * <p>Safe for use by many threads.
 */
public final class TieredCacheMetrics implements MeterBinder {
    private final MeterBinder binder;

    /**
     * Creates the binder of one cache.
     *
     * @param cache an open cache of Tiered JCache
     * @param tags for each of its meters; may be empty
     * @throws IllegalArgumentException if the cache is of another provider
     */
    public TieredCacheMetrics(Cache<?, ?> cache, Iterable<Tag> tags) {
        Objects.requireNonNull(cache, "cache must not be null");
        Objects.requireNonNull(tags, "tags must not be null");
        CacheMeters meters = CacheMeters.of(cache, tags);
        this.binder = meters::bind;
    }

    /**
     * Creates the binder of all caches that a manager has and will have.
     *
     * @param manager an open manager of Tiered JCache
     * @param tags for each meter; may be empty
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
     * @param tags for each of its meters, as name, value, name, value …
     * @return the cache
     * @throws IllegalArgumentException if the cache is of another provider, or a tag lacks its value
     */
    public static <C extends Cache<?, ?>> C monitor(MeterRegistry registry, C cache, String... tags) {
        return monitor(registry, cache, Tags.of(tags));
    }

    /**
     * Binds the meters of one cache.
     *
     * @param tags for each of its meters; may be empty
     * @return the cache
     * @throws IllegalArgumentException if the cache is of another provider
     */
    public static <C extends Cache<?, ?>> C monitor(MeterRegistry registry, C cache, Iterable<Tag> tags) {
        new TieredCacheMetrics(cache, tags).bindTo(registry);
        return cache;
    }

    /**
     * Binds the meters of all caches that a manager has and will have.
     *
     * @param tags for each meter, as name, value, name, value …
     * @return the manager
     * @throws IllegalArgumentException if one of its caches is of another provider, or a tag lacks its value
     */
    public static <M extends CacheManager> M monitor(MeterRegistry registry, M manager, String... tags) {
        return monitor(registry, manager, Tags.of(tags));
    }

    /**
     * Binds the meters of all caches that a manager has and will have.
     *
     * @param tags for each meter; may be empty
     * @return the manager
     * @throws IllegalArgumentException if one of its caches is of another provider
     */
    public static <M extends CacheManager> M monitor(MeterRegistry registry, M manager, Iterable<Tag> tags) {
        new TieredCacheMetrics(manager, tags).bindTo(registry);
        return manager;
    }

    /** Binds the meters to a registry; once for each registry is enough. */
    @Override
    public void bindTo(MeterRegistry registry) {
        binder.bindTo(registry);
    }
}
