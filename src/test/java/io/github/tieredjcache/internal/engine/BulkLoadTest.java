package io.github.tieredjcache.internal.engine;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.FakeClock;
import io.github.tieredjcache.TierNumber;
import io.github.tieredjcache.internal.port.FakeRedis;
import io.github.tieredjcache.internal.stats.GaugeSources;
import io.github.tieredjcache.internal.stats.Statistics;
import io.github.tieredjcache.internal.stats.TierCounters;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.IntStream;
import javax.cache.expiry.EternalExpiryPolicy;
import javax.cache.integration.CacheLoader;
import javax.cache.integration.CacheLoaderException;
import org.junit.jupiter.api.Test;

/** Calls with more keys than a batch has: the load leases of the next batch are requested before a batch is loaded. */
class BulkLoadTest {
    /** Its clock is far ahead: no call waits for a load of another node. */
    private final FakeRedis remote = new FakeRedis(() -> Long.MAX_VALUE / 2);

    private final FakeClock clock = new FakeClock();
    private final TierCounters counters = counters();
    private volatile Function<List<String>, Map<String, String>> source = BulkLoadTest::values;
    private final Engine<String, String> engine = engine(counters, keys -> source.apply(keys));

    @Test
    void aBatchAfterAColdOneIsNotReadAndItsLeasesAreRequestedBeforeTheLoad() {
        Set<String> keys = keys(1_200);
        assertEquals(values(keys), engine.getAll(keys));
        assertEquals(
                List.of(
                        "readAll 500",
                        "loadGrants 500",
                        "loadGrants 500",
                        "load 500",
                        "fillAll 500",
                        "loadGrants 200",
                        "load 500",
                        "fillAll 500",
                        "load 200",
                        "fillAll 200"),
                remote.calls);
        assertEquals(1_200, counters.get(TierNumber.REMOTE_MISSES));
        keys.forEach(key -> assertEquals("loaded " + key, remote.value(key)));
    }

    @Test
    void aLoadAllRequestsItsLeasesAhead() {
        engine.loading(keys(1_000), false).run();
        List<String> cold = List.of(
                "readAll 500",
                "loadGrants 500",
                "loadGrants 500",
                "load 500",
                "fillAll 500",
                "load 500",
                "fillAll 500");
        assertEquals(cold, remote.calls);
        remote.calls.clear();
        engine.loading(keys(1_000), true).run();
        assertEquals(
                List.of("loadGrants 500", "loadGrants 500", "load 500", "applyAll 500", "load 500", "applyAll 500"),
                remote.calls);
    }

    @Test
    void anEntryThatAGrantReturnsIsAHitAndTheNextBatchIsRead() {
        remote.otherNodePuts("key 700", "stored");
        Map<String, String> expected = new HashMap<>(values(keys(1_200)));
        expected.put("key 700", "stored");
        assertEquals(expected, engine.getAll(keys(1_200)));
        assertEquals(
                List.of("load 500", "fillAll 500", "load 499", "fillAll 499", "readAll 200", "loadGrants 200"),
                remote.calls.subList(3, 9));
        assertEquals(1, counters.get(TierNumber.REMOTE_HITS));
        assertEquals(1_199, counters.get(TierNumber.REMOTE_MISSES));
    }

    @Test
    void aFailedLoadGivesTheLeasesOfTheNextBatchBackAndItsFetchesToTheirOtherCallers() throws Exception {
        CompletableFuture<String> other = new CompletableFuture<>();
        source = keys -> {
            source = BulkLoadTest::values;
            Thread caller = new Thread(() -> other.complete(engine.get("key 900")));
            caller.start();
            while (counters.get(TierNumber.COALESCED_LOOKUPS) == 0) {
                Thread.onSpinWait();
            }
            throw new CacheLoaderException("no source");
        };
        assertThrows(CacheLoaderException.class, () -> engine.getAll(keys(1_000)));
        assertEquals("loaded key 900", other.get(1, TimeUnit.MINUTES));
        assertEquals("loaded key 900", remote.value("key 900"));
        assertEquals(values(keys(1_000)), engine.getAll(keys(1_000)));
        keys(1_000).forEach(key -> assertEquals("loaded " + key, remote.value(key)));
    }

