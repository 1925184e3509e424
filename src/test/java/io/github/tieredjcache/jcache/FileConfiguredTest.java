package io.github.tieredjcache.jcache;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.TieredConfiguration;
import io.github.tieredjcache.TieredSetting;
import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import io.github.tieredjcache.internal.assembly.SettingSources;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import javax.cache.Cache;
import javax.cache.CacheException;
import javax.cache.CacheManager;
import javax.cache.configuration.CacheEntryListenerConfiguration;
import javax.cache.configuration.MutableCacheEntryListenerConfiguration;
import javax.cache.configuration.MutableConfiguration;
import javax.cache.expiry.AccessedExpiryPolicy;
import javax.cache.expiry.CreatedExpiryPolicy;
import javax.cache.expiry.Duration;
import javax.cache.expiry.EternalExpiryPolicy;
import javax.cache.integration.CacheLoader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A manager with a configuration file. */
class FileConfiguredTest {
    private static final String ORDERS = """
            tiered-jcache {
              defaults { statistics = on }
              caches {
                orders {
                  key-type = java.lang.String, value-type = java.lang.Integer
                  near.maximum-size = 77, expiry.created = 10m
                  loader = "io.github.tieredjcache.jcache.FileConfiguredTest$Lengths"
                }
                "plain*" { near.maximum-size = 88, expiry.accessed = 5m, store-by-value = off }
              }
            }
            """;

    private final TieredCachingProvider provider = new TieredCachingProvider();

    @TempDir
    Path directory;

    /** Loads the length of a key. */
    public static final class Lengths implements CacheLoader<String, Integer> {
        /** Called by reflection. */
        public Lengths() {}

        @Override
        public Integer load(String key) {
            return key.length();
        }

        @Override
        public Map<String, Integer> loadAll(Iterable<? extends String> keys) {
            Map<String, Integer> loaded = new HashMap<>();
            keys.forEach(key -> loaded.put(key, key.length()));
            return loaded;
        }
    }

    @AfterEach
    void closes() {
        provider.close();
    }

    @Test
    void anArrayTypeHasItsJavaNotation() throws Exception {
        Path file = Files.writeString(directory.resolve("arrays.conf"), """
                tiered-jcache.caches {
                  buckets { key-type = java.lang.String, value-type = "byte[]" }
                  lines { key-type = "java.lang.String", value-type = "java.lang.String[][]" }
                }
                """);
        CacheManager manager = manager(file.toUri(), new Properties());
        Cache<String, byte[]> buckets = manager.getCache("buckets", String.class, byte[].class);
        buckets.put("a", new byte[] {1, 2});
        assertArrayEquals(new byte[] {1, 2}, buckets.get("a"));
        Cache<String, String[][]> lines = manager.getCache("lines", String.class, String[][].class);
        assertEquals(String[][].class, inForce(lines).getValueType());
    }

    @Test
    void aConfiguredCacheIsOpenedByGetCache() throws Exception {
        CacheManager manager = manager(written("shop.conf").toUri(), new Properties());
        assertEquals(Set.of("orders"), names(manager));
        Cache<String, Integer> orders = manager.getCache("orders", String.class, Integer.class);
        assertEquals(5, orders.get("hello"));
        TieredConfiguration<?, ?> inForce = inForce(orders);
        assertEquals(77, inForce.settings().get(TieredSetting.NEAR_MAXIMUM_SIZE));
        assertEquals(
                CreatedExpiryPolicy.factoryOf(new Duration(TimeUnit.MILLISECONDS, 600_000)),
                inForce.getExpiryPolicyFactory());
        assertTrue(inForce.isReadThrough());
        assertTrue(inForce.isStatisticsEnabled());
        assertSame(orders, manager.getCache("orders"));
        assertEquals(Set.of("orders"), names(manager));
        assertNull(manager.getCache("plain one"), "a template is no cache");
    }

    @Test
    void getCacheDoesNotReopenAClosedOrDestroyedCache() throws Exception {
        CacheManager manager = manager(written("shop.conf").toUri(), new Properties());
        manager.destroyCache("orders");
        assertNull(manager.getCache("orders"));
        assertEquals(Set.of(), names(manager));
        manager.createCache(
                "orders", new MutableConfiguration<String, Integer>().setTypes(String.class, Integer.class));
        assertEquals(
                77,
                inForce(manager.getCache("orders", String.class, Integer.class))
                        .settings()
                        .get(TieredSetting.NEAR_MAXIMUM_SIZE));
    }

