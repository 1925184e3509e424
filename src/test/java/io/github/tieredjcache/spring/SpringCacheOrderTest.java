package io.github.tieredjcache.spring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.integration.LogLines;
import io.github.tieredjcache.jcache.TieredCachingProvider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.cache.CacheException;
import javax.cache.CacheManager;
import javax.cache.configuration.MutableCacheEntryListenerConfiguration;
import javax.cache.event.CacheEntryCreatedListener;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.cache.Cache;
import org.springframework.cache.Cache.ValueWrapper;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** The order of the changes that an event loop has queued and of the calls after them. */
@Timeout(60)
class SpringCacheOrderTest {
    /** More than the manager has threads for lookups and queued changes. */
    private static final int MANY = 100;

    /** The manager waits for its changes for longer than any test may take. */
    private static final Duration CLOSE_WAIT = Duration.ofMinutes(5);

    private CacheManager below;
    private TieredSpringCacheManager manager;
    private Cache cache;
    /** Runs on the thread of each change that creates an entry, before that change returns. */
    private volatile Consumer<Object> onCreation = key -> {};

    @BeforeEach
    void open() {
        below = new TieredCachingProvider().getCacheManager();
        manager = new TieredSpringCacheManager(below, true, CLOSE_WAIT);
        cache = Objects.requireNonNull(manager.getCache("books"));
        below.getCache("books")
                .registerCacheEntryListener(new MutableCacheEntryListenerConfiguration<>(
                        () -> (CacheEntryCreatedListener<Object, Object>)
                                events -> events.forEach(each -> onCreation.accept(each.getKey())),
                        null,
                        false,
                        true));
    }

    @AfterEach
    void close() {
        manager.destroy();
        below.close();
    }

    private static <T> T onEventLoop(Callable<T> call) {
        return Objects.requireNonNull(
                Mono.fromCallable(call).subscribeOn(Schedulers.parallel()).block());
    }

    private CountDownLatch blockCreations() {
        CountDownLatch released = new CountDownLatch(1);
        onCreation = key -> Crew.await(released);
        return released;
    }

    private static @Nullable Object value(CompletableFuture<?> lookup) throws Exception {
        ValueWrapper found = (ValueWrapper) lookup.get(50, TimeUnit.SECONDS);
        return found == null ? null : found.get();
    }

    /**
     * 1. A put is blocked. 2. A clear is queued behind it. 3. A put of another key returns. 4. The first put continues.
     * The clear must not remove the entry of the last put.
     */
    @Test
    void aQueuedClearKeepsTheEntriesOfLaterPuts() throws Exception {
        CountDownLatch released = blockCreations();
        List<CompletableFuture<?>> lookups = onEventLoop(() -> {
            cache.put("before", 1);
            cache.clear();
            cache.put("after", 2);
            return List.of(cache.retrieve("before"), cache.retrieve("after"));
        });
        released.countDown();
        assertNull(value(lookups.get(0)));
        assertEquals(2, value(lookups.get(1)));
    }

    @Test
    void changesOnAnOrdinaryThreadRunAfterQueuedPuts() throws Exception {
        assertEquals("null, then null", afterQueuedPuts(() -> {
            cache.evict("key");
            return null;
        }));
        assertEquals("null, then null", afterQueuedPuts(() -> {
            cache.clear();
            return null;
        }));
        assertEquals("null, then new", afterQueuedPuts(() -> {
            cache.put("key", "new");
            return null;
        }));
        assertEquals("true, then null", afterQueuedPuts(() -> cache.evictIfPresent("key")));
        assertEquals("true, then null", afterQueuedPuts(cache::invalidate));
    }

    @Test
    void readsOnAnOrdinaryThreadRunAfterQueuedPuts() throws Exception {
        assertEquals("old, then old", afterQueuedPuts(() -> cache.get("key", String.class)));
        assertEquals("old, then old", afterQueuedPuts(() -> cache.get("key", () -> "loaded")));
        assertEquals(
                "old, then old",
                afterQueuedPuts(() ->
                        Objects.requireNonNull(cache.putIfAbsent("key", "new")).get()));
    }

    /**
     * 1. On an event loop a put is blocked, and a second put is queued behind it. 2. A call on an ordinary thread waits,
     * or returns too early. 3. The first put continues.
     *
     * @return the result of the call, and the value of the key in the end
     */
    private String afterQueuedPuts(Callable<?> call) throws Exception {
        cache.clear();
        CountDownLatch released = blockCreations();
        CompletableFuture<?> queued = onEventLoop(() -> {
            cache.put("key", "first");
            cache.put("key", "old");
            return cache.retrieve("key");
        });
        Crew.Member<?> ordinary = Crew.start(call).untilItWaits();
        released.countDown();
        Object result = ordinary.result();
        Object unused = queued.get(50, TimeUnit.SECONDS);
        return result + ", then " + below.getCache("books").get("key");
    }

    @Test
    void aFailureOfAQueuedChangeDoesNotFailTheNextCall() throws Exception {
        CountDownLatch released = new CountDownLatch(1);
        onCreation = key -> {
            Crew.await(released);
            throw new IllegalStateException("thrown by the test");
        };
        boolean unused = onEventLoop(() -> {
            cache.put("key", "old");
            return true;
        });
        Crew.Member<Void> ordinary = Crew.run(() -> cache.evict("key")).untilItWaits();
        assertFalse(ordinary.isDone());
        released.countDown();
        ordinary.result();
        assertNull(below.getCache("books").get("key"));
    }

