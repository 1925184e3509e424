package io.github.tieredjcache.internal.jmx;

import io.github.tieredjcache.TieredConfiguration;
import java.util.function.Supplier;
import javax.cache.management.CacheMXBean;

/** JCache's MXBean of the configuration of one cache. Public because JMX requires it. */
public final class ConfigurationBean implements CacheMXBean {
    private final Supplier<? extends TieredConfiguration<?, ?>> configuration;

    public ConfigurationBean(Supplier<? extends TieredConfiguration<?, ?>> configuration) {
        this.configuration = configuration;
    }

    @Override
    public String getKeyType() {
        return configuration.get().getKeyType().getName();
    }

    @Override
    public String getValueType() {
        return configuration.get().getValueType().getName();
    }

    @Override
    public boolean isReadThrough() {
        return configuration.get().isReadThrough();
    }

    @Override
    public boolean isWriteThrough() {
        return configuration.get().isWriteThrough();
    }

    @Override
    public boolean isStoreByValue() {
        return configuration.get().isStoreByValue();
    }

    @Override
    public boolean isStatisticsEnabled() {
        return configuration.get().isStatisticsEnabled();
    }

    @Override
    public boolean isManagementEnabled() {
        return configuration.get().isManagementEnabled();
    }
}
