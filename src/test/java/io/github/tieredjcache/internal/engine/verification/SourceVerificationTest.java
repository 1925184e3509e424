package io.github.tieredjcache.internal.engine.verification;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.FakeClock;
import io.github.tieredjcache.TierNumber;
import io.github.tieredjcache.Undeclared;
import io.github.tieredjcache.integration.LogLines;
import io.github.tieredjcache.integration.RecordingLoader;
import io.github.tieredjcache.internal.codec.api.ValueCodec;
import io.github.tieredjcache.internal.engine.verification.Mismatches.Mismatch;
import io.github.tieredjcache.internal.engine.verification.SourceVerification.Components;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Version;
import io.github.tieredjcache.internal.source.Source;
import io.github.tieredjcache.internal.stats.GaugeSources;
import io.github.tieredjcache.internal.stats.Statistics;
import io.github.tieredjcache.internal.stats.TierCounters;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import javax.cache.CacheException;
import javax.cache.integration.CacheLoader;
import org.junit.jupiter.api.Test;

/** Which differences between Redis and the source count, when they are looked for, and what that costs. */
class SourceVerificationTest {
    private static final String KEY = "order:7";
    private static final long THIS_NODE = 1;
    private static final long OTHER_NODE = 0xabc;
    private static final Duration TICK = SourceVerification.TICK;
    private static final Duration HOUR = Duration.ofHours(1);

    private final FakeClock clock = new FakeClock();
    private final TierCounters counters =
            new TierCounters(GaugeSources.none("orders"), new Statistics(clock, true).latencies(), clock);
    private final Map<String, Entry<String>> remote = new HashMap<>();
    private final Map<String, String> rows = new HashMap<>();
    private final List<Long> loadedAt = new ArrayList<>();
    private Runnable beforeLoad = () -> {};
    private Runnable afterLoad = () -> {};
    private String lastLoaded = "";
    private boolean free = true;
    private boolean unavailable;
    private long writes;

    @Test
    void aHitWhoseValueTheSourceHasIsNoMismatch() {
        both(KEY, "value");
        SourceVerification<String, String> verification = verification(60);
        pass(verification, Duration.ofMinutes(1), KEY);
        assertEquals(60, counters.sourceChecks());
        assertEquals(60, loadedAt.size());
        assertNoMismatch();
    }

    @Test
    void aDirectChangeOfTheSourceIsCountedByItsAge() {
        both(KEY, "value");
        SourceVerification<String, String> verification = verification(60);
        pass(verification, Duration.ofSeconds(2), KEY);
        long before = counters.sourceChecks();
        rows.put(KEY, "changed");
        // One read finds it; no more reads, so that its later comparisons are those of that read.
        sample(verification, KEY);
        assertEquals(List.of(before, 0L, 0L, 0L, 0L), numbers());
        pass(verification, Duration.ofMillis(1_200));
        assertEquals(List.of(before + 1, 1L, 1L, 0L, 0L), numbers());
        pass(verification, Duration.ofSeconds(10));
        assertEquals(List.of(before + 1, 1L, 1L, 1L, 0L), numbers());
        pass(verification, Duration.ofSeconds(51));
        assertEquals(List.of(before + 1, 1L, 1L, 1L, 1L), numbers());
        pass(verification, Duration.ofMinutes(10));
        assertEquals(List.of(before + 1, 1L, 1L, 1L, 1L), numbers());
        Mismatch<String> mismatch = verification.mismatches().get(0);
        assertEquals(KEY, mismatch.key());
        assertEquals(new Version(OTHER_NODE, writes), mismatch.version());
        assertTrue(mismatch.age().toMinutes() >= 10, () -> mismatch.age() + "");
    }

    @Test
    void aReadOfAnOldMismatchIsAsOldAsTheMismatch() {
        both(KEY, "value");
        SourceVerification<String, String> verification = verification(60);
        rows.put(KEY, "changed");
        sample(verification, KEY);
        pass(verification, Duration.ofMinutes(2));
        assertEquals(List.of(1L, 1L, 1L, 1L, 1L), numbers());
        sample(verification, KEY);
        assertEquals(List.of(2L, 2L, 2L, 2L, 2L), numbers());
    }

