package io.github.tieredjcache.examples.hibernate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.TieredConfiguration;
import io.github.tieredjcache.TieredSetting;
import io.github.tieredjcache.TieredSettings;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import javax.cache.Cache;
import javax.cache.CacheManager;
import javax.cache.Caching;
import javax.cache.expiry.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which regions there are and where their settings come from, by {@code hibernate.javax.cache.missing_cache_strategy}. */
class RegionsTest {
    private static final String PRODUCT = Product.class.getName();

    @BeforeEach
    void beQuiet() {
        Caches.beQuiet();
    }

    /** The persistence unit with a database of its own and without a Redis. */
    private static Shop open(String strategy, String file) {
        Map<String, String> settings = new HashMap<>(Map.of(
                "jakarta.persistence.jdbc.url",
                "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1",
                "jakarta.persistence.schema-generation.database.action",
                "create",
                "hibernate.javax.cache.missing_cache_strategy",
                strategy));
        if (!file.isEmpty()) {
            settings.put("hibernate.javax.cache.uri", file);
        }
        return Shop.open(settings);
    }

    private static CacheManager manager(String file) throws URISyntaxException {
        URI uri = file.isEmpty()
                ? Caching.getCachingProvider().getDefaultURI()
                : RegionsTest.class.getResource("/" + file).toURI();
        return Caching.getCachingProvider()
                .getCacheManager(uri, Caching.getCachingProvider().getDefaultClassLoader());
    }

    @ParameterizedTest
    @ValueSource(strings = {"create", "create-warn"})
    void aRegionOfATemplateIsCreatedWithItsSettings(String strategy) throws Exception {
        try (Shop shop = open(strategy, "")) {
            shop.addCountry("DE", "Germany");
            assertEquals("Germany", shop.country("DE"));
            assertEquals(50_000, settings(manager("").getCache(PRODUCT)).get(TieredSetting.NEAR_MAXIMUM_SIZE));
            assertEquals(5_000, settings(manager("").getCache(Caches.QUERIES)).get(TieredSetting.NEAR_MAXIMUM_SIZE));
            assertEquals(Duration.ONE_HOUR, lifetime(manager("").getCache(PRODUCT)));
        }
    }

    @Test
    void aRegionOfATemplateIsMissingIfMissingCachesAreNotCreated() {
        Throwable refused = assertThrows(RuntimeException.class, () -> open("fail", ""));
        Stream<String> messages = Stream.iterate(refused, each -> each != null, Throwable::getCause)
                .map(String::valueOf);
        assertTrue(messages.anyMatch(each -> each.contains("On-the-fly creation")), refused::toString);
    }

    @Test
    void aRegionWithItsOwnSectionExists() throws Exception {
        try (Shop shop = open("fail", "every-region.conf")) {
            shop.addCountry("DE", "Germany");
            assertEquals("Germany", shop.country("DE"));
            CacheManager manager = manager("every-region.conf");
            assertEquals(
                    8,
                    StreamSupport.stream(manager.getCacheNames().spliterator(), false)
                            .count());
            assertEquals(50_000, settings(manager.getCache(PRODUCT)).get(TieredSetting.NEAR_MAXIMUM_SIZE));
            assertEquals(Duration.ONE_DAY, lifetime(manager.getCache(Country.class.getName())));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "every-region.conf"})
    void theTimestampsAreNeverNearAndNeverExpire(String file) throws Exception {
        try (Shop shop = open("create", file)) {
            assertEquals(List.of(), shop.names(Category.BOOK));
            Cache<Object, Object> timestamps = manager(file).getCache(Caches.TIMESTAMPS);
            assertTrue(settings(timestamps).get(TieredSetting.NEAR_TIME_TO_LIVE).isZero());
            assertEquals(Duration.ETERNAL, lifetime(timestamps));
            assertTrue(configuration(timestamps).isReadThrough());
        }
    }

    private static TieredSettings settings(Cache<Object, Object> cache) {
        return configuration(cache).settings();
    }

    private static Duration lifetime(Cache<Object, Object> cache) {
        return configuration(cache).getExpiryPolicyFactory().create().getExpiryForCreation();
    }

    @SuppressWarnings("unchecked")
    private static TieredConfiguration<Object, Object> configuration(Cache<Object, Object> cache) {
        return cache.getConfiguration(TieredConfiguration.class);
    }
}
