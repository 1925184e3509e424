package io.github.tieredjcache.integration.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.LoadedClasses;
import io.github.tieredjcache.TieredConfiguration;
import io.github.tieredjcache.testkit.RedisServer;
import java.util.List;
import javax.cache.Cache;
import javax.cache.Caching;
import org.junit.jupiter.api.Test;

/** A cache on Redis starts without the classes of what it does not use, a good part of the time of a plain Lettuce. */
class SharedStartIT {
    private static final List<String> UNUSED = List.of(
            "io.lettuce.core.FutureSyncInvocationHandler",
            "io.lettuce.core.AbstractRedisAsyncCommands",
            "io.lettuce.core.AbstractRedisReactiveCommands",
            "io.github.tieredjcache.internal.codec.key.ReadableKeys$Kinds");

    /** Stores and finds a value, in a JVM of its own. */
    public static void main(String[] arguments) {
        Cache<String, String> cache = Caching.getCachingProvider()
                .getCacheManager()
                .createCache(
                        "start",
                        TieredConfiguration.builder(String.class, String.class)
                                .redisUri(arguments[0])
                                .build());
        cache.put("key", "value");
        System.out.println("found " + cache.get("key"));
        Caching.getCachingProvider().close();
    }

    @Test
    void aCacheOnRedisLoadsNoMethodsOfLettuceForCommands() throws Exception {
        try (RedisServer redis = RedisServer.start()) {
            List<String> loaded = LoadedClasses.of(SharedStartIT.class, "found value", redis.uri());
            assertTrue(loaded.contains("io.lettuce.core.StatefulRedisConnectionImpl"));
            assertEquals(
                    List.of(),
                    loaded.stream()
                            .filter(name -> UNUSED.stream().anyMatch(name::startsWith))
                            .toList());
        }
    }
}