    @Test
    void aRowThatWasDeletedDirectlyIsAMismatch() {
        both(KEY, "value");
        rows.remove(KEY);
        SourceVerification<String, String> verification = verification(60);
        sample(verification, KEY);
        pass(verification, Duration.ofSeconds(2));
        assertEquals(List.of(1L, 1L, 1L, 0L, 0L), numbers());
    }

    @Test
    void theLogNamesKeyAgeAndLastWriterOnceAMinute() {
        SourceVerification<String, String> verification = verification(600);
        both(KEY, "a secret value");
        both("order:8", "another secret value");
        rows.put(KEY, "changed");
        rows.put("order:8", "changed");
        try (LogLines log = new LogLines()) {
            sample(verification, KEY);
            sample(verification, "order:8");
            pass(verification, Duration.ofSeconds(9));
            assertEquals(List.of(), log.lines());
            pass(verification, Duration.ofSeconds(3));
            assertEquals(1, log.lines().size(), () -> log.lines().toString());
            String line = log.lines().get(0);
            assertEquals(
                    "WARNING cache 'orders': Redis has held another value than the source for the key 'order:7' for at"
                            + " least 10 s; the entry was written last by node 0000000000000abc (2 of 2 reads so far were"
                            + " older than the source). Change the source through the cache, or remove the keys of a"
                            + " direct change; a shorter expiry, or load.refresh-ahead, bounds the age",
                    line);
            pass(verification, Duration.ofMinutes(10));
            assertTrue(log.lines().size() <= 11, () -> log.lines().size() + " lines in ten minutes");
            assertTrue(log.lines().stream().noneMatch(each -> each.contains("secret")));
        }
    }

    @Test
    void aWriteBetweenTheTwoReadsOfRedisIsNoMismatch() {
        both(KEY, "value");
        SourceVerification<String, String> verification = verification(60);
        beforeLoad = () -> rows.put(KEY, "new");
        afterLoad = () -> put(KEY, "new");
        sample(verification, KEY);
        beforeLoad = () -> {};
        afterLoad = () -> {};
        pass(verification, HOUR);
        assertNoMismatch();
        assertEquals(0, counters.sourceChecks());
    }

    @Test
    void aWriteInProgressIsNotCompared() {
        both(KEY, "value");
        remote.put(KEY, Entry.of("value", new Version(OTHER_NODE, writes), Entry.NO_DEADLINE, 0, false));
        SourceVerification<String, String> verification = verification(60);
        sample(verification, KEY);
        assertEquals(0, loadedAt.size());
        // The write begins while the loader runs.
        both(KEY, "value");
        afterLoad = () -> {
            rows.put(KEY, "new");
            remote.put(KEY, Entry.of("value", new Version(OTHER_NODE, writes), Entry.NO_DEADLINE, 0, false));
        };
        beforeLoad = () -> rows.put(KEY, "new");
        sample(verification, KEY);
        assertEquals(1, loadedAt.size());
        pass(verification, HOUR);
        assertEquals(List.of(0L, 0L, 0L, 0L, 0L), numbers());
    }

    @Test
    void aValueThatTheCacheReceivesWithinASecondWasOlderForLessThanASecond() {
        both(KEY, "value");
        SourceVerification<String, String> verification = verification(60);
        // 1. An application changes the database. 2. The comparison. 3. The application puts into the cache.
        rows.put(KEY, "new");
        sample(verification, KEY);
        put(KEY, "new");
        pass(verification, Duration.ofMinutes(2));
        assertEquals(List.of(1L, 1L, 0L, 0L, 0L), numbers());
        assertEquals(List.of(), verification.mismatches());
    }

    @Test
    void aValueThatTheSourceReceivesAfterTheCacheIsNoMismatch() {
        both(KEY, "value");
        SourceVerification<String, String> verification = verification(60);
        // 1. An application puts into the cache in a transaction. 2. The comparison. 3. The transaction is committed.
        put(KEY, "new");
        sample(verification, KEY);
        rows.put(KEY, "new");
        pass(verification, Duration.ofMinutes(2));
        assertEquals(List.of(0L, 0L, 0L, 0L, 0L), numbers());
        assertEquals(List.of(), verification.mismatches());
    }

