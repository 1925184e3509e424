package io.github.tieredjcache.examples.springboot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the actuator shows of the caches, and that it empties them. */
class ActuatorTest {
    private Site site;
    private LocalNode node;
    private Shop shop;

    @BeforeEach
    void start() throws Exception {
        site = new Site();
        node = new LocalNode(site.database());
        shop = node.shop();
    }

    @AfterEach
    void end() {
        node.close();
        site.close();
    }

    private double gets(String result) {
        return shop.meter("cache.gets", "cache:products", "result:" + result);
    }

    @Test
    void springBootsOwnMetersCountHitsMissesAndPuts() {
        shop.get("/products/1");
        shop.get("/products/1");
        shop.get("/products/1");
        assertEquals(1, gets("miss"));
        assertEquals(2, gets("hit"));
        assertEquals(1, shop.meter("cache.puts", "cache:products"));
        assertEquals(0, shop.meter("cache.puts", "cache:prices"));
    }

    @Test
    void theLibrarysMetersTellTheTiers() {
        shop.get("/products/1");
        try (LocalNode other = new LocalNode(site.database())) {
            Shop there = other.shop();
            there.get("/products/1");
            there.get("/products/1");
            there.get("/products/1");
            assertEquals(1, there.meter("tiered.cache.remote.hits", "cache:products"));
            assertEquals(2, there.meter("tiered.cache.near.hits", "cache:products"));
            assertEquals(0, there.reads());
        }
        assertEquals(1, shop.meter("tiered.cache.remote.misses", "cache:products"));
        assertEquals(0, shop.meter("tiered.cache.near.hits", "cache:products"));
    }

    @Test
    void prometheusGetsBoth() {
        shop.get("/products/1");
        String scraped = shop.get("/actuator/prometheus").body();
        assertTrue(scraped.lines()
                .anyMatch(line -> line.startsWith("cache_gets_total{")
                        && line.contains("cache=\"products\"")
                        && line.contains("result=\"miss\"")
                        && line.endsWith(" 1.0")));
        assertTrue(scraped.lines()
                .anyMatch(line -> line.startsWith("tiered_cache_remote_misses_total{")
                        && line.contains("cache=\"products\"")
                        && line.endsWith(" 1.0")));
    }

    @Test
    void theCachesOfTheFileAreListedAndCanBeEmptied() {
        String listed = shop.get("/actuator/caches").body();
        for (String name : new String[] {"products", "pages", "prices", "price-failures"}) {
            assertTrue(listed.contains("\"" + name + "\""), listed);
        }
        shop.get("/products/1");
        shop.get("/products/1");
        assertEquals(1, shop.reads());
        assertEquals(204, shop.delete("/actuator/caches/products").status());
        shop.get("/products/1");
        assertEquals(2, shop.reads());
    }
}
