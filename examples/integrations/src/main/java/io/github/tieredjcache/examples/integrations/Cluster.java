package io.github.tieredjcache.examples.integrations;

import io.github.tieredjcache.testkit.RedisServer;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Properties;
import javax.cache.CacheManager;
import javax.cache.Caching;
import javax.cache.spi.CachingProvider;

/** A Redis that keeps its data on disk, and nodes: managers with a memory each, as those of different machines have. */
public final class Cluster implements AutoCloseable {
    private final RedisServer redis = RedisServer.startLocal("--appendonly", "yes", "--appendfsync", "always");
    private final CachingProvider provider = Caching.getCachingProvider();

    /** Returns the Redis of all nodes. */
    public RedisServer redis() {
        return redis;
    }

    /**
     * Adds a node.
     *
     * @param file what configures it
     * @param settings what goes before the file, as {@code outage.policy=local}
     */
    public CacheManager node(String file, String... settings) {
        Properties properties = new Properties();
        properties.setProperty("tiered-jcache.redis.uri", redis.uri());
        for (String setting : settings) {
            String[] parts = setting.split("=", 2);
            properties.setProperty("tiered-jcache." + parts[0], parts[1]);
        }
        // A manager is known by its URI and its class loader: with a loader of its own it is another one.
        ClassLoader loader = new URLClassLoader(new URL[0], getClass().getClassLoader());
        return provider.getCacheManager(URI.create("classpath:" + file), loader, properties);
    }

    @Override
    public void close() {
        provider.close();
        redis.close();
    }
}
