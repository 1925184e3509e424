package io.github.tieredjcache.examples.springboot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.cache.CacheManager;
import org.springframework.context.ConfigurableApplicationContext;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Cached methods on two nodes. Each test has products of its own. */
class TwoNodesTest {
    private static final int CALLERS_OF_A_NODE = 50;

    private static Nodes nodes;
    private static ConfigurableApplicationContext context;
    private static ProductService here;
    private static ProductService there;

    @BeforeAll
    static void start() {
        nodes = new Nodes();
        context = nodes.start();
        here = context.getBean(ProductService.class);
        there = nodes.start().getBean(ProductService.class);
    }

    @AfterAll
    static void end() {
        nodes.close();
    }

    private static long queries() {
        return here.queries() + there.queries();
    }

    private static Product product(long id) {
        return new Product(id, "Product " + id);
    }

    /** Calls a method by many threads of both nodes; returns how often it has run. */
    private static long crowd(long id, Function<ProductService, @Nullable Product> method) {
        long before = queries();
        List<CompletableFuture<@Nullable Product>> callers = new ArrayList<>();
        for (int i = 0; i < CALLERS_OF_A_NODE; i++) {
            callers.add(CompletableFuture.supplyAsync(() -> method.apply(here), task -> new Thread(task).start()));
            callers.add(CompletableFuture.supplyAsync(() -> method.apply(there), task -> new Thread(task).start()));
        }
        callers.forEach(each -> assertEquals(product(id), each.join()));
        return queries() - before;
    }

    @Test
    void manyCallersOnBothNodesRunAMethodOnce() {
        assertEquals(1, crowd(100, shop -> shop.find(100)));
        assertEquals(1, crowd(101, shop -> shop.findReactively(101).block()));
    }

    @Test
    void aMonoAndAFutureAreCachedInBothTiers() {
        long before = queries();
        for (ProductService shop : List.of(here, there, here, there)) {
            assertEquals(product(200), shop.findReactively(200).block());
            assertEquals(product(201), shop.findAsynchronously(201).join());
            // Its value is stored when the future has completed.
            Nodes.await(1, () -> keys(201).size());
        }
        assertEquals(2, queries() - before);
    }

    private static List<@Nullable String> keys(long id) {
        return nodes.redis.list("KEYS", "shop:products:*:~L" + id);
    }

    @Test
    void aMonoIsCachedOnAnEventLoop() {
        long before = queries();
        for (int i = 0; i < 3; i++) {
            assertEquals(
                    product(300),
                    Mono.defer(() -> here.findReactively(300))
                            .subscribeOn(Schedulers.parallel())
                            .block());
            assertEquals(
                    product(301),
                    Mono.defer(() -> Mono.fromFuture(here.findAsynchronously(301)))
                            .subscribeOn(Schedulers.parallel())
                            .block());
            Nodes.await(1, () -> keys(301).size());
        }
        assertEquals(2, queries() - before);
    }

    @Test
    void nullIsCachedAndAnExceptionIsNot() {
        assertNull(here.find(5000));
        long before = queries();
        assertNull(there.find(5000));
        assertEquals(before, queries());
        assertEquals(
                "the number of a product is positive, was -7",
                assertThrows(IllegalArgumentException.class, () -> here.find(-7))
                        .getMessage());
        // The lease under which the method ran is released in the background.
        Nodes.await(0, () -> keys(-7).size());
    }

    @Test
    void aKeyOfTwoArgumentsIsTheSameOnBothNodes() {
        List<Product> page = here.page("tea", 3);
        long before = queries();
        assertEquals(page, there.page("tea", 3));
        assertEquals(before, queries());
    }

    @Test
    void theAnnotationsOfJsr107AreCachedToo() {
        assertEquals("Product 400", here.name(400));
        long before = queries();
        assertEquals("Product 400", there.name(400));
        assertEquals(before, queries());
    }

    @Test
    void theOtherNodeReadsAChange() {
        there.find(500);
        here.save(new Product(500, "Earl Grey"));
        Nodes.await(new Product(500, "Earl Grey"), () -> there.find(500));
        here.delete(500);
        Nodes.await(product(500), () -> there.find(500));
    }

    @Test
    void theCachesOfMethodsNeedNoConfiguration() {
        here.page("coffee", 1);
        here.name(600);
        assertEquals(
                Set.of("products", "pages", "names"),
                context.getBean(CacheManager.class).getCacheNames().stream().collect(Collectors.toSet()));
    }

    @Test
    void aClosedNodeLeavesNoConnectionBehind() {
        long before = nodes.connections();
        ConfigurableApplicationContext third = nodes.start();
        third.getBean(ProductService.class).find(700);
        assertEquals(before + 1, nodes.connections());
        third.close();
        Nodes.await(before, nodes::connections);
    }
}