    @Test
    void aLoaderMayReadAKeyOfTheNextBatch() {
        source = keys -> {
            source = BulkLoadTest::values;
            assertEquals("loaded key 900", engine.get("key 900"));
            return values(keys);
        };
        assertEquals(values(keys(1_000)), engine.getAll(keys(1_000)));
        assertEquals("loaded key 900", remote.value("key 900"));
    }

    /** The loader knows nothing of batches, and may have threads of its own. */
    @Test
    void anotherThreadOfTheLoaderMayReadAKeyOfTheNextBatch() {
        source = keys -> {
            source = BulkLoadTest::values;
            // As much as a load waits for others.
            clock.advance(Duration.ofMinutes(10));
            Crew.Member<String> reader = Crew.start(() -> engine.get("key 900"));
            assertEquals("loaded key 900", assertDoesNotThrow(reader::result));
            return values(keys);
        };
        assertEquals(values(keys(1_000)), engine.getAll(keys(1_000)));
        assertEquals("loaded key 900", remote.value("key 900"));
    }

    /** Else two calls that load the same keys in opposite order would wait for each other. */
    @Test
    void aBatchThatWaitsForAnotherNodeRequestsNothingAhead() {
        Engine<String, String> otherNode = engine(counters(), keys -> {
            remote.calls.clear();
            assertEquals(values(keys(1_000)), engine.getAll(keys(1_000)));
            return values(keys);
        });
        assertEquals("loaded key 7", otherNode.get("key 7"));
        assertEquals(
                List.of("readAll 500", "loadGrants 500", "load 499", "fillAll 499", "awaitLoadGrant key 7"),
                remote.calls.subList(0, 5));
        assertEquals(List.of("readAll 500", "loadGrants 500"), remote.calls.subList(6, 8));
    }

    @Test
    void aRequestThatFailedAheadConcernsNeitherTheBatchBeforeNorItsOwn() {
        remote.afterNextReply = () -> remote.afterNextReply = () -> remote.failsCalls(true);
        source = keys -> {
            remote.failsCalls(false);
            return values(keys);
        };
        assertEquals(values(keys(1_000)), engine.getAll(keys(1_000)));
        keys(1_000).forEach(key -> assertEquals("loaded " + key, remote.value(key)));
    }

    private Engine<String, String> engine(
            TierCounters itsCounters, Function<List<String>, Map<String, String>> itsSource) {
        return SharedEngines.engine(
                remote,
                itsCounters,
                clock,
                new EternalExpiryPolicy(),
                new CacheLoader<>() {
                    @Override
                    public String load(String key) {
                        return itsSource.apply(List.of(key)).get(key);
                    }

                    @Override
                    public Map<String, String> loadAll(Iterable<? extends String> keys) {
                        Set<String> all = new LinkedHashSet<>();
                        keys.forEach(all::add);
                        remote.calls.add("load " + all.size());
                        return itsSource.apply(List.copyOf(all));
                    }
                },
                null);
    }

    private static TierCounters counters() {
        return new TierCounters(
                GaugeSources.none("test"), new Statistics(System::nanoTime, true).latencies(), System::nanoTime);
    }

    private static Set<String> keys(int count) {
        Set<String> keys = new LinkedHashSet<>();
        IntStream.range(0, count).forEach(each -> keys.add("key " + each));
        return keys;
    }

    private static Map<String, String> values(Iterable<String> keys) {
        Map<String, String> values = new HashMap<>();
        keys.forEach(key -> values.put(key, "loaded " + key));
        return values;
    }
}
