package io.github.tieredjcache.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.FakeClock;
import io.github.tieredjcache.RemoteUnavailableException;
import io.github.tieredjcache.internal.codec.api.Copier;
import io.github.tieredjcache.internal.codec.api.RefusedValues;
import io.github.tieredjcache.internal.engine.common.StoreByValue;
import io.github.tieredjcache.internal.model.CacheOperation;
import io.github.tieredjcache.internal.port.FakeRedis;
import io.github.tieredjcache.internal.stats.GaugeSources;
import io.github.tieredjcache.internal.stats.Statistics;
import io.github.tieredjcache.internal.stats.TierCounters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.cache.CacheException;
import javax.cache.expiry.EternalExpiryPolicy;
import javax.cache.expiry.ExpiryPolicy;
import javax.cache.integration.CacheLoader;
import org.junit.jupiter.api.Test;

/** The engine of a cache whose tier of record lies beyond the near tier. */
class SharedEngineTest {
    private final FakeClock clock = new FakeClock();
    private final FakeRedis remote = new FakeRedis(clock).withoutInvalidations();
    private final TierCounters counters = new TierCounters(
            GaugeSources.none("test"), new Statistics(System::nanoTime, true).latencies(), System::nanoTime);
    private volatile Runnable whileLoading = () -> {};
    private final Engine<String, String> engine = engine(new EternalExpiryPolicy(), null);

    @Test
    void anEntryOfRedisIsKeptNearForItsLifetime() {
        remote.otherNodePuts("a", "1");
        assertEquals("1", engine.get("a"));
        assertEquals("1", engine.get("a"));
        assertEquals(List.of("read a"), remote.calls);
        clock.advance(Duration.ofSeconds(1));
        remote.otherNodePuts("a", "2");
        assertEquals("2", engine.get("a"));
        assertEquals(2, counters.remoteHits());
    }

    @Test
    void anEntryThatWasReadLocallyIsNoRemoteHit() {
        remote.answersLocally = true;
        List.of("a", "b", "c").forEach(key -> remote.otherNodePuts(key, "1"));
        assertEquals("1", engine.get("a"));
        assertEquals(Map.of("b", "1", "c", "1"), engine.getAll(Set.of("b", "c", "absent")));
        assertEquals(0, counters.remoteHits());
        assertEquals(1, counters.remoteMisses());
    }

    @Test
    void aValueThatWasDecodedForOneCallerIsNotCopied() {
        AtomicInteger copies = new AtomicInteger();
        Engine<String, String> byValue = withoutNearCopies(copies, null);
        List.of("a", "b", "c").forEach(key -> remote.otherNodePuts(key, "1"));
        assertEquals("1", byValue.get("a"));
        assertEquals(Map.of("b", "1", "c", "1"), byValue.getAll(Set.of("b", "c", "absent")));
        assertEquals(0, copies.get());
        remote.answersLocally = true;
        byValue.get("a");
        byValue.getAll(Set.of("b", "c"));
        assertEquals(3, copies.get(), "this node has the values");
    }

    @Test
    void aLoadedValueIsCopiedForEachCaller() {
        AtomicInteger copies = new AtomicInteger();
        Engine<String, String> byValue = withoutNearCopies(copies, loader(new AtomicInteger()));
        byValue.get("a");
        int ofOneLoad = copies.getAndSet(0);
        assertTrue(ofOneLoad > 0);
        byValue.getAll(Set.of("b", "c"));
        assertEquals(2 * ofOneLoad, copies.get());
    }

    private Engine<String, String> withoutNearCopies(AtomicInteger copies, CacheLoader<String, String> loader) {
        Copier keys = new Copier() {
            @Override
            public <T> T copy(T key) {
                return key;
            }
        };
        Copier values = new Copier() {
            @Override
            public <T> T copy(T value) {
                copies.incrementAndGet();
                return value;
            }
        };
        StoreByValue<String, String> storeByValue =
                StoreByValue.byCopies(keys, values, RefusedValues.FAIL, stored -> {});
        return SharedEngines.withoutNearCopies(remote, storeByValue, counters, clock, loader);
    }

    @Test
    void aLoadKnowsWhichKeysWereReadLocally() {
        Engine<String, String> loading = engine(new EternalExpiryPolicy(), loader(new AtomicInteger()));
        assertEquals("loaded", loading.get("a"));
        assertEquals(Set.of(), remote.lastLocalKeys);
        remote.answersLocally = true;
        remote.otherNodePuts("d", "1");
        assertEquals("loaded", loading.get("b"));
        assertEquals(Set.of("b"), remote.lastLocalKeys);
        assertEquals(3, loading.getAll(Set.of("c", "d", "e")).size());
        assertTrue(remote.lastLocalKeys.containsAll(Set.of("c", "e")));
    }

