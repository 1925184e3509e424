package io.github.tieredjcache.internal.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import io.github.tieredjcache.internal.entry.FillTicket;
import io.github.tieredjcache.internal.entry.Guard;
import io.github.tieredjcache.internal.entry.Lease;
import io.github.tieredjcache.internal.entry.Lifetime;
import io.github.tieredjcache.internal.entry.LoadRight;
import io.github.tieredjcache.internal.entry.LoadTurn;
import io.github.tieredjcache.internal.entry.Mutation;
import io.github.tieredjcache.internal.entry.Outcome;
import io.github.tieredjcache.internal.entry.TierOfRecord.Fill;
import io.github.tieredjcache.testkit.CommandCounts;
import io.github.tieredjcache.testkit.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.cache.CacheException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The right to load a key: who has it, how it ends, and that nothing is stored without it. */
class LoadRightsIT {
    private static final long HOUR = Duration.ofHours(1).toNanos();
    private static final Pattern EVALSHAS = Pattern.compile("cmdstat_evalsha:calls=(\\d+)");
    private static final Duration BRIEF = Duration.ofMillis(300);
    private static final RecordOptions BRIEF_RIGHTS = new RecordOptions(
            "test",
            "brief",
            16 << 20,
            Duration.ofSeconds(30),
            false,
            Duration.ofSeconds(60),
            BRIEF,
            Duration.ZERO,
            false,
            false);
    private static final Mutation<String, String> PUT =
            new Mutation<>("k", Guard.ALWAYS, "new", HOUR, HOUR, true, false);
    private static final Mutation<String, String> REMOVAL =
            new Mutation<>("k", Guard.ALWAYS, null, Lifetime.UNCHANGED, Lifetime.UNCHANGED, true, false);

    private static RedisServer redis;
    private static RemoteFixture node;

    private final RemoteRecord<String, String> cache = node.record("cache");

    @BeforeAll
    static void startRedis() {
        redis = RedisServer.startLocal();
        node = new RemoteFixture(redis.uri(), RemoteFixture.PATIENT);
    }

    @BeforeEach
    void begin() {
        redis.command("FLUSHALL");
    }

    @AfterAll
    static void stopRedis() {
        node.close();
        redis.close();
    }

    /** What may happen to a key, which has no entry, while it is loaded. */
    enum WhileLoading {
        REMOVED,
        STORED_AND_REMOVED,
        PROCESSED,
        CLEARED,
        ALL_REMOVED;

        void happen(RemoteRecord<String, String> node) {
            switch (this) {
                case REMOVED -> node.apply(REMOVAL);
                case STORED_AND_REMOVED -> {
                    node.apply(PUT);
                    node.apply(REMOVAL);
                }
                case PROCESSED -> node.lease("k").release();
                case CLEARED -> node.clear();
                case ALL_REMOVED -> assertFalse(node.entriesToRemove().hasNext(), "a placeholder is no entry");
            }
        }
    }

    @ParameterizedTest
    @Covers(FaultRow.F80)
    @EnumSource
    void aLoadThatBeganBeforeAChangeStoresNothing(WhileLoading what) {
        RemoteRecord<String, String> other = node.record("cache");
        Fill<String, String> late = new Fill<>("k", right("k"), new FillTicket(0), "loaded", HOUR);
        what.happen(other);
        Outcome<String> outcome = cache.fill(late);
        assertFalse(outcome.applied());
        assertNull(outcome.after());
        assertFalse(cache.contains("k"));
        assertFalse(other.contains("k"));
    }

    @ParameterizedTest
    @Covers(FaultRow.F45)
    @ValueSource(strings = {"DEL", "FLUSHALL"})
    void aLoadWhosePlaceholderWasRemovedByHandStoresNothing(String command) {
        Fill<String, String> late = new Fill<>("k", right("k"), new FillTicket(0), "loaded", HOUR);
        if (command.equals("DEL")) {
            assertEquals(1, redis.number("DEL", redisKey()));
        } else {
            redis.command(command);
        }
        assertFalse(cache.fill(late).applied());
        assertFalse(cache.contains("k"));
    }

