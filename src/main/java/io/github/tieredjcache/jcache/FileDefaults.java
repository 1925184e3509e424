package io.github.tieredjcache.jcache;

import io.github.tieredjcache.TieredConfiguration;
import io.github.tieredjcache.internal.file.CacheSection;
import io.github.tieredjcache.internal.file.ClassNames;
import io.github.tieredjcache.internal.file.JCacheOption;
import java.util.concurrent.TimeUnit;
import javax.cache.CacheException;
import javax.cache.configuration.CompleteConfiguration;
import javax.cache.configuration.Configuration;
import javax.cache.configuration.Factory;
import javax.cache.expiry.AccessedExpiryPolicy;
import javax.cache.expiry.CreatedExpiryPolicy;
import javax.cache.expiry.Duration;
import javax.cache.expiry.EternalExpiryPolicy;
import javax.cache.expiry.ExpiryPolicy;
import javax.cache.expiry.ModifiedExpiryPolicy;
import javax.cache.expiry.TouchedExpiryPolicy;
import javax.cache.integration.CacheLoader;
import javax.cache.integration.CacheWriter;
import org.jspecify.annotations.Nullable;

/** Fills in what a file says where code has left JCache's own defaults: code goes first. */
final class FileDefaults {
    private final CacheSection section;
    private final ClassLoader loader;

    /**
     * Creates the values of one cache.
     *
     * @param loader finds the classes that the file names
     */
    FileDefaults(CacheSection section, ClassLoader loader) {
        this.section = section;
        this.loader = loader;
    }

    /** Returns the class of keys or values that the file names, else another. */
    Class<?> type(JCacheOption option, Class<?> otherwise) {
        Class<?> named = named(option);
        return named == null ? otherwise : named;
    }

    /** Returns the configuration with what the file adds to it. */
    <K, V> TieredConfiguration.Builder<K, V> addedTo(Configuration<K, V> code) {
        TieredConfiguration.Builder<K, V> builder = TieredConfiguration.builder(code);
        CompleteConfiguration<K, V> before = builder.build();
        if (isSwitched(JCacheOption.STATISTICS, true) && !before.isStatisticsEnabled()) {
            builder.statistics(true);
        }
        if (isSwitched(JCacheOption.MANAGEMENT, true) && !before.isManagementEnabled()) {
            builder.management(true);
        }
        if (isSwitched(JCacheOption.STORE_BY_VALUE, false) && before.isStoreByValue()) {
            builder.storeByValue(false);
        }
        CacheSection.Expiry expiry = section.expiry();
        if (expiry != null && EternalExpiryPolicy.factoryOf().equals(before.getExpiryPolicyFactory())) {
            builder.expiry(policy(expiry));
        }
        if (before.getCacheLoaderFactory() == null && section.text(JCacheOption.LOADER) != null) {
            builder.readThrough(instances(JCacheOption.LOADER));
        }
        if (before.getCacheWriterFactory() == null && section.text(JCacheOption.WRITER) != null) {
            builder.writeThrough(instances(JCacheOption.WRITER));
        }
        return builder;
    }

    private boolean isSwitched(JCacheOption option, boolean on) {
        Boolean said = section.isOn(option);
        return said != null && said == on;
    }

    private static Factory<? extends ExpiryPolicy> policy(CacheSection.Expiry expiry) {
        Duration lifetime = expiry.lifetime() == null
                ? Duration.ETERNAL
                : new Duration(TimeUnit.MILLISECONDS, expiry.lifetime().toMillis());
        return switch (expiry.from()) {
            case EXPIRY_MODIFIED -> ModifiedExpiryPolicy.factoryOf(lifetime);
            case EXPIRY_ACCESSED -> AccessedExpiryPolicy.factoryOf(lifetime);
            case EXPIRY_TOUCHED -> TouchedExpiryPolicy.factoryOf(lifetime);
            default -> CreatedExpiryPolicy.factoryOf(lifetime);
        };
    }

    @SuppressWarnings("unchecked") // That it is one was checked when the file was read; its types are the user's word.
    private <T> Factory<T> instances(JCacheOption option) {
        return new Instances<>((Class<? extends T>) type(option, Object.class));
    }

    private @Nullable Class<?> named(JCacheOption option) {
        String name = section.text(option);
        try {
            return name == null ? null : ClassNames.find(name, loader);
        } catch (ClassNotFoundException | LinkageError e) {
            throw new CacheException(option.key() + " names the class " + name + ", which is not there any more", e);
        }
    }

    /** Makes instances of a {@link CacheLoader} or {@link CacheWriter} that a file names. */
    private record Instances<T>(Class<? extends T> type) implements Factory<T> {
        @Override
        public T create() {
            try {
                return type.getConstructor().newInstance();
            } catch (ReflectiveOperationException e) {
                throw new CacheException(type.getName() + " could not be made by its constructor", e);
            }
        }
    }
}
