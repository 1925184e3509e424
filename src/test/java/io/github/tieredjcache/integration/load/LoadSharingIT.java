package io.github.tieredjcache.integration.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.TierStatistics;
import io.github.tieredjcache.TieredConfiguration;
import io.github.tieredjcache.TieredSetting;
import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import io.github.tieredjcache.integration.EntryKeys;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.testkit.CommandCounts;
import io.github.tieredjcache.testkit.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import javax.cache.Cache;
import javax.cache.CacheException;
import javax.cache.integration.CacheLoader;
import javax.cache.integration.CompletionListenerFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who shares whose load, within a node and between nodes, and who must not wait for whom. */
class LoadSharingIT {
    private static final Duration LONG = Duration.ofMinutes(10);
    /** Longer than a test waits for what must happen. */
    private static final Duration NEVER = Duration.ofHours(1);

    private final RedisServer redis = RedisServer.startLocal();
    private final Node node = new Node(redis);
    private final Node other = new Node(redis);
    private final CountDownLatch mayEnd = new CountDownLatch(1);

    @AfterEach
    void closes() {
        mayEnd.countDown();
        node.close();
        other.close();
        redis.close();
    }

    @Test
    void ofTheThreadsThatGiveUpWaitingForAnotherNodeOneLoads() throws Exception {
        // Each renewal of the other node's load lease invalidates the key, and detaches the fetches that wait.
        UnaryOperator<TieredConfiguration.Builder<String, String>> impatient =
                settings -> settings.with(TieredSetting.LOAD_LEASE, Duration.ofMillis(300))
                        .with(TieredSetting.LOAD_WAIT, Duration.ofMillis(200));
        Cache<String, String> there = cache(other, key -> holding("theirs"), impatient);
        var theirs = Crew.start(() -> there.get("k"));
        Crew.until(() -> isThere("k"));
        AtomicInteger loads = new AtomicInteger();
        CountDownLatch mayEndHere = new CountDownLatch(1);
        Cache<String, String> here = cache(
                node,
                key -> {
                    loads.incrementAndGet();
                    Crew.await(mayEndHere);
                    return "mine";
                },
                impatient);
        List<Crew.Member<String>> readers = new ArrayList<>();
        long end = System.nanoTime() + Duration.ofSeconds(1).toNanos();
        Crew.until(() -> {
            readers.add(Crew.start(() -> here.get("k")).untilItWaits());
            return System.nanoTime() - end > 0;
        });
        Crew.until(() -> loads.get() > 0);
        // Each reader has given up waiting for the other node: it loads, or waits for the one that does.
        Set<String> sharing = Set.of(Crew.class.getName(), "io.github.tieredjcache.internal.near.SingleFlight");
        Crew.until(() -> readers.stream().allMatch(each -> each.isIn(sharing)));
        mayEnd.countDown();
        assertEquals("theirs", theirs.result());
        mayEndHere.countDown();
        for (Crew.Member<String> each : readers) {
            each.result();
        }
        assertEquals(1, loads.get(), readers.size() + " readers");
    }

    @Test
    void anInterruptOfTheLoadingThreadDoesNotAffectTheOthers() throws Exception {
        Cache<String, String> there = cache(other, key -> holding("v"), settings -> settings);
        Cache<String, String> here = cache(node, key -> "v", settings -> settings.with(TieredSetting.LOAD_WAIT, LONG));
        var loading = Crew.start(() -> there.get("k"));
        Crew.until(() -> isThere("k"));
        var first = Crew.start(() -> here.get("k")).untilItWaits();
        var joined = Crew.start(() -> here.get("k")).untilItWaits();
        first.interrupt();
        assertThrows(CacheException.class, first::result);
        mayEnd.countDown();
        assertEquals("v", joined.result());
        assertEquals("v", loading.result());
    }

