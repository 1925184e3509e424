package io.github.tieredjcache.jcache;

import io.github.tieredjcache.internal.assembly.SettingSources;
import io.github.tieredjcache.internal.file.Credentials;
import io.github.tieredjcache.internal.remote.connection.ClientRegistry;
import io.github.tieredjcache.internal.support.Lazy;
import io.github.tieredjcache.internal.support.Libraries;
import io.github.tieredjcache.internal.support.NanoClock;
import io.github.tieredjcache.jcache.TieredCacheManager.Identity;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiPredicate;
import javax.cache.CacheException;
import javax.cache.CacheManager;
import javax.cache.configuration.OptionalFeature;
import javax.cache.spi.CachingProvider;
import org.jspecify.annotations.Nullable;

/**
 * The JCache provider that {@code Caching.getCachingProvider()} returns.
 *
 * <p>A manager is identified by class loader and URI. Caches of one provider share the client of the same Redis. There
 * is no static state, so providers are independent; a closed provider can be used again. Safe for use by many threads.
 */
public final class TieredCachingProvider implements CachingProvider {
    /**
     * The property of a cache manager with the sections of a configuration file: a {@code Map} with the keys {@code
     * defaults} and {@code caches}, each a {@code Map} as in the file. These sections override the file.
     */
    public static final String SECTIONS = SettingSources.SECTIONS;

    /** The property with such sections below the configuration file: they hold what neither {@link #SECTIONS} nor the file sets. */
    public static final String FALLBACK_SECTIONS = SettingSources.FALLBACK_SECTIONS;

    /**
     * The property, with any value, by which the creator of a cache manager says that {@link #SECTIONS} contains what
     * system properties and environment variables set. The manager then reads none of them again but {@code REDIS_URL}.
     */
    public static final String ENVIRONMENT_IN_SECTIONS = SettingSources.ENVIRONMENT_IN_SECTIONS;

    // Without characters that are special in JMX object names, or to tools that parse these names.
    private static final URI DEFAULT_URI = URI.create("tiered-jcache");
    private static final System.Logger LOG = System.getLogger("io.github.tieredjcache");
    private static final NanoClock CLOCK = System::nanoTime;

    private final ReentrantLock lock = new ReentrantLock();
    // Guarded by the lock.
    private final Map<Identity, TieredCacheManager> managers = new HashMap<>();
    private final Set<String> reported = new HashSet<>();
    private final Lazy<ClientRegistry> clients = new Lazy<>() {
        @Override
        protected ClientRegistry create() {
            return new ClientRegistry(CLOCK);
        }
    };

    /** Creates a provider without managers. */
    public TieredCachingProvider() {
        ProviderConflictWarning.warn(getClass());
    }

    @Override
    public CacheManager getCacheManager(
            @Nullable URI uri, @Nullable ClassLoader classLoader, @Nullable Properties properties) {
        if (uri != null && Credentials.isIn(uri)) {
            throw new CacheException(
                    "the URI of a cache manager must not contain a user or password, because beans and metrics"
                            + " show it; set the URI of Redis as tiered-jcache.redis.uri");
        }
        Identity identity = new Identity(
                uri == null ? getDefaultURI() : uri, classLoader == null ? getDefaultClassLoader() : classLoader);
        lock.lock();
        try {
            TieredCacheManager known = managers.get(identity);
            if (known != null && !known.isClosed()) {
                return known;
            }
            Properties own = copyOf(properties == null ? getDefaultProperties() : properties);
            TieredCacheManager manager = manager(identity, own);
            managers.put(identity, manager);
            warnOfUnknownNames(own);
            return manager;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public CacheManager getCacheManager(@Nullable URI uri, @Nullable ClassLoader classLoader) {
        return getCacheManager(uri, classLoader, null);
    }

    @Override
    public CacheManager getCacheManager() {
        return getCacheManager(null, null, null);
    }

    /**
     * Returns the class loader of this class, which finds the classes of the application if the jar is deployed with
     * it.
     */
    @Override
    public ClassLoader getDefaultClassLoader() {
        ClassLoader own = getClass().getClassLoader();
        return own == null ? ClassLoader.getSystemClassLoader() : own;
    }

    @Override
    public URI getDefaultURI() {
        return DEFAULT_URI;
    }

    @Override
    public Properties getDefaultProperties() {
        return new Properties();
    }

    @Override
    public void close() {
        closeMatching((loader, uri) -> true);
    }

    @Override
    public void close(@Nullable ClassLoader classLoader) {
        ClassLoader wanted = classLoader == null ? getDefaultClassLoader() : classLoader;
        closeMatching((loader, uri) -> loader.equals(wanted));
    }

    @Override
    public void close(@Nullable URI uri, @Nullable ClassLoader classLoader) {
        ClassLoader wantedLoader = classLoader == null ? getDefaultClassLoader() : classLoader;
        URI wantedUri = uri == null ? getDefaultURI() : uri;
        closeMatching((loader, managed) -> loader.equals(wantedLoader) && managed.equals(wantedUri));
    }

    /** Returns true for store-by-reference, which concerns the near tier. */
    @Override
    public boolean isSupported(OptionalFeature optionalFeature) {
        return optionalFeature == OptionalFeature.STORE_BY_REFERENCE;
    }

    private TieredCacheManager manager(Identity identity, Properties properties) {
        try {
            return new TieredCacheManager(this, identity, properties, clients, CLOCK, this::remove);
        } catch (LinkageError e) {
            throw Libraries.explained(e);
        }
    }

    /** Warns once of each system property and environment variable that looks like a setting and is none. */
    private void warnOfUnknownNames(Properties properties) {
        SettingSources.unknownNames(
                        properties,
                        System.getProperties().stringPropertyNames(),
                        System.getenv().keySet())
                .stream()
                .filter(reported::add)
                .forEach(message -> LOG.log(System.Logger.Level.WARNING, message));
    }

    /** Removes a closed manager. */
    private void remove(TieredCacheManager manager) {
        lock.lock();
        try {
            managers.remove(new Identity(manager.getURI(), manager.getClassLoader()), manager);
        } finally {
            lock.unlock();
        }
    }

    private void closeMatching(BiPredicate<ClassLoader, URI> wanted) {
        List<TieredCacheManager> closing = new ArrayList<>();
        lock.lock();
        try {
            managers.forEach((identity, manager) -> {
                if (wanted.test(identity.loader(), identity.uri())) {
                    closing.add(manager);
                }
            });
        } finally {
            lock.unlock();
        }
        // Outside the lock, because closing a manager calls users' code, and remove takes the lock.
        closing.forEach(TieredCacheManager::close);
    }

    /** Returns a copy of the properties, their defaults included. */
    private static Properties copyOf(Properties properties) {
        Properties copy = new Properties();
        copy.putAll(properties);
        properties.stringPropertyNames().forEach(name -> copy.setProperty(name, properties.getProperty(name)));
        return copy;
    }
}
