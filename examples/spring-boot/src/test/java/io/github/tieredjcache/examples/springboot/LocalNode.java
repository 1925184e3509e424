package io.github.tieredjcache.examples.springboot;

import java.net.URL;
import java.net.URLClassLoader;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Stream;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.io.DefaultResourceLoader;

/**
 * A node of the shop in this JVM, with a class loader of its own as an application in a container has one. By that it has a JCache
 * provider of its own, and shares nothing with other nodes here but Redis and the database.
 */
final class LocalNode implements AutoCloseable {
    private final ConfigurableApplicationContext context;
    private final Shop shop;

    LocalNode(String... arguments) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        ClassLoader own = new URLClassLoader(new URL[0], before);
        thread.setContextClassLoader(own);
        try {
            context = new SpringApplication(new DefaultResourceLoader(own), ShopApplication.class)
                    .run(Stream.concat(
                                    Arrays.stream(arguments),
                                    Stream.of("--server.port=0", "--spring.main.banner-mode=off"))
                            .toArray(String[]::new));
        } finally {
            thread.setContextClassLoader(before);
        }
        shop = new Shop(
                Integer.parseInt(Objects.requireNonNull(context.getEnvironment().getProperty("local.server.port"))));
    }

    <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    Shop shop() {
        return shop;
    }

    @Override
    public void close() {
        context.close();
    }
}
