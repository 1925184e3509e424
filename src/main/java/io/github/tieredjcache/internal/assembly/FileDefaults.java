package io.github.tieredjcache.internal.assembly;

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

/** Completes a configuration with the options of the file: an option that code has set overrides the file. */
public final class FileDefaults {
    private final CacheSection section;
    private final ClassLoader loader;

    /**
     * Creates the defaults of one cache.
     *
     * @param loader finds the classes that the file names
     */
    public FileDefaults(CacheSection section, ClassLoader loader) {
        this.section = section;
        this.loader = loader;
    }

    /** Returns the class that the file has for an option, else another class. */
    public Class<?> type(JCacheOption option, Class<?> otherwise) {
        Class<?> type = findType(option);
        return type == null ? otherwise : type;
    }

    /** Returns the configuration, completed by the options of the file where code has left the defaults of JCache. */
    public <K, V> TieredConfiguration.Builder<K, V> addedTo(Configuration<K, V> code) {
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
            builder.readThrough(factory(JCacheOption.LOADER));
        }
        if (before.getCacheWriterFactory() == null && section.text(JCacheOption.WRITER) != null) {
            builder.writeThrough(factory(JCacheOption.WRITER));
        }
        return builder;
    }

    private boolean isSwitched(JCacheOption option, boolean on) {
        Boolean switched = section.isOn(option);
        return switched != null && switched == on;
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

    @SuppressWarnings(
            "unchecked") // The reader of the file has checked the class; the key and value types are unchecked.
    private <T> Factory<T> factory(JCacheOption option) {
        return new ConstructorFactory<>((Class<? extends T>) type(option, Object.class));
    }

    private @Nullable Class<?> findType(JCacheOption option) {
        String name = section.text(option);
        try {
            return name == null ? null : ClassNames.find(name, loader);
        } catch (ClassNotFoundException | LinkageError e) {
            throw new CacheException(
                    option.key() + " names the class " + name
                            + ", which the cache manager's class loader no longer finds",
                    e);
        }
    }

    /** Creates factory of the {@link CacheLoader} or {@link CacheWriter} of a file. */
    private record ConstructorFactory<T>(Class<? extends T> type) implements Factory<T> {
        @Override
        public T create() {
            try {
                return type.getConstructor().newInstance();
            } catch (ReflectiveOperationException e) {
                throw new CacheException(
                        type.getName() + " could not be created by its constructor without parameters", e);
            }
        }
    }
}
