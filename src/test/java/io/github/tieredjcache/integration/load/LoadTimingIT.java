package io.github.tieredjcache.integration.load;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.TierStatistics;
import io.github.tieredjcache.TieredConfiguration;
import io.github.tieredjcache.TieredSetting;
import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import io.github.tieredjcache.integration.EntryKeys;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.internal.remote.wire.StoredEntryHeader;
import io.github.tieredjcache.testkit.RedisServer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.cache.Cache;
import javax.cache.CacheException;
import javax.cache.expiry.CreatedExpiryPolicy;
import javax.cache.expiry.TouchedExpiryPolicy;
import javax.cache.integration.CacheLoader;
import javax.cache.integration.CacheLoaderException;
import javax.cache.integration.CompletionListenerFuture;
import javax.cache.processor.EntryProcessorException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Loads that fail, that are slow, and that come before they must; in a cache with Redis and in one without. */
class LoadTimingIT {
    private static final String KEY = "key";
    private static final int SHORT_MILLIS = 60;
    private static final int STALE_MILLIS = 300;

    private final RedisServer redis = RedisServer.startLocal();
    private final Node node = new Node(redis);
    private final Node other = new Node(redis);
    private final Loader loader = new Loader();

    @AfterEach
    void closes() {
        loader.mayGoOn.countDown();
        node.close();
        other.close();
        redis.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aFailedLoadReturnsTheExpiredValue(boolean shared) {
        Cache<String, String> cache = cache(shared, settings -> settings.staleFor(Duration.ofHours(1)));
        assertEquals("value 1", cache.get(KEY));
        awaitEnd(cache);
        loader.fails = true;
        assertEquals("value 1", cache.get(KEY));
        assertEquals(Map.of(KEY, "value 1"), cache.getAll(Set.of(KEY)));
        TierStatistics statistics = cache.unwrap(TierStatistics.class);
        assertEquals(2, statistics.staleServed());
        // To everything else it has ended.
        assertFalse(cache.containsKey(KEY));
        assertFalse(cache.iterator().hasNext());
        assertNull(cache.getAndRemove(KEY));
        assertThrows(CacheLoaderException.class, () -> cache.get(KEY), "and what is removed is gone");
        assertTrue(cache.putIfAbsent(KEY, "put"));
        assertEquals(2, statistics.staleServed());
        // Until it has ended, and then in place of the source.
        assertEquals("put", cache.get(KEY));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anEntryProcessorThatChangesNothingKeepsTheExpiredValue(boolean shared) {
        Cache<String, String> cache = cache(shared, settings -> settings.staleFor(Duration.ofHours(1)));
        assertEquals("value 1", cache.get(KEY));
        awaitEnd(cache);
        assertEquals(false, cache.<Object>invoke(KEY, (entry, arguments) -> entry.exists()));
        loader.fails = true;
        assertEquals("value 1", cache.get(KEY));
        assertFalse(cache.containsKey(KEY));
    }

    @Test
    void anExpiredValueRemovedByRemoveAllDuringAnEntryProcessorIsNotReturnedWhenALoadFails() {
        Cache<String, String> cache = cache(true, settings -> settings.staleFor(Duration.ofHours(1)));
        assertEquals("value 1", cache.get(KEY));
        awaitEnd(cache);
        Cache<String, String> elsewhere =
                cache("timing", other, true, settings -> settings.staleFor(Duration.ofHours(1)));
        assertEquals(false, cache.<Object>invoke(KEY, (entry, arguments) -> {
            elsewhere.removeAll();
            return entry.exists();
        }));
        loader.fails = true;
        assertThrows(CacheLoaderException.class, () -> cache.get(KEY));
    }

    @Test
    void anExpiredValueIsReturnedAfterTheSoftTimeoutDuringAnEntryProcessor() {
        UnaryOperator<TieredConfiguration.Builder<String, String>> soft =
                settings -> settings.staleFor(Duration.ofHours(1)).loadSoftTimeout(Duration.ofMillis(20));
        Cache<String, String> cache = cache(true, soft);
        assertEquals("value 1", cache.get(KEY));
        awaitEnd(cache);
        Cache<String, String> elsewhere = cache("timing", other, true, soft);
        assertEquals(
                "value 1", cache.invoke(KEY, (entry, arguments) -> entry.exists() ? "exists" : elsewhere.get(KEY)));
        assertEquals(1, loader.calls.get());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anExpiredValueIsKeptForTheConfiguredTimeAndByDefaultNotAtAll(boolean shared) {
        Cache<String, String> cache = cache(shared, settings -> settings.staleFor(Duration.ofMillis(STALE_MILLIS)));
        long beganNanos = System.nanoTime();
        assertEquals("value 1", cache.get(KEY));
        awaitEnd(cache);
        loader.fails = true;
        Crew.until(() -> fails(() -> assertEquals("value 1", cache.get(KEY))));
        long keptNanos = System.nanoTime() - beganNanos;
        // Redis counts in whole milliseconds.
        assertTrue(keptNanos > TimeUnit.MILLISECONDS.toNanos(SHORT_MILLIS + STALE_MILLIS - 1), keptNanos + " ns");
        loader.fails = false;
        Cache<String, String> strict = cache("strict", node, shared, settings -> settings);
        assertEquals("value", strict.get(KEY).substring(0, 5));
        awaitEnd(strict);
        loader.fails = true;
        assertThrows(CacheLoaderException.class, () -> strict.get(KEY));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aSlowLoadReturnsTheExpiredValueAfterTheSoftTimeoutAndItsResultIsKept(boolean shared) throws Exception {
        UnaryOperator<TieredConfiguration.Builder<String, String>> soft =
                settings -> settings.staleFor(Duration.ofHours(1)).loadSoftTimeout(Duration.ofMillis(20));
        Cache<String, String> cache = cache(shared, soft);
        assertEquals("value 1", cache.get(KEY));
        awaitEnd(cache);
        loader.hangs = true;
        assertEquals("value 1", cache.get(KEY));
        assertEquals("value 1", cache.get(KEY));
        if (shared) {
            // A node that waits for this one's load is covered, too.
            assertEquals("value 1", cache("timing", other, true, soft).get(KEY));
        }
        assertEquals(2, loader.calls.get(), "one more, in the node and in the cluster");
        loader.hangs = false;
        loader.mayGoOn.countDown();
        Crew.until(() -> cache.containsKey(KEY) || !"value 1".equals(cache.get(KEY)));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aLoadStillQueuedAfterTheSoftTimeoutRunsWithoutItsCaller(boolean shared) {
        Queue<Runnable> queued = new ConcurrentLinkedQueue<>();
        Cache<String, String> cache = cache(
                shared,
                settings -> settings.staleFor(Duration.ofHours(1))
                        .loadSoftTimeout(Duration.ofMillis(1))
                        .loadExecutor(() -> queued::add));
        assertEquals("value 1", cache.get(KEY));
        awaitEnd(cache);
        assertEquals("value 1", cache.get(KEY));
        assertEquals("value 1", cache.get(KEY));
        assertEquals(1, queued.size());
        queued.remove().run();
        assertEquals("value 2", cache.get(KEY));
    }

    @ParameterizedTest
    @Covers(FaultRow.F76)
    @ValueSource(booleans = {true, false})
    void aLoadThatNeverReturnsTimesOutAndIsInterrupted(boolean shared) throws Exception {
        Cache<String, String> cache = cache(shared, settings -> settings.loadTimeout(Duration.ofMillis(50)));
        loader.hangs = true;
        // A load that is given up before its thread has begun is not interrupted.
        Crew.until(() -> {
            var late = assertThrows(CacheLoaderException.class, () -> cache.get(KEY));
            assertTrue(late.getMessage().contains("load.timeout"), late.getMessage());
            return loader.interrupts.get() > 0;
        });
        assertThrows(EntryProcessorException.class, () -> cache.invoke(KEY, (entry, arguments) -> entry.getValue()));
        loader.hangs = false;
        // Nobody holds the right to load any more, nor the key.
        Crew.until(() -> !fails(() -> cache.get(KEY)));
        Crew.until(() -> !fails(() -> cache.invoke(KEY, (entry, arguments) -> entry.getValue())));
    }

    @Test
    void aLoaderOnAnotherThreadThatReadsItsOwnKeyGetsAClearError() {
        Cache<String, String> cache = cache(true, settings -> settings.loadTimeout(Duration.ofSeconds(20)));
        loader.also = () -> cache.get(KEY);
        var refused = assertThrows(CacheException.class, () -> cache.get(KEY));
        assertTrue(
                String.valueOf(refused.getCause()).contains("recursive load")
                        || refused.getMessage().contains("recursive load"),
                refused.toString());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anEntryThatIsReadIsRefreshedBeforeItExpires(boolean shared) {
        loader.takes = Duration.ofMillis(5);
        // Soon after half of its life, so that a machine with other work has seconds for it.
        Cache<String, String> cache = cache(
                "ahead",
                node,
                shared,
                5_000,
                settings -> settings.refreshAhead(100).with(TieredSetting.LOAD_LEASE, Duration.ofMillis(50)));
        TierStatistics statistics = cache.unwrap(TierStatistics.class);
        assertEquals("value 1", cache.get(KEY));
        AtomicInteger last = new AtomicInteger(1);
        Crew.until(() -> {
            int read = Integer.parseInt(cache.get(KEY).substring("value ".length()));
            assertTrue(read >= last.get(), read + " after " + last);
            last.set(read);
            return statistics.refreshes() >= 3;
        });
        assertEquals(1, statistics.remoteMisses(), "it never missed again");
        assertTrue(loader.calls.get() < 20, "not again and again: " + loader.calls);
    }

    @Test
    void oneNodeRefreshesForAllNodes() {
        loader.takes = Duration.ofMillis(20);
        UnaryOperator<TieredConfiguration.Builder<String, String>> ahead =
                settings -> settings.refreshAhead(100).with(TieredSetting.LOAD_LEASE, Node.PATIENCE);
        Cache<String, String> here = cache("ahead", node, true, 4_000, ahead);
        Cache<String, String> there = cache("ahead", other, true, 4_000, ahead);
        // Each knows how long a load takes.
        assertEquals("value 1", here.get("another"));
        assertEquals("value 2", there.get("one more"));
        here.get(KEY);
        int before = loader.calls.get();
        // From half of its life on.
        Crew.until(() -> {
            here.get(KEY);
            there.get(KEY);
            return loader.calls.get() > before;
        });
        for (int i = 0; i < 1_000; i++) {
            here.get(KEY);
            there.get(KEY);
        }
        assertEquals(1, loader.calls.get() - before, "one in a lease, on any node");
    }

    @Test
    void aRefreshDoesNotOverwriteALaterWrite() {
        loader.takes = Duration.ofMillis(20);
        Cache<String, String> cache = cache(
                "ahead",
                node,
                true,
                10_000,
                settings -> settings.refreshAhead(100).with(TieredSetting.LOAD_LEASE, Duration.ofMillis(50)));
        assertEquals("value 1", cache.get(KEY));
        loader.takes = Duration.ZERO;
        loader.hangs = true;
        Crew.until(() -> {
            cache.get(KEY);
            return loader.calls.get() == 2;
        });
        cache.put(KEY, "put");
        loader.hangs = false;
        loader.mayGoOn.countDown();
        Crew.until(() -> loader.ended.get() == 2);
        cache.containsKey("another");
        assertEquals("put", cache.get(KEY));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anExpiredValueRemovedByRemoveAllIsNotReturnedWhenALoadFails(boolean shared) {
        Cache<String, String> cache = cache(shared, settings -> settings.staleFor(Duration.ofHours(1)));
        assertEquals("value 1", cache.get(KEY));
        awaitEnd(cache);
        cache.removeAll();
        loader.fails = true;
        assertThrows(CacheLoaderException.class, () -> cache.get(KEY));
    }

    @Test
    void aNodeWithoutStaleForDoesNotReadExpiredValuesOfAnotherNode() {
        Cache<String, String> keeping = cache(true, settings -> settings.staleFor(Duration.ofHours(1)));
        Cache<String, String> plain = cache("timing", other, true, settings -> settings);
        keeping.put(KEY, "put");
        awaitEnd(keeping);
        Crew.until(() -> !plain.containsKey(KEY));
        loader.fails = true;
        assertThrows(CacheLoaderException.class, () -> plain.get(KEY));
    }

    @Test
    void anEntryProlongedByANodeWithStaleForExpiresForOthers() {
        var lifetime = new javax.cache.expiry.Duration(TimeUnit.MILLISECONDS, SHORT_MILLIS);
        Cache<String, String> plain = cache("timing", other, true, settings -> settings);
        Cache<String, String> keeping = cache(
                true,
                settings -> settings.staleFor(Duration.ofHours(1)).expiry(TouchedExpiryPolicy.factoryOf(lifetime)));
        plain.put(KEY, "put");
        // Read late enough, the entry is given another lifetime.
        Crew.until(() -> {
            String read = keeping.get(KEY);
            return read == null || redis.number("PTTL", EntryKeys.redisKey(redis, "timing", KEY)) > SHORT_MILLIS;
        });
        awaitEnd(plain);
        assertEquals(1, redis.number("EXISTS", EntryKeys.redisKey(redis, "timing", KEY)), "it is kept");
    }

    @Test
    void eachLifetimeIsShortenedByItsOwnJitter() {
        Cache<String, String> cache = cache("jitter", node, true, 100_000, settings -> settings.expiryJitter(10));
        cache.putAll(IntStream.range(0, 200)
                .boxed()
                .collect(Collectors.toMap(number -> "key " + number, number -> "value")));
        Set<Long> lifetimes = IntStream.range(0, 200)
                .mapToObj(number -> redis.number("PTTL", EntryKeys.redisKey(redis, "jitter", "key " + number)))
                .collect(Collectors.toSet());
        assertTrue(lifetimes.size() > 150, "different: " + lifetimes.size());
        assertTrue(lifetimes.stream().allMatch(each -> each <= 100_000 && each > 80_000), lifetimes.toString());
    }

    @Test
    void loadsRunOnTheConfiguredExecutor() throws Exception {
        AtomicInteger executed = new AtomicInteger();
        Executor counting = task -> {
            executed.incrementAndGet();
            new Thread(task, "counted").start();
        };
        Cache<String, String> cache = cache(
                "executor",
                node,
                true,
                60_000,
                settings -> settings.loadExecutor(() -> counting).loadTimeout(Duration.ofSeconds(20)));
        assertEquals("value 1", cache.get(KEY));
        assertEquals(1, executed.get());
        CompletionListenerFuture done = new CompletionListenerFuture();
        cache.loadAll(Set.of("another"), false, done);
        done.get(2, TimeUnit.MINUTES);
        assertTrue(loader.threads.keySet().stream().allMatch("counted"::equals), loader.threads.toString());
    }

    @Test
    void loadsRunOnVirtualThreadsIfTheJdkHasThem() {
        UnaryOperator<TieredConfiguration.Builder<String, String>> virtual =
                settings -> settings.with(TieredSetting.LOAD_THREADS, "virtual").loadTimeout(Duration.ofSeconds(20));
        if (Runtime.version().feature() < 21) {
            var refused = assertThrows(IllegalArgumentException.class, () -> cache("virtual", node, true, virtual));
            assertTrue(refused.getMessage().contains("load.threads"), refused.getMessage());
        } else {
            assertEquals("value 1", cache("virtual", node, true, virtual).get(KEY));
            assertTrue(loader.kinds.containsKey("java.lang.VirtualThread"), loader.kinds.toString());
        }
    }

    private Cache<String, String> cache(
            boolean shared, UnaryOperator<TieredConfiguration.Builder<String, String>> settings) {
        return cache("timing", node, shared, settings);
    }

    private Cache<String, String> cache(
            String name, Node at, boolean shared, UnaryOperator<TieredConfiguration.Builder<String, String>> settings) {
        return cache(name, at, shared, SHORT_MILLIS, settings);
    }

    private Cache<String, String> cache(
            String name,
            Node at,
            boolean shared,
            int lifetimeMillis,
            UnaryOperator<TieredConfiguration.Builder<String, String>> settings) {
        var lifetime = new javax.cache.expiry.Duration(TimeUnit.MILLISECONDS, lifetimeMillis);
        return at.cache(name, String.class, String.class, builder -> {
            var common = builder.expiry(CreatedExpiryPolicy.factoryOf(lifetime))
                    .readThrough(() -> loader)
                    .commandTimeout(Duration.ofSeconds(20));
            return settings.apply(shared ? common : common.redisUri(""));
        });
    }

    /** Waits until the entry is over by all clocks: its deadline errs early at a node. */
    private void awaitEnd(Cache<String, String> cache) {
        Crew.until(() -> !cache.containsKey(KEY));
        Crew.until(() -> {
            List<String> time = redis.list("TIME");
            return Long.parseLong(time.get(0)) * 1_000 + Long.parseLong(time.get(1)) / 1_000 > deadlineMillis();
        });
    }

    /** Returns the deadline of the stored entry; 0 if there is none. */
    private long deadlineMillis() {
        byte[] stored = redis.bytes(
                "GET".getBytes(UTF_8), EntryKeys.redisKey(redis, "timing", KEY).getBytes(UTF_8));
        return stored == null ? 0 : StoredEntryHeader.of(stored).deadlineMillis();
    }

    private static boolean fails(Runnable call) {
        try {
            call.run();
            return false;
        } catch (CacheLoaderException | EntryProcessorException e) {
            return true;
        }
    }

    /** Counts, and does what a test wants. */
    private static final class Loader implements CacheLoader<String, String> {
        private final AtomicInteger calls = new AtomicInteger();
        private final AtomicInteger ended = new AtomicInteger();
        private final AtomicInteger interrupts = new AtomicInteger();
        private final Map<String, Integer> threads = new ConcurrentHashMap<>();
        private final Map<String, Integer> kinds = new ConcurrentHashMap<>();
        private final CountDownLatch mayGoOn = new CountDownLatch(1);
        private volatile boolean fails;
        private volatile boolean hangs;
        private volatile Duration takes = Duration.ZERO;
        private volatile Runnable also = () -> {};

        @Override
        public String load(String key) {
            int call = calls.incrementAndGet();
            threads.merge(Thread.currentThread().getName(), 1, Integer::sum);
            kinds.merge(Thread.currentThread().getClass().getName(), 1, Integer::sum);
            try {
                if (hangs) {
                    boolean unused = mayGoOn.await(2, TimeUnit.MINUTES);
                }
            } catch (InterruptedException e) {
                interrupts.incrementAndGet();
                throw new CacheLoaderException("interrupted");
            }
            long end = System.nanoTime() + takes.toNanos();
            Crew.until(() -> System.nanoTime() - end >= 0);
            also.run();
            if (fails) {
                throw new CacheLoaderException("on purpose");
            }
            ended.incrementAndGet();
            return "value " + call;
        }

        @Override
        public Map<String, String> loadAll(Iterable<? extends String> keys) {
            Map<String, String> all = new HashMap<>();
            keys.forEach(key -> all.put(key, load(key)));
            return all;
        }
    }
}