    @Test
    @Covers(FaultRow.F72)
    void anInterruptedBulkReadLeavesNoLoadLease() throws Exception {
        CountDownLatch mayFail = new CountDownLatch(1);
        Cache<String, String> there = cache(
                other,
                key -> {
                    if (key.equals("a")) {
                        Crew.await(mayFail);
                        throw new IllegalStateException("on purpose");
                    }
                    return holding("v");
                },
                settings -> settings);
        Cache<String, String> here = cache(node, key -> "v", settings -> settings.with(TieredSetting.LOAD_WAIT, LONG));
        var a = Crew.start(() -> there.get("a"));
        var b = Crew.start(() -> there.get("b"));
        Crew.until(() -> isThere("a") && isThere("b"));
        // It gets the right for a while it waits for b.
        var both = Crew.start(() -> here.getAll(new LinkedHashSet<>(List.of("a", "b"))));
        // By then it has asked for both, and neither was its own to load.
        Crew.until(() -> here.unwrap(TierStatistics.class).loadsAwaited() > 0);
        String right = right("a");
        mayFail.countDown();
        assertThrows(CacheException.class, a::result);
        Crew.until(() -> isThere("a") && !right.equals(right("a")));
        both.interrupt();
        assertThrows(CacheException.class, both::result);
        Crew.until(() -> !isThere("a"));
        mayEnd.countDown();
        assertEquals("v", b.result());
    }

    @Test
    void aReplacingLoadIsStoredAndTheLoadItOvertakesIsNot() throws Exception {
        Cache<String, String> there = cache(other, key -> holding("older"), settings -> settings);
        Cache<String, String> here = cache(node, key -> "newer", settings -> settings);
        var older = Crew.start(() -> there.get("k"));
        Crew.until(() -> isThere("k"));
        replace(here);
        mayEnd.countDown();
        older.result();
        assertEquals("newer", here.get("k"));
        Crew.until(() -> "newer".equals(there.get("k")));
    }

    @Test
    void aReplacingLoadOvertakesALoadOfTheSameNode() throws Exception {
        for (boolean shared : List.of(true, false)) {
            CountDownLatch loading = new CountDownLatch(1);
            CountDownLatch goOn = new CountDownLatch(1);
            AtomicInteger loads = new AtomicInteger();
            Cache<String, String> cache = cache(
                    "own " + shared,
                    node,
                    key -> {
                        int number = loads.incrementAndGet();
                        if (number == 1) {
                            loading.countDown();
                            Crew.await(goOn);
                        }
                        return "load " + number;
                    },
                    settings -> shared ? settings : settings.redisUri(""));
            var older = Crew.start(() -> cache.get("k"));
            Crew.await(loading);
            replace(cache);
            goOn.countDown();
            assertEquals("load 1", older.result());
            assertEquals("load 2", cache.get("k"));
        }
    }

    @Test
    void aProcessorThatLooksUpItsOwnKeyDoesNotWaitForItself() {
        AtomicInteger loads = new AtomicInteger();
        Cache<String, String> cache = cache(
                node,
                key -> {
                    loads.incrementAndGet();
                    return "loaded";
                },
                settings -> settings.with(TieredSetting.LOAD_WAIT, Duration.ofHours(1)));
        assertEquals("loaded", cache.<String>invoke("k", (entry, arguments) -> cache.get("k")));
        assertEquals(
                Map.of("k", "loaded", "m", "loaded"),
                cache.<Map<String, String>>invoke("k", (entry, arguments) -> cache.getAll(Set.of("k", "m"))));
        assertEquals(3, loads.get());
    }

    @Test
    void aFinishedLoadIsNotReportedAsACycle() throws Exception {
        Cache<String, String> there = cache(other, key -> holding("w"), settings -> settings);
        AtomicReference<Cache<String, String>> self = new AtomicReference<>();
        Cache<String, String> here = cache(
                node,
                key -> key.equals("z") ? "z of " + self.get().get("w") : key,
                settings -> settings.loadTimeout(LONG)
                        .with(TieredSetting.LOAD_WAIT, LONG)
                        .loadExecutor(LoadSharingIT::oneThread));
        self.set(here);
        var w = Crew.start(() -> there.get("w"));
        Crew.until(() -> isThere("w"));
        // 1. a is loaded, on the one thread that loads, and then w is awaited
        var both = Crew.start(() -> here.getAll(Set.of("a", "w")));
        Crew.until(() -> here.unwrap(TierStatistics.class).loadsAwaited() == 1);
        // 2. the same thread loads z, and needs w for that
        var z = Crew.start(() -> here.get("z")).untilItWaits();
        mayEnd.countDown();
        w.result();
        assertEquals(Map.of("a", "a", "w", "w"), both.result());
        assertEquals("z of w", z.result());
    }

