package io.github.tieredjcache.internal.engine.verification;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.FakeClock;
import io.github.tieredjcache.integration.LogLines;
import io.github.tieredjcache.internal.engine.verification.SourceVerification.Components;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Version;
import io.github.tieredjcache.internal.source.Source;
import io.github.tieredjcache.internal.stats.GaugeSources;
import io.github.tieredjcache.internal.stats.Statistics;
import io.github.tieredjcache.internal.stats.TierCounters;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import javax.cache.integration.CacheLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An hour of virtual time in which writers change source and cache in every order that applications use, at random
 * times, also between the reads of a comparison. The seed repeats everything.
 */
class VerificationUnderLoadTest {
    private static final int KEYS = 20;
    /** Read, and written by nobody. */
    private static final String UNWRITTEN = "unwritten";

    private static final long HOUR_TICKS = Duration.ofHours(1).dividedBy(SourceVerification.TICK);
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);
    /** The maximum time between the two changes of one write. */
    private static final int WRITE_MILLIS_MAX = 400;

    private final FakeClock clock = new FakeClock();
    private final TierCounters counters =
            new TierCounters(GaugeSources.none("orders"), new Statistics(clock, true).latencies(), clock);
    private final Map<String, Entry<String>> remote = new HashMap<>();
    private final Map<String, String> rows = new HashMap<>();
    private final PriorityQueue<Event> events = new PriorityQueue<>(Comparator.comparingLong(Event::nanos));
    private final SourceVerification<String, String> verification = verification();
    private Random random = new Random(0);
    private long writes;

    private record Event(long nanos, Runnable action) {}

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void anHourOfWritesRaisesNoAlarmAndADirectChangeDoesWithinAMinute(long seed) {
        random = new Random(seed);
        try (LogLines log = new LogLines()) {
            begin();
            for (int i = 0; i < HOUR_TICKS; i++) {
                tick();
            }
            assertTrue(counters.sourceChecks() > 20_000, () -> counters.sourceChecks() + " checks");
            assertTrue(counters.sourceMismatches() > 0, "no comparison met a write in progress");
            assertEquals(0, counters.sourceMismatches1s());
            assertEquals(List.of(), log.lines());

            rows.put(UNWRITTEN, "changed directly");
            long minute = clock.nanos() + TimeUnit.MINUTES.toNanos(1);
            while (log.lines().isEmpty() && clock.nanos() < minute) {
                tick();
            }
            assertEquals(1, log.lines().size());
            assertTrue(log.lines().get(0).contains(UNWRITTEN), log.lines().get(0));
        }
    }

    @Test
    void aWriteThatNeverReachesTheCacheIsFoundAmongTheOthers() {
        begin();
        // The process of the writer ends between its two changes, of a key that is read and not written again.
        both(UNWRITTEN);
        rows.put(UNWRITTEN, "of a lost writer");
        for (int i = 0; i < HOUR_TICKS / 60; i++) {
            tick();
        }
        assertEquals(1, verification.mismatches().size());
        assertEquals(UNWRITTEN, verification.mismatches().get(0).key());
    }

    private void begin() {
        both(UNWRITTEN);
        for (int i = 0; i < KEYS; i++) {
            String key = "key " + i;
            both(key);
            later(random.nextInt(1_000), () -> write(key));
        }
    }

    private void tick() {
        pass(SourceVerification.TICK.toNanos());
        verification.tick();
        for (int hits = 0; hits < 3; hits++) {
            // The lower its number, the more often a key is read; one read of 20 is of the unwritten one.
            verification.read(
                    random.nextInt(20) == 0 ? UNWRITTEN : "key " + (int) (KEYS * Math.pow(random.nextDouble(), 2)));
        }
    }

    /** Changes a key in source and cache, and then again after a while. */
    private void write(String key) {
        String value = "value " + ++writes;
        int millis = random.nextInt(WRITE_MILLIS_MAX);
        Runnable toSource = () -> rows.put(key, value);
        Runnable toCache = () -> put(key, value);
        switch (random.nextInt(6)) {
            case 0 -> inTurn(key, toSource, millis, toCache);
            case 1 ->
                inTurn(key, toSource, millis, () -> {
                    remote.remove(key);
                    later(1, () -> put(key, rows.get(key)));
                });
            case 2 -> inTurn(key, toCache, millis, toSource);
            case 3 ->
                // A transaction that is rolled back.
                inTurn(key, toCache, millis, () -> remote.remove(key));
            case 4 ->
                // Through the cache: under a write lease.
                inTurn(
                        key,
                        () -> {
                            Entry<String> before = remote.get(key);
                            if (before != null) {
                                remote.put(key, unsettled(before));
                            }
                            later(millis / 2, toSource);
                        },
                        millis + 1,
                        toCache);
            default -> {
                // An expiry, and a load.
                remote.remove(key);
                inTurn(key, () -> {}, millis, () -> put(key, rows.get(key)));
            }
        }
    }

    private void inTurn(String key, Runnable first, int millis, Runnable second) {
        first.run();
        later(millis, () -> {
            second.run();
            // Much later now and then, so that comparisons find the same version again.
            later(10 + random.nextInt(random.nextInt(10) == 0 ? 30_000 : 1_500), () -> write(key));
        });
    }

    private void later(int millis, Runnable action) {
        events.add(new Event(clock.nanos() + millis * MILLI, action));
    }

    private void pass(long nanos) {
        long untilNanos = clock.nanos() + nanos;
        while (!events.isEmpty() && events.peek().nanos <= untilNanos) {
            Event next = events.remove();
            clock.advanceNanos(Math.max(0, next.nanos - clock.nanos()));
            next.action.run();
        }
        clock.advanceNanos(untilNanos - clock.nanos());
    }

    private void both(String key) {
        rows.put(key, "value " + ++writes);
        put(key, rows.get(key));
    }

    private void put(String key, String value) {
        if (value != null) {
            remote.put(key, Entry.of(value, new Version(1, ++writes), Entry.NO_DEADLINE));
        }
    }

    private static Entry<String> unsettled(Entry<String> entry) {
        return Entry.of(entry.value(), entry.version(), entry.deadlineNanos(), 0, false);
    }

    private SourceVerification<String, String> verification() {
        CacheLoader<String, String> loader = new CacheLoader<>() {
            @Override
            public String load(String key) {
                pass(random.nextInt(30) * MILLI);
                String row = rows.get(key);
                pass(random.nextInt(30) * MILLI);
                return row;
            }

            @Override
            public Map<String, String> loadAll(Iterable<? extends String> keys) {
                throw new AssertionError("one key is loaded at a time");
            }
        };
        SourceVerification<String, String> created = SourceVerification.of(
                new Components<>(
                        new Source<>(loader, null, counters),
                        key -> {
                            pass(random.nextInt(3) * MILLI);
                            Entry<String> entry = remote.get(key);
                            pass(random.nextInt(3) * MILLI);
                            return entry;
                        },
                        TextCodecs.keys(),
                        TextCodecs.values(text -> text),
                        key -> key,
                        Runnable::run,
                        load -> {
                            load.run();
                            return true;
                        },
                        1),
                600,
                counters,
                clock);
        assertNotNull(created);
        return created;
    }
}
