package io.github.tieredjcache.internal.jmx;

import io.github.tieredjcache.TieredConfiguration;
import io.github.tieredjcache.internal.assembly.CacheComponents;
import io.github.tieredjcache.internal.assembly.CloseSequence;
import io.github.tieredjcache.internal.support.Lazy;
import io.github.tieredjcache.management.TieredCacheMXBean;
import java.util.List;
import java.util.function.Supplier;
import javax.cache.configuration.CompleteConfiguration;

/** The beans of one cache. Not safe for use by many threads: the lock of the cache guards them until it is closed. */
public final class CacheBeans {
    private final Supplier<? extends CompleteConfiguration<?, ?>> configuration;
    private final Lazy<TieredCacheMXBean> management;
    private final MBeanRegistration ofStatistics;
    private final MBeanRegistration ofConfiguration;
    private final MBeanRegistration ofTiers;

    /**
     * Creates the beans; none is registered.
     *
     * @param manager the registration of the manager's bean
     * @param configuration returns the present configuration of the cache
     */
    public <K, V> CacheBeans(
            ManagerRegistration manager,
            String name,
            Supplier<TieredConfiguration<K, V>> configuration,
            CacheComponents<K, V> components) {
        this.configuration = configuration;
        management = new Lazy<>() {
            @Override
            protected TieredCacheMXBean create() {
                return CacheBean.of(configuration, components);
            }
        };
        ofStatistics = MBeanRegistration.standard(
                manager, "CacheStatistics", name, () -> new StatisticsBean(components.statistics()));
        ofConfiguration = MBeanRegistration.standard(
                manager, "CacheConfiguration", name, () -> new ConfigurationBean(configuration));
        ofTiers = MBeanRegistration.tiered(
                manager, name, () -> new DescribedBean<>(management.get(), TieredCacheMXBean.class));
    }

    /** Returns the bean of the tiers, registered or not. */
    public TieredCacheMXBean management() {
        return management.get();
    }

    /** Registers the beans that the configuration switches on, and unregisters the others. */
    public void update() {
        boolean showsStatistics = configuration.get().isStatisticsEnabled();
        boolean showsConfiguration = configuration.get().isManagementEnabled();
        ofStatistics.setRegistered(showsStatistics);
        ofConfiguration.setRegistered(showsConfiguration);
        ofTiers.setRegistered(showsStatistics || showsConfiguration);
    }

    /** Unregisters the beans, as steps of the close of a cache: JMX runs listeners of the application. */
    public void unregister(CloseSequence sequence) {
        for (MBeanRegistration each : List.of(ofStatistics, ofConfiguration, ofTiers)) {
            sequence.step(() -> each.setRegistered(false));
        }
    }
}