    @Test
    void aWrittenEntryIsKeptNear() {
        engine.write("a", CacheOperation.put("1"));
        assertEquals("1", engine.get("a"));
        engine.putAll(Map.of("b", "2"));
        assertEquals("2", engine.get("b"));
        assertEquals(List.of("apply a", "applyAll 1"), remote.calls);
    }

    @Test
    void aReadThatWasOvertakenByAWriteIsNotKept() {
        remote.otherNodePuts("a", "old");
        remote.afterNextReply = () -> { // 1. Redis has replied "old"
            engine.write("a", CacheOperation.put("new")); // 2. the key is written
        };
        assertEquals("old", engine.get("a")); // 3. the reply arrives
        assertEquals("new", engine.get("a"));
    }

    @Test
    void aReadThatWasOvertakenByARemovalOrAClearIsNotKept() {
        for (Runnable change : List.<Runnable>of(
                () -> engine.write("a", CacheOperation.remove()), () -> engine.removeAll(Set.of("a")), engine::clear)) {
            remote.otherNodePuts("a", "old");
            clock.advance(Duration.ofSeconds(1));
            remote.afterNextReply = change;
            assertEquals("old", engine.get("a"));
            assertNull(engine.get("a"));
        }
    }

    @Test
    void manyKeysThatAreNotNearAreReadInOneCall() {
        engine.write("a", CacheOperation.put("1"));
        engine.write("b", CacheOperation.put("2"));
        remote.otherNodePuts("c", "3");
        remote.otherNodePuts("d", "4");
        remote.calls.clear();
        assertEquals(
                Map.of("a", "1", "b", "2", "c", "3", "d", "4"), engine.getAll(Set.of("a", "b", "c", "d", "absent")));
        assertEquals(List.of("readAll 3"), remote.calls);
    }

    @Test
    void theTierOfRecordDecidesThatAnOperationChangesNothing() {
        engine.write("a", CacheOperation.put("near"));
        remote.otherNodePuts("a", "far");
        assertTrue(engine.write("a", CacheOperation.replace("far", "mine")).acted());
        remote.otherNodePuts("a", "far");
        assertFalse(engine.write("a", CacheOperation.remove("mine")).acted());
        assertTrue(engine.write("a", CacheOperation.remove("far")).acted());
        engine.write("a", CacheOperation.put("near"));
        remote.otherNodePuts("a", null);
        assertTrue(engine.write("a", CacheOperation.putIfAbsent("mine")).acted());
        remote.otherNodePuts("a", null);
        assertFalse(engine.write("a", CacheOperation.replace("mine")).acted());
        assertNull(engine.get("a"));
        engine.write("a", CacheOperation.put("near"));
        remote.otherNodePuts("a", "far");
        assertEquals("far", engine.write("a", CacheOperation.getAndPut("mine")).old());
        remote.otherNodePuts("a", null);
        assertFalse(engine.write("a", CacheOperation.remove()).existed());
    }

    @Test
    void aNearCopyThatIsFoundToBeOldIsNotServedAgain() {
        engine.write("a", CacheOperation.put("near"));
        remote.otherNodePuts("a", "far");
        assertFalse(engine.write("a", CacheOperation.replace("other", "mine")).acted());
        assertEquals("far", engine.get("a"));
    }

    @Test
    void anOperationThatLosesARaceIsDecidedAgainOnTheWinner() {
        engine.write("a", CacheOperation.put("1"));
        remote.conflictsToCome.set(1);
        assertFalse(engine.write("a", CacheOperation.replace("1", "2")).acted());
        assertEquals("conflict 0", remote.value("a"));
        remote.conflictsToCome.set(1);
        assertEquals(
                "conflict 0",
                engine(policy(new ArrayList<>()), null)
                        .write("a", CacheOperation.getAndPut("2"))
                        .old());
        assertEquals("2", remote.value("a"));
    }

    @Test
    void aCustomPolicyIsCalledOnceForEachKindHoweverOftenAWriteLoses() {
        List<String> called = new ArrayList<>();
        Engine<String, String> own = engine(policy(called), null);
        remote.conflictsToCome.set(3);
        own.write("a", CacheOperation.put("1"));
        assertEquals("1", remote.value("a"));
        assertEquals(List.of("creation", "update"), called);
        assertEquals(3, counters.conflicts());
    }