    @Test
    void aLoadThatWaitsForAnotherDoesNotOccupyItsThread() throws Exception {
        Cache<String, String> there = cache(other, key -> holding("w"), settings -> settings);
        AtomicReference<Cache<String, String>> self = new AtomicReference<>();
        CountDownLatch loading = new CountDownLatch(1);
        CountDownLatch mayAsk = new CountDownLatch(1);
        Cache<String, String> here = cache(
                node,
                key -> {
                    if (!key.equals("z")) {
                        return key;
                    }
                    loading.countDown();
                    Crew.await(mayAsk);
                    return "z of " + self.get().get("w");
                },
                settings -> settings.loadTimeout(NEVER)
                        .with(TieredSetting.LOAD_WAIT, NEVER)
                        .loadExecutor(LoadSharingIT::oneThread));
        self.set(here);
        var w = Crew.start(() -> there.get("w"));
        Crew.until(() -> isThere("w"));
        // 1. z is being loaded, on the one thread that loads
        var z = Crew.start(() -> here.get("z"));
        Crew.await(loading);
        // 2. a is queued behind it, in a lookup that is to wait for w when it has a
        var both = Crew.start(() -> here.getAll(Set.of("a", "w")));
        Crew.until(() -> isThere("a"));
        both.untilItWaits();
        // 3. z needs w, and so that lookup
        mayAsk.countDown();
        Crew.until(() -> here.unwrap(TierStatistics.class).loadsAwaited() == 1);
        mayEnd.countDown();
        assertEquals("w", w.result());
        assertEquals(Map.of("a", "a", "w", "w"), both.result());
        assertEquals("z of w", z.result());
    }

    @Test
    void aLoadDoesNotBlockALoadQueuedBehindIt() throws Exception {
        for (boolean shared : List.of(true, false)) {
            CountDownLatch mayAsk = new CountDownLatch(1);
            AtomicInteger loads = new AtomicInteger();
            AtomicReference<Cache<String, String>> self = new AtomicReference<>();
            ThreadPoolExecutor loading = oneThread();
            Cache<String, String> cache = cache(
                    "queued " + shared,
                    node,
                    key -> {
                        loads.incrementAndGet();
                        if (key.equals("z")) {
                            Crew.await(mayAsk);
                            return "z of " + self.get().get("y");
                        }
                        return key;
                    },
                    settings -> (shared ? settings : settings.redisUri(""))
                            .loadTimeout(NEVER)
                            .loadExecutor(() -> loading));
            self.set(cache);
            // 1. the one thread that loads is busy with z
            var z = Crew.start(() -> cache.get("z"));
            Crew.until(() -> loads.get() == 1);
            // 2. y is to be loaded by the same thread
            var y = Crew.start(() -> cache.get("y"));
            Crew.until(() -> loading.getQueue().size() == 1);
            // 3. the load of z asks for y
            mayAsk.countDown();
            assertEquals("z of y", z.result());
            assertEquals("y", y.result());
            assertEquals(2, loads.get());
        }
    }

    @Test
    void aWaitingLoadDoesNotBlockALoadThatBeginsLater() throws Exception {
        Cache<String, String> there = cache(
                other,
                key -> {
                    Crew.await(mayEnd);
                    throw new IllegalStateException("on purpose");
                },
                settings -> settings);
        AtomicReference<Cache<String, String>> self = new AtomicReference<>();
        Cache<String, String> here = cache(
                node,
                key -> key.equals("z") ? "z of " + self.get().get("w") : key,
                settings -> settings.loadTimeout(NEVER)
                        .with(TieredSetting.LOAD_WAIT, NEVER)
                        .loadExecutor(LoadSharingIT::oneThread));
        self.set(here);
        var theirs = Crew.start(() -> there.get("w"));
        Crew.until(() -> isThere("w"));
        // 1. a lookup of w waits for the load of the other node
        var w = Crew.start(() -> here.get("w"));
        Crew.until(() -> here.unwrap(TierStatistics.class).loadsAwaited() == 1);
        // 2. the one thread that loads here waits for that lookup
        var z = Crew.start(() -> here.get("z"));
        Crew.until(() -> here.unwrap(TierStatistics.class).coalescedLookups() == 1);
        // 3. the other node's load fails, so w is to be loaded by that very thread
        mayEnd.countDown();
        assertThrows(CacheException.class, theirs::result);
        assertEquals("z of w", z.result());
        assertEquals("w", w.result());
    }

