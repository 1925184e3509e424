package io.github.tieredjcache.examples.integrations.resilience4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.tieredjcache.examples.integrations.Cluster;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Resilience4j on two nodes. */
class Resilience4jTest {
    private static final int CALLERS = 20;

    /** What a slow machine does must not look like an outage. */
    private static final String PATIENT = "redis.command-timeout=5s";

    private final Cluster cluster = new Cluster();
    private final AtomicInteger calls = new AtomicInteger();

    @AfterEach
    void ends() {
        cluster.close();
    }

    @Test
    void concurrentCallersOfBothNodesShareACallOfTheSupplier() {
        List<Integer> prices = Resilience4jDemo.ask(CALLERS, list(PATIENT), list(PATIENT), "lamp");
        assertEquals(Collections.nCopies(CALLERS, 100), prices);
        assertEquals(1, calls.get());
    }

    @Test
    void inAnOutageANodeReadsFromMemoryOrCallsTheSupplier() throws Throwable {
        PriceList one = list(PATIENT);
        PriceList other = list(PATIENT);
        assertEquals(100, one.price("lamp"));
        assertEquals(100, other.price("lamp"));
        long hits = other.cache().getMetrics().getNumberOfCacheHits();
        cluster.redis().kill();
        assertEquals(100, other.price("lamp"));
        assertEquals(hits + 1, other.cache().getMetrics().getNumberOfCacheHits());
        assertEquals(200, other.price("table"));
        assertEquals(200, other.price("table"));
        assertEquals(2, calls.get());
    }

    @Test
    void byThePolicyFailTheSupplierIsCalledEachTimeAndTheFailureIsAnEvent() throws Throwable {
        PriceList list = list("outage.policy=fail");
        List<Throwable> errors = new CopyOnWriteArrayList<>();
        list.cache().getEventPublisher().onError(event -> errors.add(event.getThrowable()));
        cluster.redis().kill();
        assertEquals(100, list.price("table"));
        assertEquals(200, list.price("table"));
        assertFalse(errors.isEmpty());
    }

    /** Said in the README: Resilience4j takes what the supplier throws for a failure of the cache, and asks it again. */
    @Test
    void aFailingSupplierIsCalledTwice() {
        PriceList list = new PriceList(cluster.node("resilience4j.conf", PATIENT), product -> {
            calls.incrementAndGet();
            throw new IllegalStateException("closed");
        });
        assertThrows(RuntimeException.class, () -> list.price("lamp"));
        assertEquals(2, calls.get());
    }

    private PriceList list(String... settings) {
        return new PriceList(cluster.node("resilience4j.conf", settings), product -> calls.incrementAndGet() * 100);
    }
}
