package io.github.tieredjcache.examples.springboot;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.tieredjcache.examples.springboot.Shop.Answer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A shop whose Redis goes and comes back, and one that starts without it: no customer sees an error. */
class OutageTest {
    private static final Answer OLD =
            new Answer(200, "{\"id\":1,\"category\":\"coffee\",\"name\":\"Product 1\",\"cents\":100}");
    private static final String MOCHA = "{\"id\":1,\"category\":\"coffee\",\"name\":\"Mocha\",\"cents\":7}";
    private static final Answer NEW = new Answer(200, MOCHA);

    private Site site;

    @BeforeEach
    void start() throws Exception {
        site = new Site();
    }

    @AfterEach
    void end() {
        site.close();
    }

    private static double away(Shop shop) {
        return shop.meter("tiered.cache.remote.unavailable", "cache:products");
    }

    @Test
    void aShopWithoutItsRedisAnswersAndIsCoherentWhenItIsBack() {
        try (LocalNode one = new LocalNode(site.database());
                LocalNode other = new LocalNode(site.database())) {
            Shop here = one.shop();
            Shop there = other.shop();
            assertEquals(OLD, here.get("/products/1"));
            assertEquals(OLD, there.get("/products/1"));

            site.redis().kill();
            assertEquals(OLD, here.get("/products/1"));
            assertEquals(200, here.get("/products/2").status());
            assertEquals(404, here.get("/products/5000").status());
            assertEquals(200, here.get("/products?category=tea&page=1").status());
            assertEquals(200, here.get("/prices/1/EUR").status());
            assertEquals(404, here.get("/prices/5000/EUR").status());
            assertEquals(NEW, here.put("/products", MOCHA));
            assertEquals(NEW, here.get("/products/1"));
            // The other node cannot know: it may have the last that it knew, for five minutes at most.
            assertEquals(200, there.get("/products/1").status());

            site.redis().restart();
            Patience.await(0.0, () -> away(here) + away(there));
            Patience.await(NEW, () -> there.get("/products/1"));
            assertEquals(NEW, here.get("/products/1"));
            there.put("/products", MOCHA.replace("Mocha", "Latte"));
            Patience.await(new Answer(200, MOCHA.replace("Mocha", "Latte")), () -> here.get("/products/1"));
        }
    }

    @Test
    void aShopStartsWithoutItsRedis() {
        site.redis().kill();
        try (LocalNode one = new LocalNode(site.database());
                LocalNode other = new LocalNode(site.database())) {
            Shop here = one.shop();
            Shop there = other.shop();
            assertEquals(1.0, away(here));
            assertEquals(OLD, here.get("/products/1"));
            assertEquals(OLD, here.get("/products/1"));
            assertEquals(1, here.reads());

            site.redis().restart();
            Patience.await(0.0, () -> away(here) + away(there));
            assertEquals(OLD, there.get("/products/1"));
            assertEquals(NEW, here.put("/products", MOCHA));
            Patience.await(NEW, () -> there.get("/products/1"));
        }
    }
}