    @Test
    void anInterruptedCallFailsAndChangesNothing() throws Exception {
        CountDownLatch released = blockCreations();
        CompletableFuture<?> queued = onEventLoop(() -> {
            cache.put("key", "value");
            return cache.retrieve("key");
        });
        Crew.Member<Boolean> ordinary = Crew.start(() -> {
                    assertThrows(CacheException.class, () -> cache.evict("key"));
                    return Thread.currentThread().isInterrupted();
                })
                .untilItWaits();
        ordinary.interrupt();
        assertTrue(ordinary.result());
        released.countDown();
        assertEquals("value", value(queued));
    }

    /** 1. Each thread of queued changes is in a put. 2. All of them call the cache for a key whose put has no thread. */
    @Test
    void queuedChangesThatCallTheCacheDoNotWaitForEachOther() throws Exception {
        CountDownLatch allQueued = new CountDownLatch(1);
        onCreation = key -> {
            Crew.await(allQueued);
            if (!key.equals("last")) {
                var unused = cache.get("last");
                boolean unusedToo = cache.evictIfPresent("last");
                cache.evict("last");
            }
        };
        List<CompletableFuture<?>> lookups = onEventLoop(() -> {
            List<CompletableFuture<?>> all = new ArrayList<>();
            for (int i = 0; i < MANY; i++) {
                cache.put(i, "value");
                all.add(cache.retrieve(i));
            }
            cache.put("last", "value");
            return all;
        });
        allQueued.countDown();
        for (CompletableFuture<?> each : lookups) {
            assertEquals("value", value(each));
        }
    }

    /** 1. The application continues on the thread of a lookup. 2. There it evicts a key whose puts are queued. */
    @Test
    void anEvictionOnTheThreadOfALookupRunsAfterQueuedPuts() throws Exception {
        CountDownLatch lookup = new CountDownLatch(1);
        CountDownLatch put = new CountDownLatch(1);
        onCreation = key -> Crew.await(key.equals("other") ? lookup : put);
        CompletableFuture<Void> evicted = onEventLoop(() -> {
            cache.put("key", "first");
            cache.put("key", "old");
            cache.put("other", "value");
            return cache.retrieve("other").thenRun(() -> cache.evict("key"));
        });
        lookup.countDown();
        var unused = evicted.get(50, TimeUnit.SECONDS);
        put.countDown();
        assertNull(value(cache.retrieve("key")));
    }

    /**
     * 1. Puts occupy all threads, others wait for a thread, and changes wait for one of these puts. 2. The manager is
     * destroyed, and the manager below is closed, as by the context of an application. 3. The puts continue.
     */
    @Test
    void aDestroyedManagerHasAppliedItsChanges() throws Exception {
        CountDownLatch released = new CountDownLatch(1);
        ConcurrentLinkedQueue<Object> created = new ConcurrentLinkedQueue<>();
        onCreation = key -> {
            Crew.await(released);
            created.add(key);
        };
        try (LogLines log = new LogLines()) {
            boolean unused = onEventLoop(() -> {
                for (int i = 0; i < MANY; i++) {
                    cache.put(i, "value");
                }
                cache.evict(0);
                cache.put(0, "again");
                return true;
            });
            Crew.Member<Void> closing = Crew.run(() -> {
                        manager.destroy();
                        below.close();
                    })
                    .untilItWaits();
            released.countDown();
            closing.result();
            assertEquals(MANY + 1, created.size());
            assertEquals(
                    List.of(),
                    log.lines().stream()
                            .filter(line -> line.contains("asynchronous change"))
                            .toList());
        }
    }

    @Test
    void anInterruptedDestroyDoesNotWaitForChanges() throws Exception {
        CountDownLatch released = blockCreations();
        boolean unused = onEventLoop(() -> {
            cache.put("key", "value");
            return true;
        });
        Crew.Member<Boolean> destroying = Crew.start(() -> {
                    manager.destroy();
                    return Thread.currentThread().isInterrupted();
                })
                .untilItWaits();
        destroying.interrupt();
        assertTrue(destroying.result());
        released.countDown();
        assertEquals("value", cache.get("key", String.class));
    }

    @Test
    void aChangeThatDestroysItsManagerDoesNotWaitForItself() {
        CountDownLatch destroyed = new CountDownLatch(1);
        onCreation = key -> {
            manager.destroy();
            destroyed.countDown();
        };
        boolean unused = onEventLoop(() -> {
            cache.put("key", "value");
            return true;
        });
        Crew.await(destroyed);
    }

    /** 1. Puts occupy all threads, and others wait for a thread. 2. The manager is destroyed. 3. The puts continue. */
    @Test
    void aDestroyedManagerAppliesTheChangesThatWaitForAThread() {
        manager.destroy();
        manager = new TieredSpringCacheManager(below, true, Duration.ZERO);
        cache = Objects.requireNonNull(manager.getCache("books"));
        CountDownLatch released = blockCreations();
        boolean unused = onEventLoop(() -> {
            for (int i = 0; i < MANY; i++) {
                cache.put(i, "value");
            }
            return true;
        });
        manager.destroy();
        released.countDown();
        for (int i = 0; i < MANY; i++) {
            assertEquals("value", cache.get(i, String.class));
        }
    }
}
