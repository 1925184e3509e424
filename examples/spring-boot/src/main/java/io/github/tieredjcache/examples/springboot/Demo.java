package io.github.tieredjcache.examples.springboot;

import io.github.tieredjcache.testkit.RedisServer;
import java.util.stream.IntStream;
import org.springframework.boot.SpringBootVersion;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** Starts a Redis and two nodes of the shop in this JVM, and prints which calls reached the methods. */
public final class Demo {
    private static final int CALLERS = 100;

    private Demo() {}

    /** Runs the demonstration, in about ten seconds. */
    public static void main(String[] arguments) {
        try (RedisServer redis = RedisServer.startLocal();
                ConfigurableApplicationContext first = start(redis);
                ConfigurableApplicationContext second = start(redis)) {
            ProductService one = first.getBean(ProductService.class);
            ProductService other = second.getBean(ProductService.class);
            IntStream.range(0, CALLERS).parallel().forEach(i -> (i % 2 == 0 ? one : other).find(1));
            System.out.printf(
                    "Spring Boot %s, %d callers on two nodes: %d query%n",
                    SpringBootVersion.getVersion(), CALLERS, one.queries() + other.queries());
            one.save(new Product(3, "Mocha"));
            System.out.println("saved on node 1, read on node 2: " + other.find(3));
            redis.kill();
            long answered = IntStream.rangeClosed(1, CALLERS)
                    .filter(id -> one.find(id) != null)
                    .count();
            System.out.printf("Redis is killed: %d of %d calls answered%n", answered, CALLERS);
        }
    }

    static ConfigurableApplicationContext start(RedisServer redis) {
        return new SpringApplicationBuilder(ShopApplication.class)
                .run(
                        "--tiered-jcache.redis.uri=" + redis.uri(),
                        "--server.port=0",
                        "--spring.main.banner-mode=off",
                        "--logging.level.root=error");
    }
}
