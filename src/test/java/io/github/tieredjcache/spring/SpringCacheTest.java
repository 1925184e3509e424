package io.github.tieredjcache.spring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.jcache.TieredCachingProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.cache.CacheManager;
import javax.cache.configuration.MutableCacheEntryListenerConfiguration;
import javax.cache.configuration.MutableConfiguration;
import javax.cache.event.CacheEntryCreatedListener;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.cache.Cache;
import org.springframework.cache.Cache.ValueWrapper;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** The asynchronous calls of a cache of Spring. */
@Timeout(30)
class SpringCacheTest {
    private CacheManager below;
    private TieredSpringCacheManager manager;
    private Cache cache;

    @BeforeEach
    void open() {
        below = new TieredCachingProvider().getCacheManager();
        manager = new TieredSpringCacheManager(below);
        cache = Objects.requireNonNull(manager.getCache("books"));
    }

    @AfterEach
    void close() {
        manager.destroy();
        below.close();
    }

    private static <T> T onEventLoop(java.util.concurrent.Callable<T> call) {
        return Objects.requireNonNull(
                Mono.fromCallable(call).subscribeOn(Schedulers.parallel()).block());
    }

    @Test
    void aLookupHasTheValueOrNothing() {
        assertNull(cache.retrieve("key").join());
        cache.put("key", "value");
        assertEquals("value", ((ValueWrapper) cache.retrieve("key").join()).get());
        cache.put("key", null);
        assertNull(((ValueWrapper) cache.retrieve("key").join()).get());
    }

    @Test
    void aLoadIsKept() {
        assertEquals(
                "value",
                cache.retrieve("key", () -> CompletableFuture.completedFuture("value"))
                        .join());
        assertEquals("value", Objects.requireNonNull(cache.get("key")).get());
        assertEquals(
                "value",
                cache.retrieve("key", () -> CompletableFuture.completedFuture("other"))
                        .join());
    }

    @Test
    void callersOfAKeyShareALoad() {
        AtomicInteger loads = new AtomicInteger();
        CompletableFuture<String> loaded = new CompletableFuture<>();
        List<CompletableFuture<String>> callers = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            callers.add(cache.retrieve("key", () -> {
                loads.incrementAndGet();
                return loaded;
            }));
        }
        // One caller that gives up takes nothing from the others.
        callers.get(0).cancel(true);
        loaded.complete("value");
        callers.stream().skip(1).forEach(each -> assertEquals("value", each.join()));
        assertEquals(1, loads.get());
    }

    @Test
    void aLoadMayWaitForAnotherOne() {
        int depth = 100;
        assertEquals("value", nested(depth).join());
    }

    private CompletableFuture<String> nested(int depth) {
        return cache.retrieve(depth, () -> depth == 0 ? CompletableFuture.completedFuture("value") : nested(depth - 1));
    }

    @Test
    void anExceptionOfALoadReachesItsCallersAndIsNotKept() {
        IllegalStateException failure = new IllegalStateException("no source");
        assertSame(
                failure,
                assertThrows(
                                CompletionException.class,
                                () -> cache.retrieve("key", () -> CompletableFuture.failedFuture(failure))
                                        .join())
                        .getCause());
        assertSame(
                failure,
                assertThrows(
                                CompletionException.class,
                                () -> cache.retrieve("key", () -> {
                                            throw failure;
                                        })
                                        .join())
                        .getCause());
        assertEquals(
                "value",
                cache.retrieve("key", () -> CompletableFuture.completedFuture("value"))
                        .join());
    }

    @Test
    void aLoadWithoutAThreadFailsAndTheNextOneLoads() throws Exception {
        AtomicBoolean hasThread = new AtomicBoolean();
        Cache withoutThread = new SpringCache(below.getCache("books"), true, Runnable::run, load -> {
            if (!hasThread.getAndSet(true)) {
                throw new OutOfMemoryError("unable to create native thread");
            }
            load.run();
        });
        CompletableFuture<String> failed =
                withoutThread.retrieve("key", () -> CompletableFuture.completedFuture("value"));
        assertInstanceOf(
                OutOfMemoryError.class,
                assertThrows(CompletionException.class, failed::join).getCause());
        assertEquals(
                "value",
                withoutThread
                        .retrieve("key", () -> CompletableFuture.completedFuture("value"))
                        .get(20, TimeUnit.SECONDS));
    }

    @Test
    void aDestroyedManagerInterruptsLoads() throws Exception {
        CompletableFuture<Thread> loading = new CompletableFuture<>();
        CompletableFuture<String> caller = cache.retrieve("key", () -> {
            loading.complete(Thread.currentThread());
            return new CompletableFuture<>();
        });
        Thread thread = loading.get(20, TimeUnit.SECONDS);
        manager.destroy();
        assertInstanceOf(
                InterruptedException.class,
                assertThrows(ExecutionException.class, () -> caller.get(20, TimeUnit.SECONDS))
                        .getCause());
        Crew.until(() -> !thread.isAlive());
        assertNull(cache.get("key"));
    }

    @Test
    void changesOnAnEventLoopDoNotWaitAndAreInOrder() throws Exception {
        CountDownLatch released = new CountDownLatch(1);
        below.getCache("books")
                .registerCacheEntryListener(new MutableCacheEntryListenerConfiguration<>(
                        () -> (CacheEntryCreatedListener<Object, Object>) events -> await(released),
                        null,
                        false,
                        true));
        CompletableFuture<?> seen = onEventLoop(() -> {
            cache.put("key", "first");
            cache.evict("key");
            cache.put("key", "second");
            return cache.retrieve("key");
        });
        assertTrue(!seen.isDone());
        released.countDown();
        assertEquals("second", ((ValueWrapper) seen.get(20, TimeUnit.SECONDS)).get());
        CompletableFuture<?> cleared = onEventLoop(() -> {
            cache.put("other", "third");
            cache.clear();
            return cache.retrieve("other");
        });
        assertNull(cleared.get(20, TimeUnit.SECONDS));
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aChangeOnAnotherThreadIsCompleteWhenItReturns() {
        cache.put("key", "value");
        assertEquals("value", below.getCache("books").get("key"));
        cache.evict("key");
        assertNull(below.getCache("books").get("key"));
    }

    @Test
    void aCacheWithoutConfigurationIsCreatedOnceByManyThreads() {
        List<CompletableFuture<Object>> created = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            created.add(CompletableFuture.supplyAsync(
                    () -> Objects.requireNonNull(manager.getCache("new")).getNativeCache()));
        }
        created.forEach(CompletableFuture::join);
        created.forEach(each -> assertSame(below.getCache("new"), each.join()));
    }

    @Test
    void aManagerThatCreatesNoCachesHasThoseOfTheManagerBelow() {
        below.createCache("mine", new MutableConfiguration<>());
        TieredSpringCacheManager fixed = new TieredSpringCacheManager(below, false);
        fixed.afterPropertiesSet();
        assertTrue(fixed.getCacheNames().contains("mine"));
        assertNull(fixed.getCache("none"));
        fixed.destroy();
    }
}
