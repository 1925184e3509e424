package io.github.tieredjcache.integration.coherence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.TierStatistics;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.testkit.FaultProxy;
import io.github.tieredjcache.testkit.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.cache.Cache;
import javax.cache.integration.CacheLoader;
import javax.cache.integration.CacheLoaderException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Callers of one key share a fetch, but not one that may bring what was there long before their call. */
class JoinedFetchIT {
    private static final Duration BOUND = Duration.ofSeconds(1);

    private final RedisServer redis = RedisServer.startLocal();
    private final FaultProxy proxy = FaultProxy.inFrontOf(redis);
    private final Node node = new Node(proxy.uri());
    private final Node other = new Node(redis);
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void closes() {
        threads.shutdownNow();
        node.close();
        other.close();
        proxy.close();
        redis.close();
    }

    @Test
    void aFetchIsNotJoinedAfterAnotherNodeChangedItsKey() throws Exception {
        CountDownLatch loading = new CountDownLatch(1);
        CountDownLatch mayGoOn = new CountDownLatch(1);
        AtomicInteger loads = new AtomicInteger();
        Cache<String, String> here = node.cache(
                "joined",
                String.class,
                String.class,
                settings -> settings.readThrough(() -> new CacheLoader<>() {
                    @Override
                    public String load(String key) {
                        loads.incrementAndGet();
                        loading.countDown();
                        await(mayGoOn);
                        return "old";
                    }

                    @Override
                    public Map<String, String> loadAll(Iterable<? extends String> keys) {
                        throw new UnsupportedOperationException();
                    }
                }));
        Cache<String, String> there = other.strings("joined");
        // 1. A slow load. 2. Another node writes, and this node receives the invalidation. 3. A second call for the
        // key.
        Future<String> first = threads.submit(() -> here.get("key"));
        await(loading);
        there.put("key", "new");
        here.containsKey("another");
        Future<String> second = threads.submit(() -> here.get("key"));
        try {
            assertEquals("new", second.get(2, TimeUnit.MINUTES));
        } finally {
            mayGoOn.countDown();
        }
        // The first call had begun before the write.
        assertEquals("old", first.get(2, TimeUnit.MINUTES));
        assertEquals("new", here.get("key"));
        assertEquals(1, loads.get());
    }

    @Test
    void aFetchOlderThanTheBoundIsNotJoinedWhileInvalidationsAreMissing() throws Exception {
        Cache<String, Long> here = node.cache(
                "joined",
                String.class,
                Long.class,
                settings -> settings.stalenessBound(BOUND).commandTimeout(Node.PATIENCE));
        Cache<String, Long> there = other.cache("joined", String.class, Long.class, settings -> settings);
        NumberHistory history = new NumberHistory();
        there.put("key", 1L);
        history.wrote(1);
        // The number of the epoch is known from now on: else the first read would ask for that first.
        here.containsKey("another");
        // 1. The answer to a read stays on the way. 2. Another node writes. 3. Longer than the bound after that: a
        // second
        // call for the key. 4. The answer comes.
        proxy.fromServer().hold();
        long gets = gets();
        Future<Long> first = threads.submit(() -> here.get("key"));
        Crew.until(() -> gets() > gets);
        there.put("key", 2L);
        history.wrote(2);
        long late = System.nanoTime() + BOUND.plusMillis(100).toNanos();
        Crew.until(() -> System.nanoTime() - late > 0);
        CountDownLatch calling = new CountDownLatch(1);
        Future<Long> second = threads.submit(() -> {
            long began = System.nanoTime();
            calling.countDown();
            long number = here.get("key");
            history.read(number, began);
            return number;
        });
        await(calling);
        // Long enough for the call to be under way; if it is not, the test proves less, and does not fail.
        long underWay = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(200);
        Crew.until(() -> System.nanoTime() - underWay > 0);
        proxy.fromServer().forward();
        assertEquals(1, first.get(2, TimeUnit.MINUTES));
        assertEquals(2, second.get(2, TimeUnit.MINUTES));
        assertTrue(history.worstNanos() <= BOUND.toNanos());
    }

    @Test
    void readsOfACacheWithoutNearCopiesAreNotJoined() throws Exception {
        Cache<String, String> here = exact(node);
        Cache<String, String> there = exact(other);
        there.put("key", "old");
        here.containsKey("another");
        // 1. The answer to a read stays on the way. 2. Another node writes. 3. A second read. 4. The answers come.
        proxy.fromServer().hold();
        long gets = gets();
        Future<String> first = threads.submit(() -> here.get("key"));
        Crew.until(() -> gets() == gets + 1);
        there.put("key", "new");
        long afterPut = gets();
        Future<String> second = threads.submit(() -> here.get("key"));
        Future<Map<String, String>> third = threads.submit(() -> here.getAll(Set.of("key")));
        try {
            Crew.until(() -> gets() == afterPut + 2);
        } finally {
            proxy.fromServer().forward();
        }
        assertEquals("old", first.get(2, TimeUnit.MINUTES));
        assertEquals("new", second.get(2, TimeUnit.MINUTES));
        assertEquals(Map.of("key", "new"), third.get(2, TimeUnit.MINUTES));
    }

    @Test
    void loadsOfACacheWithoutNearCopiesAreShared() throws Exception {
        AtomicInteger loads = new AtomicInteger();
        CountDownLatch mayGoOn = new CountDownLatch(1);
        Cache<String, String> here = node.cache(
                "exact",
                String.class,
                String.class,
                settings -> settings.nearTimeToLive(Duration.ZERO).readThrough(() -> new CacheLoader<>() {
                    @Override
                    public String load(String key) {
                        loads.incrementAndGet();
                        await(mayGoOn);
                        return "loaded";
                    }

                    @Override
                    public Map<String, String> loadAll(Iterable<? extends String> keys) {
                        throw new UnsupportedOperationException();
                    }
                }));
        List<Crew.Member<String>> callers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            callers.add(Crew.start(() -> here.get("key")));
        }
        Crew.until(() -> here.unwrap(TierStatistics.class).coalescedLookups() == 7);
        mayGoOn.countDown();
        for (Crew.Member<String> each : callers) {
            assertEquals("loaded", each.result());
        }
        assertEquals(1, loads.get());
    }

    private static Cache<String, String> exact(Node node) {
        return node.cache(
                "exact",
                String.class,
                String.class,
                settings -> settings.nearTimeToLive(Duration.ZERO).commandTimeout(Node.PATIENCE));
    }

    private long gets() {
        return calls("getrange");
    }

    private long calls(String command) {
        return String.valueOf(redis.command("INFO", "commandstats"))
                .lines()
                .filter(line -> line.startsWith("cmdstat_" + command + ":calls="))
                .mapToLong(line -> Long.parseLong(line.substring(line.indexOf('=') + 1, line.indexOf(','))))
                .sum();
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(2, TimeUnit.MINUTES)) {
                throw new CacheLoaderException("it did not happen within two minutes");
            }
        } catch (InterruptedException e) {
            throw new CacheLoaderException(e);
        }
    }
}
