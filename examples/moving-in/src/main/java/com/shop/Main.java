package com.shop;

import io.github.tieredjcache.TieredConfiguration;
import io.github.tieredjcache.testkit.RedisServer;
import java.io.PrintStream;
import java.net.URI;
import java.util.List;
import javax.cache.Cache;
import javax.cache.CacheManager;
import javax.cache.Caching;
import javax.cache.expiry.Duration;
import javax.cache.expiry.ExpiryPolicy;
import javax.cache.spi.CachingProvider;

/** Opens the caches of each file and shows what holds. */
final class Main {
    /** The providers that applications come from. */
    static final List<String> PEERS = List.of("caffeine", "ehcache", "redisson", "jetcache");

    private Main() {}

    public static void main(String[] arguments) {
        run(System.out);
    }

    /** Prints the settings of each cache, and what it answers; ends by itself. */
    static void run(PrintStream out) {
        try (RedisServer redis = RedisServer.startLocal();
                CachingProvider provider = Caching.getCachingProvider()) {
            System.setProperty("tiered-jcache.redis.uri", redis.uri());
            for (String peer : PEERS) {
                CacheManager manager =
                        provider.getCacheManager(URI.create("from-" + peer + ".conf"), Main.class.getClassLoader());
                out.println("from " + peer + ":");
                for (String name : List.of("orders", "shop-orders")) {
                    Cache<String, Order> cache = manager.getCache(name, String.class, Order.class);
                    if (cache != null) {
                        show(cache, out);
                    }
                }
            }
        } finally {
            System.clearProperty("tiered-jcache.redis.uri");
        }
    }

    @SuppressWarnings("unchecked")
    private static void show(Cache<String, Order> cache, PrintStream out) {
        TieredConfiguration<String, Order> configuration = cache.getConfiguration(TieredConfiguration.class);
        cache.put("1", new Order("1", 100));
        out.println("  " + cache.getName() + ": " + cache.get("1") + ", " + cache.get("4711"));
        configuration.settings().describe().forEach((name, value) -> {
            if (name.startsWith("near.m") || name.startsWith("near.t") || name.startsWith("load.refresh")) {
                out.println("    " + name + " = " + value);
            }
        });
        ExpiryPolicy expiry = configuration.getExpiryPolicyFactory().create();
        Duration lifetime = expiry.getExpiryForCreation();
        out.println("    " + expiry.getClass().getSimpleName() + ": " + lifetime.getDurationAmount() + " "
                + lifetime.getTimeUnit());
    }
}
