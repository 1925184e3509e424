package io.github.tieredjcache.jcache;

import io.github.tieredjcache.TierStatus;
import io.github.tieredjcache.TieredConfiguration;
import io.github.tieredjcache.internal.assembly.CacheAssembly;
import io.github.tieredjcache.internal.assembly.CloseSequence;
import io.github.tieredjcache.internal.assembly.FileDefaults;
import io.github.tieredjcache.internal.assembly.ManagerExecutors;
import io.github.tieredjcache.internal.assembly.SettingSources;
import io.github.tieredjcache.internal.codec.Codecs;
import io.github.tieredjcache.internal.file.CacheSection;
import io.github.tieredjcache.internal.file.ConfigurationFile;
import io.github.tieredjcache.internal.file.JCacheOption;
import io.github.tieredjcache.internal.jmx.DescribedBean;
import io.github.tieredjcache.internal.jmx.ManagerBean;
import io.github.tieredjcache.internal.jmx.ManagerRegistration;
import io.github.tieredjcache.internal.model.Versions;
import io.github.tieredjcache.internal.remote.connection.ClientRegistry;
import io.github.tieredjcache.internal.support.Lazy;
import io.github.tieredjcache.internal.support.Libraries;
import io.github.tieredjcache.internal.support.NanoClock;
import io.github.tieredjcache.internal.support.Unwrapping;
import io.github.tieredjcache.management.TieredCacheManagerMXBean;
import java.net.URI;
import java.security.SecureRandom;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import javax.cache.Cache;
import javax.cache.CacheException;
import javax.cache.CacheManager;
import javax.cache.configuration.Configuration;
import javax.cache.spi.CachingProvider;
import org.jspecify.annotations.Nullable;

/**
 * The caches of one class loader and one URI.
 *
 * <p>Safe for use by many threads. Owns the threads and the codecs of its caches; {@link #close} releases them.
 */
public final class TieredCacheManager implements CacheManager {
    private final CachingProvider provider;
    private final Consumer<TieredCacheManager> onClosed;
    private final URI uri;
    private final ClassLoader loader;
    private final Properties properties;
    private final ConfigurationFile file;
    // The caches with a section of their own that were never open, each with its changes for the time when it opens.
    private final Map<String, Map<JCacheOption, Consumer<TieredCache<?, ?>>>> unopened = new ConcurrentHashMap<>();
    private final Codecs codecs;
    private final ManagerExecutors executors;
    private final CacheAssembly assembly;
    private final ManagerBean management;
    private final ManagerRegistration bean;
    // Guards creation, destruction and close; lookups of open caches need no lock.
    private final ReentrantLock lock = new ReentrantLock();
    private final ConcurrentHashMap<String, TieredCache<?, ?>> caches = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /** The identity of a manager within its provider. */
    record Identity(URI uri, ClassLoader loader) {}

    /**
     * Creates a manager without caches.
     *
     * @param onClosed called when the manager is closed
     */
    TieredCacheManager(
            CachingProvider provider,
            Identity identity,
            Properties properties,
            Lazy<ClientRegistry> clients,
            NanoClock clock,
            Consumer<TieredCacheManager> onClosed) {
        this.provider = provider;
        this.onClosed = onClosed;
        this.uri = identity.uri();
        this.loader = identity.loader();
        this.properties = properties;
        this.file = SettingSources.file(uri, properties, loader, System.getenv());
        file.cacheNames().forEach(name -> unopened.put(name, new EnumMap<>(JCacheOption.class)));
        this.codecs = new Codecs(loader);
        this.executors = new ManagerExecutors(loader);
        Versions versions = new Versions(new Lazy<>() {
            @Override
            protected Long create() {
                return new SecureRandom().nextLong();
            }
        });
        this.assembly = new CacheAssembly(clock, codecs, clients, versions, executors);
        this.management = new ManagerBean(
                this, versions::node, () -> caches.values().stream().map(TieredCache::components));
        this.bean = new ManagerRegistration(uri, () -> new DescribedBean<>(management, TieredCacheManagerMXBean.class));
    }

