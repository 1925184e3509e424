package io.github.tieredjcache.internal.remote.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.model.Lifetime;
import io.github.tieredjcache.internal.model.Mutation;
import io.github.tieredjcache.internal.model.Outcome;
import io.github.tieredjcache.internal.model.Precondition;
import io.github.tieredjcache.internal.port.Lease;
import io.github.tieredjcache.internal.port.LoadGrant;
import io.github.tieredjcache.internal.port.LoadLease;
import io.github.tieredjcache.internal.port.TierOfRecord.Fill;
import io.github.tieredjcache.internal.remote.wire.StoredEntryHeader;
import io.github.tieredjcache.testkit.CommandCounts;
import io.github.tieredjcache.testkit.FaultProxy;
import io.github.tieredjcache.testkit.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
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

/** Tests of load leases: their holder, their end, and that a load without its lease stores nothing. */
class LoadLeasesIT {
    private static final long HOUR = Duration.ofHours(1).toNanos();
    private static final Pattern EVALSHAS = Pattern.compile("cmdstat_evalsha:calls=(\\d+)");
    private static final Duration BRIEF = Duration.ofMillis(300);
    private static final RedisCacheOptions BRIEF_LEASES = new RedisCacheOptions(
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
            new Mutation<>("k", Precondition.ALWAYS, "new", HOUR, HOUR, true, false);
    private static final Mutation<String, String> REMOVAL =
            new Mutation<>("k", Precondition.ALWAYS, null, Lifetime.UNCHANGED, Lifetime.UNCHANGED, true, false);

    private static RedisServer redis;
    private static RemoteFixture node;

    private final RedisTierOfRecord<String, String> cache = node.record("cache");

    @BeforeAll
    static void startRedis() {
        redis = RedisServer.startLocal();
        node = new RemoteFixture(redis.uri(), RemoteFixture.LONG_TIMEOUT);
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

    /** The deadline errs early at a node, so the entry is over there a moment before it is in Redis. */
    @Test
    void anEntryThatIsKeptForFailedLoadsIsFoundOrLoadedAtItsDeadline() {
        RedisTierOfRecord<String, String> keeping = keeping(node);
        for (int i = 0; i < 100; i++) {
            String key = "k" + i;
            put(keeping, key, Duration.ofMillis(20));
            while (keeping.read(key, new FillTicket(0), Lifetime.UNCHANGED).entry() != null) {
                Thread.onSpinWait();
            }
            LoadGrant<String> grant = keeping.loadGrants(Map.of(key, new FillTicket(0)), Set.of(), false)
                    .get(key);
            assertFalse(grant instanceof LoadGrant.HeldElsewhere, "nobody loads " + key);
        }
    }

    @Test
    void anExpiredEntryStaysForFailedLoadsWhenTheReplyToARequestForItsLeaseIsLost() {
        try (FaultProxy network = FaultProxy.inFrontOf(redis);
                RemoteFixture impatient = new RemoteFixture(network.uri())) {
            RedisTierOfRecord<String, String> requesting = keeping(impatient);
            RedisTierOfRecord<String, String> other = keeping(node);
            put(other, "k", Duration.ofMillis(1));
            long deadlineMillis = StoredEntryHeader.of(redis.bytes(
                            "GET".getBytes(UTF_8),
                            redis.list("KEYS", "*keeping*k").get(0).getBytes(UTF_8)))
                    .deadlineMillis();
            Crew.until(() -> Long.parseLong(redis.list("TIME").get(0)) * 1_000 > deadlineMillis);
            assertNull(
                    requesting.read("k", new FillTicket(0), Lifetime.UNCHANGED).entry());
            network.fromServer().hold();
            assertThrows(
                    CacheException.class, () -> requesting.loadGrants(Map.of("k", new FillTicket(0)), Set.of(), false));
            network.fromServer().forward();
            AtomicReference<LoadGrant<String>> grant = new AtomicReference<>();
            Crew.until(() -> {
                grant.set(other.loadGrants(Map.of("k", new FillTicket(0)), Set.of(), false)
                        .get("k"));
                return grant.get() instanceof LoadGrant.Granted;
            });
            assertEquals(
                    "v", ((LoadGrant.Granted<String>) grant.get()).expired().value());
        }
    }

    private static RedisTierOfRecord<String, String> keeping(RemoteFixture node) {
        Duration lease = Duration.ofMinutes(5);
        return node.record(new RedisCacheOptions(
                "test", "keeping", 16 << 20, lease, false, lease, lease, Duration.ofHours(1), false, false));
    }

    private static void put(RedisTierOfRecord<String, String> tier, String key, Duration lifetime) {
        tier.apply(new Mutation<>(key, Precondition.ALWAYS, "v", lifetime.toNanos(), lifetime.toNanos(), false, false));
    }

    /** An event while a key without an entry is loaded. */
    enum WhileLoading {
        REMOVED,
        STORED_AND_REMOVED,
        PROCESSED,
        CLEARED,
        ALL_REMOVED;

        void happen(RedisTierOfRecord<String, String> node) {
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
    void aLoadThatBeganBeforeAChangeStoresNothing(WhileLoading event) {
        RedisTierOfRecord<String, String> other = node.record("cache");
        Fill<String, String> late = new Fill<>("k", loadLease("k"), new FillTicket(0), "loaded", HOUR);
        event.happen(other);
        Outcome<String> outcome = cache.fillAll(List.of(late)).get(0);
        assertFalse(outcome.applied());
        assertNull(outcome.after());
        assertFalse(cache.contains("k"));
        assertFalse(other.contains("k"));
    }

    @ParameterizedTest
    @Covers(FaultRow.F45)
    @ValueSource(strings = {"DEL", "FLUSHALL"})
    void aLoadWhosePlaceholderWasRemovedInRedisStoresNothing(String command) {
        Fill<String, String> late = new Fill<>("k", loadLease("k"), new FillTicket(0), "loaded", HOUR);
        if (command.equals("DEL")) {
            assertEquals(1, redis.number("DEL", redisKey()));
        } else {
            redis.command(command);
        }
        assertFalse(cache.fillAll(List.of(late)).get(0).applied());
        assertFalse(cache.contains("k"));
    }

    @Test
    @Covers(FaultRow.F66)
    void aLoadWhoseLeasePassedToAnotherNodeStoresNothing() {
        RedisTierOfRecord<String, String> brief = node.record(BRIEF_LEASES);
        LoadLease first = loadLease(brief, "k");
        Fill<String, String> late = new Fill<>("k", first, new FillTicket(0), "late", HOUR);
        // The first holder does not renew its lease, as if its node had died. The lease of the second one outlives any
        // pause.
        RedisTierOfRecord<String, String> patient = node.record("brief");
        LoadLease[] second = new LoadLease[1];
        Crew.until(() -> {
            LoadGrant<String> grant = patient.loadGrants(Map.of("k", new FillTicket(0)), Set.of(), false)
                    .get("k");
            if (grant instanceof LoadGrant.Granted<String> mine) {
                second[0] = mine.lease();
            }
            return second[0] != null;
        });
        assertFalse(brief.fillAll(List.of(late)).get(0).applied());
        first.giveUp();
        assertTrue(patient.fillAll(List.of(new Fill<>("k", second[0], new FillTicket(0), "in time", HOUR)))
                .get(0)
                .applied());
        assertEquals(
                "in time",
                brief.read("k", new FillTicket(0), Lifetime.UNCHANGED).entry().value());
    }

    @Test
    void aRenewedLoadLeaseOutlivesItsLength() {
        // Long enough for a renewal that is late on a busy machine.
        Duration length = Duration.ofSeconds(4);
        RedisTierOfRecord<String, String> brief = node.record(new RedisCacheOptions(
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
        LoadLease loadLease = loadLease(brief, "k");
        long end = System.nanoTime() + length.plusSeconds(1).toNanos();
        Crew.until(() -> {
            brief.renewLeases();
            assertTrue(
                    brief.loadGrants(Map.of("k", new FillTicket(0)), Set.of(), false)
                                    .get("k")
                            instanceof LoadGrant.HeldElsewhere);
            return System.nanoTime() - end > 0;
        });
        assertTrue(brief.fillAll(List.of(new Fill<>("k", loadLease, new FillTicket(0), "loaded", HOUR)))
                .get(0)
                .applied());
    }

    @Test
    void aWaitingLoadEndsWithTheFillOrTheReleaseOrItsTimeout() throws Exception {
        RedisTierOfRecord<String, String> other = node.record("cache");
        LoadLease loadLease = loadLease("k");
        var filled = Crew.start(() -> awaitGrant(other, "k", 60)).untilItWaits();
        assertTrue(cache.fillAll(List.of(new Fill<>("k", loadLease, new FillTicket(0), "loaded", HOUR)))
                .get(0)
                .applied());
        assertTrue(filled.result() instanceof LoadGrant.Found<String> there
                && there.entry().value().equals("loaded"));

        LoadLease givenUp = loadLease("l");
        var free = Crew.start(() -> awaitGrant(other, "l", 60)).untilItWaits();
        givenUp.giveUp();
        assertTrue(free.result() instanceof LoadGrant.Granted);
        assertTrue(awaitGrant(cache, "l", 0) instanceof LoadGrant.Uncoordinated);
    }

    @Test
    void aWaitingLoadSendsTwoCommandsAndThenWaitsForTheInvalidation() throws Exception {
        RedisTierOfRecord<String, String> other = node.record("cache");
        other.contains("k");
        LoadLease loadLease = loadLease("k");
        List<Crew.Member<LoadGrant<String>>> waiting = new ArrayList<>();
        CommandCounts counts = CommandCounts.during(redis, () -> {
            long before = evalshas();
            waiting.add(Crew.start(() -> awaitGrant(other, "k", 600)));
            Crew.until(() -> evalshas() == before + 2);
            long end = System.nanoTime() + Duration.ofMillis(500).toNanos();
            Crew.until(() -> System.nanoTime() - end > 0);
        });
        // The second one is sent after the registration for the invalidation.
        assertEquals(2, counts.of("evalsha"));
        loadLease.giveUp();
        assertTrue(waiting.get(0).result() instanceof LoadGrant.Granted);
    }

    @Test
    void aRequestForManyKeysThatFailsHalfWayLeavesNoLoadLease() {
        Map<String, FillTicket> tickets = new LinkedHashMap<>();
        // More keys than one flush requests.
        for (int i = 0; i < 600; i++) {
            tickets.put("key-" + i, new FillTicket(0));
        }
        tickets.put("x".repeat(100_000), new FillTicket(0));
        assertThrows(CacheException.class, () -> cache.loadGrants(tickets, Set.of(), false));
        Crew.until(() -> redis.number("DBSIZE") == 1);
    }

    @Test
    void aRequestWhoseLargeEntryCannotBeReadLeavesNoLoadLease() {
        String large = "large";
        cache.apply(new Mutation<>(large, Precondition.ALWAYS, "x".repeat(100_000), HOUR, HOUR, true, false));
        Map<String, FillTicket> tickets = new LinkedHashMap<>();
        tickets.put("k", new FillTicket(0));
        tickets.put(large, new FillTicket(0));
        Supplier<Map<String, LoadGrant<String>>> begun = cache.beginLoadGrants(tickets, Set.of(), false);
        // Its reply comes after that with the lease of the other key.
        assertTrue(cache.contains(large));
        assertEquals(1, redis.number("EXISTS", redisKey()));
        Thread.currentThread().interrupt();
        try {
            assertThrows(CacheException.class, begun::get);
        } finally {
            assertTrue(Thread.interrupted());
        }
        // Behind the release, on the same connection.
        assertInstanceOf(
                LoadGrant.Granted.class,
                cache.loadGrants(Map.of("k", new FillTicket(0)), Set.of(), false)
                        .get("k"));
    }

    @Test
    void noFillIsStoredAfterARemovalOfAll() throws Exception {
        RemoteFixture second = new RemoteFixture(redis.uri(), RemoteFixture.LONG_TIMEOUT);
        RedisTierOfRecord<String, String> other = second.record("cache");
        Random random = new Random(1);
        for (int round = 0; round < 2_000; round++) {
            Fill<String, String> fill = new Fill<>("k", loadLease("k"), new FillTicket(0), "loaded before", HOUR);
            CyclicBarrier go = new CyclicBarrier(2);
            int spins = random.nextInt(3_000);
            var filling = Crew.start(() -> {
                go.await();
                for (int i = 0; i < spins; i++) {
                    Thread.onSpinWait();
                }
                return cache.fillAll(List.of(fill)).get(0);
            });
            go.await();
            other.entriesToRemove()
                    .forEachRemaining(entry -> other.apply(new Mutation<>(
                            entry.getKey(),
                            Precondition.ALWAYS,
                            null,
                            Lifetime.UNCHANGED,
                            Lifetime.UNCHANGED,
                            false,
                            false)));
            filling.result();
            assertFalse(other.contains("k"), "round " + round);
        }
        second.close();
    }

    @Test
    void aRemovalOfAllRemovesExpiredEntriesFromRedis() {
        RedisTierOfRecord<String, String> keeping = node.record(new RedisCacheOptions(
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
                "k", Precondition.ALWAYS, "v", Duration.ofMillis(20).toNanos(), Lifetime.UNCHANGED, true, false));
        Crew.until(() -> !keeping.contains("k"));
        assertEquals(1, redis.number("EXISTS", redisKey()));
        assertFalse(keeping.entriesToRemove().hasNext());
        assertEquals(0, redis.number("EXISTS", redisKey()));
    }

    @Test
    void aWaitForAnUndecodableEntryUnderALeaseDoesNotPollRedis() {
        try (RemoteFixture second = new RemoteFixture(redis.uri(), RemoteFixture.LONG_TIMEOUT)) {
            RedisTierOfRecord<String, String> reading = second.record("cache");
            reading.contains("k");
            cache.apply(
                    new Mutation<>("k", Precondition.ALWAYS, "value", Lifetime.ETERNAL, Lifetime.ETERNAL, true, false));
            redis.command("SETRANGE", redisKey(), "28", "\u0001\u0002\u0003\u0004");
            Lease<String, String> lease = cache.lease("k");
            CommandCounts counts = CommandCounts.during(redis, () -> awaitGrant(reading, "k", 1));
            assertTrue(counts.of("evalsha") < 10, "commands in a second: " + counts.of("evalsha"));
            lease.release();
        }
    }

    private static long evalshas() {
        Matcher calls = EVALSHAS.matcher(String.valueOf(redis.command("INFO", "commandstats")));
        return calls.find() ? Long.parseLong(calls.group(1)) : 0;
    }

    private LoadLease loadLease(String key) {
        return loadLease(cache, key);
    }

    private static LoadLease loadLease(RedisTierOfRecord<String, String> from, String key) {
        return ((LoadGrant.Granted<String>) from.loadGrants(Map.of(key, new FillTicket(0)), Set.of(), false)
                        .get(key))
                .lease();
    }

    private static LoadGrant<String> awaitGrant(RedisTierOfRecord<String, String> from, String key, int seconds) {
        return from.awaitLoadGrant(
                key,
                () -> new FillTicket(System.nanoTime()),
                System.nanoTime() + Duration.ofSeconds(seconds).toNanos());
    }

    private static String redisKey() {
        return "test:cache:" + redis.command("GET", "test:cache:epoch") + ":k";
    }
}