    @Test
    void aKeyThatIsRemovedWithinASecondIsNoMismatch() {
        both(KEY, "value");
        SourceVerification<String, String> verification = verification(60);
        rows.put(KEY, "new");
        sample(verification, KEY);
        remote.remove(KEY);
        pass(verification, Duration.ofMinutes(2));
        assertEquals(List.of(0L, 0L, 0L, 0L, 0L), numbers());
    }

    @Test
    void aMismatchEndsWhenTheKeyIsWrittenOrTheSourceReturnsToItsValue() {
        both(KEY, "value");
        both("order:8", "value");
        SourceVerification<String, String> verification = verification(60);
        rows.put(KEY, "changed");
        rows.put("order:8", "changed");
        sample(verification, KEY);
        sample(verification, "order:8");
        pass(verification, Duration.ofSeconds(20));
        assertEquals(2, verification.mismatches().size());
        both(KEY, "changed");
        rows.put("order:8", "value");
        pass(verification, Duration.ofMinutes(3));
        assertEquals(List.of(), verification.mismatches());
        assertEquals(0, counters.sourceMismatches60s());
    }

    @Test
    void valuesThatDifferAtEachLoadAreNoMismatchAndAreLogged() {
        both(KEY, "loaded at 0");
        SourceVerification<String, String> verification = verification(600);
        beforeLoad = () -> rows.put(KEY, "loaded at " + clock.nanos());
        try (LogLines log = new LogLines()) {
            pass(verification, HOUR, KEY);
            assertNoMismatch();
            assertEquals(0, counters.sourceChecks());
            assertTrue(
                    !log.lines().isEmpty() && log.lines().size() <= 60,
                    () -> log.lines().size() + " lines");
            assertEquals(
                    "WARNING cache 'orders': Redis cannot be compared with the source: two loads of the key 'order:7'"
                            + " returned different values, as for 3 of 3 reads so far. Leave what differs at each load,"
                            + " such as a time, out of the value, or set load.verify-per-minute to 0 for this cache",
                    log.lines().get(0));
        }
    }

    @Test
    void theLoaderIsNeverCalledMoreOftenThanConfigured() {
        for (int perMinute : new int[] {1, 60, 90, 600}) {
            loadedAt.clear();
            SourceVerification<String, String> verification = verification(perMinute);
            for (int i = 0; i < 300; i++) {
                both("key " + i, "value");
                // Every second key differs.
                rows.put("key " + i, i % 2 == 0 ? "value" : "changed");
            }
            for (int i = 0; i < 36_000; i++) {
                clock.advance(TICK);
                verification.tick();
                verification.read("key " + i % 300);
            }
            for (int i = perMinute; i < loadedAt.size(); i++) {
                long nanos = loadedAt.get(i) - loadedAt.get(i - perMinute);
                assertTrue(nanos >= Duration.ofMinutes(1).toNanos(), () -> perMinute + " in " + nanos + " ns");
            }
            assertTrue(loadedAt.size() > 50 * perMinute, perMinute + " a minute: " + loadedAt.size());
        }
    }

    @Test
    void manyMismatchesNeitherEndTheSamplingNorFillTheMemory() {
        SourceVerification<String, String> verification = verification(600);
        for (int i = 0; i < 1_000; i++) {
            both("key " + i, "value");
            rows.put("key " + i, "changed");
        }
        for (int i = 0; i < 36_000; i++) {
            clock.advance(TICK);
            verification.tick();
            verification.read("key " + i % 1_000);
            assertTrue(verification.mismatches().size() <= Mismatches.SUSPECTS_MAX);
        }
        long mismatches = counters.sourceMismatches();
        assertTrue(mismatches > 1_000, () -> mismatches + " mismatches");
        both("same", "value");
        long before = counters.sourceChecks();
        pass(verification, Duration.ofMinutes(1), "same");
        assertTrue(counters.sourceChecks() - before > 100);
    }

    @Test
    void nothingIsLoadedWhileTheBulkheadIsFullWhileRedisIsUnavailableOrWhileLoadsFail() {
        both(KEY, "value");
        SourceVerification<String, String> verification = verification(600);
        free = false;
        pass(verification, Duration.ofMinutes(1), KEY);
        assertEquals(0, loadedAt.size());
        free = true;
        unavailable = true;
        pass(verification, Duration.ofMinutes(1), KEY);
        assertEquals(0, loadedAt.size());
        unavailable = false;
        for (int i = 0; i < 3; i++) {
            counters.beginSourceCall(1).close();
        }
        pass(verification, Duration.ofSeconds(50), KEY);
        assertEquals(0, loadedAt.size());
        // Until the failures are older than a minute.
        pass(verification, Duration.ofSeconds(30), KEY);
        assertTrue(loadedAt.size() > 100, () -> loadedAt.size() + " loads");
    }

