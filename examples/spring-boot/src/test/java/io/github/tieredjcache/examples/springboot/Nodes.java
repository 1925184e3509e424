package io.github.tieredjcache.examples.springboot;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.tieredjcache.testkit.RedisServer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** A Redis and the nodes that use it. Each node is an application context of this JVM. */
final class Nodes implements AutoCloseable {
    private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(3);
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    final RedisServer redis = RedisServer.startLocal();
    private final Deque<ConfigurableApplicationContext> contexts = new ArrayDeque<>();

    ConfigurableApplicationContext start(String... arguments) {
        ConfigurableApplicationContext context = new SpringApplicationBuilder(ShopApplication.class)
                .run(Stream.concat(
                                Stream.of(
                                        "--tiered-jcache.redis.uri=" + redis.uri(),
                                        "--server.port=0",
                                        "--spring.main.banner-mode=off"),
                                Stream.of(arguments))
                        .toArray(String[]::new));
        contexts.push(context);
        return context;
    }

    /** Waits until an answer is the expected one, for three minutes at most. */
    static <T> void await(T expected, Supplier<T> question) {
        long startNanos = System.nanoTime();
        while (!expected.equals(question.get()) && System.nanoTime() - startNanos < PATIENCE_NANOS) {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        assertEquals(expected, question.get());
    }

    /** The number of connections to Redis, without the one that asks. */
    long connections() {
        return String.valueOf(redis.command("CLIENT", "LIST")).lines().count() - 1;
    }

    @Override
    public void close() {
        contexts.forEach(ConfigurableApplicationContext::close);
        redis.close();
    }
}
