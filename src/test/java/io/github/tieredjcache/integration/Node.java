package io.github.tieredjcache.integration;

import io.github.tieredjcache.OutagePolicy;
import io.github.tieredjcache.TieredConfiguration;
import io.github.tieredjcache.TieredSetting;
import io.github.tieredjcache.internal.support.NanoClock;
import io.github.tieredjcache.jcache.ClockedManager;
import io.github.tieredjcache.jcache.TieredCachingProvider;
import io.github.tieredjcache.testkit.RedisServer;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import javax.cache.Cache;
import javax.cache.CacheManager;

/**
 * One node: a provider of its own, so that it shares nothing with other nodes but Redis. Its manager has a URI of its own, too: the
 * names of MBeans contain it, and all nodes of a JVM have one MBean server.
 */
public final class Node implements AutoCloseable {
    /** Longer than a test waits for anything. */
    public static final Duration PATIENCE = Duration.ofMinutes(5);

    private static final Duration CONNECT_PATIENCE = Duration.ofSeconds(20);

    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private final TieredCachingProvider provider = new TieredCachingProvider();
    private final CacheManager manager;
    private final String redisUri;

    public Node(RedisServer redis) {
        this(redis.uri());
    }

    /** A node that reaches its Redis at a place of its own, through a proxy for instance. */
    public Node(String redisUri) {
        this.redisUri = redisUri;
        this.manager = provider.getCacheManager(
                URI.create("node-" + NUMBERS.incrementAndGet()), provider.getDefaultClassLoader());
    }

    /** A node with a clock of the test's choice. */
    public Node(RedisServer redis, NanoClock clock) {
        this.redisUri = redis.uri();
        this.manager = ClockedManager.on(clock);
    }

    public <K, V> Cache<K, V> cache(
            String name,
            Class<K> keyType,
            Class<V> valueType,
            UnaryOperator<TieredConfiguration.Builder<K, V>> settings) {
        var builder = TieredConfiguration.builder(keyType, valueType)
                .redisUri(redisUri)
                // With this policy no failure is hidden by a node that continues without Redis.
                .outagePolicy(OutagePolicy.FAIL)
                // A busy machine is no outage, and what a test does not let end does not end because the test was
                // paused.
                .commandTimeout(PATIENCE)
                // Sentinels that do not answer are waited for as long.
                .with(TieredSetting.REDIS_CONNECT_TIMEOUT, CONNECT_PATIENCE)
                .stalenessBound(PATIENCE)
                .with(TieredSetting.WRITE_LEASE, PATIENCE)
                .with(TieredSetting.WRITE_WAIT, PATIENCE)
                .with(TieredSetting.LOAD_LEASE, PATIENCE)
                .with(TieredSetting.LOAD_WAIT, PATIENCE);
        return manager.createCache(name, settings.apply(builder).build());
    }

    public Cache<String, String> strings(String name) {
        return cache(name, String.class, String.class, builder -> builder);
    }

    /** A cache of another manager of the same provider: it shares the connection to Redis, and nothing else. */
    public Cache<String, String> stringsOfAnotherManager(String name) {
        return provider.getCacheManager(URI.create("another"), getClass().getClassLoader())
                .createCache(
                        name,
                        TieredConfiguration.builder(String.class, String.class)
                                .redisUri(redisUri)
                                .build());
    }

    public CacheManager manager() {
        return manager;
    }

    @Override
    public void close() {
        manager.close();
        provider.close();
    }
}
