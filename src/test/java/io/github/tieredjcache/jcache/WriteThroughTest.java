package io.github.tieredjcache.jcache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import javax.cache.Cache;
import javax.cache.CacheException;
import javax.cache.configuration.Factory;
import javax.cache.expiry.Duration;
import javax.cache.expiry.ExpiryPolicy;
import javax.cache.integration.CacheLoader;
import javax.cache.integration.CacheWriter;
import javax.cache.integration.CacheWriterException;
import javax.cache.integration.CompletionListenerFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WriteThroughTest {
    private final NearOnly node = new NearOnly();
    private final Database database = new Database();
    private final TieredCache<String, String> cache = writing("cache");

    @AfterEach
    void close() {
        node.close();
    }

    @Test
    void theWriterIsCalledOnceForEachChange() {
        cache.put("a", "1");
        cache.getAndPut("a", "2");
        cache.putIfAbsent("b", "3");
        cache.replace("b", "4");
        cache.replace("b", "4", "5");
        cache.getAndReplace("b", "6");
        cache.remove("a");
        cache.remove("b", "6");
        cache.put("c", "7");
        cache.getAndRemove("c");
        assertEquals(
                List.of(
                        "write a=1",
                        "write a=2",
                        "write b=3",
                        "write b=4",
                        "write b=5",
                        "write b=6",
                        "delete a",
                        "delete b",
                        "write c=7",
                        "delete c"),
                database.calls);
    }

    @Test
    void aConditionalOperationWithoutEffectDoesNotCallTheWriter() {
        cache.put("a", "1");
        database.calls.clear();
        assertFalse(cache.putIfAbsent("a", "2"));
        assertFalse(cache.replace("b", "2"));
        assertFalse(cache.replace("a", "2", "3"));
        assertFalse(cache.replace("b", "2", "3"));
        assertNull(cache.getAndReplace("b", "2"));
        assertFalse(cache.remove("a", "2"));
        assertFalse(cache.remove("b", "2"));
        assertEquals(List.of(), database.calls);
    }

    @Test
    void removingAnAbsentKeyStillCallsDelete() {
        assertFalse(cache.remove("a"));
        assertNull(cache.getAndRemove("b"));
        cache.removeAll(Set.of("c"));
        assertEquals(List.of("delete a", "delete b", "delete c"), database.calls);
    }

    @Test
    void theWriterIsCalledBeforeTheCacheChanges() {
        List<String> seen = new ArrayList<>();
        database.onWrite = key -> seen.add(key + " was " + cache.get(key));
        cache.put("a", "1");
        cache.put("a", "2");
        cache.remove("a");
        cache.putAll(Map.of("b", "1"));
        cache.removeAll(Set.of("b"));
        assertEquals(List.of("a was null", "a was 1", "a was 2", "b was null", "b was 1"), seen);
    }

    @Test
    @Covers(FaultRow.F81)
    void aFailureOfTheWriterLeavesTheCacheUnchanged() {
        cache.put("a", "old");
        database.refused = Set.of("a", "b");
        List<Runnable> changes = List.of(
                () -> cache.put("a", "new"),
                () -> cache.put("b", "new"),
                () -> cache.getAndPut("a", "new"),
                () -> cache.putIfAbsent("b", "new"),
                () -> cache.replace("a", "new"),
                () -> cache.replace("a", "old", "new"),
                () -> cache.getAndReplace("a", "new"),
                () -> cache.remove("a"),
                () -> cache.remove("a", "old"),
                () -> cache.getAndRemove("a"),
                () -> cache.putAll(Map.of("a", "new", "b", "new")),
                () -> cache.removeAll(Set.of("a", "b")),
                cache::removeAll,
                () -> cache.iterator().forEachRemaining(entry -> cache.remove(entry.getKey())));
        for (Runnable change : changes) {
            var failure = assertThrows(CacheWriterException.class, change::run);
            assertInstanceOf(IllegalStateException.class, failure.getCause());
            assertEquals("old", cache.get("a"));
            assertFalse(cache.containsKey("b"));
        }
        assertThrows(
                CacheException.class,
                () -> cache.invoke("a", (entry, arguments) -> {
                    entry.setValue("new");
                    return null;
                }));
        assertEquals("old", cache.get("a"));
        database.refused = Set.of();
        cache.put("a", "new");
        assertEquals("new", cache.get("a"));
    }

    @Test
    @Covers(FaultRow.F71)
    void anErrorOfTheWriterIsRethrownAndLeavesTheCacheUnchangedAndTheKeyUnlocked() {
        database.onWrite = key -> {
            throw new StackOverflowError("deep");
        };
        assertThrows(StackOverflowError.class, () -> cache.put("a", "1"));
        assertThrows(StackOverflowError.class, () -> cache.putAll(Map.of("a", "1")));
        assertFalse(cache.containsKey("a"));
        database.onWrite = key -> {};
        cache.put("a", "2");
        assertEquals("2", cache.get("a"));
    }

    @Test
    @Covers(FaultRow.F83)
    void theWrittenEntriesOfAPartlyFailedBatchAreStored() {
        database.refused = Set.of("b");
        assertThrows(
                CacheWriterException.class, () -> cache.putAll(new TreeMap<>(Map.of("a", "1", "b", "2", "c", "3"))));
        assertEquals("1", cache.get("a"));
        assertFalse(cache.containsKey("b"));
        assertEquals("3", cache.get("c"));

        database.refused = Set.of();
        cache.put("b", "2");
        database.refused = Set.of("b");
        assertThrows(CacheWriterException.class, () -> cache.removeAll(Set.of("a", "b", "c")));
        assertFalse(cache.containsKey("a"));
        assertEquals("2", cache.get("b"));
        assertFalse(cache.containsKey("c"));
        assertEquals(Map.of("b", "2"), database.rows);
    }

    @Test
    @Covers(FaultRow.F83)
    void theEntriesOfABatchThatTheWriterHasWrittenBeforeItThrowsAreStored() {
        cache.put("a", "old");
        database.onBatchWritten = () -> {
            throw new IllegalStateException("the confirmation failed");
        };
        var failure = assertThrows(CacheWriterException.class, () -> cache.putAll(Map.of("a", "new")));
        assertInstanceOf(IllegalStateException.class, failure.getCause());
        assertEquals("new", cache.get("a"));
        failure = assertThrows(CacheWriterException.class, () -> cache.removeAll(Set.of("a")));
        assertInstanceOf(IllegalStateException.class, failure.getCause());
        assertFalse(cache.containsKey("a"));
    }

    @Test
    void aBatchIsOneCallOfTheWriter() {
        cache.putAll(new TreeMap<>(Map.of("a", "1", "b", "2")));
        cache.removeAll();
        cache.removeAll();
        cache.putAll(Map.of());
        cache.removeAll(Set.of());
        assertEquals(2, database.batches);
    }

    @Test
    void clearAndLoadsDoNotCallTheWriter() throws Exception {
        cache.put("a", "1");
        database.calls.clear();
        cache.clear();
        assertEquals("1", cache.get("a"));
        CompletionListenerFuture ended = new CompletionListenerFuture();
        cache.loadAll(Set.of("a"), true, ended);
        ended.get();
        assertEquals(List.of(), database.calls);
    }

    @Test
    void aProcessorWritesItsNetEffectOnly() {
        cache.invoke("a", (entry, arguments) -> {
            entry.setValue("1");
            entry.remove();
            return null;
        });
        assertEquals(List.of(), database.calls);
        cache.invoke("a", (entry, arguments) -> {
            entry.remove();
            entry.setValue("1");
            entry.setValue("2");
            return null;
        });
        assertEquals(List.of("write a=2"), database.calls);
        cache.invoke("a", (entry, arguments) -> {
            entry.setValue("3");
            entry.remove();
            return null;
        });
        assertEquals(List.of("write a=2", "delete a"), database.calls);
        cache.invoke("a", (entry, arguments) -> {
            entry.remove();
            return null;
        });
        assertEquals(List.of("write a=2", "delete a", "delete a"), database.calls);
        cache.invoke("a", (entry, arguments) -> entry.getValue());
        assertEquals(3, database.calls.size());
    }

    @Test
    void aValueThatAProcessorLoadsIsNotWritten() {
        database.rows.put("a", "row");
        assertEquals("row", cache.<String>invoke("a", (entry, arguments) -> entry.getValue()));
        assertEquals(List.of(), database.calls);
        assertTrue(cache.containsKey("a"));
    }

    /** 1. A get loads v0. 2. A put writes v1 to the database. 3. The get returns. 4. The put returns. */
    @Test
    void aLoadThatCompletesDuringTheWriterOfAPutDoesNotUndoThePut() throws Exception {
        database.rows.put("a", "v0");
        CountDownLatch loaded = new CountDownLatch(1);
        CountDownLatch endLoad = new CountDownLatch(1);
        database.onLoaded = () -> {
            loaded.countDown();
            Crew.await(endLoad);
        };
        Crew.Member<String> getting = Crew.start(() -> cache.get("a"));
        Crew.await(loaded);
        CountDownLatch written = new CountDownLatch(1);
        CountDownLatch endWrite = new CountDownLatch(1);
        database.onWritten = () -> {
            written.countDown();
            Crew.await(endWrite);
        };
        Crew.Member<Void> putting = Crew.run(() -> cache.put("a", "v1"));
        Crew.await(written);
        endLoad.countDown();
        assertEquals("v0", getting.result());
        endWrite.countDown();
        putting.result();
        assertEquals("v1", cache.get("a"));
    }

    /** 1. putAll writes v1 to the database. 2. A put begins. 3. Both end, in any order. */
    @Test
    void aPutBetweenWriterAndStoreOfPutAllLeavesDatabaseAndCacheEqual() throws Exception {
        CountDownLatch written = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        database.onBatchWritten = () -> {
            written.countDown();
            Crew.await(goOn);
        };
        Crew.Member<Void> puttingAll = Crew.run(() -> cache.putAll(Map.of("a", "by putAll")));
        Crew.await(written);
        Crew.Member<Void> putting = Crew.run(() -> cache.put("a", "by put")).untilItWaits();
        goOn.countDown();
        puttingAll.result();
        putting.result();
        assertEquals(database.rows.get("a"), cache.get("a"));
    }

    @Test
    void aRemovalBetweenWriterAndStoreOfPutAllLeavesDatabaseAndCacheEqual() throws Exception {
        CountDownLatch written = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        database.onBatchWritten = () -> {
            written.countDown();
            Crew.await(goOn);
        };
        Crew.Member<Void> puttingAll = Crew.run(() -> cache.putAll(Map.of("a", "by putAll")));
        Crew.await(written);
        Crew.Member<Void> removing = Crew.run(() -> cache.remove("a")).untilItWaits();
        goOn.countDown();
        puttingAll.result();
        removing.result();
        assertEquals(database.rows.get("a"), cache.get("a"));
    }

    @Test
    void databaseAndCacheAreEqualAfterOperationsOfManyThreads() throws Exception {
        for (int round = 0; round < 20; round++) {
            Crew.together(4, () -> {
                for (int i = 0; i < 50; i++) {
                    String value = Thread.currentThread().getId() + "-" + i;
                    switch (i % 6) {
                        case 0 -> cache.put("a", value);
                        case 1 -> cache.putAll(Map.of("a", value, "b", value));
                        case 2 -> cache.remove("a");
                        case 3 -> cache.removeAll(Set.of("b", "a"));
                        case 4 -> cache.get("b");
                        default ->
                            cache.invoke("b", (entry, arguments) -> {
                                entry.setValue(value);
                                return null;
                            });
                    }
                }
                return null;
            });
            for (String key : List.of("a", "b")) {
                String held = cache.get(key);
                assertEquals(database.rows.get(key), held);
            }
        }
    }

    @Test
    void twoBatchesOfTheSameKeysInOppositeOrderBothComplete() throws Exception {
        for (int round = 0; round < 50; round++) {
            Crew.Member<Void> one = Crew.run(() -> cache.putAll(ordered("a", "b", "c")));
            Crew.Member<Void> other = Crew.run(() -> cache.putAll(ordered("c", "b", "a")));
            one.result();
            other.result();
        }
        assertEquals(database.rows.get("a"), cache.get("a"));
    }

    @Test
    void aWriterThatChangesItsOwnKeyThroughTheCacheGetsAClearErrorAndAnotherKeyIsAccepted() {
        AtomicReference<String> target = new AtomicReference<>("a");
        database.onWrite = key -> {
            if (key.equals("a")) {
                cache.put(target.get(), "from the writer");
            }
        };
        var refused = assertThrows(CacheException.class, () -> cache.put("a", "1"));
        assertTrue(String.valueOf(refused.getCause().getMessage()).contains("must not change its own key"));
        target.set("b");
        cache.put("a", "1");
        assertEquals("1", cache.get("a"));
        assertEquals("from the writer", cache.get("b"));
    }

    /** A custom policy splits a batch into single keys; the writer is still called once for the batch. */
    @Test
    void aBatchWithACustomExpiryPolicyIsOneCallOfTheWriter() {
        Factory<ExpiryPolicy> users = NearOnly.factory(new Forever());
        TieredCache<String, String> own = node.cache(
                "own",
                String.class,
                String.class,
                builder -> builder.expiry(users)
                        .loader(NearOnly.factory(database))
                        .writeThrough(NearOnly.factory(database)));
        own.putAll(new TreeMap<>(Map.of("a", "1", "b", "2")));
        own.putAll(new TreeMap<>(Map.of("a", "3", "b", "4")));
        assertEquals(List.of("write a=1", "write b=2", "write a=3", "write b=4"), database.calls);
        assertEquals(2, database.batches);
        assertEquals("3", own.get("a"));
    }

    @Test
    void aWriterThatModifiesItsEntriesLaterDoesNotChangeTheCache() {
        List<List<String>> kept = new ArrayList<>();
        @SuppressWarnings({"unchecked", "rawtypes"})
        Class<List<String>> lists = (Class) List.class;
        TieredCache<List<String>, List<String>> own = node.cache(
                "lists",
                lists,
                lists,
                builder -> builder.writeThrough(NearOnly.factory(new CacheWriter<List<String>, List<String>>() {
                    @Override
                    public void write(Cache.Entry<? extends List<String>, ? extends List<String>> entry) {
                        kept.add(entry.getKey());
                        kept.add(entry.getValue());
                    }

                    @Override
                    public void writeAll(
                            Collection<Cache.Entry<? extends List<String>, ? extends List<String>>> entries) {
                        entries.forEach(this::write);
                    }

                    @Override
                    public void delete(Object key) {}

                    @Override
                    public void deleteAll(Collection<?> keys) {}
                })));
        own.put(new ArrayList<>(List.of("k1")), new ArrayList<>(List.of("v")));
        own.putAll(Map.of(new ArrayList<>(List.of("k2")), new ArrayList<>(List.of("v"))));
        kept.forEach(each -> each.set(0, "changed"));
        for (String key : List.of("k1", "k2")) {
            assertEquals(List.of("v"), own.get(new ArrayList<>(List.of(key))));
        }
        own.forEach(entry -> assertTrue(entry.getKey().get(0).startsWith("k"), () -> "key " + entry.getKey()));
    }

    private TieredCache<String, String> writing(String name) {
        return node.cache(
                name,
                String.class,
                String.class,
                builder -> builder.readThrough(NearOnly.factory(database)).writeThrough(NearOnly.factory(database)));
    }

    private static Map<String, String> ordered(String... keys) {
        Map<String, String> entries = new java.util.LinkedHashMap<>();
        for (String key : keys) {
            entries.put(key, "of " + Thread.currentThread().getId());
        }
        return entries;
    }

    /** A policy other than JCache's five. */
    private static final class Forever implements ExpiryPolicy {
        @Override
        public Duration getExpiryForCreation() {
            return Duration.ETERNAL;
        }

        @Override
        public Duration getExpiryForAccess() {
            return null;
        }

        @Override
        public Duration getExpiryForUpdate() {
            return null;
        }
    }

    /** A database table with a log of its changes. */
    private static final class Database implements CacheLoader<String, String>, CacheWriter<String, String> {
        private final Map<String, String> rows = new ConcurrentHashMap<>();
        private final List<String> calls = Collections.synchronizedList(new ArrayList<>());
        private volatile int batches;
        private volatile Set<String> refused = Set.of();
        private volatile Consumer<String> onWrite = key -> {};
        private volatile Runnable onWritten = () -> {};
        private volatile Runnable onBatchWritten = () -> {};
        private volatile Runnable onLoaded = () -> {};

        @Override
        public String load(String key) {
            String row = rows.get(key);
            onLoaded.run();
            return row;
        }

        @Override
        public Map<String, String> loadAll(Iterable<? extends String> keys) {
            Map<String, String> found = new TreeMap<>();
            keys.forEach(key -> {
                if (rows.containsKey(key)) {
                    found.put(key, rows.get(key));
                }
            });
            return found;
        }

        @Override
        public void write(Cache.Entry<? extends String, ? extends String> entry) {
            store(entry);
            onWritten.run();
        }

        @Override
        public void delete(Object key) {
            drop(key);
            onWritten.run();
        }

        @Override
        public void writeAll(Collection<Cache.Entry<? extends String, ? extends String>> entries) {
            count();
            List<RuntimeException> failures = new ArrayList<>();
            entries.removeIf(entry -> done(() -> store(entry), failures));
            end(failures);
        }

        @Override
        public void deleteAll(Collection<?> keys) {
            count();
            List<RuntimeException> failures = new ArrayList<>();
            keys.removeIf(key -> done(() -> drop(key), failures));
            end(failures);
        }

        private synchronized void count() {
            batches++;
        }

        private void end(List<RuntimeException> failures) {
            onBatchWritten.run();
            if (!failures.isEmpty()) {
                throw failures.get(0);
            }
        }

        private static boolean done(Runnable work, List<RuntimeException> failures) {
            try {
                work.run();
                return true;
            } catch (IllegalStateException e) {
                failures.add(e);
                return false;
            }
        }

        private void store(Cache.Entry<? extends String, ? extends String> entry) {
            onWrite.accept(entry.getKey());
            refuse(entry.getKey());
            calls.add("write " + entry.getKey() + "=" + entry.getValue());
            rows.put(entry.getKey(), entry.getValue());
        }

        private void drop(Object key) {
            onWrite.accept((String) key);
            refuse(key);
            calls.add("delete " + key);
            rows.remove(key);
        }

        private void refuse(Object key) {
            if (refused.contains(key)) {
                throw new IllegalStateException("the database refused " + key);
            }
        }
    }
}
