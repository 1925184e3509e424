package io.github.tieredjcache.spring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.integration.ChildProcess;
import io.github.tieredjcache.testkit.RedisServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.Test;

/** Two nodes of an application, each in a JVM of its own: each reads what the other has stored. */
class TwoProcessesIT {

    @Test
    void eachJvmReadsWhatTheOtherHasStored() throws Exception {
        Shop below = new Shop();
        try (RedisServer redis = RedisServer.startLocal();
                ChildProcess other = new ChildProcess(ShopNode.class, redis.uri());
                ShopNode node = new ShopNode(below, ShopNode.redis(redis.uri()))) {
            Shop here = node.shop();
            assertEquals(Shop.product(1), here.find(1));
            assertEquals(null, here.find(5000));
            assertEquals(3, here.page("tea", 3).size());
            assertEquals("1 EUR", here.price(1));
            assertThrows(Shop.UnknownProductException.class, () -> here.price(5001));
            assertEquals(5, below.queries());

            assertEquals("Product[id=1, name=Product 1], queries 0", answer(other, "find 1"));
            assertEquals("null, queries 0", answer(other, "find 5000"));
            assertEquals(here.page("tea", 3) + ", queries 0", answer(other, "page 3"));
            assertEquals("1 EUR, queries 0", answer(other, "price 1"));
            assertEquals("there is no product 5001, queries 0", answer(other, "price 5001"));

            assertEquals("Product[id=2, name=Product 2], queries 1", answer(other, "find 2"));
            assertEquals("there is no product 5002, queries 2", answer(other, "price 5002"));
            assertEquals(Shop.product(2), here.find(2));
            assertEquals(
                    "there is no product 5002",
                    assertThrows(Shop.UnknownProductException.class, () -> here.price(5002))
                            .getMessage());
            assertEquals(5, below.queries());

            here.save(new Shop.Product(1, "Mocha"));
            Crew.until(() -> answer(other, "find 1").startsWith("Product[id=1, name=Mocha], queries 2"));
        }
    }

    private static String answer(ChildProcess other, String line) {
        try {
            other.send(line);
            return other.receive();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
