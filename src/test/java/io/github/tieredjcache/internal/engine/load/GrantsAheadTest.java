package io.github.tieredjcache.internal.engine.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.tieredjcache.internal.port.LoadGrant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import javax.cache.CacheException;
import org.junit.jupiter.api.Test;

class GrantsAheadTest {
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger givenUp = new AtomicInteger();
    private final Map<String, LoadGrant<String>> granted =
            Map.of("a", new LoadGrant.Granted<>(givenUp::incrementAndGet, null));

    @Test
    void theRequestIsMadeOnceByTheFirstThreadThatHasTime() {
        GrantsAhead<String, String> ahead = new GrantsAhead<>(this::request);
        assertSame(granted, ahead.await(), "no other thread has begun it");
        ahead.run();
        assertEquals(1, requests.get());
    }

    @Test
    void aRequestInProgressIsAwaited() throws Exception {
        CompletableFuture<Map<String, LoadGrant<String>>> reply = new CompletableFuture<>();
        GrantsAhead<String, String> ahead = new GrantsAhead<>(() -> {
            request();
            return reply.join();
        });
        CompletableFuture<Void> running = CompletableFuture.runAsync(ahead);
        while (requests.get() == 0) {
            Thread.onSpinWait();
        }
        CompletableFuture<Map<String, LoadGrant<String>>> awaited = CompletableFuture.supplyAsync(ahead::await);
        reply.complete(granted);
        assertSame(granted, awaited.get());
        running.get();
        assertEquals(1, requests.get());
    }

    @Test
    void aFailedRequestIsMadeAgainWhenItsGrantsAreNeeded() {
        CacheException failure = new CacheException("Redis is unavailable");
        GrantsAhead<String, String> ahead = new GrantsAhead<>(() -> {
            request();
            if (requests.get() != 2) {
                throw failure;
            }
            return granted;
        });
        ahead.run();
        assertSame(granted, ahead.await());
        assertSame(failure, assertThrows(CacheException.class, ahead::await), "the failure lasts");
    }

    @Test
    void anAbandonedRequestIsNotMadeOrItsLeasesAreGivenUp() {
        GrantsAhead<String, String> early = new GrantsAhead<>(this::request);
        early.abandon();
        early.run();
        assertEquals(0, requests.get());

        GrantsAhead<String, String> late = new GrantsAhead<>(this::request);
        late.run();
        late.abandon();
        assertEquals(1, givenUp.get());

        CompletableFuture<Map<String, LoadGrant<String>>> reply = new CompletableFuture<>();
        GrantsAhead<String, String> meanwhile = new GrantsAhead<>(() -> {
            request();
            return reply.join();
        });
        CompletableFuture<Void> running = CompletableFuture.runAsync(meanwhile);
        while (requests.get() == 1) {
            Thread.onSpinWait();
        }
        meanwhile.abandon();
        assertEquals(1, givenUp.get());
        reply.complete(granted);
        running.join();
        assertEquals(2, givenUp.get());
    }

    private Map<String, LoadGrant<String>> request() {
        requests.incrementAndGet();
        return granted;
    }
}
