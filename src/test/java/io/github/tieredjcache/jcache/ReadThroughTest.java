package io.github.tieredjcache.jcache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.TierStatistics;
import io.github.tieredjcache.Undeclared;
import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import javax.cache.Cache;
import javax.cache.CacheException;
import javax.cache.integration.CacheLoader;
import javax.cache.integration.CacheLoaderException;
import javax.cache.integration.CompletionListener;
import javax.cache.integration.CompletionListenerFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReadThroughTest {
    private final NearOnly node = new NearOnly();

    @AfterEach
    void close() {
        node.close();
    }

    @Test
    void aThousandThreadsOnOneColdKeyLoadItOnceAndAllGetTheValue() throws Exception {
        AtomicInteger loads = new AtomicInteger();
        int threads = 1_000;
        CountDownLatch asking = new CountDownLatch(threads);
        Cache<String, String> cache = reading(key -> {
            loads.incrementAndGet();
            Crew.await(asking);
            return "value of " + key;
        });
        List<String> values = Crew.together(threads, () -> {
            asking.countDown();
            return cache.get("a");
        });
        assertEquals(1, loads.get());
        assertEquals(Collections.nCopies(threads, "value of a"), values);
        assertTrue(cache.unwrap(TierStatistics.class).coalescedLookups() < threads);
        assertEquals(1, cache.unwrap(TierStatistics.class).loads());
    }

    @Test
    @Covers(FaultRow.F74)
    void allWaitingCallersGetTheFailureOfALoadAndTheNextCallerLoadsAgain() throws Exception {
        AtomicInteger loads = new AtomicInteger();
        CountDownLatch loading = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Cache<String, String> cache = reading(key -> {
            if (loads.incrementAndGet() > 1) {
                return "at last";
            }
            loading.countDown();
            Crew.await(goOn);
            throw new IllegalStateException("the database is down");
        });
        List<Crew.Member<String>> members = new ArrayList<>();
        members.add(Crew.start(() -> cache.get("a")));
        Crew.await(loading);
        for (int i = 0; i < 99; i++) {
            members.add(Crew.start(() -> cache.get("a")).untilItWaits());
        }
        goOn.countDown();
        for (Crew.Member<String> each : members) {
            var failure = assertThrows(CacheLoaderException.class, each::result);
            assertInstanceOf(IllegalStateException.class, failure.getCause());
        }
        assertEquals(1, loads.get());
        assertEquals("at last", cache.get("a"));
        assertEquals(2, loads.get());
    }

    @Test
    @Covers(FaultRow.F71)
    void anErrorOfTheLoaderIsRethrownAndLeavesTheKeyUnlocked() {
        AtomicBoolean failing = new AtomicBoolean(true);
        Cache<String, String> cache = reading(key -> {
            if (failing.get()) {
                throw new StackOverflowError("deep");
            }
            return "v";
        });
        assertThrows(StackOverflowError.class, () -> cache.get("a"));
        assertThrows(StackOverflowError.class, () -> cache.getAll(Set.of("a", "b")));
        failing.set(false);
        assertEquals("v", cache.get("a"));
        assertEquals(Map.of("a", "v", "b", "v"), cache.getAll(Set.of("a", "b")));
    }

    @Test
    @Covers(FaultRow.F77)
    void aLoadedNullIsNoValueAndIsNotKept() {
        AtomicInteger loads = new AtomicInteger();
        Cache<String, String> cache = reading(key -> {
            loads.incrementAndGet();
            return null;
        });
        assertNull(cache.get("a"));
        assertNull(cache.get("a"));
        assertFalse(cache.containsKey("a"));
        assertEquals(2, loads.get());
    }

    @Test
    @Covers(FaultRow.F78)
    void aLoaderThatReadsItsOwnKeyGetsAClearErrorAndAnotherKeyItsValue() {
        AtomicReference<Cache<String, String>> itself = new AtomicReference<>();
        Cache<String, String> cache = reading(key -> switch (key) {
            case "own" -> itself.get().get("own");
            case "own-by-all" -> itself.get().getAll(Set.of("own-by-all")).toString();
            case "outer" -> "outer of " + itself.get().get("inner");
            default -> "value of " + key;
        });
        itself.set(cache);
        for (String key : List.of("own", "own-by-all")) {
            var failure = assertThrows(CacheException.class, () -> cache.get(key));
            assertTrue(messages(failure).contains("recursive load"), messages(failure));
        }
        assertEquals("outer of value of inner", cache.get("outer"));
        assertEquals("value of inner", cache.get("inner"));
    }

    @Test
    @Covers(FaultRow.F79)
    void aPutDuringALoadWins() throws Exception {
        Paused paused = new Paused();
        Cache<String, String> cache = reading(paused);
        Crew.Member<String> getting = Crew.start(() -> cache.get("a"));
        Crew.await(paused.loading);
        cache.put("a", "put");
        paused.goOn.countDown();
        assertEquals("loaded", getting.result());
        assertEquals("put", cache.get("a"));
        assertEquals(1, cache.unwrap(TierStatistics.class).fillsRefused());
    }

    @ParameterizedTest
    @Covers(FaultRow.F80)
    @ValueSource(strings = {"remove", "clear", "removeAll", "removeAll(keys)", "getAndRemove"})
    void aRemovalDuringALoadIsNotUndone(String removal) throws Exception {
        Paused paused = new Paused();
        Cache<String, String> cache = reading(paused);
        Crew.Member<String> getting = Crew.start(() -> cache.get("a"));
        Crew.await(paused.loading);
        switch (removal) {
            case "remove" -> cache.remove("a");
            case "clear" -> cache.clear();
            case "removeAll" -> {
                // removeAll() removes the entries that it finds, and there are none yet.
                cache.put("a", "removed at once");
                cache.removeAll();
            }
            case "getAndRemove" -> cache.getAndRemove("a");
            default -> cache.removeAll(Set.of("a"));
        }
        paused.goOn.countDown();
        assertEquals("loaded", getting.result());
        assertFalse(cache.containsKey("a"));
    }

    /** 1. A get loads v0. 2. A processor begins on the absent key. 3. The get returns. 4. The processor ends. */
    @Test
    void aLoadThatCompletesDuringAProcessorDoesNotUndoItsChange() throws Exception {
        Paused paused = new Paused();
        Cache<String, String> cache = reading(paused);
        Crew.Member<String> getting = Crew.start(() -> cache.get("a"));
        Crew.await(paused.loading);
        CountDownLatch processing = new CountDownLatch(1);
        CountDownLatch finish = new CountDownLatch(1);
        Crew.Member<Void> invoking = Crew.run(() -> cache.invoke("a", (entry, arguments) -> {
            processing.countDown();
            Crew.await(finish);
            entry.setValue("processed");
            return null;
        }));
        Crew.await(processing);
        paused.goOn.countDown();
        assertEquals("loaded", getting.result());
        finish.countDown();
        invoking.result();
        assertEquals("processed", cache.get("a"));
    }

    @Test
    void aProcessorThatReadsItsOwnKeyThroughTheCacheStillStores() {
        Cache<String, String> cache = reading(key -> "loaded");
        cache.invoke("a", (entry, arguments) -> {
            assertEquals("loaded", cache.get("a"));
            entry.setValue("processed");
            return null;
        });
        assertEquals("processed", cache.get("a"));
    }

    @Test
    void getAllLoadsMissingKeysInOneCall() {
        List<Set<String>> asked = new ArrayList<>();
        Cache<String, String> cache = readingAll(keys -> {
            asked.add(keys);
            Map<String, String> values = new HashMap<>();
            keys.forEach(key -> values.put(key, "loaded"));
            return values;
        });
        cache.put("a", "here");
        assertEquals(Map.of("a", "here", "b", "loaded", "c", "loaded"), cache.getAll(Set.of("a", "b", "c")));
        assertEquals(List.of(Set.of("b", "c")), asked);
        cache.getAll(Set.of("a", "b", "c"));
        assertEquals(1, asked.size());
    }

    @Test
    @Covers(FaultRow.F77)
    void getAllOmitsKeysThatTheLoaderOmitsAndIgnoresKeysThatWereNotRequested() {
        Map<String, String> answer = new HashMap<>();
        answer.put("a", "loaded");
        answer.put("b", null);
        answer.put("other", "not asked");
        answer.put(null, "nobody's");
        Cache<String, String> cache = readingAll(keys -> answer);
        assertEquals(Map.of("a", "loaded"), cache.getAll(Set.of("a", "b", "c")));
        assertFalse(cache.containsKey("other"));
        assertFalse(cache.containsKey("b"));
    }

    @Test
    void aLoaderThatReturnsANullMapHasNoValues() {
        Cache<String, String> cache = readingAll(keys -> null);
        assertEquals(Map.of(), cache.getAll(Set.of("a", "b")));
    }

    @Test
    void getAllJoinsTheSingleFlightOfAGetAndLoadsTheOtherKeys() throws Exception {
        CountDownLatch loading = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        List<Set<String>> asked = Collections.synchronizedList(new ArrayList<>());
        Cache<String, String> cache = node.strings(builder -> builder.readThrough(NearOnly.factory(new CacheLoader<>() {
            @Override
            public String load(String key) {
                loading.countDown();
                Crew.await(goOn);
                return "by get";
            }

            @Override
            public Map<String, String> loadAll(Iterable<? extends String> keys) {
                Set<String> wanted = new HashSet<>();
                keys.forEach(wanted::add);
                asked.add(wanted);
                return Map.of("b", "by getAll");
            }
        })));
        Crew.Member<String> getting = Crew.start(() -> cache.get("a"));
        Crew.await(loading);
        Crew.Member<Map<String, String>> gettingAll =
                Crew.start(() -> cache.getAll(Set.of("a", "b"))).untilItWaits();
        goOn.countDown();
        assertEquals("by get", getting.result());
        assertEquals(Map.of("a", "by get", "b", "by getAll"), gettingAll.result());
        assertEquals(List.of(Set.of("b")), asked);
    }

    @Test
    void twoCallsForTheSameKeysInOppositeOrderBothComplete() throws Exception {
        Cache<Integer, Integer> cache = node.cache(
                Integer.class,
                Integer.class,
                builder -> builder.readThrough(NearOnly.factory(new Plain<>(key -> key))));
        for (int round = 0; round < 100; round++) {
            List<Integer> keys = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                keys.add(round * 20 + i);
            }
            AtomicBoolean turned = new AtomicBoolean();
            Crew.together(4, () -> {
                List<Integer> order = new ArrayList<>(keys);
                if (turned.getAndSet(!turned.get())) {
                    Collections.reverse(order);
                }
                assertEquals(20, cache.getAll(new LinkedHashSet<>(order)).size());
                return null;
            });
        }
        assertEquals(2_000, cache.unwrap(TierStatistics.class).loads());
    }

    /** Two loads that read each other's keys must not deadlock: they get a clear error or their values. */
    @Test
    void twoLoadsThatReadEachOthersKeysComplete() throws Exception {
        AtomicReference<Cache<String, String>> itself = new AtomicReference<>();
        CyclicBarrier both = new CyclicBarrier(2);
        AtomicInteger loads = new AtomicInteger();
        Cache<String, String> cache = reading(key -> {
            if (loads.incrementAndGet() > 2) {
                return "alone " + key;
            }
            try {
                both.await(120, TimeUnit.SECONDS);
            } catch (Exception e) {
                throw new AssertionError(e);
            }
            return key + " with " + itself.get().get(key.equals("a") ? "b" : "a");
        });
        itself.set(cache);
        Crew.Member<String> one = Crew.start(() -> cache.get("a"));
        Crew.Member<String> other = Crew.start(() -> cache.get("b"));
        assertTrue(one.result().startsWith("a with "));
        assertTrue(other.result().startsWith("b with "));
    }

    @Test
    void aKeyThatCannotBeCopiedLeavesTheOtherKeysUnlocked() throws Exception {
        Cache<Object, String> cache = node.cache(
                Object.class,
                String.class,
                builder -> builder.readThrough(NearOnly.factory(new Plain<Object, String>(key -> "v"))));
        Set<Object> keys = new LinkedHashSet<>(Arrays.asList("good", new Thread("cannot be copied"), "good too"));
        assertThrows(CacheException.class, () -> cache.getAll(keys));
        assertEquals("v", Crew.start(() -> cache.get("good")).result());
        assertEquals("v", cache.get("good"));
        assertEquals("v", cache.get("good too"));
    }

    @Test
    void loadAllLoadsMissingKeysOrAllKeys() throws Exception {
        List<Set<String>> asked = Collections.synchronizedList(new ArrayList<>());
        Cache<String, String> cache = readingAll(keys -> {
            asked.add(keys);
            Map<String, String> values = new HashMap<>();
            keys.forEach(key -> values.put(key, "loaded"));
            return values;
        });
        cache.put("a", "put");
        loadAll(cache, Set.of("a", "b"), false);
        assertEquals(List.of(Set.of("b")), asked);
        assertEquals("put", cache.get("a"));
        assertEquals("loaded", cache.get("b"));
        loadAll(cache, Set.of("a", "b"), true);
        assertEquals(List.of(Set.of("b"), Set.of("a", "b")), asked);
        assertEquals("loaded", cache.get("a"));
        loadAll(cache, Set.of(), true);
        loadAll(cache, Set.of("a"), false);
        assertEquals(2, asked.size());
    }

    @Test
    void loadAllWithoutReadThroughLoadsToo() throws Exception {
        Cache<String, String> cache =
                node.strings(builder -> builder.loader(NearOnly.factory(new Plain<String, String>(key -> "loaded"))));
        assertNull(cache.get("a"));
        loadAll(cache, Set.of("a"), false);
        assertEquals("loaded", cache.get("a"));
    }

    @Test
    void loadAllWithoutALoaderCompletes() throws Exception {
        Cache<String, String> cache = node.strings(builder -> builder);
        loadAll(cache, Set.of("a"), true);
        loadAll(cache, Set.of("a"), false);
        assertNull(cache.get("a"));
    }

    @Test
    void loadAllWithoutAListenerLoads() {
        Cache<String, String> cache = reading(key -> "loaded");
        cache.loadAll(Set.of("a"), false, null);
        Crew.until(() -> cache.containsKey("a"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theListenerReceivesTheFailureOfTheLoader(boolean replace) throws Exception {
        Cache<String, String> cache = reading(key -> {
            throw new IllegalStateException("database");
        });
        AtomicReference<Exception> failure = new AtomicReference<>();
        CountDownLatch ended = new CountDownLatch(1);
        cache.loadAll(Set.of("a"), replace, new CompletionListener() {
            @Override
            public void onCompletion() {
                ended.countDown();
            }

            @Override
            public void onException(Exception e) {
                failure.set(e);
                ended.countDown();
            }
        });
        Crew.await(ended);
        assertInstanceOf(CacheLoaderException.class, failure.get());
        assertInstanceOf(IllegalStateException.class, failure.get().getCause());
        cache.loadAll(Set.of("a"), replace, null);
        assertFalse(cache.containsKey("a"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aCheckedExceptionThatTheLoaderDoesNotDeclareReachesListenerAndCaller(boolean replace) {
        IOException users = new IOException("database");
        Cache<String, String> cache = reading(key -> {
            throw Undeclared.thrown(users);
        });
        CompletionListenerFuture ended = new CompletionListenerFuture();
        cache.loadAll(Set.of("a"), replace, ended);
        var reported = assertThrows(ExecutionException.class, () -> ended.get(60, TimeUnit.SECONDS));
        assertInstanceOf(CacheLoaderException.class, reported.getCause());
        assertSame(users, reported.getCause().getCause());
        assertSame(
                users,
                assertThrows(CacheLoaderException.class, () -> cache.get("a")).getCause());
    }

    @ParameterizedTest
    @ValueSource(strings = {"put", "remove", "clear"})
    void aChangeDuringAReplacingLoadAllIsNotUndone(String change) throws Exception {
        Paused paused = new Paused();
        Cache<String, String> cache = reading(paused);
        cache.put("a", "old");
        CompletionListenerFuture ended = new CompletionListenerFuture();
        cache.loadAll(Set.of("a"), true, ended);
        Crew.await(paused.loading);
        switch (change) {
            case "put" -> cache.put("a", "put");
            case "remove" -> cache.remove("a");
            default -> cache.clear();
        }
        paused.goOn.countDown();
        ended.get();
        assertEquals(change.equals("put"), cache.containsKey("a"));
        if (change.equals("put")) {
            assertEquals("put", cache.get("a"));
        }
    }

    /** 1. loadAll of an absent key reads a row. 2. Key and row are removed. 3. loadAll ends. */
    @ParameterizedTest
    @ValueSource(strings = {"remove", "clear", "put and remove"})
    void aRemovalOfAnAbsentKeyDuringAReplacingLoadAllIsNotUndone(String change) throws Exception {
        Paused paused = new Paused();
        Cache<String, String> cache = reading(paused);
        CompletionListenerFuture ended = new CompletionListenerFuture();
        cache.loadAll(Set.of("a"), true, ended);
        Crew.await(paused.loading);
        switch (change) {
            case "remove" -> cache.remove("a");
            case "clear" -> cache.clear();
            default -> {
                cache.put("a", "put");
                cache.remove("a");
            }
        }
        paused.goOn.countDown();
        ended.get();
        assertFalse(cache.containsKey("a"));
    }

    @Test
    void loadAllCopiesTheKeysBeforeItReturns() throws Exception {
        CountDownLatch goOn = new CountDownLatch(1);
        Cache<List<String>, String> cache = lists(key -> {
            Crew.await(goOn);
            return key.toString();
        });
        for (int i = 0; i < 4; i++) {
            // Keeps all workers busy, so that the next task must wait.
            cache.loadAll(Set.of(List.of("busy" + i)), false, null);
        }
        List<String> key = new ArrayList<>(List.of("before"));
        CompletionListenerFuture ended = new CompletionListenerFuture();
        cache.loadAll(Set.of(key), false, ended);
        key.set(0, "after");
        goOn.countDown();
        ended.get();
        assertEquals(true, cache.containsKey(new ArrayList<>(List.of("before"))));
    }

    @Test
    void aLoaderThatModifiesItsValueOrKeyLaterDoesNotChangeTheCache() {
        List<String> value = new ArrayList<>(List.of("loaded"));
        AtomicReference<List<String>> seenKey = new AtomicReference<>();
        @SuppressWarnings({"unchecked", "rawtypes"})
        Class<List<String>> lists = (Class) List.class;
        Cache<List<String>, List<String>> cache = node.cache(
                lists,
                lists,
                builder -> builder.readThrough(NearOnly.factory(new Plain<List<String>, List<String>>(key -> {
                    seenKey.set(key);
                    return value;
                }))));
        List<String> key = new ArrayList<>(List.of("key"));
        assertEquals(List.of("loaded"), cache.get(key));
        value.set(0, "changed");
        seenKey.get().set(0, "changed");
        assertEquals(List.of("loaded"), cache.get(new ArrayList<>(List.of("key"))));
        assertEquals(List.of("key"), cache.iterator().next().getKey());
    }

    @Test
    void aSynchronousListenerThatThrowsDoesNotFailTheCallersThatJoinedTheLoad() throws Exception {
        Paused paused = new Paused();
        Recording<String, String> throwing = new Recording<String, String>().throwing(true);
        TieredCache<String, String> cache = node.strings(
                builder -> builder.readThrough(NearOnly.factory(paused)).listener(throwing.registered(true, false)));
        Crew.Member<String> first = Crew.start(() -> cache.get("a"));
        Crew.await(paused.loading);
        Crew.Member<String> second = Crew.start(() -> cache.get("a")).untilItWaits();
        paused.goOn.countDown();
        assertThrows(javax.cache.event.CacheEntryListenerException.class, first::result);
        assertEquals("loaded", second.result());
        assertEquals("loaded", cache.get("a"));
    }

    @Test
    void aListenerThatThrowsForOneLoadedKeyIsNotifiedOfTheOthers() {
        Recording<String, String> throwing = new Recording<String, String>().throwing(true);
        TieredCache<String, String> cache =
                node.strings(builder -> builder.readThrough(NearOnly.factory(new Plain<String, String>(key -> "v")))
                        .listener(throwing.registered(true, false)));
        assertThrows(javax.cache.event.CacheEntryListenerException.class, () -> cache.getAll(Set.of("a", "b", "c")));
        assertEquals(3, throwing.events().size());
    }

    private static void loadAll(Cache<String, String> cache, Set<String> keys, boolean replace) throws Exception {
        CompletionListenerFuture ended = new CompletionListenerFuture();
        cache.loadAll(keys, replace, ended);
        ended.get();
    }

    private Cache<String, String> reading(Function<String, String> load) {
        return reading(new Plain<>(load));
    }

    private Cache<String, String> reading(CacheLoader<String, String> loader) {
        return node.strings(builder -> builder.readThrough(NearOnly.factory(loader)));
    }

    private Cache<String, String> readingAll(Function<Set<String>, Map<String, String>> loadAll) {
        return reading(new CacheLoader<>() {
            @Override
            public String load(String key) {
                throw new AssertionError("asked one by one");
            }

            @Override
            public Map<String, String> loadAll(Iterable<? extends String> keys) {
                Set<String> wanted = new HashSet<>();
                keys.forEach(wanted::add);
                return loadAll.apply(wanted);
            }
        });
    }

    private Cache<List<String>, String> lists(Function<List<String>, String> load) {
        @SuppressWarnings({"unchecked", "rawtypes"})
        Class<List<String>> keys = (Class) List.class;
        return node.cache(
                keys, String.class, builder -> builder.loader(NearOnly.factory(new Plain<List<String>, String>(load))));
    }

    private static String messages(Throwable failure) {
        StringBuilder all = new StringBuilder();
        for (Throwable each = failure; each != null; each = each.getCause()) {
            all.append(each.getMessage()).append(" | ");
        }
        return all.toString();
    }

    /** A loader that loads key by key. */
    private static class Plain<K, V> implements CacheLoader<K, V> {
        private final Function<K, V> load;

        Plain(Function<K, V> load) {
            this.load = load;
        }

        @Override
        public V load(K key) {
            return load.apply(key);
        }

        @Override
        public Map<K, V> loadAll(Iterable<? extends K> keys) {
            Map<K, V> values = new HashMap<>();
            keys.forEach(key -> values.put(key, load.apply(key)));
            return values;
        }
    }

    /** A loader that signals the begin of a load, and waits for a permission to continue. */
    private static final class Paused extends Plain<String, String> {
        private final CountDownLatch loading;
        private final CountDownLatch goOn;

        Paused() {
            this(new CountDownLatch(1), new CountDownLatch(1));
        }

        private Paused(CountDownLatch loading, CountDownLatch goOn) {
            super(key -> {
                loading.countDown();
                Crew.await(goOn);
                return "loaded";
            });
            this.loading = loading;
            this.goOn = goOn;
        }
    }
}