    @Test
    void aWriteThatKeepsLosingTakesTheLeaseAndEnds() {
        Engine<String, String> own = engine(policy(new ArrayList<>()), null);
        remote.conflictsToCome.set(8);
        own.write("a", CacheOperation.put("1"));
        assertEquals("1", remote.value("a"));
        assertEquals(
                List.of("lease a", "commit a 1"), remote.calls.subList(remote.calls.size() - 2, remote.calls.size()));
        assertEquals(0, remote.writeLeases());
    }

    @Test
    void unavailableIsNotAbsent() {
        AtomicInteger loads = new AtomicInteger();
        Engine<String, String> loading = engine(new EternalExpiryPolicy(), loader(loads));
        loading.write("near", CacheOperation.put("1"));
        remote.failsCalls(true);
        assertThrows(RemoteUnavailableException.class, () -> loading.get("a"));
        assertThrows(RemoteUnavailableException.class, () -> loading.getAll(Set.of("a", "b")));
        assertThrows(RemoteUnavailableException.class, () -> loading.contains("a"));
        assertThrows(RemoteUnavailableException.class, () -> loading.write("a", CacheOperation.putIfAbsent("1")));
        assertThrows(RemoteUnavailableException.class, () -> loading.invoke("a", (entry, arguments) -> entry.exists()));
        assertEquals(0, loads.get());
        assertEquals("1", loading.get("near"));
        remote.failsCalls(false);
        assertEquals("loaded", loading.get("a"));
        assertTrue(loading.write("b", CacheOperation.putIfAbsent("1")).acted());
        assertFalse(loading.<Boolean>invoke("c", (entry, arguments) -> entry.exists()));
    }

    @Test
    void aWriteThatFailedLeavesNoNearCopyOfTheOldValue() {
        engine.write("a", CacheOperation.put("old"));
        remote.failsCalls(true);
        assertThrows(CacheException.class, () -> engine.write("a", CacheOperation.put("new")));
        assertThrows(CacheException.class, () -> engine.putAll(Map.of("a", "new")));
        assertThrows(CacheException.class, engine::clear);
        assertThrows(CacheException.class, () -> engine.get("a"));
        remote.failsCalls(false);
        remote.otherNodePuts("a", "applied after all");
        assertEquals("applied after all", engine.get("a"));
    }

    @Test
    void aKeyWithoutALeaseFromRedisIsFreeForOtherThreads() throws Exception {
        remote.failsCalls(true);
        assertThrows(CacheException.class, () -> engine.invoke("a", (entry, arguments) -> null));
        remote.failsCalls(false);
        Crew.run(() -> engine.invoke("a", (entry, arguments) -> {
                    entry.setValue("1");
                    return null;
                }))
                .result();
        assertEquals("1", engine.get("a"));
    }

    @Test
    void aLoadedValueThatRedisDoesNotStoreIsReturnedAndNotKept() {
        AtomicInteger loads = new AtomicInteger();
        Engine<String, String> loading = engine(new EternalExpiryPolicy(), loader(loads));
        whileLoading = () -> remote.failsCalls(true);
        assertEquals("loaded", loading.get("a"));
        assertEquals(1, counters.fillsRefused());
        remote.failsCalls(false);
        whileLoading = () -> {};
        assertEquals("loaded", loading.get("a"));
        assertEquals(2, loads.get());
    }

    @Test
    void aLoadThatEndsAfterAnotherNodesWriteIsNotKept() {
        Engine<String, String> loading = engine(new EternalExpiryPolicy(), loader(new AtomicInteger()));
        whileLoading = () -> remote.otherNodePuts("a", "other");
        assertEquals("loaded", loading.get("a"));
        assertEquals("other", loading.get("a"));
        assertEquals(1, counters.fillsRefused());
    }

    @Test
    void threadsOfThisNodeLeaseAKeyInRedisOneAfterTheOther() throws Exception {
        Crew.together(8, () -> {
            for (int i = 0; i < 200; i++) {
                engine.invoke("n", (entry, arguments) -> {
                    entry.setValue(entry.exists() ? String.valueOf(Integer.parseInt(entry.getValue()) + 1) : "1");
                    return null;
                });
            }
            return null;
        });
        for (int i = 0; i < remote.calls.size(); i++) {
            assertTrue(remote.calls.get(i).startsWith(i % 2 == 0 ? "lease n" : "commit n"), remote.calls.get(i));
        }
        assertEquals("1600", engine.get("n"));
        assertEquals(0, remote.writeLeases());
    }

    @Test
    void aProcessorThatOnlyReadsCommitsNothing() {
        engine.write("a", CacheOperation.put("1"));
        remote.calls.clear();
        assertEquals("1", engine.<String>invoke("a", (entry, arguments) -> entry.getValue()));
        assertEquals(List.of("lease a", "release a"), remote.calls);
        assertEquals(0, remote.writeLeases());
    }