    @Override
    public CachingProvider getCachingProvider() {
        return provider;
    }

    @Override
    public URI getURI() {
        return uri;
    }

    @Override
    public ClassLoader getClassLoader() {
        return loader;
    }

    @Override
    public Properties getProperties() {
        Properties copy = new Properties();
        copy.putAll(properties);
        return copy;
    }

    /**
     * Creates a cache. The first of these sources that has a setting determines it: a {@link TieredConfiguration}, the
     * manager's properties, system properties, the configuration file, the environment. An option of JCache that code
     * has left at its default comes from the file, too, except the types. Succeeds also while Redis is unavailable.
     *
     * @throws CacheException if a cache of this name exists
     * @throws IllegalArgumentException if a setting is not valid; the message has the setting, the value, the rule and
     *     the source
     */
    @Override
    public <K, V, C extends Configuration<K, V>> Cache<K, V> createCache(String cacheName, C configuration) {
        requireOpen();
        Objects.requireNonNull(cacheName, "cacheName must not be null");
        Objects.requireNonNull(configuration, "configuration must not be null");
        TieredConfiguration<K, V> effective = effective(cacheName, configuration);
        lock.lock();
        try {
            requireOpen();
            if (caches.containsKey(cacheName)) {
                throw new CacheException("a cache named '" + cacheName + "' exists already in the manager " + uri
                        + "; use getCache, or destroyCache before");
            }
            return open(cacheName, effective);
        } finally {
            lock.unlock();
        }
    }

    private <K, V> TieredCache<K, V> open(String cacheName, TieredConfiguration<K, V> effective) {
        TieredCache<K, V> cache = assemble(cacheName, effective);
        cache.open(unopened.getOrDefault(cacheName, Map.of()).values());
        caches.put(cacheName, cache);
        unopened.remove(cacheName);
        return cache;
    }

    private <K, V> TieredCache<K, V> assemble(String cacheName, TieredConfiguration<K, V> effective) {
        try {
            return new TieredCache<>(
                    cacheName, this, effective, assembly, bean, cache -> caches.remove(cacheName, cache));
        } catch (LinkageError e) {
            throw Libraries.explained(e);
        }
    }

    private <K, V> TieredConfiguration<K, V> effective(String cacheName, Configuration<K, V> code) {
        CacheSection section = file.section(cacheName);
        TieredConfiguration.Builder<K, V> builder = new FileDefaults(section, loader).addedTo(code);
        return builder.orElse(SettingSources.read(
                        builder.build().settings(), properties, section.settings(), System.getenv()))
                .build();
    }

