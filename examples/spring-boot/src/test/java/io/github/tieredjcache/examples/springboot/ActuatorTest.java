package io.github.tieredjcache.examples.springboot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/** Health, meters and the endpoint over HTTP; and an outage of Redis. */
class ActuatorTest {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private Nodes nodes;
    private ConfigurableApplicationContext context;
    private ProductService shop;

    @BeforeEach
    void start() {
        nodes = new Nodes();
        context = nodes.start();
        shop = context.getBean(ProductService.class);
    }

    @AfterEach
    void end() {
        nodes.close();
    }

    private String call(String method, String path) {
        String port = context.getEnvironment().getProperty("local.server.port");
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/actuator/" + path))
                .method(method, BodyPublishers.noBody())
                .build();
        try {
            var response = CLIENT.send(request, BodyHandlers.ofString());
            return response.statusCode() + " " + response.body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private void assertMeter(double expected, String name, String... tags) {
        StringBuilder query = new StringBuilder("?tag=cache:products");
        for (String tag : tags) {
            query.append("&tag=").append(tag);
        }
        String body = call("GET", "metrics/" + name + query);
        assertTrue(body.contains("\"value\":" + expected), name + ": " + body);
    }

    @Test
    void metersCountByTier() {
        shop.find(1);
        shop.find(1);
        shop.find(1);
        assertMeter(1, "cache.gets", "result:miss");
        assertMeter(2, "cache.gets", "result:hit");
        assertMeter(2, "tiered.cache.near.hits");
    }

    @Test
    void theEndpointExplainsAKey() {
        shop.find(1);
        assertTrue(call("GET", "tieredjcache").contains("\"products\""));
        String explained = call("GET", "tieredjcache/products/1");
        assertTrue(explained.startsWith("200") && explained.contains("\"near\":\"present\""), explained);
        assertTrue(call("GET", "tieredjcache/none/1").startsWith("404"));
    }

    @Test
    void theActuatorEmptiesACache() {
        shop.find(1);
        assertTrue(call("DELETE", "caches/products").startsWith("204"));
        shop.find(1);
        assertEquals(2, shop.queries());
    }

    @Test
    void anOutageOfRedisFailsNoCall() {
        shop.find(1);
        assertTrue(call("GET", "health").contains("\"products\":\"Redis at"), call("GET", "health"));
        nodes.redis.kill();
        assertEquals(new Product(1, "Product 1"), shop.find(1));
        assertEquals(new Product(2, "Product 2"), shop.find(2));
        shop.save(new Product(1, "Mocha"));
        assertEquals(new Product(1, "Mocha"), shop.find(1));
        String health = call("GET", "health");
        assertTrue(health.startsWith("200") && health.contains("the cache continues with memory and source"), health);
        nodes.redis.restart();
        Nodes.await(false, () -> call("GET", "health").contains("unavailable"));
    }

    @Test
    void aNodeStartsWithoutRedis() {
        nodes.redis.kill();
        ProductService late = nodes.start("--tiered-jcache.health.without-redis=out-of-service")
                .getBean(ProductService.class);
        late.find(1);
        late.find(1);
        assertEquals(1, late.queries());
        nodes.redis.restart();
    }
}