    @Test
    void aCacheIsSwitchedWhenItIsOpenedIfTheSwitchWasEarlier() throws Exception {
        Path file = Files.writeString(directory.resolve("switched.conf"), """
                tiered-jcache { defaults { statistics = on }, caches { orders {}, books {} } }
                """);
        CacheManager manager = manager(file.toUri(), new Properties());
        manager.enableManagement("orders", true);
        manager.enableStatistics("orders", true);
        manager.enableStatistics("orders", false);
        TieredConfiguration<?, ?> orders = inForce(manager.getCache("orders", String.class, Integer.class));
        assertTrue(orders.isManagementEnabled());
        assertFalse(orders.isStatisticsEnabled());
        TieredConfiguration<?, ?> books = inForce(manager.getCache("books", String.class, Integer.class));
        assertFalse(books.isManagementEnabled());
        assertTrue(books.isStatisticsEnabled());
    }

    @Test
    void getCacheOpensACacheThatCodeFailedToCreate() throws Exception {
        CacheManager manager = manager(written("shop.conf").toUri(), new Properties());
        CacheEntryListenerConfiguration<String, Integer> broken = new MutableCacheEntryListenerConfiguration<>(
                () -> {
                    throw new IllegalStateException("no listener");
                },
                null,
                false,
                true);
        assertThrows(
                IllegalStateException.class,
                () -> manager.createCache(
                        "orders",
                        TieredConfiguration.builder(String.class, Integer.class)
                                .listener(broken)
                                .build()));
        assertEquals(Set.of("orders"), names(manager));
        assertEquals(5, manager.getCache("orders", String.class, Integer.class).get("hello"));
    }

    @Test
    void aPlainConfigurationIsCompletedByTheFile() throws Exception {
        CacheManager manager = manager(written("shop.conf").toUri(), new Properties());
        Cache<Object, Object> plain = manager.createCache("plain one", new MutableConfiguration<>());
        TieredConfiguration<?, ?> inForce = inForce(plain);
        assertEquals(88, inForce.settings().get(TieredSetting.NEAR_MAXIMUM_SIZE));
        assertFalse(inForce.isStoreByValue());
        assertTrue(inForce.isStatisticsEnabled());
        assertEquals(
                AccessedExpiryPolicy.factoryOf(new Duration(TimeUnit.MILLISECONDS, 300_000)),
                inForce.getExpiryPolicyFactory());
        Cache<Object, Object> other = manager.createCache("other", new MutableConfiguration<>());
        assertEquals(EternalExpiryPolicy.factoryOf(), inForce(other).getExpiryPolicyFactory());
    }

    @Test
    void codeAndTheManagersPropertiesOverrideTheFile() throws Exception {
        Properties properties = new Properties();
        properties.setProperty("tiered-jcache.near.maximum-size", "99");
        CacheManager manager = manager(written("shop.conf").toUri(), properties);
        TieredConfiguration<?, ?> byProperty = inForce(manager.createCache("plain", new MutableConfiguration<>()));
        assertEquals(99, byProperty.settings().get(TieredSetting.NEAR_MAXIMUM_SIZE));
        TieredConfiguration<?, ?> byCode = inForce(manager.createCache(
                "plain code",
                TieredConfiguration.builder(Object.class, Object.class)
                        .nearMaximumSize(11)
                        .expiry(CreatedExpiryPolicy.factoryOf(Duration.ONE_DAY))
                        .build()));
        assertEquals(11, byCode.settings().get(TieredSetting.NEAR_MAXIMUM_SIZE));
        assertEquals(CreatedExpiryPolicy.factoryOf(Duration.ONE_DAY), byCode.getExpiryPolicyFactory());
    }

    @Test
    void aPropertyNamesTheFileElseItIsOnTheClassPath() throws Exception {
        Properties properties = new Properties();
        properties.setProperty("tiered-jcache.config", written("named.conf").toString());
        assertEquals(Set.of("orders"), names(manager(URI.create("by-property"), properties)));

        written("tiered-jcache.conf");
        try (URLClassLoader loader = loader()) {
            assertEquals(
                    Set.of("orders"), names(provider.getCacheManager(URI.create("found"), loader, new Properties())));
        }
        written("elsewhere.conf");
        try (URLClassLoader loader = loader()) {
            assertEquals(
                    Set.of("orders"),
                    names(provider.getCacheManager(URI.create("classpath:elsewhere.conf"), loader, new Properties())));
            assertEquals(
                    Set.of("orders"),
                    names(provider.getCacheManager(URI.create("elsewhere.conf"), loader, new Properties())));
            URI inside = loader.getResource("elsewhere.conf").toURI();
            assertEquals(Set.of("orders"), names(provider.getCacheManager(inside, loader, new Properties())));
        }
        assertEquals(Set.of(), names(manager(URI.create("a mere name".replace(' ', '-')), new Properties())));
    }

    @Test
    void theUrlOfAFileMayHaveARelativePath() throws Exception {
        Path file = Files.createTempFile(Files.createDirectories(Path.of("target")), "relative", ".conf");
        try {
            Files.writeString(file, ORDERS);
            String path = file.toString().replace('\\', '/');
            assertEquals(Set.of("orders"), names(manager(URI.create("file:" + path), new Properties())));
            assertEquals(Set.of("orders"), names(manager(URI.create("file:./" + path), new Properties())));
        } finally {
            Files.delete(file);
        }
    }