    @Test
    void aLoadAllOnTheOnlyLoadThreadDoesNotWaitForItself() throws Exception {
        for (boolean replaces : List.of(true, false)) {
            Cache<String, String> cache = cache(
                    "all " + replaces,
                    node,
                    key -> key,
                    settings -> settings.loadTimeout(NEVER).loadExecutor(LoadSharingIT::oneThread));
            CompletionListenerFuture done = new CompletionListenerFuture();
            cache.loadAll(Set.of("a", "b"), replaces, done);
            done.get(2, TimeUnit.MINUTES);
            assertEquals(Map.of("a", "a", "b", "b"), cache.getAll(Set.of("a", "b")));
        }
    }

    @Test
    void aLoadThatNeedsAnotherOneDoesNotWaitForItsOwnThread() throws Exception {
        for (boolean hard : List.of(true, false)) {
            AtomicReference<Cache<String, String>> self = new AtomicReference<>();
            Cache<String, String> cache = cache(
                    "nested " + hard,
                    node,
                    key -> key.equals("z") ? self.get().get("y") : key,
                    settings -> (hard ? settings.loadTimeout(LONG) : settings.loadSoftTimeout(Duration.ofMillis(1)))
                            .staleFor(LONG)
                            .loadExecutor(LoadSharingIT::oneThread));
            self.set(cache);
            assertEquals("y", Crew.start(() -> cache.get("z")).result());
        }
    }

    @Test
    void withoutNearCopiesALookupOfManyKeysIsOneReadAndOneRequestForLoadLeasesAndOneFill() {
        Cache<String, String> cache = cache(node, key -> key, settings -> settings.nearTimeToLive(Duration.ZERO));
        cache.get("x");
        CommandCounts counts = CommandCounts.during(redis, () -> cache.getAll(Set.of("a", "b", "x")));
        assertEquals(2, counts.of("evalsha"), "the load leases of both; the fills of both");
        assertEquals(7, counts.of("getrange"), "three reads, and each script looks at both");
    }

    /** Loads when the test says so. */
    private String holding(String value) {
        Crew.await(mayEnd);
        return value;
    }

    private static void replace(Cache<String, String> cache) throws Exception {
        CompletionListenerFuture done = new CompletionListenerFuture();
        cache.loadAll(Set.of("k"), true, done);
        done.get(2, TimeUnit.MINUTES);
    }

    private boolean isThere(String key) {
        return redis.number("EXISTS", EntryKeys.redisKey(redis, "sharing", key)) == 1;
    }

    /** Returns the id of the load lease of a key; see entry.lua. */
    private String right(String key) {
        return redis.command("GETRANGE", EntryKeys.redisKey(redis, "sharing", key), "28", "43");
    }

    private static ThreadPoolExecutor oneThread() {
        return new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            Thread thread = new Thread(task, "the one that loads");
            thread.setDaemon(true);
            return thread;
        });
    }

    private static Cache<String, String> cache(
            Node at,
            UnaryOperator<String> source,
            UnaryOperator<TieredConfiguration.Builder<String, String>> settings) {
        return cache("sharing", at, source, settings);
    }

    private static Cache<String, String> cache(
            String name,
            Node at,
            UnaryOperator<String> source,
            UnaryOperator<TieredConfiguration.Builder<String, String>> settings) {
        return at.cache(
                name,
                String.class,
                String.class,
                builder -> settings.apply(
                        builder.readThrough(() -> new Loader(source)).commandTimeout(LONG)));
    }

    private record Loader(UnaryOperator<String> source) implements CacheLoader<String, String> {
        @Override
        public String load(String key) {
            return source.apply(key);
        }

        @Override
        public Map<String, String> loadAll(Iterable<? extends String> keys) {
            Map<String, String> all = new HashMap<>();
            keys.forEach(key -> all.put(key, load(key)));
            return all;
        }
    }
}
