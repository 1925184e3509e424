package io.github.tieredjcache.examples.integrations.camel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.examples.integrations.Cluster;
import io.github.tieredjcache.examples.integrations.Patience;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.stream.IntStream;
import javax.cache.CacheException;
import javax.cache.CacheManager;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.Exchange;
import org.apache.camel.component.jcache.processor.aggregate.JCacheAggregationRepository;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.OptimisticLockingAggregationRepository.OptimisticLockingException;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.support.DefaultExchangeHolder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Camel on two nodes. */
class CamelTest {
    private static final int ORDERS = 50;

    /** What a slow machine does must not look like an outage. */
    private static final String PATIENT = "redis.command-timeout=5s";

    private final Cluster cluster = new Cluster();
    private final List<String> desk = new CopyOnWriteArrayList<>();
    private final List<Shop> shops = new ArrayList<>();

    @AfterEach
    void ends() {
        shops.forEach(Shop::close);
        cluster.close();
    }

    @Test
    void aNodeReadsWhatAnotherNodePut() throws Exception {
        Shop one = shop(PATIENT);
        Shop other = shop(PATIENT);
        one.save("p1", new Product("lamp", 4_900));
        assertEquals(new Product("lamp", 4_900), other.find("p1"));
        assertNull(other.find("p2"));
    }

    @Test
    void aContextThatStopsLeavesTheCachesOpen() throws Exception {
        CacheManager caches = cluster.node("camel.conf", PATIENT);
        try (Shop shop = new Shop(caches, desk::add)) {
            shop.save("p1", new Product("lamp", 4_900));
            shop.order("1");
        }
        assertFalse(caches.isClosed());
        assertFalse(caches.getCache("camel-products").isClosed());
        assertFalse(caches.getCache("camel-processed").isClosed());
    }

    @Test
    void aMessageReceivedByBothNodesIsProcessedOnce() throws Exception {
        Shop one = shop(PATIENT);
        Shop other = shop(PATIENT);
        CyclicBarrier start = new CyclicBarrier(4);
        List<CompletableFuture<Void>> senders = new ArrayList<>();
        for (Shop each : List.of(one, other, one, other)) {
            CompletableFuture<Void> sent = new CompletableFuture<>();
            senders.add(sent);
            new Thread(() -> sendAll(each, start, sent)).start();
        }
        senders.forEach(CompletableFuture::join);
        assertEquals(
                IntStream.range(0, ORDERS)
                        .mapToObj(id -> "order " + id)
                        .sorted()
                        .toList(),
                desk.stream().sorted().toList());
    }

    private static void sendAll(Shop shop, CyclicBarrier start, CompletableFuture<Void> sent) {
        try {
            for (int id = 0; id < ORDERS; id++) {
                start.await();
                shop.order(Integer.toString(id));
            }
            sent.complete(null);
        } catch (Exception e) {
            sent.completeExceptionally(e);
        }
    }

    @Test
    void noMessageIsProcessedInAnOutageNorTwiceAfterIt() throws Exception {
        Shop one = shop(PATIENT);
        Shop other = shop(PATIENT);
        deliver(one, "1");
        cluster.redis().kill();
        for (Shop each : List.of(one, other)) {
            for (String id : List.of("1", "2")) {
                CamelExecutionException thrown = assertThrows(CamelExecutionException.class, () -> each.order(id));
                assertInstanceOf(CacheException.class, thrown.getCause());
            }
        }
        assertEquals(List.of("order 1"), desk);
        cluster.redis().restart();
        for (Shop each : List.of(one, other)) {
            deliver(each, "1");
            deliver(each, "2");
        }
        assertEquals(List.of("order 1", "order 2"), desk);
    }

    /** Redelivers as a broker does. */
    private static void deliver(Shop shop, String id) throws InterruptedException {
        Patience.until("order " + id + " is accepted", () -> {
            try {
                shop.order(id);
                return true;
            } catch (CamelExecutionException e) {
                return false;
            }
        });
    }

    /** Said in the README, and the reason for the policy of the file. */
    @Test
    void byThePolicyLocalBothNodesProcessAMessageInAnOutage() throws Exception {
        Shop one = shop(PATIENT, "outage.policy=local");
        Shop other = shop(PATIENT, "outage.policy=local");
        deliver(one, "1");
        cluster.redis().kill();
        one.order("2");
        other.order("2");
        assertEquals(List.of("order 1", "order 2", "order 2"), desk);
    }

    @Test
    void aGroupBegunByOneNodeIsCompletedByAnother() throws Exception {
        Shop one = shop(PATIENT);
        Shop other = shop(PATIENT);
        one.line("1", "lamp");
        other.line("1", "table");
        one.line("2", "bed");
        assertEquals(List.of(), desk);
        other.line("1", "chair");
        Patience.until("the group is complete", () -> !desk.isEmpty());
        assertEquals(List.of("lamp, table, chair"), desk);
    }

    /** Said in the README: Camel compares values that have no {@code equals}. */
    @Test
    void camelsOptimisticAggregationFindsNoValueEqual() throws Exception {
        JCacheAggregationRepository groups = new JCacheAggregationRepository();
        groups.setOptimistic(true);
        groups.setCache(cluster.node("camel.conf", PATIENT)
                .getCache("camel-groups", String.class, DefaultExchangeHolder.class));
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            groups.setCamelContext(context);
            groups.start();
            Exchange first = new DefaultExchange(context);
            first.getMessage().setBody("lamp");
            assertNull(groups.add(context, "1", null, first));
            Exchange seen = groups.get(context, "1");
            assertEquals("lamp", seen.getMessage().getBody());
            assertThrows(OptimisticLockingException.class, () -> groups.add(context, "1", seen, first));
        }
        assertTrue(desk.isEmpty());
    }

    private Shop shop(String... settings) throws Exception {
        Shop shop = new Shop(cluster.node("camel.conf", settings), desk::add);
        shops.add(shop);
        return shop;
    }
}
