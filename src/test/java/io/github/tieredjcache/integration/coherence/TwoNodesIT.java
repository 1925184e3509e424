package io.github.tieredjcache.integration.coherence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.TierStatistics;
import io.github.tieredjcache.TieredSetting;
import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.testkit.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.cache.Cache;
import javax.cache.CacheException;
import javax.cache.expiry.CreatedExpiryPolicy;
import javax.cache.processor.EntryProcessorException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What two nodes on one Redis see of each other. */
class TwoNodesIT {
    private final RedisServer redis = RedisServer.start();
    private final Node one = new Node(redis);
    private final Node other = new Node(redis);
    private final String name = "two-nodes-" + System.nanoTime();

    @AfterEach
    void closesTheNodes() {
        if (!one.manager().isClosed()) {
            one.manager().destroyCache(name);
        }
        one.close();
        other.close();
        redis.close();
    }

    @Test
    void aNodeReadsWhatAnotherNodeStored() {
        Cache<String, String> here = one.strings(name);
        Cache<String, String> there = other.strings(name);
        here.put("key", "value");
        assertEquals("value", there.get("key"));
        there.remove("key");
        assertNull(there.get("key"));
    }

    @Test
    void aRestartedNodeFindsWhatItStored() {
        one.strings(name).put("key", "value");
        one.close();
        try (Node restarted = new Node(redis)) {
            assertEquals("value", restarted.strings(name).get("key"));
        }
    }

    @Test
    void closingKeepsTheEntriesAndDestroyingRemovesThem() {
        one.strings(name).put("key", "value");
        one.manager().getCache(name).close();
        Cache<String, String> there = other.strings(name);
        assertEquals("value", there.get("key"));
        other.manager().destroyCache(name);
        assertNull(one.strings(name).get("key"));
    }

    @Test
    void aNodeReadsItsOwnWriteInsteadOfAnOlderCopy() {
        Cache<String, String> here = one.strings(name);
        Cache<String, String> there = other.strings(name);
        here.put("key", "first");
        assertEquals("first", there.get("key"));
        there.put("key", "second");
        assertEquals("second", there.get("key"));
        assertTrue(there.replace("key", "second", "third"));
        assertEquals("third", there.get("key"));
    }

    @Test
    void aConditionIsNotDecidedOnAStaleNearCopy() {
        Cache<String, String> here = one.strings(name);
        Cache<String, String> there = longNear(other);
        here.put("key", "old");
        assertEquals("old", there.get("key"));
        here.put("key", "new");
        assertFalse(there.replace("key", "old", "lost update"));
        assertTrue(here.replace("key", "new", "newer"));
        assertTrue(there.replace("key", "newer", "newest"), "the near copy says otherwise, but Redis decides");
    }

    @Test
    void withoutNearCopiesAWriteOfAnotherNodeIsReadAtOnce() {
        Cache<String, String> here = one.strings(name);
        Cache<String, String> there =
                other.cache(name, String.class, String.class, settings -> settings.nearTimeToLive(Duration.ZERO));
        here.put("key", "old");
        assertEquals("old", there.get("key"));
        here.put("key", "new");
        assertEquals("new", there.get("key"), "a near tier that keeps nothing is never stale");
    }

