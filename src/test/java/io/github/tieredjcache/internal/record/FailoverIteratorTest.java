package io.github.tieredjcache.internal.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.RemoteUnavailableException;
import io.github.tieredjcache.internal.model.Entry;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import javax.cache.CacheException;
import org.junit.jupiter.api.Test;

class FailoverIteratorTest {
    private final RemoteUnavailableException failure =
            new RemoteUnavailableException(RemoteUnavailableException.Kind.CONNECTION, "cut", null);

    @Test
    void withoutAFailureEachEntryOfRedisIsReturned() {
        Iterator<Map.Entry<String, Entry<String>>> iterator = iterator(entries("a", "b"), each -> entries("c"));
        assertEquals(List.of("a", "b"), keys(iterator));
        assertThrows(NoSuchElementException.class, iterator::next);
    }

    @Test
    void afterAFailureTheEntriesOfThisNodeFollowThatWereNotReturned() {
        Iterator<Map.Entry<String, Entry<String>>> iterator =
                iterator(failingAfter(entries("both", "in Redis")), each -> entries("both", "here"));
        assertEquals(List.of("both", "in Redis", "here"), keys(iterator));
        assertThrows(NoSuchElementException.class, iterator::next);
    }

    @Test
    void anEntryThatWasLookedForButNotReturnedIsReturnedOnce() {
        Iterator<Map.Entry<String, Entry<String>>> iterator =
                iterator(failingAfter(entries("a")), each -> entries("a", "b"));
        assertTrue(iterator.hasNext());
        assertTrue(iterator.hasNext());
        assertEquals("a", iterator.next().getKey());
        assertEquals(List.of("b"), keys(iterator));
    }

    @Test
    void aFallbackThatThrowsTheFailureEndsTheIteration() {
        Iterator<Map.Entry<String, Entry<String>>> iterator = iterator(failingAfter(entries("a")), each -> {
            throw each;
        });
        assertEquals("a", iterator.next().getKey());
        assertSame(failure, assertThrows(RemoteUnavailableException.class, iterator::hasNext));
    }

    @Test
    void aFailureOfTheFallbackIsThrown() {
        Iterator<Map.Entry<String, Entry<String>>> iterator =
                iterator(failingAfter(entries()), each -> failingAfter(entries("here")));
        assertEquals("here", iterator.next().getKey());
        assertSame(failure, assertThrows(RemoteUnavailableException.class, iterator::next));
    }

    @Test
    void inPlaceOfEntriesThatMayBeOldThoseOfThisNodeFollow() {
        Iterator<Map.Entry<String, Entry<String>>> iterator = new FailoverIterator<>(
                entries("old", "removed", "a"),
                Set.of("old", "removed")::contains,
                () -> entries("old", "a"),
                each -> entries());
        assertEquals(List.of("a", "old"), keys(iterator));
    }

    private static Iterator<Map.Entry<String, Entry<String>>> iterator(
            Iterator<Map.Entry<String, Entry<String>>> remote,
            Function<CacheException, Iterator<Map.Entry<String, Entry<String>>>> fallback) {
        return new FailoverIterator<>(remote, key -> false, Collections::emptyIterator, fallback);
    }

    private static List<String> keys(Iterator<Map.Entry<String, Entry<String>>> iterator) {
        List<String> keys = new ArrayList<>();
        iterator.forEachRemaining(each -> keys.add(each.getKey()));
        return keys;
    }

    private static Iterator<Map.Entry<String, Entry<String>>> entries(String... keys) {
        return Stream.of(keys).map(key -> Map.entry(key, Entry.eternal("v"))).iterator();
    }

    private Iterator<Map.Entry<String, Entry<String>>> failingAfter(Iterator<Map.Entry<String, Entry<String>>> first) {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return true;
            }

            @Override
            public Map.Entry<String, Entry<String>> next() {
                if (!first.hasNext()) {
                    throw failure;
                }
                return first.next();
            }
        };
    }
}
