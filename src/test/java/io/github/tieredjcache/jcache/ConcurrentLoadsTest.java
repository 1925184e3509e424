package io.github.tieredjcache.jcache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.FakeClock;
import io.github.tieredjcache.TierStatistics;
import io.github.tieredjcache.TieredConfiguration;
import io.github.tieredjcache.TieredSetting;
import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import javax.cache.Cache;
import javax.cache.CacheException;
import javax.cache.CacheManager;
import javax.cache.expiry.CreatedExpiryPolicy;
import javax.cache.integration.CacheLoader;
import javax.cache.integration.CacheLoaderException;
import javax.cache.integration.CompletionListenerFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The bound of concurrent loads of a cache, and the loads that wait for a permit. */
@Timeout(300)
class ConcurrentLoadsTest {
    /** Longer than any test runs, also on a slow machine. */
    private static final Duration LONG = Duration.ofMinutes(10);

    private final NearOnly node = new NearOnly();
    private final Gated loader = new Gated();

    @AfterEach
    void close() {
        loader.mayEnd.values().forEach(CountDownLatch::countDown);
        node.close();
    }

    @Test
    void noMoreLoadsThanTheMaximumRunAndAllWaitingLoadsFollow() throws Exception {
        Cache<String, String> cache = cache(3, LONG);
        CountDownLatch asManyAsMay = new CountDownLatch(3);
        loader.of = key -> {
            asManyAsMay.countDown();
            Crew.await(asManyAsMay);
            return key;
        };
        AtomicInteger number = new AtomicInteger();
        List<String> values = Crew.together(64, () -> {
            String key = Integer.toString(number.incrementAndGet());
            return cache.get(key).equals(key) ? "right" : "wrong";
        });
        assertEquals(Set.of("right"), Set.copyOf(values));
        assertEquals(3, loader.runningMost.get());
        TierStatistics statistics = statistics(cache);
        assertEquals(64, statistics.loads());
        assertEquals(List.of(0L, 0L, 0L), gauges(statistics));
    }

    @Test
    @Covers(FaultRow.F98)
    void aLoadWithoutAPermitInTimeFailsAndTheNextOneLoads() throws Exception {
        Cache<String, String> cache = cache(2, Duration.ofMillis(30));
        loader.hold("a", "b");
        var a = Crew.start(() -> cache.get("a"));
        var b = Crew.start(() -> cache.get("b"));
        Crew.until(() -> loader.running.get() == 2);
        String message =
                assertThrows(CacheLoaderException.class, () -> cache.get("c")).getMessage();
        for (String part : List.of("overloaded", "'cache'", "2 loads", "30 ms", "load.maximum-concurrent")) {
            assertTrue(message.contains(part), message);
        }
        TierStatistics statistics = statistics(cache);
        assertEquals(List.of(2L, 0L, 1L), gauges(statistics));
        assertEquals(2, statistics.loads());
        loader.release("a");
        assertEquals("a", a.result());
        assertEquals("c", cache.get("c"));
        loader.release("b");
        assertEquals("b", b.result());
        assertEquals(List.of(0L, 0L, 1L), gauges(statistics));
    }

    @Test
    void waitingForALoadOfTheSameKeyTakesNoPermit() throws Exception {
        Cache<String, String> cache = cache(1, Duration.ZERO);
        loader.hold("a");
        List<Crew.Member<String>> all = new ArrayList<>();
        all.add(Crew.start(() -> cache.get("a")));
        Crew.until(() -> loader.running.get() == 1);
        for (int i = 0; i < 10; i++) {
            all.add(Crew.start(() -> cache.get("a")).untilItWaits());
        }
        loader.release("a");
        for (Crew.Member<String> each : all) {
            assertEquals("a", each.result());
        }
        assertEquals(0, statistics(cache).loadsRefused());
    }

    @Test
    void waitingLoadsGetPermitsInTheirOrderOfArrival() throws Exception {
        Cache<String, String> cache = cache(1, LONG);
        loader.hold("first");
        List<Crew.Member<String>> all = new ArrayList<>();
        all.add(Crew.start(() -> cache.get("first")));
        Crew.until(() -> loader.running.get() == 1);
        List<String> expected = new ArrayList<>(List.of("first"));
        for (int i = 0; i < 8; i++) {
            String key = "key" + i;
            long waiting = i + 1L;
            expected.add(key);
            all.add(Crew.start(() -> cache.get(key)));
            Crew.until(() -> statistics(cache).loadsWaiting() == waiting);
            all.get(i + 1).untilItWaits();
        }
        loader.release("first");
        for (Crew.Member<String> each : all) {
            each.result();
        }
        assertEquals(expected, List.copyOf(loader.order));
    }

