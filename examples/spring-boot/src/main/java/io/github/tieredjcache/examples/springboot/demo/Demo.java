package io.github.tieredjcache.examples.springboot.demo;

import io.github.tieredjcache.testkit.RedisServer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.springframework.boot.SpringBootVersion;

/** Starts a Redis and two nodes of the shop, calls them, and prints what came from where. */
public final class Demo {
    private static final String REDIS_URI = "tiered-jcache.redis.uri";
    private static final int CALLERS = 100;
    private static final int PRODUCTS = 100;
    private static final int ROUNDS = 3;

    private Demo() {}

    /** Runs the demonstration, in about 20 seconds. */
    public static void main(String[] arguments) throws Exception {
        System.out.println("Spring Boot " + SpringBootVersion.getVersion() + ", spring.cache.type=jcache, one Redis");
        try (RedisServer redis = RedisServer.startLocal()) {
            System.setProperty(REDIS_URI, redis.uri());
            try (ShopNode one = new ShopNode();
                    ShopNode two = new ShopNode()) {
                run(redis, one, two);
            }
        }
    }

    private static void run(RedisServer redis, ShopNode one, ShopNode two) throws Exception {
        int failures = crowd(one, two);
        System.out.printf(
                "CROWD: %d callers on both nodes ask for one product at once (@Cacheable, sync = true): %d query, %d failures%n",
                CALLERS, one.queries() + two.queries(), failures);

        one.get("/products?category=tea&page=0");
        one.get("/prices/2/EUR");
        long before = one.queries() + two.queries();
        two.get("/products?category=tea&page=0");
        two.get("/prices/2/EUR");
        System.out.printf(
                "SHARED: node 2 asks for the page and the price (@CacheResult) that node 1 has: %d queries%n",
                one.queries() + two.queries() - before);

        one.put("/products", "{\"id\":7,\"category\":\"coffee\",\"name\":\"Mocha\",\"cents\":450}");
        before = two.queries();
        String there = two.get("/products/7");
        System.out.printf(
                "SAVED: node 1 has saved a product (@CachePut), node 2 reads %s: %d queries%n",
                there, two.queries() - before);

        readAll(one, two);
        System.out.printf("READS of %d products, %d times on each node%n", PRODUCTS, ROUNDS);
        System.out.printf("  %-18s%8s%8s%n", "", "node 1", "node 2");
        System.out.printf("  %-18s%,8d%,8d%n", "near (memory)", one.hits("near"), two.hits("near"));
        System.out.printf("  %-18s%,8d%,8d%n", "remote (Redis)", one.hits("remote"), two.hits("remote"));
        System.out.printf("  %-18s%,8d%,8d%n", "source (H2)", one.queries(), two.queries());

        redis.kill();
        System.out.printf(
                "OUTAGE: Redis is killed: %d of %d requests failed", readAll(one, two), 2 * ROUNDS * PRODUCTS);
        redis.restart();
        System.out.printf("; it is back: %d%n", readAll(one, two));
    }

    private static int crowd(ShopNode... nodes) throws Exception {
        ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
        try {
            List<Future<String>> answers = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                ShopNode node = nodes[i % nodes.length];
                answers.add(callers.submit(() -> node.get("/products/1")));
            }
            int failures = 0;
            for (Future<String> answer : answers) {
                failures += answer.get().isEmpty() ? 1 : 0;
            }
            return failures;
        } finally {
            callers.shutdownNow();
        }
    }

    /** Reads each product some times on each node, and returns how many requests failed. */
    private static int readAll(ShopNode... nodes) throws Exception {
        int failures = 0;
        for (int round = 0; round < ROUNDS; round++) {
            for (int id = 1; id <= PRODUCTS; id++) {
                for (ShopNode node : nodes) {
                    failures += node.get("/products/" + id).isEmpty() ? 1 : 0;
                }
            }
        }
        return failures;
    }
}