    @Test
    @Covers(FaultRow.F66)
    void whatALoadStoresIsThatOfTheOneWhoHasTheRight() {
        RemoteRecord<String, String> brief = node.record(BRIEF_RIGHTS);
        LoadRight first = right(brief, "k");
        Fill<String, String> late = new Fill<>("k", first, new FillTicket(0), "late", HOUR);
        // The first one does not renew: it has died, or stands still. The right of the second one outlives any pause.
        RemoteRecord<String, String> patient = node.record("brief");
        LoadRight[] second = new LoadRight[1];
        Crew.until(() -> {
            LoadTurn<String> turn =
                    patient.turnsToLoad(Map.of("k", new FillTicket(0)), false).get("k");
            if (turn instanceof LoadTurn.Mine<String> mine) {
                second[0] = mine.right();
            }
            return second[0] != null;
        });
        assertFalse(brief.fill(late).applied());
        first.giveUp();
        assertTrue(patient.fill(new Fill<>("k", second[0], new FillTicket(0), "in time", HOUR))
                .applied());
        assertEquals(
                "in time",
                brief.read("k", new FillTicket(0), Lifetime.UNCHANGED).value());
    }

    @Test
    void aRightThatIsRenewedHoldsForLongerThanItsLength() {
        // Long enough for a renewal that is late on a busy machine.
        Duration length = Duration.ofSeconds(4);
        RemoteRecord<String, String> brief = node.record(new RecordOptions(
                "test",
                "brief",
                16 << 20,
                Duration.ofSeconds(30),
                false,
                Duration.ofSeconds(60),
                length,
                Duration.ZERO,
                false,
                false));
        LoadRight right = right(brief, "k");
        long end = System.nanoTime() + length.plusSeconds(1).toNanos();
        Crew.until(() -> {
            brief.renewLeases();
            assertTrue(brief.turnsToLoad(Map.of("k", new FillTicket(0)), false).get("k") instanceof LoadTurn.Theirs);
            return System.nanoTime() - end > 0;
        });
        assertTrue(brief.fill(new Fill<>("k", right, new FillTicket(0), "loaded", HOUR))
                .applied());
    }

    @Test
    void whoeverWaitsIsToldOfTheFillOfTheGivingUpAndOfTheEndOfHisPatience() throws Exception {
        RemoteRecord<String, String> other = node.record("cache");
        LoadRight right = right("k");
        var filled = Crew.start(() -> awaitTurn(other, "k", 60)).untilItWaits();
        assertTrue(cache.fill(new Fill<>("k", right, new FillTicket(0), "loaded", HOUR))
                .applied());
        assertTrue(filled.result() instanceof LoadTurn.Present<String> there
                && there.entry().value().equals("loaded"));

        LoadRight givenUp = right("l");
        var free = Crew.start(() -> awaitTurn(other, "l", 60)).untilItWaits();
        givenUp.giveUp();
        assertTrue(free.result() instanceof LoadTurn.Mine);
        assertTrue(awaitTurn(cache, "l", 0) instanceof LoadTurn.Alone);
    }

    @Test
    void whoeverWaitsDoesNotAskAgainAndAgain() throws Exception {
        RemoteRecord<String, String> other = node.record("cache");
        other.contains("k");
        LoadRight right = right("k");
        List<Crew.Member<LoadTurn<String>>> waiting = new ArrayList<>();
        CommandCounts counts = CommandCounts.during(redis, () -> {
            long before = evalshas();
            waiting.add(Crew.start(() -> awaitTurn(other, "k", 600)));
            Crew.until(() -> evalshas() == before + 2);
            long end = System.nanoTime() + Duration.ofMillis(500).toNanos();
            Crew.until(() -> System.nanoTime() - end > 0);
        });
        // The second time it listens.
        assertEquals(2, counts.of("evalsha"));
        right.giveUp();
        assertTrue(waiting.get(0).result() instanceof LoadTurn.Mine);
    }

