package io.github.tieredjcache.internal.jmx;

import io.github.tieredjcache.TierStatus;
import io.github.tieredjcache.internal.assembly.CacheComponents;
import io.github.tieredjcache.internal.model.Version;
import io.github.tieredjcache.internal.stats.TierCounters;
import io.github.tieredjcache.management.TieredCacheManagerMXBean;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import javax.cache.CacheManager;

/** The MXBean of one cache manager of this node. */
public final class ManagerBean implements TieredCacheManagerMXBean {
    private final CacheManager manager;
    private final LongSupplier node;
    private final Supplier<Stream<CacheComponents<?, ?>>> caches;

    /**
     * Creates the bean.
     *
     * @param caches returns the open caches
     */
    public ManagerBean(CacheManager manager, LongSupplier node, Supplier<Stream<CacheComponents<?, ?>>> caches) {
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
        return Version.nodeText(node.getAsLong());
    }

    /** Returns the most severe status of the open caches. */
    public TierStatus status() {
        return caches.get()
                .map(CacheComponents::counters)
                .map(ManagerBean::status)
                .reduce(TierStatus.OK, (one, other) -> other.severity().compareTo(one.severity()) > 0 ? other : one);
    }

    private static TierStatus status(TierCounters counters) {
        TierStatus status = counters.status();
        if (status.isOk()) {
            return status;
        }
        return new TierStatus(
                status.severity(),
                status.condition(),
                status.lasting(),
                "cache '" + counters.cacheName() + "': " + status.text());
    }

    @Override
    public String getStatus() {
        return status().text();
    }

    @Override
    public String[] getCacheNames() {
        return names(each -> true);
    }

    @Override
    public long getHits() {
        return sum(each -> each.statistics().hits());
    }

    @Override
    public long getMisses() {
        return sum(each -> each.statistics().misses());
    }

    @Override
    public double getHitPercentage() {
        return CacheBean.percentage(getHits(), getMisses());
    }

    @Override
    public long getLoads() {
        return sum(each -> each.counters().loads());
    }

    @Override
    public long getNearEntries() {
        return sum(each -> each.counters().nearEntries());
    }

    @Override
    public String[] getCachesWithoutRemote() {
        return names(TierCounters::isRemoteUnavailable);
    }

    private String[] names(Predicate<TierCounters> which) {
        return caches.get()
                .map(CacheComponents::counters)
                .filter(which)
                .map(TierCounters::cacheName)
                .sorted()
                .toArray(String[]::new);
    }

    private long sum(ToLongFunction<CacheComponents<?, ?>> number) {
        return caches.get().mapToLong(number).sum();
    }
}
