package io.github.tieredjcache.integration.codec;

import io.github.tieredjcache.OutagePolicy;
import io.github.tieredjcache.TierStatistics;
import io.github.tieredjcache.TieredConfiguration;
import io.github.tieredjcache.TieredSetting;
import io.github.tieredjcache.internal.codec.Versions;
import io.github.tieredjcache.jcache.TieredCachingProvider;
import java.io.IOException;
import java.net.URI;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import javax.cache.Cache;
import javax.cache.integration.CacheLoader;

/** A node that runs one version of the class {@code Order}, which has a constructor that takes a number. */
final class DeployedNode implements AutoCloseable {
    private final TieredCachingProvider provider = new TieredCachingProvider();
    private final URLClassLoader loader;
    private final Class<?> type;
    private final String redisUri;
    private final AtomicInteger loads = new AtomicInteger();

    DeployedNode(Path folder, String source, String redisUri) throws IOException, ClassNotFoundException {
        this.loader = Versions.load(folder, source);
        this.type = loader.loadClass("Order");
        this.redisUri = redisUri;
    }

    /** The cache of this name as this version has it. */
    Cache<String, Object> cache(String name) {
        return provider.getCacheManager(URI.create("deployed"), loader)
                .createCache(name, settings().build());
    }

    /** The same with a source of {@code Order}s of this version; it is the number in the key. */
    Cache<String, Object> loadingCache(String name) {
        return provider.getCacheManager(URI.create("deployed"), loader)
                .createCache(name, settings().readThrough(() -> new Orders()).build());
    }

    @SuppressWarnings("unchecked")
    private TieredConfiguration.Builder<String, Object> settings() {
        return TieredConfiguration.builder(String.class, (Class<Object>) type)
                .redisUri(redisUri)
                .outagePolicy(OutagePolicy.FAIL)
                // A busy machine is no outage.
                .with(TieredSetting.REDIS_CONNECT_TIMEOUT, Duration.ofSeconds(30))
                .commandTimeout(Duration.ofSeconds(30));
    }

    /** An order of this version. */
    Object order(int number) {
        try {
            return type.getConstructor(int.class).newInstance(number);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    int loads() {
        return loads.get();
    }

    static long undecodable(Cache<String, Object> cache) {
        return cache.unwrap(TierStatistics.class).undecodableValues();
    }

    private final class Orders implements CacheLoader<String, Object> {
        @Override
        public Object load(String key) {
            loads.incrementAndGet();
            return order(Integer.parseInt(key));
        }

        @Override
        public Map<String, Object> loadAll(Iterable<? extends String> keys) {
            Map<String, Object> loaded = new HashMap<>();
            keys.forEach(key -> loaded.put(key, load(key)));
            return loaded;
        }
    }

    @Override
    public void close() throws IOException {
        provider.close();
        loader.close();
    }
}
