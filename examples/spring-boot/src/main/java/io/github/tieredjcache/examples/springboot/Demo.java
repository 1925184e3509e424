package io.github.tieredjcache.examples.springboot;

import io.github.tieredjcache.testkit.RedisServer;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.springframework.boot.SpringBootVersion;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** Starts a Redis and two nodes of the shop in this JVM, calls them, and prints which calls reached the methods. */
public final class Demo {
    private static final int CALLERS = 100;

    private Demo() {}

    /** Runs the demonstration, in about ten seconds. */
    public static void main(String[] arguments) {
        System.out.println("Spring Boot " + SpringBootVersion.getVersion() + ", two nodes, one Redis");
        try (RedisServer redis = RedisServer.startLocal();
                ConfigurableApplicationContext one = start(redis);
                ConfigurableApplicationContext other = start(redis)) {
            run(redis, one.getBean(ProductService.class), other.getBean(ProductService.class));
        }
    }

    private static ConfigurableApplicationContext start(RedisServer redis) {
        return new SpringApplicationBuilder(ShopApplication.class)
                .run(
                        "--tiered-jcache.redis.uri=" + redis.uri(),
                        "--server.port=0",
                        "--spring.main.banner-mode=off",
                        "--logging.level.root=error");
    }

    private static void run(RedisServer redis, ProductService one, ProductService other) {
        IntStream.range(0, CALLERS).parallel().forEach(i -> (i % 2 == 0 ? one : other).find(1));
        System.out.printf("%d callers on both nodes: %d query%n", CALLERS, one.queries() + other.queries());
        one.findReactively(2).block();
        other.findReactively(2).block();
        System.out.printf("a Mono on both nodes: %d query more%n", one.queries() + other.queries() - 1);
        one.save(new Product(3, "Mocha"));
        System.out.printf("saved on node 1, read on node 2: %s%n", other.find(3));
        redis.kill();
        AtomicInteger answers = new AtomicInteger();
        IntStream.rangeClosed(1, CALLERS).forEach(id -> answers.addAndGet(one.find(id) == null ? 0 : 1));
        System.out.printf("Redis is killed: %d of %d calls answered%n", answers.get(), CALLERS);
    }
}
