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
 * A node of the shop in this JVM. Cache managers are told apart by class loader and URI, so it has a loader of its own: it shares
 * nothing with other nodes here but Redis and the database.
 */
final class LocalNode implements AutoCloseable {
    private final ConfigurableApplicationContext context;
    private final Shop shop;

    LocalNode(String... arguments) {
        SpringApplication application = new SpringApplication(
                new DefaultResourceLoader(new URLClassLoader(new URL[0], LocalNode.class.getClassLoader())),
                ShopApplication.class);
        context = application.run(Stream.concat(
                        Arrays.stream(arguments), Stream.of("--server.port=0", "--spring.main.banner-mode=off"))
                .toArray(String[]::new));
        shop = new Shop(Integer.parseInt(
                Objects.requireNonNull(context.getEnvironment().getProperty("local.server.port"))));
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