    @Test
    void aLoadThatReadsAnotherKeyOfItsCacheUsesItsOwnPermit() {
        Cache<String, String> cache = cache(1, Duration.ZERO);
        loader.of = key -> key.length() == 1 ? key : key.charAt(0) + cache.get(key.substring(1));
        assertEquals("abcdef", cache.get("abcdef"));
        assertEquals(Map.of("uvw", "uvw", "xyz", "xyz"), cache.getAll(Set.of("uvw", "xyz")));
        assertEquals(0, statistics(cache).loadsRunning());
    }

    /**
     * 1. The first thread loads {@code ab} with the only permit. 2. The second thread begins to load {@code b} and
     * waits for a permit. 3. The loader of {@code ab} reads {@code b}: the first thread must lend its permit, or both
     * wait.
     */
    @Test
    void aLoadThatWaitsForAQueuedLoadLendsItsPermit() throws Exception {
        Cache<String, String> cache = cache(1, LONG);
        CountDownLatch mayAsk = new CountDownLatch(1);
        loader.of = key -> {
            if (key.equals("ab")) {
                Crew.await(mayAsk);
                return "a" + cache.get("b");
            }
            return key;
        };
        var first = Crew.start(() -> cache.get("ab"));
        Crew.until(() -> loader.running.get() == 1);
        var second = Crew.start(() -> cache.get("b"));
        Crew.until(() -> statistics(cache).loadsWaiting() == 1);
        mayAsk.countDown();
        assertEquals("ab", first.result());
        assertEquals("b", second.result());
        assertEquals(List.of(0L, 0L, 0L), gauges(statistics(cache)));
    }

    @Test
    void manyLoadsThatNeedEachOtherCompleteWithinTheMaximum() throws Exception {
        Cache<String, String> cache = cache(2, LONG);
        AtomicInteger atSource = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        loader.of = key -> {
            String rest = key.length() == 1 ? "" : cache.get(key.substring(1));
            most.accumulateAndGet(atSource.incrementAndGet(), Math::max);
            LockSupport.parkNanos(100_000);
            atSource.decrementAndGet();
            return key.charAt(0) + rest;
        };
        AtomicInteger number = new AtomicInteger();
        Crew.together(24, () -> {
            int mine = number.incrementAndGet();
            for (int i = 0; i < 5; i++) {
                String key = "abcdefghijkl".substring((mine + i) % 12) + i;
                assertEquals(key, cache.get(key));
            }
            return "";
        });
        assertTrue(most.get() <= 2, () -> most + " at a time");
        assertEquals(List.of(0L, 0L, 0L), gauges(statistics(cache)));
    }

    @Test
    void aCallForManyKeysIsOneLoad() throws Exception {
        Cache<String, String> cache = cache(1, Duration.ZERO);
        assertEquals(Map.of("a", "a", "b", "b", "c", "c"), cache.getAll(Set.of("a", "b", "c")));
        CompletionListenerFuture done = new CompletionListenerFuture();
        cache.loadAll(Set.of("d", "e"), true, done);
        done.get(120, TimeUnit.SECONDS);
        loader.hold("g");
        var member = Crew.start(() -> cache.getAll(Set.of("f", "g")));
        Crew.until(() -> loader.running.get() == 1);
        assertThrows(CacheLoaderException.class, () -> cache.getAll(Set.of("h", "i")));
        loader.release("g");
        assertEquals(Set.of("f", "g"), member.result().keySet());
        assertEquals(1, loader.runningMost.get());
    }

    @Test
    void aProcessorThatLoadsTakesAPermit() throws Exception {
        Cache<String, String> cache = cache(1, Duration.ZERO);
        loader.hold("a");
        var member = Crew.start(() -> cache.get("a"));
        Crew.until(() -> loader.running.get() == 1);
        var refused =
                assertThrows(CacheException.class, () -> cache.invoke("b", (entry, arguments) -> entry.getValue()));
        assertTrue(String.valueOf(refused.getCause().getMessage()).startsWith("overloaded"), refused::toString);
        loader.release("a");
        member.result();
        assertEquals("b", cache.invoke("b", (entry, arguments) -> entry.getValue()));
    }

