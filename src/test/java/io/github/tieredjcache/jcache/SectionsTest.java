package io.github.tieredjcache.jcache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.TieredConfiguration;
import io.github.tieredjcache.TieredSetting;
import io.github.tieredjcache.management.TieredCacheMXBean;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import javax.cache.Cache;
import javax.cache.CacheException;
import javax.cache.CacheManager;
import javax.cache.configuration.Configuration;
import javax.cache.configuration.MutableConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sections of a configuration file as properties of a manager. */
class SectionsTest {
    private static CacheManager manager(URI uri, Map<?, ?> sections, Map<?, ?> fallback) {
        Properties properties = new Properties();
        properties.put(TieredCachingProvider.SECTIONS, sections);
        properties.put(TieredCachingProvider.FALLBACK_SECTIONS, fallback);
        return new TieredCachingProvider().getCacheManager(uri, null, properties);
    }

    private static TieredConfiguration<?, ?> configuration(CacheManager manager, String name) {
        Cache<Object, Object> cache = manager.getCache(name);
        return (TieredConfiguration<?, ?>)
                (cache == null ? manager.createCache(name, new MutableConfiguration<>()) : cache)
                        .<Configuration<Object, Object>>getConfiguration(type());
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static Class<Configuration<Object, Object>> type() {
        return (Class) TieredConfiguration.class;
    }

    @Test
    void aSettingComesFromTheSectionsElseFromTheFileElseFromTheFallback(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("caches.conf"), """
                tiered-jcache {
                  defaults { near.maximum-size = 2, load.wait = 2s, statistics = off }
                  caches { ofFile { near.maximum-size = 3 } }
                }
                """);
        Map<String, ?> sections = Map.of(
                "defaults",
                Map.of("near.maximum-size", 1, "codec.allowed", List.of("com.a.*", "com.b.*")),
                "caches",
                Map.of("own", Map.of("near.maximum-size", "5", "expiry", Map.of("created", "10m"))));
        Map<String, ?> fallback = Map.of(
                "defaults", Map.of("near.maximum-size", 9, "load.wait", "9s", "load.lease", "9s", "statistics", true));
        try (CacheManager manager = manager(file.toUri(), sections, fallback)) {
            Set<String> names = new TreeSet<>();
            manager.getCacheNames().forEach(names::add);
            assertEquals(Set.of("own", "ofFile"), names);
            assertEquals(5, configuration(manager, "own").settings().get(TieredSetting.NEAR_MAXIMUM_SIZE));
            assertEquals(1, configuration(manager, "ofFile").settings().get(TieredSetting.NEAR_MAXIMUM_SIZE));
            var other = configuration(manager, "other");
            assertEquals(1, other.settings().get(TieredSetting.NEAR_MAXIMUM_SIZE));
            assertEquals(2, other.settings().get(TieredSetting.LOAD_WAIT).toSeconds());
            assertEquals(9, other.settings().get(TieredSetting.LOAD_LEASE).toSeconds());
            assertEquals(List.of("com.a.*", "com.b.*"), other.settings().get(TieredSetting.CODEC_ALLOWED));
            assertFalse(other.isStatisticsEnabled());
        }
    }

    @Test
    void anOptionOfTheFallbackHoldsWhereNothingElseSetsIt() {
        try (CacheManager manager =
                manager(URI.create("test"), Map.of(), Map.of("defaults", Map.of("statistics", true)))) {
            assertTrue(configuration(manager, "any").isStatisticsEnabled());
            assertNotNull(
                    manager.getCache("any").unwrap(TieredCacheMXBean.class).getCacheName());
        }
    }

    @Test
    void allMistakesAreReportedAtOnce() {
        CacheException refused = assertThrows(
                CacheException.class,
                () -> manager(
                        URI.create("test"),
                        Map.of(
                                "defaults", Map.of("near.maximum-sise", 1),
                                "caches", Map.of("books", Map.of("expiry.created", "soon"))),
                        Map.of()));
        assertEquals(
                "the section tiered-jcache of the application's configuration has 2 problems:\n"
                        + "  the section tiered-jcache of the application's configuration: unknown setting 'near.maximum-sise' in defaults;"
                        + " did you mean 'near.maximum-size'?\n"
                        + "  the section tiered-jcache of the application's configuration: expiry.created must be a lifetime such as 30s, 10m,"
                        + " 2h, 1d or eternal, was 'soon'",
                refused.getMessage());
    }
}
