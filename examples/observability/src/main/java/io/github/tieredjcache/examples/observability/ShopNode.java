package io.github.tieredjcache.examples.observability;

import io.github.tieredjcache.TieredConfiguration;
import io.github.tieredjcache.TieredSetting;
import io.github.tieredjcache.jcache.TieredCachingProvider;
import io.github.tieredjcache.micrometer.TieredCacheMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.URI;
import javax.cache.Cache;
import javax.cache.CacheManager;
import javax.cache.expiry.CreatedExpiryPolicy;
import javax.cache.expiry.Duration;

/**
 * One node of the shop: a cache of orders, and its numbers on {@code /metrics}.
 *
 * <p>In one JVM with the other node, it has a provider of its own, so that they share nothing but Redis.
 */
final class ShopNode implements AutoCloseable {
    static final String CACHE = "orders";
    private static final long NEAR_BYTES = 1 << 20;

    private final TieredCachingProvider provider = new TieredCachingProvider();
    private final MetricsEndpoint endpoint;
    private final Cache<String, Order> orders;

    /**
     * Opens the cache and serves its numbers.
     *
     * @param name of the node
     * @param redisUri of the Redis that the nodes share
     * @param port of {@code /metrics}; 0 for a free one
     */
    ShopNode(String name, String redisUri, int port) throws IOException {
        CacheManager manager =
                provider.getCacheManager(URI.create(name), getClass().getClassLoader());
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        TieredCacheMetrics.monitor(registry, manager);
        endpoint = new MetricsEndpoint(registry, port);
        orders = manager.createCache(
                CACHE,
                TieredConfiguration.builder(String.class, Order.class)
                        .redisUri(redisUri)
                        .with(TieredSetting.NODE_NAME, name)
                        .nearMaximumWeight(NEAR_BYTES)
                        .expiry(CreatedExpiryPolicy.factoryOf(Duration.ONE_MINUTE))
                        .readThrough(OrderTable::new)
                        .statistics(true)
                        .build());
    }

    Cache<String, Order> orders() {
        return orders;
    }

    /** Where Prometheus finds it, as {@code 127.0.0.1:9101}. */
    String address() {
        return endpoint.address();
    }

    @Override
    public void close() {
        endpoint.close();
        provider.close();
    }
}
