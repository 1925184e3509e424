package com.shop;

import io.github.tieredjcache.TieredConfiguration;
import java.util.List;
import javax.cache.Cache;
import javax.cache.CacheManager;
import javax.cache.Caching;
import javax.cache.expiry.CreatedExpiryPolicy;
import javax.cache.expiry.Duration;

/** What an application with one cache would have. */
final class Shop {
    private Shop() {}

    /** Opens the cache and uses it; returns the order as it was and as it is. */
    static List<Order> useIt(String redisUri, OrderTable database) {
        CacheManager manager = Caching.getCachingProvider().getCacheManager();
        Cache<String, Order> orders = manager.createCache(
                "orders",
                TieredConfiguration.builder(String.class, Order.class)
                        .redisUri(redisUri) // such as redis://localhost:6379; leave it out for a cache in memory only
                        .expiry(CreatedExpiryPolicy.factoryOf(Duration.TEN_MINUTES))
                        .readThrough(() -> new OrderLoader(database)) // your CacheLoader
                        .build());

        Order order = orders.get("4711"); // memory, else Redis, else the loader: one load in the cluster
        orders.invoke("4711", (entry, arguments) -> { // runs once, and nobody else changes the entry meanwhile
            entry.setValue(entry.getValue().raisedBy(100));
            return null;
        });
        return List.of(order, orders.get("4711"));
    }
}
