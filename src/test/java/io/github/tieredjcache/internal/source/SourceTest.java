package io.github.tieredjcache.internal.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Undeclared;
import io.github.tieredjcache.internal.source.Source.Unwritten;
import io.github.tieredjcache.internal.stats.GaugeSources;
import io.github.tieredjcache.internal.stats.Statistics;
import io.github.tieredjcache.internal.stats.TierCounters;
import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import javax.cache.Cache;
import javax.cache.integration.CacheLoader;
import javax.cache.integration.CacheLoaderException;
import javax.cache.integration.CacheWriter;
import javax.cache.integration.CacheWriterException;
import org.junit.jupiter.api.Test;

class SourceTest {
    private final TierCounters counters = new TierCounters(
            GaugeSources.none("test"), new Statistics(System::nanoTime, true).latencies(), System::nanoTime);

    @Test
    void withoutLoaderAndWriterNothingIsLoadedOrWritten() {
        Source<String, String> none = new Source<>(null, null, counters);
        assertNull(none.load("a"));
        assertEquals(Map.of(), none.loadAll(List.of("a")));
        none.write("a", "v");
        none.delete("a");
        assertTrue(none.writeAll(Map.of("a", "v")).keys().isEmpty());
        assertTrue(none.deleteAll(List.of("a")).keys().isEmpty());
        assertEquals(0, counters.loads());
    }

    @Test
    void aFailureOfTheLoaderIsTheCauseOfACacheLoaderException() {
        RuntimeException users = new IllegalStateException("database");
        Source<String, String> source = loading(keys -> {
            throw users;
        });
        assertSame(
                users,
                assertThrows(CacheLoaderException.class, () -> source.load("a")).getCause());
        assertSame(
                users,
                assertThrows(CacheLoaderException.class, () -> source.loadAll(List.of("a")))
                        .getCause());
        assertEquals(2, counters.loadFailures());
        CacheLoaderException own = new CacheLoaderException("mine");
        assertSame(
                own,
                assertThrows(
                        CacheLoaderException.class,
                        () -> loading(keys -> {
                                    throw own;
                                })
                                .load("a")));
    }

    @Test
    void aCheckedExceptionThatTheLoaderDoesNotDeclareIsTheCauseOfACacheLoaderException() {
        IOException users = new IOException("database");
        Source<String, String> source = loading(keys -> {
            throw Undeclared.thrown(users);
        });
        assertSame(
                users,
                assertThrows(CacheLoaderException.class, () -> source.load("a")).getCause());
        assertSame(
                users,
                assertThrows(CacheLoaderException.class, () -> source.loadAll(List.of("a")))
                        .getCause());
    }

    @Test
    void aCheckedExceptionThatTheWriterDoesNotDeclareIsTheCauseOfACacheWriterException() {
        IOException users = new IOException("database");
        Source<String, String> source = new Source<>(null, new Throwing(users), counters);
        assertSame(
                users,
                assertThrows(CacheWriterException.class, () -> source.write("a", "v"))
                        .getCause());
        assertSame(
                users,
                assertThrows(CacheWriterException.class, () -> source.delete("a"))
                        .getCause());
        Unwritten<String> writes = source.writeAll(Map.of("a", "v"));
        assertEquals(List.of("a"), writes.keys());
        assertSame(users, writes.failure().getCause());
        Unwritten<String> deletes = source.deleteAll(List.of("a"));
        assertEquals(List.of("a"), deletes.keys());
        assertSame(users, deletes.failure().getCause());
    }

    @Test
    void anErrorOfTheLoaderPassesAsItIs() {
        Error error = new StackOverflowError();
        Source<String, String> source = loading(keys -> {
            throw error;
        });
        assertSame(error, assertThrows(StackOverflowError.class, () -> source.load("a")));
        assertSame(error, assertThrows(StackOverflowError.class, () -> source.loadAll(List.of("a"))));
    }

    @Test
    void missingUnrequestedAndNullEntriesOfALoaderAreLeftOut() {
        Map<String, String> loaded = new HashMap<>();
        loaded.put("a", "v");
        loaded.put("b", null);
        loaded.put("not requested", "v");
        loaded.put(null, "v");
        assertEquals(Map.of("a", "v"), loading(keys -> loaded).loadAll(List.of("a", "b", "c")));
        assertEquals(Map.of(), loading(keys -> null).loadAll(List.of("a")));
        assertEquals(4, counters.loads());
    }

    @Test
    void aMapThatThrowsOnGetIsAFailureOfTheLoader() {
        Source<Object, String> source = new Source<>(
                new CacheLoader<>() {
                    @Override
                    public String load(Object key) {
                        return null;
                    }

                    @Override
                    public Map<Object, String> loadAll(Iterable<?> keys) {
                        return new TreeMap<>(Map.of("a", "v"));
                    }
                },
                null,
                counters);
        assertThrows(CacheLoaderException.class, () -> source.loadAll(List.of(1)));
    }

