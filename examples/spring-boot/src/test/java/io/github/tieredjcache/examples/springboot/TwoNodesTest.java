package io.github.tieredjcache.examples.springboot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.tieredjcache.examples.springboot.Shop.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The annotations of Spring and of JSR-107 on two nodes, of which the other is a JVM of its own. Each test has products of its own. */
class TwoNodesTest {
    private static final int CALLERS_OF_A_NODE = 50;

    private static Site site;
    private static LocalNode node;
    private static OtherNode otherNode;
    private static Shop here;
    private static Shop there;

    @BeforeAll
    static void start() throws Exception {
        site = new Site();
        otherNode = new OtherNode(site);
        node = new LocalNode(site.database(), "--shop.table.delay-millis=100");
        here = node.shop();
        there = otherNode.awaitStart();
    }

    @AfterAll
    static void end() {
        node.close();
        otherNode.close();
        site.close();
    }

    private static long reads() {
        return here.reads() + there.reads();
    }

    private static String product(long id, String name) {
        return "{\"id\":" + id + ",\"category\":\"tea\",\"name\":\"" + name + "\",\"cents\":5}";
    }

    @Test
    void aCrowdOnBothNodesLoadsOnce() throws Exception {
        long before = reads();
        CyclicBarrier start = new CyclicBarrier(2 * CALLERS_OF_A_NODE);
        ExecutorService crowd = Executors.newFixedThreadPool(2 * CALLERS_OF_A_NODE);
        try {
            List<Future<Answer>> answers = new ArrayList<>();
            for (Shop shop : List.of(here, there)) {
                Callable<Answer> caller = () -> {
                    start.await();
                    return shop.get("/products/100");
                };
                for (int i = 0; i < CALLERS_OF_A_NODE; i++) {
                    answers.add(crowd.submit(caller));
                }
            }
            for (Future<Answer> answer : answers) {
                assertEquals(
                        new Answer(200, "{\"id\":100,\"category\":\"tea\",\"name\":\"Product 100\",\"cents\":10000}"),
                        answer.get());
            }
        } finally {
            crowd.shutdownNow();
        }
        assertEquals(1, reads() - before);
    }

    @Test
    void aKeyOfTwoArgumentsIsTheSameInBothJvms() {
        Answer page = here.get("/products?category=coffee&page=3");
        long before = reads();
        assertEquals(page, there.get("/products?category=coffee&page=3"));
        assertEquals(0, reads() - before);
        there.get("/products?category=coffee&page=4");
        assertEquals(1, reads() - before);
    }

    @Test
    void thatThereIsNoSuchProductIsCachedToo() {
        assertEquals(404, here.get("/products/5000").status());
        long before = reads();
        assertEquals(404, there.get("/products/5000").status());
        assertEquals(404, here.get("/products/5000").status());
        assertEquals(0, reads() - before);
    }

    @Test
    void whatTheMethodThrowsComesAsItIsAndIsNotCached() {
        ProductService products = node.bean(ProductService.class);
        IllegalArgumentException thrown = assertThrows(IllegalArgumentException.class, () -> products.find(-7));
        assertEquals("the number of a product is positive, was -7", thrown.getMessage());
        assertEquals(new Answer(400, "the number of a product is positive, was -7"), there.get("/products/-7"));
        Set<String> kept =
                site.redis().list("KEYS", "shop:products:*:-7").stream().collect(Collectors.toSet());
        assertEquals(Set.of(), kept);
    }

    @Test
    void whatOneNodeSavesTheOtherHas() {
        there.get("/products/200");
        assertEquals(200, here.put("/products", product(200, "Earl Grey")).status());
        long before = reads();
        Patience.await(new Answer(200, product(200, "Earl Grey")), () -> there.get("/products/200"));
        assertEquals(new Answer(200, product(200, "Earl Grey")), here.get("/products/200"));
        assertEquals(0, reads() - before);
    }

    @Test
    void whatOneNodeDeletesIsGoneOnTheOther() {
        assertEquals(200, there.get("/products/300").status());
        here.delete("/products/300");
        Patience.await(404, () -> there.get("/products/300").status());
    }

    @Test
    void whatOneNodeForgetsTheOtherForgets() {
        List<String> paths = List.of("/products/400", "/products/402", "/products?category=tea&page=2");
        paths.forEach(path -> {
            here.get(path);
            there.get(path);
        });
        here.post("/refresh");
        long before = there.reads();
        assertEquals(List.of(), site.redis().list("KEYS", "shop:products:*:40[02]"));
        Patience.await(1L, () -> {
            there.get("/products/400");
            return there.reads() - before;
        });
        there.get("/products?category=tea&page=2");
        assertEquals(2, there.reads() - before);
    }

    @Test
    void resultsAreCachedByJsr107() {
        Answer price = here.get("/prices/500/EUR");
        assertEquals(new Answer(200, "{\"hundredths\":50000,\"currency\":\"EUR\"}"), price);
        long before = reads();
        assertEquals(price, there.get("/prices/500/EUR"));
        assertEquals(0, reads() - before);
        there.get("/prices/500/GBP");
        assertEquals(1, reads() - before);
    }

    @Test
    void exceptionsAreCachedByJsr107() {
        Answer unknown = here.get("/prices/5001/EUR");
        assertEquals(404, unknown.status());
        long before = reads();
        assertEquals(404, there.get("/prices/5001/EUR").status());
        assertEquals(404, here.get("/prices/5001/EUR").status());
        assertEquals(0, reads() - before);
        PriceService prices = node.bean(PriceService.class);
        UnknownProductException thrown = assertThrows(UnknownProductException.class, () -> prices.price(5001, "EUR"));
        assertEquals("there is no product 5001", thrown.getMessage());
    }

    @Test
    void valuesArePutAndRemovedByJsr107() {
        Answer offer = new Answer(200, "{\"hundredths\":1,\"currency\":\"EUR\"}");
        Answer price = there.get("/prices/600/EUR");
        here.put("/prices/600/EUR?hundredths=1", "");
        Patience.await(offer, () -> there.get("/prices/600/EUR"));
        here.delete("/prices/600/EUR");
        Patience.await(price, () -> there.get("/prices/600/EUR"));
        here.put("/prices/600/EUR?hundredths=1", "");
        here.put("/prices/602/EUR?hundredths=1", "");
        Patience.await(offer, () -> there.get("/prices/600/EUR"));
        here.delete("/prices");
        Patience.await(price, () -> there.get("/prices/600/EUR"));
        assertEquals(new Answer(200, "{\"hundredths\":60200,\"currency\":\"EUR\"}"), here.get("/prices/602/EUR"));
    }
}
