package io.github.tieredjcache.spring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.management.TieredCacheMXBean;
import io.github.tieredjcache.spring.Shop.Product;
import io.github.tieredjcache.testkit.RedisServer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Cached methods on two nodes, which are application contexts of this JVM, with one table and one Redis. */
class TwoContextsIT {
    private static final long BOUND_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final RedisServer redis = RedisServer.startLocal();
    private final Map<Long, String> table = new ConcurrentHashMap<>();
    private final Shop below = new Shop(table);
    private final Shop otherBelow = new Shop(table);
    private final ShopNode node = new ShopNode(below, ShopNode.redis(redis.uri()));
    private final ShopNode otherNode = new ShopNode(otherBelow, ShopNode.redis(redis.uri()));
    private final Shop here = node.shop();
    private final Shop there = otherNode.shop();

    @AfterEach
    void close() {
        node.close();
        otherNode.close();
        redis.close();
    }

    private long queries() {
        return below.queries() + otherBelow.queries();
    }

    private List<String> keys(String cache) {
        return redis.list("KEYS", "shop:" + cache + ":*").stream()
                .map(String::valueOf)
                .toList();
    }

    @Test
    void manyCallersOnBothNodesRunAMethodOnce() throws Exception {
        Crew.together(
                        50,
                        () -> List.of(
                                String.valueOf(here.find(1)),
                                String.valueOf(there.find(1)),
                                String.valueOf(there.findReactively(1).block())))
                .forEach(each -> assertEquals(
                        List.of(),
                        each.stream()
                                .filter(text -> !text.equals(Shop.product(1).toString()))
                                .toList()));
        assertEquals(1, queries());
    }

    @Test
    void aMonoAndAFutureAreCachedForBothNodes() {
        for (Shop shop : List.of(here, there, here, there)) {
            assertEquals(Shop.product(1), shop.findReactively(1).block());
            assertEquals(Shop.product(2), shop.findAsynchronously(2).join());
            // A method without sync stores its value when the future has completed.
            Crew.until(() -> node.cache("products").getNearEntries() == 2);
            Crew.until(() -> keys("products").stream().anyMatch(key -> key.endsWith("~L2")));
        }
        assertEquals(2, queries());
    }

    @Test
    void aMonoIsCachedOnAnEventLoop() {
        for (int i = 0; i < 3; i++) {
            assertEquals(
                    Shop.product(1),
                    Mono.defer(() -> here.findReactively(1))
                            .subscribeOn(Schedulers.parallel())
                            .block());
        }
        assertEquals(1, queries());
    }

    @Test
    void nullIsCachedAndAnExceptionIsNot() {
        assertNull(here.find(5000));
        assertNull(there.find(5000));
        assertEquals(1, queries());
        assertEquals(
                "the number of a product is positive, was -7",
                assertThrows(IllegalArgumentException.class, () -> here.find(-7))
                        .getMessage());
        // The lease under which the method ran is released in the background.
        Crew.until(() -> keys("products").stream().noneMatch(key -> key.endsWith("~L-7")));
    }

    @Test
    void aKeyOfTwoArgumentsIsTheSameOnBothNodes() {
        List<Product> page = here.page("tea", 3);
        assertEquals(page, there.page("tea", 3));
        assertEquals(1, queries());
        there.page("tea", 4);
        assertEquals(2, queries());
    }

    @Test
    void theOtherNodeReadsAChange() {
        there.find(1);
        here.save(new Product(1, "Mocha"));
        Crew.until(() -> new Product(1, "Mocha").equals(there.find(1)));
        here.delete(1);
        Crew.until(() -> Shop.product(1).equals(there.find(1)));
    }

    @Test
    void allEntriesAreRemovedForBothNodes() {
        Stream.of(here, there).forEach(shop -> Stream.of(1, 2).forEach(shop::find));
        here.refresh();
        assertEquals(
                List.of(),
                keys("products").stream().filter(key -> key.contains("~L")).toList());
        long before = otherBelow.queries();
        Crew.until(() -> {
            there.find(1);
            there.find(2);
            return otherBelow.queries() == before + 2;
        });
    }

    @Test
    void resultsAndExceptionsAreCachedByTheAnnotationsOfJsr107() {
        assertEquals("1 EUR", here.price(1));
        assertEquals("1 EUR", there.price(1));
        assertEquals(1, queries());

        assertThrows(Shop.UnknownProductException.class, () -> here.price(5001));
        for (Shop shop : List.of(there, here)) {
            Shop.UnknownProductException thrown =
                    assertThrows(Shop.UnknownProductException.class, () -> shop.price(5001));
            assertEquals("there is no product 5001", thrown.getMessage());
        }
        assertEquals(2, queries());
        assertTrue(keys("price-failures").stream().anyMatch(key -> key.endsWith("~L5001")));
    }

    @Test
    void resultsAreChangedByTheAnnotationsOfJsr107() {
        there.price(1);
        here.setPrice(1, "2 EUR");
        Crew.until(() -> there.price(1).equals("2 EUR"));
        here.removePrice(1);
        Crew.until(() -> there.price(1).equals("1 EUR"));
        here.setPrice(1, "2 EUR");
        Crew.until(() -> there.price(1).equals("2 EUR"));
        here.removePrices();
        Crew.until(() -> there.price(1).equals("1 EUR"));
    }

    @Test
    void aChangeDuringAnOutageIsSeenByTheOtherNodeWithinTheBound() {
        here.find(1);
        there.find(1);
        redis.kill();
        Product mocha = here.save(new Product(1, "Mocha"));
        assertEquals(mocha, here.find(1));
        assertEquals(Shop.product(2), here.find(2));
        redis.restart();
        Crew.until(() -> isRecovered(node.cache("products")) && isRecovered(otherNode.cache("products")));

        long recovered = System.nanoTime();
        Product seen;
        boolean last;
        do {
            last = System.nanoTime() - recovered > BOUND_NANOS;
            seen = there.find(1);
        } while (!mocha.equals(seen) && !last);
        assertEquals(mocha, seen);
        assertEquals(mocha, here.find(1));

        there.save(new Product(1, "Latte"));
        Crew.until(() -> new Product(1, "Latte").equals(here.find(1)));
    }

    private static boolean isRecovered(TieredCacheMXBean cache) {
        return !cache.isRemoteUnavailable() && cache.getJournaledKeys() == 0;
    }

    @Test
    void aNodeStartsWithoutRedis() {
        there.find(3);
        redis.kill();
        Shop lateBelow = new Shop(table);
        try (ShopNode late = new ShopNode(lateBelow, ShopNode.redis(redis.uri()))) {
            assertEquals(Shop.product(1), late.shop().find(1));
            assertEquals(Shop.product(1), late.shop().find(1));
            assertEquals(1, lateBelow.queries());
            redis.restart();
            Crew.until(() -> isRecovered(late.cache("products")) && isRecovered(otherNode.cache("products")));
            late.shop().find(2);
            there.find(2);
            assertEquals(2, lateBelow.queries());
            assertEquals(1, otherBelow.queries());
        }
    }
}
