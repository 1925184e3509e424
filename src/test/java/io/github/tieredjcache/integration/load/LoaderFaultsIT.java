package io.github.tieredjcache.integration.load;

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
import io.github.tieredjcache.integration.EntryKeys;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.integration.RecordingLoader;
import io.github.tieredjcache.testkit.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import javax.cache.Cache;
import javax.cache.CacheException;
import javax.cache.integration.CacheLoader;
import javax.cache.integration.CacheLoaderException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Loaders that fail, find nothing, take long or ask the cache itself; and what the callers of two nodes get. */
class LoaderFaultsIT {
    private static final String CACHE = "cache";
    private static final String KEY = "key";
    private static final int CALLERS = 8;
    /** Nothing here waits for the end of a lease or of patience, unless it says so; if it did, its test would fail. */
    private static final Duration LONG = Duration.ofMinutes(10);

    private final RedisServer redis = RedisServer.startLocal();
    private final Node node = new Node(redis);
    private final Node other = new Node(redis);
    private final CountDownLatch loading = new CountDownLatch(1);
    private final CountDownLatch mayEnd = new CountDownLatch(1);

    @AfterEach
    void closes() {
        mayEnd.countDown();
        node.close();
        other.close();
        redis.close();
    }

    @Test
    @Covers({FaultRow.F74, FaultRow.F75})
    void anExceptionOfALoaderReachesAllWaitersOfItsNodeAndAnotherNodeLoadsAtOnce() throws Exception {
        RecordingLoader failing = new RecordingLoader(key -> {
            hold();
            throw new IllegalStateException("no source");
        });
        RecordingLoader working = new RecordingLoader(key -> "loaded there");
        Cache<String, String> here = cache(node, LONG, LONG, failing);
        Cache<String, String> there = cache(other, LONG, LONG, working);
        List<Crew.Member<String>> callers = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            callers.add(Crew.start(() -> here.get(KEY)));
        }
        Crew.until(() -> statistics(here).coalescedLookups() == CALLERS - 1);
        Crew.await(loading);
        Crew.Member<String> waiting = WaitingLookup.of(KEY, there, redis);
        mayEnd.countDown();
        for (Crew.Member<String> each : callers) {
            CacheLoaderException failure = assertThrows(CacheLoaderException.class, each::result);
            assertEquals("no source", failure.getCause().getMessage());
        }
        assertEquals("loaded there", waiting.result());
        assertEquals("loaded there", here.get(KEY));
        assertEquals(1, failing.loads(KEY));
        assertEquals(1, working.loads(KEY));
    }

    @Test
    @Covers(FaultRow.F71)
    void anErrorOfALoaderLeavesNoLoadLease() throws Exception {
        RecordingLoader failing = new RecordingLoader(key -> {
            hold();
            throw new StackOverflowError("too deep");
        });
        Cache<String, String> here = cache(node, LONG, LONG, failing);
        Cache<String, String> there = cache(other, LONG, LONG, new RecordingLoader(key -> "loaded there"));
        Crew.Member<String> first = Crew.start(() -> here.get(KEY));
        Crew.await(loading);
        Crew.Member<String> waiting = WaitingLookup.of(KEY, there, redis);
        mayEnd.countDown();
        assertThrows(StackOverflowError.class, first::result);
        assertEquals("loaded there", waiting.result());
    }

    @Test
    @Covers(FaultRow.F77)
    void aLoadWithoutAValueIsNotKeptAndReleasesItsWaiters() throws Exception {
        RecordingLoader empty = new RecordingLoader(key -> {
            hold();
            return null;
        });
        RecordingLoader filled = new RecordingLoader(key -> "there since");
        Cache<String, String> here = cache(node, LONG, LONG, empty);
        Cache<String, String> there = cache(other, LONG, LONG, filled);
        Crew.Member<String> first = Crew.start(() -> here.get(KEY));
        Crew.await(loading);
        Crew.Member<String> waiting = WaitingLookup.of(KEY, there, redis);
        mayEnd.countDown();
        assertNull(first.result());
        assertEquals("there since", waiting.result());
        assertEquals("there since", here.get(KEY));

        assertNull(here.get("missing"));
        untilGone("missing");
        assertEquals(Map.of(), here.getAll(Set.of("missing", "missing, too")));
        assertNull(here.get("missing"));
        assertEquals(3, empty.loads("missing"));
        assertEquals("there since", atOnce(() -> there.get("missing")));
    }

    @Test
    void aLoadLongerThanItsLeaseStaysTheOnlyOne() throws Exception {
        Duration lease = Duration.ofSeconds(1);
        RecordingLoader loader = new RecordingLoader(key -> {
            hold();
            return "loaded";
        });
        Cache<String, String> here = cache(node, lease, LONG, loader);
        Cache<String, String> there = cache(other, lease, LONG, loader);
        Crew.Member<String> first = Crew.start(() -> here.get(KEY));
        Crew.await(loading);
        Crew.Member<String> waiting = WaitingLookup.of(KEY, there, redis);
        pause(lease.multipliedBy(5).dividedBy(2));
        mayEnd.countDown();
        assertEquals("loaded", first.result());
        assertEquals("loaded", waiting.result());
        assertEquals("loaded", there.get(KEY));
        assertEquals(1, loader.loads(KEY));
        assertEquals(0, statistics(here).fillsRefused());
    }

    @Test
    @Covers(FaultRow.F76)
    void aCallerWhoseWaitTimesOutLoadsAndDoesNotStore() throws Exception {
        RecordingLoader slow = new RecordingLoader(key -> {
            hold();
            return "loaded";
        });
        AtomicInteger number = new AtomicInteger();
        RecordingLoader alone = new RecordingLoader(key -> "alone " + number.incrementAndGet());
        Cache<String, String> here = cache(node, LONG, LONG, slow);
        Cache<String, String> there = cache(other, LONG, Duration.ofMillis(100), alone);
        Crew.Member<String> first = Crew.start(() -> here.get(KEY));
        Crew.await(loading);
        assertEquals("alone 1", there.get(KEY));
        assertFalse(there.containsKey(KEY));
        assertEquals(Map.of(KEY, "alone 2"), there.getAll(Set.of(KEY)));
        assertFalse(there.containsKey(KEY));
        assertEquals(2, statistics(there).fillsRefused());
        mayEnd.countDown();
        assertEquals("loaded", first.result());
        assertEquals("loaded", there.get(KEY));
        assertEquals(2, number.get());
        assertEquals(1, slow.loads(KEY));
    }

    @Test
    void aCallerWithoutALoadWaitLoadsAtOnce() throws Exception {
        RecordingLoader slow = new RecordingLoader(key -> {
            hold();
            return "loaded";
        });
        Cache<String, String> here = cache(node, LONG, LONG, slow);
        Cache<String, String> there = cache(other, LONG, Duration.ZERO, new RecordingLoader(key -> "alone"));
        Crew.Member<String> first = Crew.start(() -> here.get(KEY));
        Crew.await(loading);
        assertEquals("alone", there.get(KEY));
        mayEnd.countDown();
        assertEquals("loaded", first.result());
        assertEquals("loaded", there.get(KEY));
    }

    @Test
    void aBulkLoadKeepsTheRequestedKeysWithValuesOnly() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        Cache<String, String> here = cache(node, LONG, LONG, bulk(keys -> {
            calls.incrementAndGet();
            Map<String, String> loaded = new HashMap<>();
            loaded.put("a", "1");
            loaded.put("b", null);
            loaded.put("not asked for", "2");
            return loaded;
        }));
        Cache<String, String> there =
                cache(other, LONG, LONG, new RecordingLoader(key -> key.equals("d") ? null : "there"));
        assertEquals(Map.of("a", "1"), here.getAll(Set.of("a", "b", "c", "d")));
        assertEquals(1, calls.get());
        assertTrue(here.containsKey("a"));
        // The load leases of the absent keys were released: no call waits.
        assertEquals(
                Map.of("a", "1", "b", "there", "c", "there"), atOnce(() -> there.getAll(Set.of("a", "b", "c", "d"))));
        assertEquals(Map.of("a", "1", "b", "there", "c", "there"), here.getAll(Set.of("a", "b", "c")));
        assertFalse(here.containsKey("not asked for"));
        untilGone("d");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anEmptyOrFailedBulkLoadLeavesNoLoadLease(boolean fails) throws Exception {
        Cache<String, String> here = cache(node, LONG, LONG, bulk(keys -> {
            if (fails) {
                throw new IllegalStateException("no source");
            }
            return null;
        }));
        Cache<String, String> there = cache(other, LONG, LONG, new RecordingLoader(key -> "there"));
        Set<String> keys = Set.of("a", "b", "c");
        if (fails) {
            assertThrows(CacheLoaderException.class, () -> here.getAll(keys));
        } else {
            assertEquals(Map.of(), here.getAll(keys));
        }
        Map<String, String> all = Map.of("a", "there", "b", "there", "c", "there");
        assertEquals(all, atOnce(() -> there.getAll(keys)));
        assertEquals(all, here.getAll(keys));
    }

    @Test
    void aLoaderMayReadOtherKeysOfItsCache() {
        List<Cache<String, String>> caches = new ArrayList<>();
        RecordingLoader loader = new RecordingLoader(key -> switch (key) {
            case "outer" -> caches.get(0).get("middle") + ", outer";
            case "middle" -> caches.get(0).getAll(Set.of("inner")).get("inner") + ", middle";
            default -> "inner";
        });
        Cache<String, String> here = cache(node, LONG, LONG, loader);
        caches.add(here);
        Cache<String, String> there = cache(other, LONG, LONG, loader);
        assertEquals("inner, middle, outer", here.get("outer"));
        assertEquals("inner, middle, outer", there.get("outer"));
        assertEquals("inner, middle", there.get("middle"));
        assertEquals(Map.of("outer", 1, "middle", 1, "inner", 1), loader.loads());
    }

    @ParameterizedTest
    @Covers(FaultRow.F78)
    @ValueSource(booleans = {true, false})
    void aLoaderThatReadsItsOwnKeyGetsAClearErrorAndLeavesNoLoadLease(boolean many) throws Exception {
        List<Cache<String, String>> caches = new ArrayList<>();
        Cache<String, String> here = cache(node, LONG, LONG, new RecordingLoader(key -> {
            Cache<String, String> own = caches.get(0);
            return many ? own.getAll(Set.of("another", KEY)).get(KEY) : own.get(KEY);
        }));
        caches.add(here);
        Cache<String, String> there = cache(other, LONG, LONG, new RecordingLoader(key -> "there"));
        assertRecursive(assertThrows(CacheException.class, () -> here.get(KEY)));
        assertRecursive(assertThrows(CacheException.class, () -> here.getAll(Set.of(KEY))));
        assertEquals("there", atOnce(() -> there.get(KEY)));
        assertEquals("there", atOnce(() -> there.get("another")));
        assertEquals("there", here.get(KEY));
    }

    @Test
    void loadersOfTwoNodesThatReadEachOthersKeysContinueAfterTheLoadWait() throws Exception {
        Duration patience = Duration.ofMillis(300);
        CountDownLatch bothLoad = new CountDownLatch(2);
        Cache<String, String> here = cache(node, LONG, patience, crosswise("a", "b", node, bothLoad));
        Cache<String, String> there = cache(other, LONG, patience, crosswise("b", "a", other, bothLoad));
        Crew.Member<String> first = Crew.start(() -> here.get("a"));
        Crew.Member<String> second = Crew.start(() -> there.get("b"));
        assertEquals("a of plain b", first.result().replace("b of plain a", "plain b"));
        assertEquals("b of plain a", second.result().replace("a of plain b", "plain a"));
        Crew.until(() -> here.get("b").equals(there.get("b")) && here.get("a").equals(there.get("a")));
    }

    @Test
    void loadersOfTwoNodesThatReadEachOthersKeysForeverGetAClearError() throws Exception {
        Duration patience = Duration.ofMillis(300);
        CountDownLatch bothLoad = new CountDownLatch(2);
        Cache<String, String> here = cache(node, LONG, patience, endless(node, bothLoad));
        Cache<String, String> there = cache(other, LONG, patience, endless(other, bothLoad));
        Crew.Member<String> first = Crew.start(() -> here.get("a"));
        Crew.Member<String> second = Crew.start(() -> there.get("b"));
        assertRecursive(assertThrows(CacheException.class, first::result));
        assertRecursive(assertThrows(CacheException.class, second::result));
        untilGone("a");
        untilGone("b");
    }

    /** Loads its own key by means of the other's, which it loads plainly if it has to. */
    private static RecordingLoader crosswise(String own, String others, Node where, CountDownLatch bothLoad) {
        return new RecordingLoader(key -> {
            if (!key.equals(own)) {
                return "plain " + key;
            }
            bothLoad.countDown();
            Crew.await(bothLoad);
            Cache<String, String> cache = where.manager().getCache(CACHE, String.class, String.class);
            return own + " of " + cache.get(others);
        });
    }

    private static RecordingLoader endless(Node where, CountDownLatch bothLoad) {
        return new RecordingLoader(key -> {
            bothLoad.countDown();
            Crew.await(bothLoad);
            Cache<String, String> cache = where.manager().getCache(CACHE, String.class, String.class);
            return cache.get(key.equals("a") ? "b" : "a");
        });
    }

    private static CacheLoader<String, String> bulk(Function<Iterable<? extends String>, Map<String, String>> source) {
        return new CacheLoader<>() {
            @Override
            public String load(String key) {
                return null;
            }

            @Override
            public Map<String, String> loadAll(Iterable<? extends String> keys) {
                return source.apply(keys);
            }
        };
    }

    private static Cache<String, String> cache(
            Node where, Duration lease, Duration wait, CacheLoader<String, String> loader) {
        return where.cache(
                CACHE,
                String.class,
                String.class,
                settings -> settings.with(TieredSetting.LOAD_LEASE, lease)
                        .with(TieredSetting.LOAD_WAIT, wait)
                        .commandTimeout(Node.PATIENCE)
                        .readThrough(() -> loader));
    }

    /** Has the first load of this test begin, and wait for its word to end. */
    private void hold() {
        loading.countDown();
        Crew.await(mayEnd);
    }

    private static TierStatistics statistics(Cache<String, String> cache) {
        return cache.unwrap(TierStatistics.class);
    }

    /** Fails if the call waits for as long as a lease that nobody ends. */
    private static <T> T atOnce(Callable<T> call) throws Exception {
        return Crew.start(call).result();
    }

    /** A right is given back without a wait for the answer. */
    private void untilGone(String key) {
        String redisKey = EntryKeys.redisKey(redis, CACHE, key);
        Crew.until(() -> redis.number("EXISTS", redisKey) == 0);
    }

    private static void assertRecursive(Throwable failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (String.valueOf(each.getMessage()).contains("recursive load")) {
                return;
            }
        }
        throw new AssertionError("says nothing of a recursive load", failure);
    }

    private static void pause(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        Crew.until(() -> System.nanoTime() - end >= 0);
    }
}