    @Test
    void anEmptyRequestCallsNoLoaderAndNoWriter() {
        assertEquals(
                Map.of(),
                loading(keys -> {
                            throw new AssertionError("the loader was called");
                        })
                        .loadAll(List.of()));
        Source<String, String> writing = new Source<>(null, new Refusing(Set.of(), true), counters);
        assertTrue(writing.writeAll(Map.of()).keys().isEmpty());
        assertTrue(writing.deleteAll(List.of()).keys().isEmpty());
    }

    @Test
    void aPartlyFailedBatchReturnsTheUnwrittenKeys() {
        Map<String, String> entries = new LinkedHashMap<>();
        entries.put("a", "1");
        entries.put("b", "2");
        entries.put("c", "3");
        Source<String, String> source = new Source<>(null, new Refusing(Set.of("b"), true), counters);
        Unwritten<String> writes = source.writeAll(entries);
        assertEquals(Set.of("b"), Set.copyOf(writes.keys()));
        assertInstanceOf(CacheWriterException.class, writes.failure());
        assertInstanceOf(IllegalStateException.class, writes.failure().getCause());
        assertEquals(Map.of("a", "1", "b", "2", "c", "3"), entries);
        Unwritten<String> deletes = source.deleteAll(List.copyOf(entries.keySet()));
        assertEquals(Set.of("b"), Set.copyOf(deletes.keys()));
    }

    @Test
    void aFailedBatchWithoutRemainingEntriesIsWrittenAndKeepsItsFailure() {
        Source<String, String> source = new Source<>(null, new Refusing(Set.of("other"), true), counters);
        Unwritten<String> writes = source.writeAll(Map.of("a", "1"));
        assertEquals(List.of(), writes.keys());
        assertInstanceOf(IllegalStateException.class, writes.failure().getCause());
        Unwritten<String> deletes = source.deleteAll(List.of("a"));
        assertEquals(List.of(), deletes.keys());
        assertInstanceOf(IllegalStateException.class, deletes.failure().getCause());
    }

    @Test
    void aSuccessfulBatchIsWrittenWhateverTheWriterLeavesInTheCollection() {
        Source<String, String> source = new Source<>(null, new Refusing(Set.of(), false), counters);
        assertTrue(source.writeAll(Map.of("a", "1")).keys().isEmpty());
        assertNull(source.writeAll(Map.of("a", "1")).failure());
        assertTrue(source.deleteAll(List.of("a")).keys().isEmpty());
    }

    @Test
    void anEntryForTheWriterUnwrapsToItselfOnly() {
        Cache.Entry<String, String> entry = new WrittenEntry<>("a", "v");
        assertSame(entry, entry.unwrap(Cache.Entry.class));
        assertThrows(IllegalArgumentException.class, () -> entry.unwrap(String.class));
    }

    private Source<String, String> loading(Function<Iterable<? extends String>, Map<String, String>> loaded) {
        return new Source<>(
                new CacheLoader<>() {
                    @Override
                    public String load(String key) {
                        return loaded.apply(List.of(key)).get(key);
                    }

                    @Override
                    public Map<String, String> loadAll(Iterable<? extends String> keys) {
                        return loaded.apply(keys);
                    }
                },
                null,
                counters);
    }

    /** Throws an exception from each method. */
    private record Throwing(Exception exception) implements CacheWriter<String, String> {
        @Override
        public void write(Cache.Entry<? extends String, ? extends String> entry) {
            throw Undeclared.thrown(exception);
        }

        @Override
        public void writeAll(Collection<Cache.Entry<? extends String, ? extends String>> entries) {
            throw Undeclared.thrown(exception);
        }

        @Override
        public void delete(Object key) {
            throw Undeclared.thrown(exception);
        }

        @Override
        public void deleteAll(Collection<?> keys) {
            throw Undeclared.thrown(exception);
        }
    }

    /** Refuses some keys in a batch, and removes the accepted keys from the collection. */
    private static final class Refusing implements CacheWriter<String, String> {
        private final Set<String> refused;
        private final boolean removing;

        Refusing(Set<String> refused, boolean removing) {
            this.refused = refused;
            this.removing = removing;
        }

        @Override
        public void write(Cache.Entry<? extends String, ? extends String> entry) {}

        @Override
        public void delete(Object key) {}

        @Override
        public void writeAll(Collection<Cache.Entry<? extends String, ? extends String>> entries) {
            take(entries, refused.isEmpty() ? 0 : 1);
        }

        @Override
        public void deleteAll(Collection<?> keys) {
            take(keys, refused.isEmpty() ? 0 : 1);
        }

        private void take(Collection<?> items, int failuresExpected) {
            if (removing) {
                items.removeIf(item ->
                        !refused.contains(item instanceof Cache.Entry<?, ?> entry ? entry.getKey() : item));
            }
            if (failuresExpected > 0) {
                throw new IllegalStateException("refused");
            }
        }
    }
}