    @Test
    void aFailedLoadReleasesItsPermit() {
        Cache<String, String> cache = cache(1, Duration.ZERO);
        loader.of = key -> {
            if (key.equals("error")) {
                throw new StackOverflowError("deep");
            }
            throw new IllegalStateException("the database is down");
        };
        assertThrows(CacheLoaderException.class, () -> cache.get("a"));
        assertThrows(StackOverflowError.class, () -> cache.get("error"));
        loader.of = key -> key;
        assertEquals("a", cache.get("a"));
    }

    @Test
    void anInterruptedThreadLeavesTheQueueAndStaysInterrupted() throws Exception {
        Cache<String, String> cache = cache(1, LONG);
        loader.hold("a");
        var holder = Crew.start(() -> cache.get("a"));
        Crew.until(() -> loader.running.get() == 1);
        AtomicReference<String> met = new AtomicReference<>();
        var waiting = Crew.run(() -> {
            var failure = assertThrows(CacheException.class, () -> cache.get("b"));
            met.set(failure.getMessage() + Thread.currentThread().isInterrupted());
        });
        Crew.until(() -> statistics(cache).loadsWaiting() == 1);
        waiting.interrupt();
        waiting.result();
        assertTrue(met.get().contains("interrupted") && met.get().endsWith("true"), met.get());
        assertEquals(List.of(1L, 0L, 0L), gauges(statistics(cache)));
        loader.release("a");
        holder.result();
        assertEquals("b", cache.get("b"));
    }

    @Test
    void aLoadTimeoutEndsTheWaitForAPermit() throws Exception {
        Cache<String, String> cache = node.strings(settings -> settings.readThrough(NearOnly.factory(loader))
                .maximumConcurrentLoads(1)
                .with(TieredSetting.LOAD_QUEUE_WAIT, LONG)
                .loadTimeout(LONG));
        loader.hold("a");
        var holder = Crew.start(() -> cache.get("a"));
        Crew.until(() -> loader.running.get() == 1);
        Cache<String, String> hasty = node.cache(
                "hasty",
                String.class,
                String.class,
                settings -> settings.readThrough(NearOnly.factory(loader))
                        .maximumConcurrentLoads(1)
                        .with(TieredSetting.LOAD_QUEUE_WAIT, LONG)
                        .loadTimeout(Duration.ofMillis(50)));
        loader.hold("b");
        // A load that times out before its thread has started takes no permit.
        Crew.until(() -> {
            assertThrows(CacheLoaderException.class, () -> hasty.get("b"));
            return loader.order.contains("b");
        });
        var late = assertThrows(CacheLoaderException.class, () -> hasty.get("c"));
        assertTrue(late.getMessage().contains("load.timeout"), late.getMessage());
        assertEquals(0, statistics(hasty).loadsRefused());
        loader.release("a");
        loader.release("b");
        assertEquals("a", holder.result());
        Crew.until(() -> statistics(hasty).loadsRunning() == 0);
        Crew.until(() -> {
            try {
                return hasty.get("c").equals("c");
            } catch (CacheLoaderException slow) {
                // A permit was free, but a busy machine may take longer than the timeout.
                assertTrue(slow.getMessage().contains("load.timeout"), slow.getMessage());
                return false;
            }
        });
    }

    @Test
    void anExpiredValueIsReturnedIfNoPermitIsFree() throws Exception {
        FakeClock clock = new FakeClock();
        try (CacheManager manager = ClockedManager.on(clock)) {
            Cache<String, String> cache = ending(
                    manager,
                    settings -> settings.maximumConcurrentLoads(1).with(TieredSetting.LOAD_QUEUE_WAIT, Duration.ZERO));
            assertEquals("old", cache.get("old"));
            clock.advance(Duration.ofSeconds(2));
            loader.hold("a");
            var holder = Crew.start(() -> cache.get("a"));
            Crew.until(() -> loader.running.get() == 1);
            assertEquals("old", cache.get("old"));
            assertEquals(1, statistics(cache).staleServed());
            assertEquals(1, statistics(cache).loadsRefused());
            loader.release("a");
            holder.result();
        }
    }