    @Test
    void putIfAbsentSucceedsOnOneNodeOnly() throws Exception {
        List<Cache<String, String>> caches = List.of(one.strings(name), other.strings(name));
        for (int round = 0; round < 200; round++) {
            String key = "key-" + round;
            CyclicBarrier start = new CyclicBarrier(4);
            List<Callable<Boolean>> contenders = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                int contender = i;
                contenders.add(() -> {
                    start.await(120, TimeUnit.SECONDS);
                    return caches.get(contender % 2).putIfAbsent(key, "contender " + contender);
                });
            }
            assertEquals(1, inParallel(contenders).stream().filter(won -> won).count());
        }
    }

    @Test
    void compareAndSetsOfTwoNodesLoseNoUpdate() throws Exception {
        Cache<String, Long> here = one.cache(name, String.class, Long.class, settings -> settings);
        Cache<String, Long> there = other.cache(name, String.class, Long.class, settings -> settings);
        here.put("counter", 0L);
        int threads = 4;
        int increments = 250;
        List<Callable<Void>> work = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            Cache<String, Long> cache = i % 2 == 0 ? here : there;
            work.add(() -> {
                for (int done = 0; done < increments; ) {
                    Long seen = cache.get("counter");
                    done += cache.replace("counter", seen, seen + 1) ? 1 : 0;
                }
                return null;
            });
        }
        inParallel(work);
        assertEquals((long) threads * increments, here.getAndRemove("counter"));
    }

    @Test
    void entryProcessorsOfAllNodesRunOnceEachAndLoseNoUpdate() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        int threads = 4;
        int increments = 250;
        List<Callable<Void>> work = new ArrayList<>();
        List<Cache<String, Long>> caches = List.of(
                one.cache(name, String.class, Long.class, settings -> settings),
                other.cache(name, String.class, Long.class, settings -> settings));
        for (int i = 0; i < threads; i++) {
            Cache<String, Long> cache = caches.get(i % 2);
            work.add(() -> {
                for (int done = 0; done < increments; done++) {
                    cache.invoke("counter", (entry, arguments) -> {
                        runs.incrementAndGet();
                        entry.setValue(entry.exists() ? entry.getValue() + 1 : 1L);
                        return null;
                    });
                }
                return null;
            });
        }
        inParallel(work);
        assertEquals(
                (long) threads * increments, caches.get(0).getAndRemove("counter"), "as Redis has it, not a near copy");
        assertEquals(threads * increments, runs.get());
    }

    @Test
    void anOperationWithAResultWaitsForAnotherNodesProcessorAndAReadDoesNot() throws Exception {
        Cache<String, String> here = one.strings(name);
        Cache<String, String> there = other.strings(name);
        here.put("key", "old");
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            Future<String> processor = threads.submit(() -> here.invoke("key", (entry, arguments) -> {
                running.countDown();
                await(mayEnd);
                entry.setValue("processed");
                return "done";
            }));
            await(running);
            // 1. Readers continue with the old value. 2. A call with a result waits for the processor's end.
            assertEquals("old", there.get("key"));
            Future<String> answer = threads.submit(() -> there.getAndPut("key", "after"));
            mayEnd.countDown();
            assertEquals("done", processor.get(120, TimeUnit.SECONDS));
            assertEquals("processed", answer.get(120, TimeUnit.SECONDS));
            assertEquals("after", there.get("key"));
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void aProcessorThatTakesLongerThanItsLeaseKeepsIt() throws Exception {
        Duration lease = Duration.ofSeconds(2);
        Cache<String, Long> slow =
                one.cache(name, String.class, Long.class, settings -> settings.with(TieredSetting.WRITE_LEASE, lease));
        Cache<String, Long> quick = other.cache(
                name, String.class, Long.class, settings -> settings.with(TieredSetting.WRITE_LEASE, lease));
        slow.put("counter", 1L);
        CountDownLatch running = new CountDownLatch(1);
        AtomicBoolean ended = new AtomicBoolean();
        // 1. It has the lease and reads 1. 2. The other node waits. 3. The time of the lease is over, twice.
        Crew.Member<Void> processor = Crew.run(() -> slow.invoke("counter", (entry, arguments) -> {
            long seen = entry.getValue();
            running.countDown();
            long end = System.nanoTime() + lease.multipliedBy(2).toNanos();
            Crew.until(() -> System.nanoTime() - end > 0);
            ended.set(true);
            entry.setValue(seen + 1);
            return null;
        }));
        Crew.await(running);
        quick.invoke("counter", (entry, arguments) -> {
            assertTrue(ended.get(), "exclusive");
            entry.setValue(entry.getValue() + 1);
            return null;
        });
        var unused = processor.result();
        assertEquals(3L, slow.getAndRemove("counter"));
    }

    @Test
    void aFailedProcessorLeavesTheKeyFreeForTheOtherNode() {
        Cache<String, String> here = one.strings(name);
        Cache<String, String> there = other.strings(name);
        here.put("key", "old");
        assertThrows(
                EntryProcessorException.class,
                () -> here.invoke("key", (entry, arguments) -> {
                    entry.setValue("never seen");
                    throw new IllegalStateException("on purpose");
                }));
        assertEquals("old", there.getAndPut("key", "new"));
    }

    @Test
    void anEntryExpiresOnAllNodesEvenWithANearCopy() {
        Cache<String, String> here = one.cache(
                name,
                String.class,
                String.class,
                settings -> settings.expiry(
                        CreatedExpiryPolicy.factoryOf(new javax.cache.expiry.Duration(TimeUnit.MILLISECONDS, 200))));
        Cache<String, String> there = longNear(other);
        here.put("key", "short");
        there.get("key");
        redis.command("PING");
        Crew.until(() -> there.get("key") == null);
        assertNull(here.get("key"));
        assertFalse(there.containsKey("key"));
    }

    @Test
    void iterationReturnsTheEntriesOfAllNodesOnceEach() {
        Cache<String, String> here = one.strings(name);
        Cache<String, String> there = other.strings(name);
        Set<String> expected = new HashSet<>();
        for (int i = 0; i < 1_000; i++) {
            (i % 2 == 0 ? here : there).put("key-" + i, "value");
            expected.add("key-" + i);
        }
        List<String> seen = new ArrayList<>();
        here.forEach(entry -> seen.add(entry.getKey()));
        assertEquals(expected, new HashSet<>(seen));
        assertEquals(expected.size(), seen.size());
        there.removeAll();
        assertFalse(here.iterator().hasNext());
    }

    @Test
    void aClearEmptiesTheCacheOnBothNodesAndNoOtherCache() {
        Cache<String, String> here = one.strings(name);
        Cache<String, String> neighbour = one.strings(name + ":x");
        Cache<String, String> there =
                other.cache(name, String.class, String.class, settings -> settings.nearTimeToLive(Duration.ZERO));
        neighbour.put("key", "stays");
        here.put("key", "goes");
        here.clear();
        assertNull(there.get("key"));
        assertEquals("stays", neighbour.get("key"));
        one.manager().destroyCache(name + ":x");
    }

    @Test
    void aValueWhoseClassIsNotAllowedIsRefusedOnPutAndNothingIsStored() {
        Cache<String, Object> cache = one.cache(
                name, String.class, Object.class, settings -> settings.with(TieredSetting.CODEC_LEARNING, false));
        CacheException refused = assertThrows(CacheException.class, () -> cache.put("key", new NotAllowed()));
        assertTrue(refused.getMessage().contains(NotAllowed.class.getName()), refused.getMessage());
        assertTrue(refused.getMessage().contains("tiered-jcache.codec.allowed"), refused.getMessage());
        assertFalse(cache.containsKey("key"));
    }

    @Test
    @Covers({FaultRow.F56, FaultRow.F58})
    void aValueThatAnotherNodeMayNotReadIsAMissThere() {
        Cache<String, Object> here = one.cache(
                name, String.class, Object.class, settings -> settings.allowedClasses(NotAllowed.class.getName()));
        Cache<String, Object> there = other.cache(
                name, String.class, Object.class, settings -> settings.with(TieredSetting.CODEC_LEARNING, false));
        here.put("key", new NotAllowed());
        assertNull(there.get("key"));
        assertEquals(1, there.unwrap(TierStatistics.class).undecodableValues());
    }

    @Test
    @Covers(FaultRow.F51)
    void keysAndValuesOfFiveMegabytesAreStoredOrRefusedWithTheLimit() {
        Cache<String, String> cache = one.strings(name);
        String large = "x".repeat(5 << 20);
        cache.put("key", large);
        assertEquals(large, other.strings(name).get("key"));
        CacheException refused = assertThrows(CacheException.class, () -> cache.put(large, "value"));
        assertTrue(refused.getMessage().contains("codec.maximum-key-size"), refused.getMessage());
        CacheException tooLarge = assertThrows(CacheException.class, () -> cache.put("key", large.repeat(4)));
        assertTrue(tooLarge.getMessage().contains("codec.maximum-value-size"), tooLarge.getMessage());
        assertEquals(large, cache.get("key"), "a refused put changes nothing");
    }

    private Cache<String, String> longNear(Node node) {
        return node.cache(name, String.class, String.class, settings -> settings.nearTimeToLive(Duration.ofHours(1)));
    }

    private static void await(CountDownLatch latch) {
        Crew.await(latch);
    }

    private static <T> List<T> inParallel(List<Callable<T>> work) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(work.size());
        try {
            List<T> results = new ArrayList<>();
            for (Future<T> each : threads.invokeAll(work)) {
                results.add(each.get());
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }

    /** A class that no configuration here mentions. */
    static final class NotAllowed implements java.io.Serializable {
        private static final long serialVersionUID = 1L;
    }
}
