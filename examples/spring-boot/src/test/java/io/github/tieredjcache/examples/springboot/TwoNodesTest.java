package io.github.tieredjcache.examples.springboot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.testkit.RedisServer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.web.client.RestTemplate;

/** Two application contexts, each a node of the shop, and a real Redis. */
class TwoNodesTest {
    private final RedisServer redis = RedisServer.startLocal();
    private final ConfigurableApplicationContext first = Demo.start(redis);
    private final ConfigurableApplicationContext second = Demo.start(redis);
    private final ProductService one = first.getBean(ProductService.class);
    private final ProductService other = second.getBean(ProductService.class);

    @AfterEach
    void close() {
        first.close();
        second.close();
        redis.close();
    }

    private static Product product(long id) {
        return new Product(id, "Product " + id);
    }

    @Test
    void manyCallersOnBothNodesRunAMethodOnce() {
        IntStream.range(0, 100).parallel().forEach(i -> assertEquals(product(1), (i % 2 == 0 ? one : other).find(1)));
        assertEquals(1, one.queries() + other.queries());
    }

    @Test
    void aFutureIsCachedForBothNodes() {
        assertEquals(product(1), one.findAsynchronously(1).join());
        assertEquals(product(1), other.findAsynchronously(1).join());
        assertEquals(1, one.queries() + other.queries());
    }

    @Test
    void theOtherNodeReadsAChange() {
        one.save(new Product(1, "Mocha"));
        assertEquals(new Product(1, "Mocha"), other.find(1));
    }

    @Test
    void anOutageOfRedisFailsNoCall() {
        one.find(1);
        redis.kill();
        assertEquals(product(1), one.find(1));
        assertEquals(product(2), one.find(2));
        one.save(new Product(1, "Mocha"));
        assertEquals(new Product(1, "Mocha"), one.find(1));
        assertTrue(actuator("health").contains("the cache continues with memory and source"), actuator("health"));
    }

    @Test
    void theActuatorHasHealthMetersAndTheTiersOfAKey() {
        one.find(1);
        one.find(1);
        assertTrue(actuator("health").contains("\"products\":\"Redis at"), actuator("health"));
        assertTrue(actuator("metrics/tiered.cache.near.hits").contains("\"value\":1.0"));
        assertTrue(actuator("tieredjcache/products/1").contains("\"near\":\"present\""));
    }

    private String actuator(String path) {
        String port = first.getEnvironment().getProperty("local.server.port");
        return String.valueOf(
                new RestTemplate().getForObject("http://127.0.0.1:" + port + "/actuator/" + path, String.class));
    }
}