    @Test
    void aRefreshIsSkippedIfNoPermitIsFree() throws Exception {
        FakeClock clock = new FakeClock();
        try (CacheManager manager = ClockedManager.on(clock)) {
            Cache<String, String> cache = ending(
                    manager,
                    settings -> settings.maximumConcurrentLoads(1)
                            .with(TieredSetting.LOAD_QUEUE_WAIT, LONG)
                            .refreshAhead(100)
                            // On the thread of the reader, so that the refresh has completed when the read returns.
                            .loadExecutor(NearOnly.factory(Runnable::run)));
            cache.get("hot");
            clock.advance(Duration.ofSeconds(1).minusNanos(1));
            loader.hold("a");
            var holder = Crew.start(() -> cache.get("a"));
            Crew.until(() -> loader.order.contains("a"));
            int before = loader.order.size();
            for (int i = 0; i < 50; i++) {
                assertEquals("hot", cache.get("hot"));
            }
            assertEquals(before, loader.order.size());
            assertEquals(List.of(1L, 0L, 0L), gauges(statistics(cache)));
            loader.release("a");
            holder.result();
            cache.get("hot");
            assertEquals(1, statistics(cache).refreshes());
        }
    }

    @Test
    void aMaximumOfZeroIsNoBound() throws Exception {
        Cache<String, String> cache = cache(0, Duration.ZERO);
        int threads = 100;
        CountDownLatch all = new CountDownLatch(threads);
        loader.of = key -> {
            all.countDown();
            Crew.await(all);
            return key;
        };
        AtomicInteger number = new AtomicInteger();
        Crew.together(threads, () -> cache.get(Integer.toString(number.incrementAndGet())));
        assertEquals(threads, loader.runningMost.get());
    }

    private Cache<String, String> cache(int loadsMax, Duration wait) {
        return node.strings(settings -> settings.readThrough(NearOnly.factory(loader))
                .maximumConcurrentLoads(loadsMax)
                .with(TieredSetting.LOAD_QUEUE_WAIT, wait));
    }

    /** Returns a cache with a lifetime of one second, which keeps expired entries for a while. */
    private Cache<String, String> ending(
            CacheManager manager, UnaryOperator<TieredConfiguration.Builder<String, String>> settings) {
        var builder = TieredConfiguration.builder(String.class, String.class)
                .readThrough(NearOnly.factory(loader))
                .staleFor(Duration.ofHours(1))
                .expiry(CreatedExpiryPolicy.factoryOf(new javax.cache.expiry.Duration(TimeUnit.SECONDS, 1)));
        return manager.createCache("ending", settings.apply(builder).build());
    }

    private static TierStatistics statistics(Cache<String, String> cache) {
        return cache.unwrap(TierStatistics.class);
    }

    private static List<Long> gauges(TierStatistics statistics) {
        return List.of(statistics.loadsRunning(), statistics.loadsWaiting(), statistics.loadsRefused());
    }

    /** Returns the key as its value, or the result of a function; counts its concurrent calls. */
    private static final class Gated implements CacheLoader<String, String> {
        private final AtomicInteger running = new AtomicInteger();
        private final AtomicInteger runningMost = new AtomicInteger();
        private final ConcurrentLinkedQueue<String> order = new ConcurrentLinkedQueue<>();
        private final Map<String, CountDownLatch> mayEnd = new ConcurrentHashMap<>();
        private volatile UnaryOperator<String> of = key -> key;

        void hold(String... keys) {
            for (String each : keys) {
                mayEnd.put(each, new CountDownLatch(1));
            }
        }

        void release(String key) {
            mayEnd.get(key).countDown();
        }

        @Override
        public String load(String key) {
            return loadAll(Set.of(key)).get(key);
        }

        @Override
        public Map<String, String> loadAll(Iterable<? extends String> keys) {
            runningMost.accumulateAndGet(running.incrementAndGet(), Math::max);
            try {
                Map<String, String> loaded = new HashMap<>();
                Set<String> all = new HashSet<>();
                keys.forEach(all::add);
                for (String key : all) {
                    order.add(key);
                    CountDownLatch latch = mayEnd.get(key);
                    if (latch != null) {
                        // Like a driver that ignores interrupts.
                        Crew.until(() -> {
                            LockSupport.parkNanos(1_000_000);
                            return latch.getCount() == 0;
                        });
                    }
                    loaded.put(key, of.apply(key));
                }
                return loaded;
            } finally {
                running.decrementAndGet();
            }
        }
    }
}