    private Engine<String, String> engine(ExpiryPolicy policy, CacheLoader<String, String> loader) {
        return SharedEngines.engine(remote, counters, clock, policy, loader, null);
    }

    private CacheLoader<String, String> loader(AtomicInteger loads) {
        return new CacheLoader<>() {
            @Override
            public String load(String key) {
                loads.incrementAndGet();
                whileLoading.run();
                return "loaded";
            }

            @Override
            public Map<String, String> loadAll(Iterable<? extends String> keys) {
                Map<String, String> all = new HashMap<>();
                keys.forEach(key -> all.put(key, load(key)));
                return all;
            }
        };
    }

    private static ExpiryPolicy policy(List<String> called) {
        return new ExpiryPolicy() {
            @Override
            public javax.cache.expiry.Duration getExpiryForCreation() {
                called.add("creation");
                return javax.cache.expiry.Duration.ETERNAL;
            }

            @Override
            public javax.cache.expiry.Duration getExpiryForAccess() {
                called.add("access");
                return null;
            }

            @Override
            public javax.cache.expiry.Duration getExpiryForUpdate() {
                called.add("update");
                return null;
            }
        };
    }

    /** Every operation of JCache that stores or removes calls the policy exactly when the specification says. */
    @Test
    void aCustomPolicyIsCalledWhenTheSpecificationSays() {
        List<String> called = new ArrayList<>();
        Engine<String, String> own = engine(policy(called), null);
        Map<Runnable, Set<String>> expected = new HashMap<>();
        List<Runnable> order = new ArrayList<>();
        step(expected, order, () -> own.get("a"));
        step(expected, order, () -> own.contains("a"));
        step(expected, order, () -> own.write("a", CacheOperation.put("1")), "creation");
        step(expected, order, () -> own.write("a", CacheOperation.put("1")), "update");
        step(expected, order, () -> own.get("a"), "access");
        step(expected, order, () -> own.contains("a"));
        step(expected, order, () -> own.write("a", CacheOperation.putIfAbsent("2")));
        step(expected, order, () -> own.write("a", CacheOperation.getAndPut("2")), "update");
        step(expected, order, () -> own.write("a", CacheOperation.replace("no", "3")), "access");
        step(expected, order, () -> own.write("a", CacheOperation.replace("2", "3")), "update");
        step(expected, order, () -> own.write("a", CacheOperation.remove("no")), "access");
        step(expected, order, () -> own.invoke("a", (entry, arguments) -> entry.getValue()), "access");
        step(expected, order, () -> own.invoke("a", (entry, arguments) -> entry.exists()));
        step(
                expected,
                order,
                () -> own.invoke("a", (entry, arguments) -> {
                    entry.getValue();
                    entry.setValue("4");
                    return null;
                }),
                "update");
        step(expected, order, () -> own.write("a", CacheOperation.getAndRemove()));
        step(expected, order, () -> own.write("a", CacheOperation.remove()));
        step(expected, order, () -> own.write("a", CacheOperation.remove("no")));
        step(expected, order, () -> own.write("a", CacheOperation.getAndReplace("no")));
        for (int i = 0; i < order.size(); i++) {
            called.clear();
            order.get(i).run();
            int number = i;
            assertEquals(expected.get(order.get(i)), new HashSet<>(called), () -> "step " + number);
            assertEquals(expected.get(order.get(i)).size(), called.size(), () -> "step " + number + ": " + called);
        }
    }

    /** In the specification's table of expiry a load has no access. */
    @Test
    void aLoadOfAKeyWithAnEntryIsNoAccess() {
        List<String> called = new ArrayList<>();
        Engine<String, String> own = engine(policy(called), loader(new AtomicInteger()));
        List<String> cold = keys(0, 500);
        // Requested while the cold keys are loaded.
        List<String> ahead = keys(500, 1_000);
        List<String> read = keys(1_000, 1_500);
        ahead.forEach(key -> remote.otherNodePuts(key, "1"));
        read.forEach(key -> remote.otherNodePuts(key, "1"));
        own.loading(Stream.of(cold, ahead, read).flatMap(List::stream).toList(), false)
                .run();
        assertEquals(Set.of("creation"), Set.copyOf(called));
        assertEquals("1", own.get("key 1000"));
    }

    private static List<String> keys(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "key " + i).toList();
    }

    private static void step(
            Map<Runnable, Set<String>> expected, List<Runnable> order, Runnable step, String... questions) {
        expected.put(step, Set.of(questions));
        order.add(step);
    }
}
