package com.shop;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.github.tieredjcache.testkit.RedisServer;
import java.io.PrintStream;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import javax.cache.Cache;
import javax.cache.Caching;
import javax.cache.spi.CachingProvider;

/** Shows the code of the README on two nodes that share a Redis, one that it starts. */
final class Main {
    private static final String CACHE = "com.shop.Order";
    private static final int POLL_NANOS = 100_000;

    private final PrintStream out;

    Main(PrintStream out) {
        this.out = out;
    }

    public static void main(String[] arguments) throws Exception {
        new Main(System.out).run();
    }

    /** Prints who answers what; ends by itself. */
    void run() throws Exception {
        try (RedisServer redis = RedisServer.startLocal()) {
            out.println("Redis: " + redis.uri());
            byCode(redis);
            // Where the file names no Redis, because the variable is not set, this does.
            System.setProperty("tiered-jcache.redis.uri", redis.uri());
            byFile(redis);
        } finally {
            System.clearProperty("tiered-jcache.redis.uri");
        }
    }

    private void byCode(RedisServer redis) {
        OrderTable database = new OrderTable();
        List<Order> orders = Shop.useIt(redis.uri(), database);
        out.printf("%n\"orders\", configured by code, after %d query:%n", database.queries());
        orders.forEach(each -> out.println("  " + each));
    }

    /** The cache of the configuration file, which exists when it is asked for. */
    private void byFile(RedisServer redis) throws Exception {
        CachingProvider provider = Caching.getCachingProvider();
        Cache<String, Order> one = provider.getCacheManager().getCache(CACHE, String.class, Order.class);
        // In a program of its own as a rule; here a manager of another name, which shares nothing with the first but
        // Redis.
        Cache<String, Order> two =
                provider.getCacheManager(URI.create("node-2"), null).getCache(CACHE, String.class, Order.class);
        out.printf("%n\"%s\", configured by tiered-jcache.conf:%n", CACHE);
        timed("node 1 reads it: from the database", () -> one.get("1"));
        timed("node 1 reads it: from memory", () -> one.get("1"));
        timed("node 2 reads it: from Redis", () -> two.get("1"));
        timed("node 2 reads it: from memory", () -> two.get("1"));
        Order paid = new Order("1", "customer of 1", 0);
        timed("node 1 writes it", () -> {
            one.put("1", paid);
            return paid;
        });
        timed("node 2 sees it", () -> awaited(two, paid));
        redis.kill();
        out.println("  Redis is gone.");
        timed("node 2 reads it: from memory", () -> two.get("1"));
        timed("node 2 reads another: from the database", () -> two.get("2"));
        provider.close();
        out.printf("  %d queries of the database.%n", OrderTable.DATABASE.queries());
    }

    private static Order awaited(Cache<String, Order> cache, Order awaited) {
        Order seen = cache.get(awaited.id());
        while (!awaited.equals(seen)) {
            LockSupport.parkNanos(POLL_NANOS);
            seen = cache.get(awaited.id());
        }
        return seen;
    }

    private void timed(String what, Callable<Order> call) throws Exception {
        long start = System.nanoTime();
        Order order = call.call();
        double millis = (double) NANOSECONDS.toMicros(System.nanoTime() - start) / MILLISECONDS.toMicros(1);
        out.printf(Locale.ROOT, "  %-42s %9.3f ms  %s%n", what, millis, order);
    }
}
