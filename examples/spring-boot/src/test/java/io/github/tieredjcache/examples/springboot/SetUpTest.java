package io.github.tieredjcache.examples.springboot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.TieredConfiguration;
import io.github.tieredjcache.TieredSetting;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import javax.cache.CacheManager;
import javax.cache.configuration.Configuration;
import javax.cache.configuration.OptionalFeature;
import javax.cache.spi.CachingProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The ways to say which caches there are, and which provider. */
class SetUpTest {
    private static Site site;

    @BeforeAll
    static void start() throws Exception {
        site = new Site();
    }

    @AfterAll
    static void end() {
        site.close();
    }

    private static Set<String> names(LocalNode node) {
        Set<String> names = new TreeSet<>();
        node.bean(CacheManager.class).getCacheNames().forEach(names::add);
        return names;
    }

    private static TieredConfiguration<?, ?> configuration(LocalNode node, String cache) {
        return (TieredConfiguration<?, ?>) node.bean(CacheManager.class)
                .getCache(cache)
                .<Configuration<Object, Object>>getConfiguration(configurations());
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static Class<Configuration<Object, Object>> configurations() {
        return (Class) TieredConfiguration.class;
    }

    @Test
    void theFileOnTheClassPathIsFoundByItself() {
        try (LocalNode node = new LocalNode(site.database())) {
            assertEquals(Set.of("products", "pages", "prices", "price-failures"), names(node));
            assertEquals(
                    URI.create("tiered-jcache"), node.bean(CacheManager.class).getURI());
            assertTrue(configuration(node, "products").isStatisticsEnabled());
            assertEquals("shop", configuration(node, "products").settings().get(TieredSetting.REDIS_NAMESPACE));
        }
    }

    @Test
    void springBootsPropertyNamesAnotherFile() {
        try (LocalNode node =
                new LocalNode(site.database(), "--spring.cache.jcache.config=classpath:another-jcache.conf")) {
            assertEquals(Set.of("pages", "products"), names(node));
            assertEquals("another", configuration(node, "products").settings().get(TieredSetting.REDIS_NAMESPACE));
        }
    }

    @Test
    void springBootsPropertyNamesCachesWhichTakeWhatTheFileSays() {
        try (LocalNode node = new LocalNode(site.database(), "--spring.cache.cache-names=products,more")) {
            assertEquals(Set.of("products", "pages", "prices", "price-failures", "more"), names(node));
            assertTrue(configuration(node, "more").isStatisticsEnabled());
            assertEquals("shop", configuration(node, "more").settings().get(TieredSetting.REDIS_NAMESPACE));
            assertEquals(200, node.shop().get("/products/1").status());
        }
    }

    @Test
    void aCacheThatNobodyHasNamedIsNoCache() {
        try (LocalNode node = new LocalNode(site.database())) {
            assertNull(node.bean(org.springframework.cache.CacheManager.class).getCache("none"));
        }
    }

    @Test
    void ofSeveralProvidersOneIsChosenByItsName(@TempDir Path folder) throws Exception {
        Path services = Files.createDirectories(folder.resolve("META-INF/services"));
        Files.writeString(services.resolve(CachingProvider.class.getName()), AnotherProvider.class.getName());
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try (URLClassLoader two = new URLClassLoader(new URL[] {folder.toUri().toURL()}, before)) {
            thread.setContextClassLoader(two);
            assertThrows(RuntimeException.class, () -> new LocalNode(site.database()).close());
            try (LocalNode node = new LocalNode(
                    site.database(),
                    "--spring.cache.jcache.provider=io.github.tieredjcache.jcache.TieredCachingProvider")) {
                assertEquals(200, node.shop().get("/products/1").status());
            }
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    /** A second provider, as an application has one that has left its first cache on the class path. */
    public static final class AnotherProvider implements CachingProvider {
        @Override
        public CacheManager getCacheManager(URI uri, ClassLoader classLoader, Properties properties) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CacheManager getCacheManager(URI uri, ClassLoader classLoader) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CacheManager getCacheManager() {
            throw new UnsupportedOperationException();
        }

        @Override
        public ClassLoader getDefaultClassLoader() {
            return getClass().getClassLoader();
        }

        @Override
        public URI getDefaultURI() {
            return URI.create("another");
        }

        @Override
        public Properties getDefaultProperties() {
            return new Properties();
        }

        @Override
        public void close() {}

        @Override
        public void close(ClassLoader classLoader) {}

        @Override
        public void close(URI uri, ClassLoader classLoader) {}

        @Override
        public boolean isSupported(OptionalFeature optionalFeature) {
            return false;
        }
    }
}