    @Test
    void anEnvironmentVariableNamesTheFileIfNoPropertyDoes() throws Exception {
        URI uri = URI.create("by-variable");
        Map<String, String> environment =
                Map.of("TIERED_JCACHE_CONFIG", written("named.conf").toString());
        Properties properties = new Properties();
        ClassLoader loader = getClass().getClassLoader();
        assertEquals(
                Set.of("orders"),
                SettingSources.file(uri, properties, loader, environment).cacheNames());
        Map<String, String> empty = Map.of("TIERED_JCACHE_CONFIG", "");
        assertEquals(
                Set.of(), SettingSources.file(uri, properties, loader, empty).cacheNames());
        properties.setProperty("tiered-jcache.config", "missing.conf");
        assertThrows(CacheException.class, () -> SettingSources.file(uri, properties, loader, environment));
    }

    @Test
    void aMissingFileIsAnErrorWithTheSearchedPlaces() {
        for (String uri : new String[] {
            "classpath:missing.conf", "missing.conf", "file:missing.conf", "file:/no/such/dir/missing.conf"
        }) {
            CacheException missing =
                    assertThrows(CacheException.class, () -> manager(URI.create(uri), new Properties()));
            assertTrue(
                    missing.getMessage()
                            .startsWith("the cache manager's URI names the configuration file '" + uri
                                    + "', which is neither on the class path nor in the directory "),
                    missing.getMessage());
        }
        CacheException network = assertThrows(
                CacheException.class, () -> manager(URI.create("http://example.com/x.conf"), new Properties()));
        assertTrue(
                network.getMessage().contains("must be on the class path or in the file system"), network.getMessage());
    }

    /** Beans and metrics show the URI of a manager, so they would show the password. */
    @Test
    @Covers(FaultRow.F103)
    void aManagerUriWithAPasswordIsRefused() {
        for (String uri : List.of("redis://app:s3cret@host", "redis://app:12/s3cret@host", "x://s3cret@host/y.conf")) {
            CacheException refused =
                    assertThrows(CacheException.class, () -> manager(URI.create(uri), new Properties()));
            assertFalse(refused.getMessage().contains("s3cret"), refused.getMessage());
            assertTrue(refused.getMessage().contains("tiered-jcache.redis.uri"), refused.getMessage());
        }
        assertEquals(
                URI.create("redis://host:6379"),
                manager(URI.create("redis://host:6379"), new Properties()).getURI());
    }

    @Test
    @Covers(FaultRow.F103)
    void aPasswordInTheNameOfAFileIsNotShown() {
        for (String name : List.of("https://app:s3cret@host/x.conf", "x://app:s3@s3cret@host/x.conf")) {
            Properties properties = new Properties();
            properties.setProperty("tiered-jcache.config", name);
            CacheException refused = assertThrows(CacheException.class, () -> manager(URI.create("any"), properties));
            assertFalse(String.valueOf(refused.getCause()).contains("s3cret"), refused.getMessage());
            assertTrue(refused.getMessage().contains("://***@host/x.conf"), refused.getMessage());
        }
    }

    @Test
    void aManagerWithAnInvalidFileIsNotCreatedAndTheNextAttemptReadsTheFileAgain() throws Exception {
        Path file = directory.resolve("bad.conf");
        Files.writeString(file, "tiered-jcache.defaults.near.maximum-sise = 5");
        CacheException bad = assertThrows(CacheException.class, () -> manager(file.toUri(), new Properties()));
        assertTrue(bad.getMessage().contains("did you mean 'near.maximum-size'?"), bad.getMessage());
        Files.writeString(file, ORDERS);
        assertEquals(Set.of("orders"), names(manager(file.toUri(), new Properties())));
    }

    private static <K, V> TieredConfiguration<K, V> inForce(Cache<K, V> cache) {
        @SuppressWarnings("unchecked") // A class literal has no type arguments.
        Class<TieredConfiguration<K, V>> type = (Class<TieredConfiguration<K, V>>) (Class<?>) TieredConfiguration.class;
        return cache.getConfiguration(type);
    }

    private URLClassLoader loader() throws IOException {
        return new URLClassLoader(
                new URL[] {directory.toUri().toURL()}, getClass().getClassLoader());
    }

    private Path written(String name) throws IOException {
        return Files.writeString(directory.resolve(name), ORDERS);
    }

    private CacheManager manager(URI uri, Properties properties) {
        return provider.getCacheManager(uri, getClass().getClassLoader(), properties);
    }

    private static Set<String> names(CacheManager manager) {
        Set<String> names = new TreeSet<>();
        manager.getCacheNames().forEach(names::add);
        return names;
    }
}
