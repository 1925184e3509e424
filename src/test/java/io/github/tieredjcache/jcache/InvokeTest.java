package io.github.tieredjcache.jcache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.TieredSetting;
import io.github.tieredjcache.Undeclared;
import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.cache.Cache;
import javax.cache.CacheException;
import javax.cache.integration.CacheLoader;
import javax.cache.processor.EntryProcessor;
import javax.cache.processor.EntryProcessorException;
import javax.cache.processor.EntryProcessorResult;
import javax.cache.processor.MutableEntry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class InvokeTest {
    private static final EntryProcessor<String, Integer, Integer> INCREMENT = (entry, arguments) -> {
        int next = entry.exists() ? entry.getValue() + 1 : 1;
        entry.setValue(next);
        return next;
    };

    private final NearOnly node = new NearOnly();
    private final TieredCache<String, Integer> cache = node.cache(
            String.class, Integer.class, builder -> builder.with(TieredSetting.WRITE_WAIT, Duration.ofMinutes(10)));

    @AfterEach
    void close() {
        node.close();
    }

    @Test
    void eachProcessorRunsExactlyOnceAndNoIncrementIsLost() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        Crew.together(8, () -> {
            for (int i = 0; i < 1_000; i++) {
                cache.invoke("n", (entry, arguments) -> {
                    runs.incrementAndGet();
                    return INCREMENT.process(entry);
                });
            }
            return null;
        });
        assertEquals(8_000, cache.get("n"));
        assertEquals(8_000, runs.get());
    }

    @Test
    void processorsAndConditionalOperationsOnOneKeyLoseNothing() throws Exception {
        cache.put("n", 0);
        Crew.together(8, () -> {
            for (int i = 0; i < 500; i++) {
                if (i % 2 == 0) {
                    cache.invoke("n", INCREMENT);
                } else {
                    Integer seen = cache.get("n");
                    while (!cache.replace("n", seen, seen + 1)) {
                        seen = cache.get("n");
                    }
                }
            }
            return null;
        });
        assertEquals(4_000, cache.get("n"));
    }

    @Test
    void processorsOfDifferentKeysRunInParallel() throws Exception {
        CyclicBarrier together = new CyclicBarrier(4);
        AtomicInteger number = new AtomicInteger();
        Crew.together(
                4,
                () -> cache.invoke("key" + number.incrementAndGet(), (entry, arguments) -> {
                    try {
                        return together.await(120, TimeUnit.SECONDS);
                    } catch (Exception e) {
                        throw new IllegalStateException("the others are kept waiting", e);
                    }
                }));
    }

    @Test
    @Covers(FaultRow.F71)
    void aProcessorThatThrowsChangesNothingAndUnlocksTheKey() throws Exception {
        cache.put("a", 1);
        RuntimeException users = new IllegalStateException("processor");
        var failure = assertThrows(
                EntryProcessorException.class,
                () -> cache.invoke("a", (entry, arguments) -> {
                    entry.setValue(2);
                    throw users;
                }));
        assertSame(users, failure.getCause());
        assertEquals(1, cache.get("a"));
        EntryProcessorException own = new EntryProcessorException("mine");
        assertSame(
                own,
                assertThrows(
                        EntryProcessorException.class,
                        () -> cache.invoke("b", (entry, arguments) -> {
                            entry.setValue(2);
                            throw own;
                        })));
        assertFalse(cache.containsKey("b"));
        assertThrows(
                StackOverflowError.class,
                () -> cache.invoke("a", (entry, arguments) -> {
                    entry.remove();
                    throw new StackOverflowError("deep");
                }));
        assertEquals(1, cache.get("a"));
        assertEquals(2, Crew.start(() -> cache.invoke("a", INCREMENT)).result());
    }

    @Test
    void aCheckedExceptionThatAProcessorDoesNotDeclareIsTheCauseOfAnEntryProcessorException() {
        IOException users = new IOException("processor");
        EntryProcessor<String, Integer, Integer> failing = (entry, arguments) -> {
            throw Undeclared.thrown(users);
        };
        var failure = assertThrows(EntryProcessorException.class, () -> cache.invoke("a", failing));
        assertSame(users, failure.getCause());
        Map<String, EntryProcessorResult<Integer>> results = cache.invokeAll(
                new LinkedHashSet<>(List.of("a", "b")),
                (entry, arguments) -> (entry.getKey().equals("a") ? failing : INCREMENT).process(entry, arguments));
        assertEquals(1, results.get("b").get());
        failure = assertThrows(
                EntryProcessorException.class, () -> results.get("a").get());
        assertSame(users, failure.getCause());
    }

    @Test
    void aProcessorMayChangeAnotherKeyButNotItsOwnThroughTheCache() {
        int doubled = cache.invoke("a", (entry, arguments) -> {
            int other = cache.invoke("b", INCREMENT);
            cache.put("c", 5);
            entry.setValue(other);
            return 2 * other;
        });
        assertEquals(2, doubled);
        assertEquals(Map.of("a", 1, "b", 1, "c", 5), cache.getAll(Set.of("a", "b", "c")));
        List<Runnable> own = List.of(
                () -> cache.invoke("a", INCREMENT),
                () -> cache.put("a", 9),
                () -> cache.remove("a"),
                () -> cache.putIfAbsent("a", 9),
                () -> cache.putAll(Map.of("a", 9)),
                () -> cache.removeAll(Set.of("a")),
                () -> cache.replace("a", 1, 9));
        for (Runnable change : own) {
            var refused = assertThrows(
                    EntryProcessorException.class,
                    () -> cache.invoke("a", (entry, arguments) -> {
                        change.run();
                        return null;
                    }));
            assertInstanceOf(CacheException.class, refused.getCause());
            assertTrue(
                    refused.getCause().getMessage().contains("its own key a"),
                    refused.getCause().getMessage());
            assertEquals(1, cache.get("a"));
        }
    }

    @Test
    void aProcessorReadsTheOldValueOfItsKeyThroughTheCache() {
        cache.put("a", 1);
        cache.invoke("a", (entry, arguments) -> {
            entry.setValue(2);
            assertEquals(1, cache.get("a"));
            assertTrue(cache.containsKey("a"));
            return null;
        });
        assertEquals(2, cache.get("a"));
    }

    @Test
    void twoProcessorsThatInvokeEachOthersKeysComplete() throws Exception {
        TieredCache<String, Integer> impatient = node.cache(
                "impatient",
                String.class,
                Integer.class,
                builder -> builder.with(TieredSetting.WRITE_WAIT, Duration.ofMillis(20)));
        CyclicBarrier both = new CyclicBarrier(2);
        List<Crew.Member<Boolean>> members = new ArrayList<>();
        for (List<String> keys : List.of(List.of("a", "b"), List.of("b", "a"))) {
            members.add(Crew.start(() -> {
                try {
                    impatient.invoke(keys.get(0), (entry, arguments) -> {
                        try {
                            both.await(120, TimeUnit.SECONDS);
                        } catch (Exception e) {
                            throw new AssertionError(e);
                        }
                        entry.setValue(1);
                        return impatient.invoke(keys.get(1), INCREMENT);
                    });
                    return true;
                } catch (EntryProcessorException e) {
                    assertTrue(
                            e.getCause().getMessage().contains("write.wait"),
                            e.getCause().getMessage());
                    return false;
                }
            }));
        }
        int ended = 0;
        for (Crew.Member<Boolean> each : members) {
            ended += each.result() ? 1 : 0;
        }
        assertTrue(ended < 2);
        impatient.invoke("a", INCREMENT);
        impatient.invoke("b", INCREMENT);
    }

    @Test
    void aPutDuringAProcessorReturnsAtOnceAndIsAppliedAfterIt() throws Exception {
        CountDownLatch processing = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Crew.Member<Integer> invoking = Crew.start(() -> cache.invoke("a", (entry, arguments) -> {
            processing.countDown();
            Crew.await(goOn);
            entry.setValue(1);
            return 1;
        }));
        Crew.await(processing);
        cache.put("a", 2);
        assertEquals(2, cache.get("a"));
        goOn.countDown();
        assertEquals(1, invoking.result());
        assertEquals(2, cache.get("a"));
    }

    @Test
    void operationsWithAResultWaitForTheProcessor() throws Exception {
        cache.put("a", 0);
        CountDownLatch processing = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Crew.Member<Integer> invoking = Crew.start(() -> cache.invoke("a", (entry, arguments) -> {
            processing.countDown();
            Crew.await(goOn);
            entry.setValue(1);
            return 1;
        }));
        Crew.await(processing);
        Crew.Member<Integer> getAndPut =
                Crew.start(() -> cache.getAndPut("a", 2)).untilItWaits();
        assertEquals(0, cache.get("a"));
        goOn.countDown();
        invoking.result();
        assertEquals(1, getAndPut.result());
    }

    @Test
    void argumentsAndResultsArePassedUnchanged() {
        Object argument = new Object();
        Object result = cache.invoke("a", (entry, arguments) -> arguments[1], "first", argument);
        assertSame(argument, result);
        assertNull(cache.invoke("a", (entry, arguments) -> arguments.length == 0 ? null : "some"));
    }

    @Test
    void invokeAllReturnsAResultForEachKey() {
        cache.put("a", 1);
        cache.put("b", 2);
        cache.put("c", 3);
        Map<String, EntryProcessorResult<Integer>> results = cache.invokeAll(
                new LinkedHashSet<>(List.of("a", "b", "c")), (entry, arguments) -> switch (entry.getKey()) {
                    case "a" -> throw new IllegalStateException("processor");
                    case "b" -> null;
                    default -> {
                        entry.setValue(30);
                        yield 3;
                    }
                });
        assertEquals(Set.of("a", "c"), results.keySet());
        assertEquals(3, results.get("c").get());
        var failure = assertThrows(
                EntryProcessorException.class, () -> results.get("a").get());
        assertInstanceOf(IllegalStateException.class, failure.getCause());
        assertEquals(Map.of("a", 1, "b", 2, "c", 30), cache.getAll(Set.of("a", "b", "c")));
    }

    @Test
    void anEntryUnwrapsToItselfAndRefusesNull() {
        cache.invoke("a", (entry, arguments) -> {
            assertSame(entry, entry.unwrap(MutableEntry.class));
            assertThrows(IllegalArgumentException.class, () -> entry.unwrap(String.class));
            assertThrows(NullPointerException.class, () -> entry.setValue(null));
            assertFalse(entry.exists());
            assertNull(entry.getValue());
            return null;
        });
        assertFalse(cache.containsKey("a"));
    }

    @Test
    void anEntryUsedAfterItsProcessorChangesNothing() {
        AtomicReference<MutableEntry<String, Integer>> kept = new AtomicReference<>();
        cache.invoke("a", (entry, arguments) -> {
            kept.set(entry);
            return null;
        });
        try {
            kept.get().setValue(1);
        } catch (IllegalStateException e) {
            // This order is valid, too.
            assertFalse(e.getMessage().isEmpty());
        }
        assertFalse(cache.containsKey("a"));
    }

    @Test
    void valuesOfAProcessorAreCopies() {
        @SuppressWarnings({"unchecked", "rawtypes"})
        Class<List<String>> lists = (Class) List.class;
        TieredCache<String, List<String>> mutable = node.cache("mutable", String.class, lists, builder -> builder);
        List<String> stored = new ArrayList<>(List.of("v"));
        mutable.invoke("a", (entry, arguments) -> {
            entry.setValue(stored);
            return null;
        });
        stored.set(0, "changed");
        assertEquals(List.of("v"), mutable.get("a"));
        List<String> read = mutable.invoke("a", (entry, arguments) -> {
            entry.getValue().set(0, "changed");
            return entry.getValue();
        });
        assertEquals(List.of("changed"), read);
        assertEquals(List.of("v"), mutable.get("a"));
    }

    @Test
    void modifyingALoadedValueWithoutSetValueStoresTheLoadedValue() {
        @SuppressWarnings({"unchecked", "rawtypes"})
        Class<List<String>> lists = (Class) List.class;
        CacheLoader<String, List<String>> loader = new CacheLoader<>() {
            @Override
            public List<String> load(String key) {
                return new ArrayList<>(List.of("loaded"));
            }

            @Override
            public Map<String, List<String>> loadAll(Iterable<? extends String> keys) {
                throw new AssertionError("asked for many");
            }
        };
        TieredCache<String, List<String>> mutable =
                node.cache("mutable", String.class, lists, builder -> builder.readThrough(NearOnly.factory(loader)));
        mutable.invoke("a", (entry, arguments) -> {
            entry.getValue().set(0, "changed");
            return null;
        });
        assertTrue(mutable.containsKey("a"));
        assertEquals(List.of("loaded"), mutable.get("a"));
    }

    @Test
    void theKeyOfAProcessorIsACopy() {
        @SuppressWarnings({"unchecked", "rawtypes"})
        Class<List<String>> lists = (Class) List.class;
        Cache<List<String>, String> mutable = node.cache("mutable", lists, String.class, builder -> builder);
        List<String> key = new ArrayList<>(List.of("k"));
        mutable.invoke(key, (entry, arguments) -> {
            entry.setValue("v");
            entry.getKey().set(0, "changed");
            return null;
        });
        assertEquals("v", mutable.get(new ArrayList<>(List.of("k"))));
        assertEquals(List.of("k"), key);
    }
}
