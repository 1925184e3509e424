package io.github.tieredjcache.spring;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** Properties of Spring become the sections of a configuration file. */
class EnvironmentSectionsTest {
    private final StandardEnvironment environment = new StandardEnvironment();

    private void set(Map<String, Object> properties) {
        String name = "test-" + environment.getPropertySources().size();
        environment.getPropertySources().addFirst(new MapPropertySource(name, properties));
    }

    private Object defaults() {
        return EnvironmentSections.read(environment).get("defaults");
    }

    private Object caches() {
        return EnvironmentSections.read(environment).get("caches");
    }

    @Test
    void nothingIsSetInAnEmptyEnvironment() {
        assertEquals(Map.of("defaults", Map.of(), "caches", Map.of()), EnvironmentSections.read(environment));
    }

    @Test
    void aSettingIsADefaultOfAllCaches() {
        set(Map.of("tiered-jcache.near.maximum-size", 500, "tiered-jcache.expiry.created", "10m"));
        assertEquals(Map.of("near.maximum-size", "500", "expiry.created", "10m"), defaults());
    }

    @Test
    void relaxedNamesAreTheSameSetting() {
        set(Map.of("tiered-jcache.near.maximumSize", "500", "tiered-jcache.storeByValue", "false"));
        assertEquals(Map.of("near.maximum-size", "500", "store-by-value", false), defaults());
    }

    @Test
    void anEnvironmentVariableOverridesAProperty() {
        set(Map.of("tiered-jcache.redis.command-timeout", "1s"));
        environment
                .getPropertySources()
                .addFirst(new SystemEnvironmentPropertySource(
                        "systemEnvironment", Map.of("TIERED_JCACHE_REDIS_COMMAND_TIMEOUT", "2s")));
        assertEquals(Map.of("redis.command-timeout", "2s"), defaults());
    }

    @Test
    void placeholdersAreReplaced() {
        set(Map.of("tiered-jcache.redis.uri", "redis://${host}", "host", "one"));
        assertEquals(Map.of("redis.uri", "redis://one"), defaults());
    }

    @Test
    void theElementsOfAListAreInOrder() {
        set(Map.of(
                "tiered-jcache.codec.allowed[0]", "com.shop.*",
                "tiered-jcache.codec.allowed[1]", "com.lib.*",
                "tiered-jcache.caches.books.codec.allowed[0]", "com.book.*"));
        assertEquals(Map.of("codec.allowed", List.of("com.shop.*", "com.lib.*")), defaults());
        assertEquals(Map.of("books", Map.of("codec.allowed", List.of("com.book.*"))), caches());
    }

    @Test
    void aListReplacesTheOneOfALowerSource() {
        set(Map.of(
                "tiered-jcache.codec.allowed[0]", "com.a.*",
                "tiered-jcache.codec.allowed[1]", "com.b.*",
                "tiered-jcache.caches.priceList.codec.hmacKeys", "one,two",
                "tiered-jcache.caches[com.shop.*].codec.allowed[0]", "com.a.*",
                "tiered-jcache.caches[com.shop.*].codec.allowed[1]", "com.b.*"));
        set(Map.of(
                "tiered-jcache.codec.allowed[0]", "com.c.*",
                "tiered-jcache.caches.priceList.codec.hmacKeys[0]", "three",
                "tiered-jcache.caches[com.shop.*].codec.allowed[0]", "com.c.*"));
        assertEquals(Map.of("codec.allowed", List.of("com.c.*")), defaults());
        assertEquals(
                Map.of(
                        "priceList", Map.of("codec.hmac-keys", List.of("three")),
                        "com.shop.*", Map.of("codec.allowed", List.of("com.c.*"))),
                caches());
    }

    @Test
    void aListReplacesATextOfALowerSource() {
        set(Map.of("tiered-jcache.codec.allowed", "com.a.*,com.b.*"));
        set(Map.of("tiered-jcache.codec.allowed[0]", "com.c.*"));
        assertEquals(Map.of("codec.allowed", List.of("com.c.*")), defaults());
        set(Map.of("tiered-jcache.codec.allowed", "com.d.*, com.e.*"));
        assertEquals(Map.of("codec.allowed", List.of("com.d.*", "com.e.*")), defaults());
    }

    @Test
    void anElementOfAListMayBeAnEnvironmentVariable() {
        environment
                .getPropertySources()
                .addFirst(new SystemEnvironmentPropertySource(
                        "systemEnvironment", Map.of("TIEREDJCACHE_CODEC_ALLOWED_0", "com.a.*")));
        assertEquals(Map.of("codec.allowed", List.of("com.a.*")), defaults());
    }

    @Test
    void aCacheHasASectionOfItsOwn() {
        set(Map.of(
                "tiered-jcache.caches.price-failures.expiry.created", "1m",
                "tiered-jcache.caches.priceList.near.maximum-size", "5",
                "tiered-jcache.caches[com.shop.*].statistics", "true"));
        assertEquals(
                Map.of(
                        "price-failures", Map.of("expiry.created", "1m"),
                        "priceList", Map.of("near.maximum-size", "5"),
                        "com.shop.*", Map.of("statistics", true)),
                caches());
        assertEquals(Map.of(), defaults());
    }

    @Test
    void propertiesThatAreNoSettingsOfACacheAreLeftOut() {
        set(Map.of("tiered-jcache.config", "other.conf", "tiered-jcache.health.without-redis", "down"));
        assertEquals(Map.of(), defaults());
    }

    @Test
    void anUnknownNameIsKeptForTheMessage() {
        set(Map.of("tiered-jcache.near.maximum-sise", "5"));
        assertEquals(Map.of("near.maximum-sise", "5"), defaults());
    }

    @Test
    void anUnknownNameInTheSystemIsNoSetting() {
        environment
                .getPropertySources()
                .replace(
                        "systemProperties",
                        new MapPropertySource(
                                "systemProperties",
                                Map.of("tiered-jcache.version", "1", "tiered-jcache.expiry.created", "10m")));
        environment
                .getPropertySources()
                .replace(
                        "systemEnvironment",
                        new SystemEnvironmentPropertySource("systemEnvironment", Map.of("TIERED_JCACHE_HOME", "/")));
        assertEquals(Map.of("expiry.created", "10m"), defaults());
    }
}
