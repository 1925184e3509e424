package io.github.tieredjcache.spring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.github.tieredjcache.TieredSettings;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

/** The Redis of Spring Boot's properties as a URI. */
class RedisLoginTest {
    private static @Nullable String uri(Map<String, Object> properties) {
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new MapPropertySource("test", properties));
        String uri = RedisLogin.uri(environment);
        // Throws if the library does not accept it.
        TieredSettings.from(name -> name.equals("redis.uri") ? uri : null, "the test");
        return uri;
    }

    @Test
    void noPropertyIsNoRedis() {
        assertNull(uri(Map.of("spring.data.redis.password", "secret")));
    }

    @Test
    void aUrlIsTakenAsItIs() {
        assertEquals("rediss://a:b@host:1/2", uri(Map.of("spring.data.redis.url", "rediss://a:b@host:1/2")));
    }

    @Test
    void anEmptyValueIsNone() {
        assertEquals("redis://one:6379/0", uri(Map.of("spring.data.redis.url", "", "spring.data.redis.host", "one")));
        assertEquals(
                "redis-sentinel://one:26379/0#main",
                uri(Map.of(
                        "spring.data.redis.sentinel.master", "main",
                        "spring.data.redis.sentinel.nodes", "one:26379",
                        "spring.data.redis.sentinel.password", "",
                        "spring.data.redis.password", "")));
    }

    @Test
    void hostOrPortSuffices() {
        assertEquals("redis://one:6379/0", uri(Map.of("spring.data.redis.host", "one")));
        assertEquals("redis://localhost:7000/0", uri(Map.of("spring.data.redis.port", "7000")));
        assertEquals("redis://[::1]:6379/0", uri(Map.of("spring.data.redis.host", "::1")));
    }

    @Test
    void aLoginIsEncoded() {
        assertEquals(
                "rediss://us%40er:p%2Fa%3As%20s%2B@one:6379/3",
                uri(Map.of(
                        "spring.data.redis.host", "one",
                        "spring.data.redis.username", "us@er",
                        "spring.data.redis.password", "p/a:s s+",
                        "spring.data.redis.database", "3",
                        "spring.data.redis.ssl.enabled", "true")));
        assertEquals(
                "redis://:secret@one:6379/0",
                uri(Map.of("spring.data.redis.host", "one", "spring.data.redis.password", "secret")));
    }

    @Test
    void sentinelsAreNamed() {
        assertEquals(
                "redis-sentinel://:secret@one:26379,two:26379/0?sentinelPassword=s%23#main",
                uri(Map.of(
                        "spring.data.redis.sentinel.master", "main",
                        "spring.data.redis.sentinel.nodes", "one:26379,two:26379",
                        "spring.data.redis.sentinel.password", "s#",
                        "spring.data.redis.password", "secret")));
    }

    @Test
    void aClusterIsNamed() {
        assertEquals(
                "redis-cluster://one:6379,two:6379",
                uri(Map.of("spring.data.redis.cluster.nodes", List.of("one:6379", "two:6379"))));
    }

    @Test
    void thePasswordIsNotShown() {
        assertFalse(new RedisLogin("user", "secret", false).toString().contains("secret"));
    }
}
