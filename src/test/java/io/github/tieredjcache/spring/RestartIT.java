package io.github.tieredjcache.spring;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.internal.codec.Versions;
import io.github.tieredjcache.testkit.RedisServer;
import java.net.URLClassLoader;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The application is started again in the same JVM with a new class loader, as Spring Boot's devtools do. */
class RestartIT {
    private static final String APPLICATION = """
            package com.shop;

            import io.github.tieredjcache.spring.*;
            import org.springframework.boot.autoconfigure.*;
            import org.springframework.boot.test.util.TestPropertyValues;
            import org.springframework.cache.annotation.*;
            import org.springframework.context.annotation.*;

            @EnableCaching
            @AutoConfigurationPackage
            @ImportAutoConfiguration(TieredCacheAutoConfiguration.class)
            public class Order {
                public record Book(long id) {}

                public static class Books {
                    private int queries;

                    @Cacheable(cacheNames = "books", sync = true)
                    public Book find(long id) {
                        queries++;
                        return new Book(id);
                    }

                    public int queries() {
                        return queries;
                    }
                }

                @Bean
                public Books books() {
                    return new Books();
                }

                public static String run(String redis) {
                    try (var context = new AnnotationConfigApplicationContext()) {
                        context.setClassLoader(Order.class.getClassLoader());
                        TestPropertyValues.of(redis).applyTo(context);
                        context.register(Order.class);
                        context.refresh();
                        Books books = context.getBean(Books.class);
                        Book book = books.find(1);
                        return book + ", queries " + books.queries();
                    }
                }
            }
            """;

    private final RedisServer redis = RedisServer.startLocal();

    @Test
    void aValueIsReadByTheClassesOfTheNewLoader(@TempDir Path folder) throws Exception {
        try (redis;
                Versions versions = Versions.ofApplications()) {
            assertEquals("Book[id=1], queries 1", start(versions, folder));
            assertEquals("Book[id=1], queries 0", start(versions, folder));
            assertEquals("Book[id=1], queries 0", start(versions, folder));
            // Only the one that asks.
            Crew.until(() ->
                    String.valueOf(redis.command("CLIENT", "LIST")).lines().count() == 1);
        }
    }

    private Object start(Versions versions, Path folder) throws Exception {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try (URLClassLoader loader = versions.deploy(folder, APPLICATION)) {
            thread.setContextClassLoader(loader);
            return loader.loadClass("com.shop.Order")
                    .getMethod("run", String.class)
                    .invoke(null, ShopNode.redis(redis.uri()));
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}