    @Test
    void afterAFailedLoadTheVerificationPausesForUpToAMinute() {
        both(KEY, "value");
        SourceVerification<String, String> verification = verification(600);
        beforeLoad = () -> {
            throw Undeclared.thrown(new IOException("the database is down"));
        };
        pass(verification, HOUR, KEY);
        // 1 + 2 + 4 … 32 s, and then once a minute.
        assertTrue(loadedAt.size() >= 60 && loadedAt.size() <= 66, () -> loadedAt.size() + " loads in an hour");
        assertEquals(0, counters.loadFailures());
        beforeLoad = () -> {};
        pass(verification, Duration.ofMinutes(2), KEY);
        assertTrue(counters.sourceChecks() > 500);
    }

    @Test
    void aComparisonCountsNoLoadAndNoLatency() {
        both(KEY, "value");
        pass(verification(600), Duration.ofMinutes(1), KEY);
        assertTrue(loadedAt.size() > 500, () -> loadedAt.size() + " loads");
        assertEquals(0, counters.loads());
        assertEquals(0, counters.loadFailures());
        assertEquals(0, counters.sourceLatency().count());
    }

    @Test
    void aFailedReadOfRedisHasNoResult() {
        SourceVerification<String, String> verification = verification(60, Runnable::run, text(), key -> {
            throw new CacheException("unavailable");
        });
        pass(verification, Duration.ofMinutes(1), KEY);
        assertEquals(List.of(0L, 0L, 0L, 0L, 0L), numbers());
        assertEquals(0, loadedAt.size());
    }

    @Test
    void aDifferenceFromBeforeAnOutageIsNoMismatchAfterIt() {
        // 1. A row is changed. 2. The key is sampled. 3. Redis is unavailable before it has the change. 4. The change
        // is made up
        // for.
        both(KEY, "value");
        SourceVerification<String, String> verification = verification(600);
        rows.put(KEY, "new");
        sample(verification, KEY);
        unavailable = true;
        pass(verification, Duration.ofMinutes(1), KEY);
        unavailable = false;
        remote.remove(KEY);
        pass(verification, Duration.ofMinutes(1), KEY);
        put(KEY, "new");
        pass(verification, Duration.ofMinutes(1), KEY);
        assertNoMismatch();
        assertEquals(List.of(), verification.mismatches());
    }

    @Test
    void aDifferingKeyWhoseReadFailsIsReadAgainASecondLater() {
        AtomicBoolean fails = new AtomicBoolean();
        AtomicInteger failures = new AtomicInteger();
        both(KEY, "value");
        SourceVerification<String, String> verification = verification(600, Runnable::run, text(), key -> {
            if (fails.get()) {
                failures.incrementAndGet();
                throw new CacheException("unavailable");
            }
            return remote.get(key);
        });
        rows.put(KEY, "changed");
        sample(verification, KEY);
        fails.set(true);
        pass(verification, Duration.ofSeconds(10));
        assertEquals(9, failures.get(), 1);
        fails.set(false);
        pass(verification, Duration.ofSeconds(2));
        assertEquals(1, verification.mismatches().size());
    }

    @Test
    void oneComparisonRunsAtATimeAndOneThatIsRejectedIsDropped() {
        both(KEY, "value");
        List<Runnable> waiting = new ArrayList<>();
        SourceVerification<String, String> verification = verification(600, waiting::add, text(), remote::get);
        pass(verification, Duration.ofMinutes(1), KEY);
        assertEquals(1, waiting.size());
        waiting.remove(0).run();
        pass(verification, Duration.ofMinutes(1), KEY);
        assertEquals(1, waiting.size());

        List<Runnable> refused = new ArrayList<>();
        SourceVerification<String, String> other = verification(
                600,
                task -> {
                    refused.add(task);
                    throw new RejectedExecutionException("full");
                },
                text(),
                remote::get);
        pass(other, Duration.ofSeconds(1), KEY);
        assertTrue(refused.size() > 1);
    }