    /** Opens a cache with a section of its own in the file, if it has never been opened. */
    private void openIfConfigured(String cacheName, Class<?> keyType, Class<?> valueType) {
        if (!unopened.containsKey(cacheName)) {
            return;
        }
        FileDefaults values = new FileDefaults(file.section(cacheName), loader);
        TieredConfiguration<?, ?> effective = effective(
                cacheName,
                TieredConfiguration.builder(
                                values.type(JCacheOption.KEY_TYPE, keyType),
                                values.type(JCacheOption.VALUE_TYPE, valueType))
                        .build());
        lock.lock();
        try {
            requireOpen();
            if (unopened.containsKey(cacheName)) {
                open(cacheName, effective);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public <K, V> @Nullable Cache<K, V> getCache(String cacheName, Class<K> keyType, Class<V> valueType) {
        requireOpen();
        Objects.requireNonNull(cacheName, "cacheName must not be null");
        Objects.requireNonNull(keyType, "keyType must not be null");
        Objects.requireNonNull(valueType, "valueType must not be null");
        openIfConfigured(cacheName, keyType, valueType);
        TieredCache<K, V> cache = find(cacheName);
        if (cache != null) {
            Configuration<K, V> types = cache.configuration();
            requireSame(cacheName, "keys", keyType, types.getKeyType());
            requireSame(cacheName, "values", valueType, types.getValueType());
        }
        return cache;
    }

    @Override
    public <K, V> @Nullable Cache<K, V> getCache(String cacheName) {
        requireOpen();
        Objects.requireNonNull(cacheName, "cacheName must not be null");
        openIfConfigured(cacheName, Object.class, Object.class);
        return find(cacheName);
    }

    @Override
    public Iterable<String> getCacheNames() {
        requireOpen();
        Set<String> names = new TreeSet<>(caches.keySet());
        names.addAll(unopened.keySet());
        return List.copyOf(names);
    }

    /**
     * Closes a cache and removes its entries from all tiers, Redis included; so the cache is empty for the other nodes,
     * too.
     */
    @Override
    public void destroyCache(String cacheName) {
        requireOpen();
        Objects.requireNonNull(cacheName, "cacheName must not be null");
        openIfConfigured(cacheName, Object.class, Object.class);
        TieredCache<?, ?> cache = caches.get(cacheName);
        if (cache != null) {
            cache.destroy();
        }
    }

    @Override
    public void enableManagement(String cacheName, boolean enabled) {
        change(cacheName, JCacheOption.MANAGEMENT, cache -> cache.enableManagement(enabled));
    }

    @Override
    public void enableStatistics(String cacheName, boolean enabled) {
        change(cacheName, JCacheOption.STATISTICS, cache -> cache.enableStatistics(enabled));
    }

    /** Closes the caches; their entries in Redis remain. Logs the exceptions of caches that fail to close. */
    @Override
    public void close() {
        List<TieredCache<?, ?>> closing;
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            closing = List.copyOf(caches.values());
        } finally {
            lock.unlock();
        }
        CloseSequence sequence = new CloseSequence();
        closing.forEach(sequence::step);
        sequence.step(executors);
        sequence.step(codecs);
        sequence.step(() -> onClosed.accept(this));
        sequence.failures()
                .forEach(failure -> System.getLogger("io.github.tieredjcache")
                        .log(
                                System.Logger.Level.WARNING,
                                "a cache failed to close cleanly; its memory is released, see the exception of its loader, writer or listener below",
                                failure));
    }

    @Override
    public boolean isClosed() {
        return closed;
    }

    /**
     * Supports this class, {@link TierStatus}, the most severe status of the open caches, and {@link
     * TieredCacheManagerMXBean}, their names and numbers.
     */
    @Override
    public <T> T unwrap(Class<T> type) {
        if (type == TierStatus.class) {
            return type.cast(management.status());
        }
        return Unwrapping.unwrap(type == TieredCacheManagerMXBean.class ? management : this, type);
    }

    /** Shows URI, configuration file, the names of the open caches, and the most severe status. */
    @Override
    public String toString() {
        return "TieredCacheManager[" + uri + ", " + file + ", caches " + new TreeSet<>(caches.keySet())
                + (closed ? ", closed]" : ", status " + management.status() + "]");
    }

    /** Changes a cache; one of the file that was never open, when it opens, since opening it now would fix its types. */
    private void change(String cacheName, JCacheOption option, Consumer<TieredCache<?, ?>> change) {
        requireOpen();
        Objects.requireNonNull(cacheName, "cacheName must not be null");
        if (unopened.containsKey(cacheName)) {
            lock.lock();
            try {
                unopened.getOrDefault(cacheName, new EnumMap<>(JCacheOption.class))
                        .put(option, change);
            } finally {
                lock.unlock();
            }
        }
        TieredCache<?, ?> cache = caches.get(cacheName);
        if (cache != null) {
            change.accept(cache);
        }
    }

    @SuppressWarnings("unchecked")
    private <K, V> @Nullable TieredCache<K, V> find(String cacheName) {
        return (TieredCache<K, V>) caches.get(cacheName);
    }

    private static void requireSame(String cacheName, String what, Class<?> requested, Class<?> configured) {
        if (!requested.equals(configured)) {
            throw new ClassCastException("the cache '" + cacheName + "' is configured with " + what + " of "
                    + configured.getName() + ", not " + requested.getName() + "; ask for the configured types");
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException(
                    "the cache manager " + uri + " is closed; get another one from the provider");
        }
    }
}
