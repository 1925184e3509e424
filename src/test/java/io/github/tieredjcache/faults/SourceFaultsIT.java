package io.github.tieredjcache.faults;

import static io.github.tieredjcache.faults.FaultSite.KEY;
import static io.github.tieredjcache.faults.FaultSite.counted;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.OutagePolicy;
import io.github.tieredjcache.integration.Writing;
import java.time.Duration;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import javax.cache.Cache;
import javax.cache.integration.CacheWriter;
import javax.cache.integration.CacheWriterException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rows of the matrix about loaders and writers. */
class SourceFaultsIT {
    private static final int ROUNDS = 50;

    private final FaultSite site = new FaultSite();

    @AfterEach
    void closes() {
        site.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Covers({FaultRow.F81, FaultRow.F82})
    void aWriterThatThrowsBeforeOrAfterItHasWrittenLeavesTheCacheAsItWasAndNothingIsCounted(boolean before) {
        Cache<String, String> here = site.here(OutagePolicy.FAIL, site::through);
        Cache<String, String> there = site.there(site::through);
        for (Writing each : Writing.OF_WHAT_IS_THERE) {
            here.put(each.name(), Writing.OLD);
            assertEquals(Writing.OLD, there.get(each.name()));
        }
        long puts = counted(here, "CachePuts");
        Runnable failing = () -> {
            throw new IllegalStateException("no source");
        };
        if (before) {
            site.rows.beforeWrite = failing;
        } else {
            site.rows.afterWrite = failing;
        }
        for (Writing each : Writing.OF_WHAT_IS_THERE) {
            assertThrows(CacheWriterException.class, () -> each.on(here, each.name()), each.name());
            assertEquals(before ? Writing.OLD : each.result(), site.rows.all.get(each.name()), each.name());
            assertEquals(Writing.OLD, here.get(each.name()), each.name());
            assertEquals(Writing.OLD, there.get(each.name()), each.name());
        }
        assertEquals(0, site.rows.loads.get(), "the entries were there");
        assertEquals(puts, counted(here, "CachePuts"));
        assertEquals(0, counted(here, "CacheRemovals"));
    }

    @Test
    @Covers(FaultRow.F83)
    void theWrittenKeysOfAFailedBatchAreStoredAndCounted() {
        Cache<String, String> here =
                site.here(OutagePolicy.FAIL, settings -> settings.writeThrough(() -> new Refusing("b")));
        Cache<String, String> there = site.there();
        assertThrows(CacheWriterException.class, () -> here.putAll(Map.of("a", "1", "b", "1", "c", "1")));
        assertEquals(Map.of("a", "1", "c", "1"), there.getAll(Set.of("a", "b", "c")));
        assertEquals(2, counted(here, "CachePuts"));
        there.put("b", "old");
        assertThrows(CacheWriterException.class, () -> here.removeAll(Set.of("a", "b", "c")));
        Crew.until(() -> there.get("a") == null && there.get("c") == null);
        assertEquals("old", there.get("b"));
        assertEquals(2, counted(here, "CacheRemovals"));
    }

    /** Writes all but one key, as JCache says: what is left in the collection was not written. */
    private record Refusing(String refused) implements CacheWriter<String, String> {
        @Override
        public void write(Cache.Entry<? extends String, ? extends String> entry) {
            requireOther(entry.getKey());
        }

        @Override
        public void writeAll(Collection<Cache.Entry<? extends String, ? extends String>> entries) {
            for (Iterator<Cache.Entry<? extends String, ? extends String>> each = entries.iterator();
                    each.hasNext(); ) {
                if (!refused.equals(each.next().getKey())) {
                    each.remove();
                }
            }
            requireNone(entries);
        }

        @Override
        public void delete(Object key) {
            requireOther(key);
        }

        @Override
        public void deleteAll(Collection<?> keys) {
            keys.removeIf(key -> !refused.equals(key));
            requireNone(keys);
        }

        private void requireOther(Object key) {
            requireNone(refused.equals(key) ? List.of(key) : List.of());
        }

        private static void requireNone(Collection<?> left) {
            if (!left.isEmpty()) {
                throw new CacheWriterException("refused on purpose: " + left);
            }
        }
    }

    @Test
    @Covers(FaultRow.F85)
    void twoNodesThatWriteTheSameKeyThroughAtOnceLeaveSourceAndCacheEqual() throws Exception {
        Cache<String, String> here = site.here(OutagePolicy.FAIL, site::through);
        Cache<String, String> there = site.there(site::through);
        Cache<String, String> redisAlone = site.onlooker(settings -> settings.nearTimeToLive(Duration.ZERO));
        CyclicBarrier both = new CyclicBarrier(2);
        for (int round = 0; round < ROUNDS; round++) {
            String ours = "ours " + round;
            Crew.Member<Void> one = Crew.run(() -> {
                both.await();
                here.put(KEY, ours);
            });
            Crew.Member<Void> other = Crew.run(() -> {
                both.await();
                if (ours.hashCode() % 3 == 0) {
                    there.remove(KEY);
                } else {
                    there.put(KEY, "theirs");
                }
            });
            var unused = one.result();
            unused = other.result();
            String row = site.rows.all.get(KEY);
            String cached = redisAlone.get(KEY);
            assertTrue(cached == null || cached.equals(row), () -> "the source has " + row + ", Redis has " + cached);
            // After all invalidations.
            assertFalse(here.containsKey("another"));
            assertFalse(there.containsKey("another"));
            assertEquals(row, here.get(KEY));
            assertEquals(row, there.get(KEY));
        }
    }
}