    @Test
    void aLoadedValueIsComparedAsItWouldBeReadBack() {
        // The codec of a hash table, which a decoded one has in another order.
        ValueCodec<String> reordering = TextCodecs.values(text -> {
            char[] sorted = text.toCharArray();
            Arrays.sort(sorted);
            return new String(sorted);
        });
        put(KEY, "abc");
        rows.put(KEY, "cab");
        SourceVerification<String, String> verification = verification(60, Runnable::run, reordering, remote::get);
        sample(verification, KEY);
        assertEquals(1, counters.sourceChecks());
        assertNoMismatch();
    }

    @Test
    void withoutALoaderThereIsNoVerification() {
        Source<String, String> source = new Source<>(null, null, counters);
        assertNull(SourceVerification.of(components(source, Runnable::run, text(), remote::get), 60, counters, clock));
    }

    @Test
    void aRateOfZeroMeansNoVerification() {
        Source<String, String> source = new Source<>(new RecordingLoader(rows::get), null, counters);
        assertNull(SourceVerification.of(components(source, Runnable::run, text(), remote::get), 0, counters, clock));
    }

    /** Has the next comparison be that of a key. */
    private void sample(SourceVerification<String, String> verification, String key) {
        lastLoaded = "";
        for (int i = 0; i < 1_000 && !lastLoaded.equals(key); i++) {
            clock.advance(TICK);
            verification.tick();
            verification.read(key);
            Entry<String> entry = remote.get(key);
            if (entry == null || !entry.isSettled()) {
                return;
            }
        }
    }

    /** Lets time pass, with a hit of each key between two ticks. */
    private void pass(SourceVerification<String, String> verification, Duration time, String... hits) {
        for (long i = 0; i < time.dividedBy(TICK); i++) {
            clock.advance(TICK);
            verification.tick();
            for (String each : hits) {
                verification.read(each);
            }
        }
    }

    private void assertNoMismatch() {
        assertEquals(0, counters.sourceMismatches());
        assertEquals(0, counters.sourceMismatches1s());
    }

    private List<Long> numbers() {
        return List.of(
                counters.get(TierNumber.SOURCE_CHECKS),
                counters.get(TierNumber.SOURCE_MISMATCHES),
                counters.get(TierNumber.SOURCE_MISMATCHES_1S),
                counters.get(TierNumber.SOURCE_MISMATCHES_10S),
                counters.get(TierNumber.SOURCE_MISMATCHES_60S));
    }

    private void both(String key, String value) {
        rows.put(key, value);
        put(key, value);
    }

    private void put(String key, String value) {
        writes++;
        remote.put(key, Entry.of(value, new Version(OTHER_NODE, writes), Entry.NO_DEADLINE));
    }

    private SourceVerification<String, String> verification(int perMinute) {
        return verification(perMinute, Runnable::run, text(), remote::get);
    }

    private SourceVerification<String, String> verification(
            int perMinute, Executor executor, ValueCodec<String> values, Function<String, Entry<String>> reads) {
        Source<String, String> source = new Source<>(
                new CacheLoader<>() {
                    @Override
                    public String load(String key) {
                        loadedAt.add(clock.nanos());
                        lastLoaded = key;
                        beforeLoad.run();
                        String row = rows.get(key);
                        afterLoad.run();
                        return row;
                    }

                    @Override
                    public Map<String, String> loadAll(Iterable<? extends String> keys) {
                        throw new AssertionError("one key is loaded at a time");
                    }
                },
                null,
                counters);
        SourceVerification<String, String> verification =
                SourceVerification.of(components(source, executor, values, reads), perMinute, counters, clock);
        assertNotNull(verification);
        return verification;
    }

    private Components<String, String> components(
            Source<String, String> source,
            Executor executor,
            ValueCodec<String> values,
            Function<String, Entry<String>> reads) {
        return new Components<>(
                source,
                key -> unavailable ? null : reads.apply(key),
                TextCodecs.keys(),
                values,
                key -> key,
                executor,
                load -> {
                    if (free) {
                        load.run();
                    }
                    return free;
                },
                THIS_NODE);
    }

    private static ValueCodec<String> text() {
        return TextCodecs.values(text -> text);
    }
}
