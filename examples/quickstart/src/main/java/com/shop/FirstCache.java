package com.shop;

import io.github.tieredjcache.TieredConfiguration;
import javax.cache.Cache;
import javax.cache.Caching;
import javax.cache.expiry.CreatedExpiryPolicy;
import javax.cache.expiry.Duration;

class FirstCache {
    public static void main(String[] arguments) {
        var manager = Caching.getCachingProvider().getCacheManager();
        Cache<String, String> capitals = manager.createCache(
                "capitals",
                TieredConfiguration.builder(String.class, String.class)
                        .expiry(CreatedExpiryPolicy.factoryOf(Duration.TEN_MINUTES))
                        .build());
        capitals.put("France", "Paris");
        System.out.println(capitals.get("France"));
        manager.close();
    }
}
