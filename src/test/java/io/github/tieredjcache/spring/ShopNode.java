package io.github.tieredjcache.spring;

import io.github.tieredjcache.management.TieredCacheMXBean;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import javax.cache.CacheManager;
import org.springframework.boot.autoconfigure.AutoConfigurationPackage;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

/**
 * A node: an application context with a {@link Shop}, in this process or in one of its own. Then a line with the name of a
 * method and its argument goes in, and a line with the result and the number of queries comes out.
 */
final class ShopNode implements AutoCloseable {
    private final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();

    @EnableCaching
    @AutoConfigurationPackage
    @ImportAutoConfiguration({TieredCacheAutoConfiguration.class, TieredCacheActuatorAutoConfiguration.class})
    static class Application {}

    /** Starts a node whose properties name its Redis. */
    ShopNode(Shop shop, String... properties) {
        TestPropertyValues.of("spring.application.name=shop")
                // A busy machine is no outage.
                .and("tiered-jcache.redis.command-timeout=5s")
                .and(properties)
                .applyTo(context);
        context.register(Application.class);
        context.registerBean(Shop.class, () -> shop);
        context.refresh();
    }

    /** Returns the property that names the Redis. */
    static String redis(String uri) {
        return "tiered-jcache.redis.uri=" + uri;
    }

    Shop shop() {
        return context.getBean(Shop.class);
    }

    <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    TieredCacheMXBean cache(String name) {
        return bean(CacheManager.class).getCache(name).unwrap(TieredCacheMXBean.class);
    }

    @Override
    public void close() {
        context.close();
    }

    /** Runs a node that answers each line of the input; the argument is the URI of Redis. */
    public static void main(String[] arguments) throws IOException {
        Shop below = new Shop();
        try (ShopNode node = new ShopNode(below, redis(arguments[0]));
                BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] words = line.split(" ", -1);
                long id = Long.parseLong(words[1]);
                Shop shop = node.shop();
                String result = result(() -> switch (words[0]) {
                    case "find" -> shop.find(id);
                    case "page" -> shop.page("tea", (int) id);
                    case "price" -> shop.price(id);
                    default -> throw new IllegalArgumentException(words[0]);
                });
                System.out.println(result + ", queries " + below.queries());
            }
        }
    }

    private static String result(Supplier<Object> call) {
        try {
            return String.valueOf(call.get());
        } catch (Shop.UnknownProductException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