    @Test
    void ofAQuestionForManyKeysThatFailsHalfWayNoRightIsLeft() {
        Map<String, FillTicket> tickets = new LinkedHashMap<>();
        // More than are asked for in one flush.
        for (int i = 0; i < 600; i++) {
            tickets.put("key-" + i, new FillTicket(0));
        }
        tickets.put("x".repeat(100_000), new FillTicket(0));
        assertThrows(CacheException.class, () -> cache.turnsToLoad(tickets, false));
        Crew.until(() -> redis.number("DBSIZE") == 1);
    }

    @Test
    void noFillSlipsPastARemovalOfAll() throws Exception {
        RemoteFixture second = new RemoteFixture(redis.uri(), RemoteFixture.PATIENT);
        RemoteRecord<String, String> other = second.record("cache");
        Random random = new Random(1);
        for (int round = 0; round < 2_000; round++) {
            Fill<String, String> fill = new Fill<>("k", right("k"), new FillTicket(0), "loaded before", HOUR);
            CyclicBarrier go = new CyclicBarrier(2);
            int spins = random.nextInt(3_000);
            var filling = Crew.start(() -> {
                go.await();
                for (int i = 0; i < spins; i++) {
                    Thread.onSpinWait();
                }
                return cache.fill(fill);
            });
            go.await();
            other.entriesToRemove()
                    .forEachRemaining(entry -> other.apply(new Mutation<>(
                            entry.getKey(), Guard.ALWAYS, null, Lifetime.UNCHANGED, Lifetime.UNCHANGED, false, false)));
            filling.result();
            assertFalse(other.contains("k"), "round " + round);
        }
        second.close();
    }

    @Test
    void aRemovalOfAllLeavesNothingOfWhatHasEnded() {
        RemoteRecord<String, String> keeping = node.record(new RecordOptions(
                "test",
                "cache",
                16 << 20,
                Duration.ofSeconds(3),
                false,
                BRIEF,
                BRIEF,
                Duration.ofHours(1),
                false,
                false));
        keeping.apply(new Mutation<>(
                "k", Guard.ALWAYS, "v", Duration.ofMillis(20).toNanos(), Lifetime.UNCHANGED, true, false));
        Crew.until(() -> !keeping.contains("k"));
        assertEquals(1, redis.number("EXISTS", redisKey()));
        assertFalse(keeping.entriesToRemove().hasNext());
        assertEquals(0, redis.number("EXISTS", redisKey()));
    }

    @Test
    void whatCannotBeReadUnderALeaseIsNotAskedForAgainAndAgain() {
        try (RemoteFixture second = new RemoteFixture(redis.uri(), RemoteFixture.PATIENT)) {
            RemoteRecord<String, String> reading = second.record("cache");
            reading.contains("k");
            cache.apply(new Mutation<>("k", Guard.ALWAYS, "value", Lifetime.ETERNAL, Lifetime.ETERNAL, true, false));
            redis.command("SETRANGE", redisKey(), "28", "\u0001\u0002\u0003\u0004");
            Lease<String, String> lease = cache.lease("k");
            CommandCounts counts = CommandCounts.during(redis, () -> awaitTurn(reading, "k", 1));
            assertTrue(counts.of("evalsha") < 10, "questions in a second: " + counts.of("evalsha"));
            lease.release();
        }
    }

    private static long evalshas() {
        Matcher calls = EVALSHAS.matcher(String.valueOf(redis.command("INFO", "commandstats")));
        return calls.find() ? Long.parseLong(calls.group(1)) : 0;
    }

    private LoadRight right(String key) {
        return right(cache, key);
    }

    private static LoadRight right(RemoteRecord<String, String> from, String key) {
        return ((LoadTurn.Mine<String>)
                        from.turnsToLoad(Map.of(key, new FillTicket(0)), false).get(key))
                .right();
    }

    private static LoadTurn<String> awaitTurn(RemoteRecord<String, String> from, String key, int seconds) {
        return from.awaitTurnToLoad(
                key,
                () -> new FillTicket(System.nanoTime()),
                System.nanoTime() + Duration.ofSeconds(seconds).toNanos());
    }

    private static String redisKey() {
        return "test:cache:" + redis.command("GET", "test:cache:epoch") + ":k";
    }
}
