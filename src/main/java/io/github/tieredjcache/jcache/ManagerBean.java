package io.github.tieredjcache.jcache;

import io.github.tieredjcache.internal.stats.Statistics;
import io.github.tieredjcache.internal.stats.TierCounters;
import io.github.tieredjcache.management.TieredCacheManagerMXBean;
import java.util.Collection;
import java.util.function.ToLongFunction;

/** The MXBean of one cache manager of this node. */
final class ManagerBean implements TieredCacheManagerMXBean {
    private final TieredCacheManager manager;
    private final long node;
    private final Collection<TieredCache<?, ?>> caches;

    /**
     * Creates the bean.
     *
     * @param caches a live view of the open caches
     */
    ManagerBean(TieredCacheManager manager, long node, Collection<TieredCache<?, ?>> caches) {
        this.manager = manager;
        this.node = node;
        this.caches = caches;
    }

    @Override
    public String getUri() {
        return manager.getURI().toString();
    }

    @Override
    public String getClassLoader() {
        return manager.getClassLoader().toString();
    }

    @Override
    public String getNode() {
        return KeyReport.nodeName(node);
    }

    @Override
    public String[] getCacheNames() {
        return caches.stream().map(TieredCache::getName).sorted().toArray(String[]::new);
    }

    @Override
    public long getHits() {
        return sumOfStatistics(Statistics::hits);
    }

    @Override
    public long getMisses() {
        return sumOfStatistics(Statistics::misses);
    }

    @Override
    public double getHitPercentage() {
        return CacheBean.percentage(getHits(), getMisses());
    }

    @Override
    public long getLoads() {
        return sum(TierCounters::sourceLoads);
    }

    @Override
    public long getNearEntries() {
        return sum(TierCounters::nearEntries);
    }

    @Override
    public String[] getCachesWithoutRemote() {
        return caches.stream()
                .filter(each -> each.components().counters().isRemoteAway())
                .map(TieredCache::getName)
                .sorted()
                .toArray(String[]::new);
    }

    private long sum(ToLongFunction<TierCounters> number) {
        return caches.stream()
                .mapToLong(each -> number.applyAsLong(each.components().counters()))
                .sum();
    }

    private long sumOfStatistics(ToLongFunction<Statistics> number) {
        return caches.stream()
                .mapToLong(each -> number.applyAsLong(each.components().statistics()))
                .sum();
    }
}
