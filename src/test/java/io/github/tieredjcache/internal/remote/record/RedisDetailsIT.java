package io.github.tieredjcache.internal.remote.record;

import static io.github.tieredjcache.internal.port.Leases.commit;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.LeaseLostException;
import io.github.tieredjcache.UndecodableReason;
import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import io.github.tieredjcache.integration.EntryKeys;
import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Lifetime;
import io.github.tieredjcache.internal.model.Mutation;
import io.github.tieredjcache.internal.model.Outcome;
import io.github.tieredjcache.internal.model.Precondition;
import io.github.tieredjcache.internal.port.Lease;
import io.github.tieredjcache.internal.port.LoadGrant;
import io.github.tieredjcache.internal.port.TierOfRecord;
import io.github.tieredjcache.internal.remote.wire.StoredEntryHeader;
import io.github.tieredjcache.testkit.CommandCounts;
import io.github.tieredjcache.testkit.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import javax.cache.CacheException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests of the commands that are sent, the stored bytes, foreign and damaged values, and leases in Redis. */
class RedisDetailsIT {
    private static final long HOUR = Duration.ofHours(1).toNanos();
    private static final Duration BRIEF = Duration.ofMillis(200);

    private static RedisServer redis;
    private static RemoteFixture node;
    private static RedisTierOfRecord<String, String> cache;

    @BeforeAll
    static void startRedis() {
        redis = RedisServer.startLocal();
        node = new RemoteFixture(redis.uri(), RemoteFixture.LONG_TIMEOUT);
        cache = node.record("cache");
        cache.contains("k");
    }

    @AfterAll
    static void endRedis() {
        node.close();
        redis.close();
    }

    @BeforeEach
    void empty() {
        redis.command("FLUSHALL");
        cache.contains("k");
        node.undecodable.clear();
    }

    // Commands that are sent.

    @Test
    void aReadIsOneCommand() {
        put("k", "a");
        assertEquals(Map.of("getrange", 1L), costs(() -> read("k")));
        assertEquals(Map.of("getrange", 1L), costs(() -> read("absent")));
        assertEquals(Map.of("getrange", 1L), costs(() -> cache.contains("k")));
    }

    @Test
    void manyEntriesAreReadByACommandEachUntilTheirLengthsAreKnownOrAScriptEachThatProlongsThem() {
        RedisTierOfRecord<String, String> another = node.record("another");
        tickets(100).keySet().forEach(key -> another.apply(mutation(key, Precondition.ALWAYS, "v", false, false)));
        assertEquals(Map.of("getrange", 100L), costs(() -> another.readAll(tickets(100), Lifetime.UNCHANGED)));
        assertEquals(Map.of("mget", 1L), costs(() -> another.readAll(tickets(100), Lifetime.UNCHANGED)));
        assertEquals(100L, sent(() -> another.readAll(tickets(100), HOUR)).of("evalsha"));
    }

    @Test
    void everyMutationIsOneScript() {
        List<Runnable> mutations = List.of(
                () -> put("k", "a"),
                () -> cache.apply(mutation("k", Precondition.ABSENT, "a", true, false)),
                () -> cache.apply(mutation("absent", Precondition.ABSENT, "a", true, false)),
                () -> cache.apply(mutation("k", Precondition.PRESENT, "b", true, true)),
                () -> cache.apply(mutation("k", Precondition.ALWAYS, null, true, true)),
                () -> cache.loadGrants(Map.of("k", new FillTicket(0)), Set.of(), false));
        for (Runnable each : mutations) {
            CommandCounts counts = sent(each);
            assertEquals(1, counts.of("evalsha"));
            assertEquals(0, counts.of("eval") + counts.of("evalsha_ro") + counts.of("script|load"));
        }
    }

    @Test
    void aPutDoesNotReadTheOldValue() {
        put("k", "a");
        assertEquals(
                Map.of("evalsha", 1L, "get", 1L, "getrange", 1L, "set", 1L, "exists", 1L), costs(() -> put("k", "b")));
    }

    @Test
    void aScriptMakesUpToSixteenMutations() {
        List<Mutation<String, String>> mutations = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            mutations.add(mutation("k" + i, Precondition.ALWAYS, "v", false, false));
        }
        assertEquals(7L, sent(() -> cache.applyAll(mutations)).of("evalsha"));
    }

    @Test
    void theReplyToARequestForLoadLeasesIsBoundedAndTheOtherEntriesAreRead() {
        Map<String, FillTicket> tickets = tickets(10);
        String large = "x".repeat(10_000);
        tickets.keySet().forEach(key -> put(key, large));
        // The first call of a script sends its text.
        Map<String, FillTicket> another = Map.of("another", new FillTicket(0));
        cache.loadGrants(another, Set.of(), false).values().forEach(LoadGrant::giveUp);
        // Its reply comes after the release, which is not to be counted.
        assertNull(cache.readAll(another, Lifetime.UNCHANGED).get("another").entry());
        Map<String, LoadGrant<String>> grants = new HashMap<>();
        CommandCounts counts = sent(() -> grants.putAll(cache.loadGrants(tickets, Set.of(), false)));
        // The request, whose reply has six entries, and a read of the others; the script reads a head and an entry a
        // key.
        assertEquals(
                Map.of("evalsha", 1L, "get", 1L),
                counts.without("getrange", "mget").asMap());
        assertTrue(counts.of("getrange") - 20 == (counts.of("mget") == 1 ? 0 : 4), counts::toString);
        tickets.keySet()
                .forEach(key -> assertEquals(
                        large,
                        grants.get(key) instanceof LoadGrant.Found<String> found
                                ? found.entry().value()
                                : ""));
    }

    @Test
    void aLeaseAndItsCommitAreTwoScripts() {
        assertEquals(2L, sent(() -> commit(cache.lease("k"), "a")).of("evalsha"));
    }

    @Test
    void aTouchIsOneScript() {
        put("k", "a");
        Entry<String> seen = read("k");
        assertEquals(1L, sent(() -> cache.touch("k", seen, HOUR)).of("evalsha"));
        assertEquals(1L, sent(() -> cache.read("k", new FillTicket(0), HOUR)).of("evalsha"));
    }

    // Stored bytes.

    @Test
    void anEntryIsOneStringKeyWithItsOwnExpiry() {
        cache.apply(new Mutation<>("k", Precondition.ALWAYS, "a", HOUR, HOUR, false, false));
        assertEquals(List.of(key("k")), redis.list("KEYS", "test:cache:[0-9]*"));
        assertEquals("string", redis.command("TYPE", key("k")));
        long expiry = EntryKeys.expiryMillis(redis, key("k"));
        assertTrue(expiry > 0);
        assertEquals(expiry, StoredEntryHeader.of(raw(key("k"))).deadlineMillis());

        cache.apply(new Mutation<>("k", Precondition.ALWAYS, "b", HOUR, Lifetime.UNCHANGED, false, false));
        assertEquals(expiry, EntryKeys.expiryMillis(redis, key("k")));
        assertEquals(expiry, StoredEntryHeader.of(raw(key("k"))).deadlineMillis());

        cache.read("k", new FillTicket(0), 2 * HOUR);
        long touched = EntryKeys.expiryMillis(redis, key("k"));
        assertTrue(touched > expiry);
        assertEquals(touched, StoredEntryHeader.of(raw(key("k"))).deadlineMillis());

        cache.read("k", new FillTicket(0), Lifetime.ETERNAL);
        assertEquals(-1, EntryKeys.expiryMillis(redis, key("k")));
        assertEquals(0, StoredEntryHeader.of(raw(key("k"))).deadlineMillis());
    }

    @Test
    void redisRemovesAnExpiredEntry() {
        long brief = BRIEF.toNanos();
        cache.apply(new Mutation<>("k", Precondition.ALWAYS, "a", brief, brief, false, false));
        await(() -> redis.number("EXISTS", key("k")) == 0);
        assertFalse(cache.contains("k"));
    }

    @Test
    void aDeadlineFromRedisErrsEarly() {
        long sentNanos = System.nanoTime();
        Entry<String> stored = cache.apply(new Mutation<>("k", Precondition.ALWAYS, "a", HOUR, HOUR, false, false))
                .after();
        long doneNanos = System.nanoTime();
        assertTrue(stored.deadlineNanos() - (sentNanos + HOUR) >= 0);
        assertTrue(stored.deadlineNanos() - (doneNanos + HOUR) <= 0);
        long slackNanos = Duration.ofMillis(1).toNanos();
        assertTrue(read("k").deadlineNanos() - (doneNanos + HOUR) <= slackNanos);
    }

    @Test
    void aLifetimeOfCenturiesIsEternal() {
        long centuries = Lifetime.ETERNAL - 1;
        cache.apply(new Mutation<>("k", Precondition.ALWAYS, "a", centuries, centuries, false, false));
        assertEquals(-1, redis.number("PTTL", key("k")));
        assertTrue(read("k").isEternal());
    }

    @Test
    void fiveMegabytesAreStoredAndRead() {
        String large = "0123456789".repeat(500_000);
        put("k", large);
        assertEquals(large, read("k").value());
        Lease<String, String> lease = cache.lease("k");
        assertEquals(large, lease.before().value());
        assertTrue(commit(lease, large + "!").applied());
        assertEquals(large + "!", read("k").value());
    }

    @Test
    @Covers(FaultRow.F37)
    void aScriptThatRedisDoesNotKnowIsSentWithItsText() {
        List<Runnable> operations = List.of(
                () -> put("k", "a"),
                () -> assertTrue(cache.apply(mutation("k", Precondition.PRESENT, "b", true, false))
                        .applied()),
                () -> assertEquals(
                        "b", cache.read("k", new FillTicket(0), HOUR).entry().value()),
                () -> cache.lease("k").release());
        for (Runnable each : operations) {
            redis.command("SCRIPT", "FLUSH");
            each.run();
        }
        redis.command("SCRIPT", "FLUSH");
        Lease<String, String> lease = cache.lease("k");
        redis.command("SCRIPT", "FLUSH");
        // The release is not lost either, although no call waits for it; else the next lease would be busy.
        lease.release();
        cache.lease("k").release();
        redis.command("SCRIPT", "FLUSH");
        List<Mutation<String, String>> many = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            many.add(mutation("many" + i, Precondition.ABSENT, "v", true, false));
        }
        assertTrue(cache.applyAll(many).stream().allMatch(Outcome::applied));
    }

    // Other caches, other users.

    @Test
    @Covers(FaultRow.F101)
    void cachesOfDifferentNamesAreIndependent() {
        List<String> names = List.of(
                "a", "a:b", "a:0", "a:0:k", "a*", "a?", "[a]", "a%", "a%3A", "", " ", "\u00a0", "\u200b", "ä", "é",
                "e\u0301", "\ud800", "?", "{a}", "A", "a\\", "\r\n", "\0");
        List<String> keys = List.of("k", ":", "b:0:k", "{}", "*", "\r\n", "\0", "");
        redis.command("SET", "a", "foreign");
        redis.command("SET", "test:a", "foreign");
        redis.command("SET", "test:a:k", "foreign");
        long others = redis.number("DBSIZE");
        Map<String, RedisTierOfRecord<String, String>> caches = new LinkedHashMap<>();
        names.forEach(name -> caches.put(name, node.record(name)));
        caches.put(
                "other namespace",
                node.record(new RedisCacheOptions(
                        "test:a", "a", 16 << 20, BRIEF, false, BRIEF, BRIEF, Duration.ZERO, false, false)));
        caches.forEach((name, each) -> keys.forEach(key -> put(each, key, name + "/" + key)));

        caches.forEach((name, each) -> {
            Map<String, String> found = entries(each);
            assertEquals(keys.size(), found.size(), name);
            found.forEach((key, value) -> assertEquals(name + "/" + key, value));
        });
        int left = caches.size();
        for (RedisTierOfRecord<String, String> each : caches.values()) {
            each.purge();
            left--;
            // Each remaining cache has its entries and an epoch; other keys may be left by earlier tests.
            assertEquals(left * (keys.size() + 1L) + others, redis.number("DBSIZE"));
        }
        assertEquals("foreign", redis.command("GET", "test:a:k"));
    }

    @Test
    void theLeftoversOfAClearAreRemovedInBatches() {
        List<Mutation<String, String>> many = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            many.add(mutation("k" + i, Precondition.ALWAYS, "v", false, false));
        }
        cache.applyAll(many);
        redis.command("SET", "foreign", "stays");
        cache.clear();
        put("k", "stays, too");
        CommandCounts counts = sent(() -> {
            cache.logMissingPermissions();
            cache.reclaim();
        });
        assertTrue(counts.of("scan") > 1);
        assertTrue(counts.of("unlink") > 1);
        assertEquals(0, counts.of("keys") + counts.of("flushdb") + counts.of("flushall"));
        // The foreign key, the entry and the epoch.
        assertEquals(3, redis.number("DBSIZE"));
        assertEquals("stays, too", read("k").value());
    }

    @Test
    void theLeftoversOfAClearAreRemovedFromARedisWithoutMemory() {
        try (RedisServer full = RedisServer.startLocal();
                RemoteFixture fixture = new RemoteFixture(full.uri(), RemoteFixture.LONG_TIMEOUT)) {
            RedisTierOfRecord<String, String> tier = fixture.record("cache");
            put(tier, "k", "old");
            put(tier, "l", "old");
            tier.clear();
            put(tier, "k", "new");
            full.command("CONFIG", "SET", "maxmemory", "1");
            tier.reclaim();
            assertEquals(1, full.list("KEYS", "test:cache:[0-9]*").size());
            assertEquals("new", entries(tier).get("k"));
        }
    }

    @Test
    void theKeysWithTheEpochAndItsDataSetAreAccessedSoThatRedisEvictsThemLater() {
        // The frequency of a key rises by one with each access.
        try (RedisServer server = RedisServer.startLocal(
                        "--maxmemory-policy", "allkeys-lfu", "--lfu-log-factor", "0", "--lfu-decay-time", "0");
                RemoteFixture fixture = new RemoteFixture(server.uri(), RemoteFixture.LONG_TIMEOUT)) {
            RedisTierOfRecord<String, String> tier = fixture.record(new RedisCacheOptions(
                    "test", "cache", 16 << 20, BRIEF, false, BRIEF, BRIEF, Duration.ZERO, false, true));
            put(tier, "k", "v");
            for (String key : List.of("test:cache:epoch", "test:cache:history")) {
                long before = server.number("OBJECT", "FREQ", key);
                tier.reclaim();
                assertTrue(server.number("OBJECT", "FREQ", key) > before, key);
            }
        }
    }

    @Test
    @Covers(FaultRow.F60)
    void aKeyOfAnotherTypeIsAbsentAndAWriteReplacesIt() {
        List<Consumer<String>> foreigners = List.of(
                key -> redis.command("RPUSH", key, "x"),
                key -> redis.command("HSET", key, "f", "x"),
                key -> redis.command("SET", key, "somebody else's"),
                key -> redis.command("SET", key, ""),
                key -> redis.bytes(bytes("SET"), bytes(key), new byte[] {'T', 2, 'V', 0, 1, 2, 3}),
                key -> redis.bytes(bytes("SET"), bytes(key), concat(new byte[] {'T', 2, 'V', 0}, new byte[60])),
                key -> redis.bytes(bytes("SET"), bytes(key), concat(new byte[] {'T', 1, 'X', 0}, new byte[60])),
                key -> redis.bytes(bytes("SET"), bytes(key), concat(new byte[] {'T', 1, 'V', 2}, new byte[60])),
                key -> redis.bytes(bytes("SET"), bytes(key), concat(new byte[] {'T', 1, 'L', 0}, new byte[60])),
                key -> redis.bytes(bytes("SET"), bytes(key), concat(new byte[] {'T', 1, 'W', 0}, new byte[30])));
        for (Consumer<String> foreigner : foreigners) {
            redis.command("FLUSHALL");
            cache.contains("k");
            for (String each : List.of("k", "l", "m", "n")) {
                foreigner.accept(key(each));
            }
            assertNull(read("k"));
            assertNull(cache.read("k", new FillTicket(0), HOUR).entry());
            assertFalse(cache.contains("k"));
            assertNull(cache.readAll(Map.of("k", new FillTicket(0)), Lifetime.UNCHANGED)
                    .get("k")
                    .entry());
            assertEquals(Map.of(), entries(cache));
            assertFalse(cache.apply(mutation("k", Precondition.PRESENT, "v", true, false))
                    .applied());
            Outcome<String> put = cache.apply(mutation("k", Precondition.ALWAYS, "v", false, true));
            assertFalse(put.existed());
            assertEquals("v", read("k").value());
            assertTrue(cache.apply(mutation("l", Precondition.ABSENT, "v", true, false))
                    .applied());
            assertEquals("v", read("l").value());
            Lease<String, String> lease = cache.lease("m");
            assertNull(lease.before());
            assertTrue(commit(lease, "v").applied());
            assertFalse(cache.apply(mutation("n", Precondition.ALWAYS, null, true, true))
                    .existed());
        }
        assertTrue(node.undecodable.contains(UndecodableReason.FORMAT));
    }

    // Values that cannot be decoded.

    @Test
    @Covers({FaultRow.F55, FaultRow.F56})
    void aValueThatCannotBeDecodedIsCountedRemovedAndAbsent() {
        for (Runnable reading : List.<Runnable>of(
                () -> assertNull(read("k")),
                () -> assertNull(cache.read("k", new FillTicket(0), HOUR).entry()),
                () -> assertNull(cache.readAll(Map.of("k", new FillTicket(0)), Lifetime.UNCHANGED)
                        .get("k")
                        .entry()),
                () -> assertEquals(Map.of(), entries(cache)))) {
            damage("k");
            node.undecodable.clear();
            reading.run();
            assertEquals(List.of(UndecodableReason.CHECKSUM), List.copyOf(node.undecodable));
            await(() -> redis.number("EXISTS", key("k")) == 0);
        }
    }

    @Test
    @Covers(FaultRow.F55)
    void theRemovalOfADamagedValueDoesNotRemoveANewerOne() {
        damage("k");
        put("l", "new");
        byte[] fresh = raw(key("l"));
        // 1. a reader reads the damaged value 2. another call writes 3. the removal by the reader arrives
        assertNull(read("k"));
        put("k", "new");
        assertEquals("new", read("k").value());
        assertArrayEquals(fresh, raw(key("l")));
    }

    @Test
    @Covers(FaultRow.F57)
    void putIfAbsentReplacesADamagedValue() {
        damage("k");
        Outcome<String> outcome =
                cache.apply(new Mutation<>("k", Precondition.ABSENT, "new", HOUR, Lifetime.ZERO, true, false));
        assertTrue(outcome.applied());
        assertFalse(outcome.existed());
        assertEquals("new", read("k").value());
        assertFalse(read("k").isEternal());
    }

    @Test
    @Covers(FaultRow.F57)
    void getAndPutReplacesADamagedValue() {
        damage("k");
        Outcome<String> outcome = cache.apply(mutation("k", Precondition.ALWAYS, "new", true, true));
        assertTrue(outcome.applied());
        assertFalse(outcome.existed());
        assertNull(outcome.before());
        assertEquals("new", read("k").value());
    }

    @Test
    @Covers(FaultRow.F57)
    void getAndReplaceFindsNothingInADamagedValue() {
        damage("k");
        Outcome<String> outcome = cache.apply(mutation("k", Precondition.PRESENT, "new", true, true));
        assertFalse(outcome.applied());
        assertFalse(outcome.existed());
        assertNull(read("k"));
    }

    @Test
    @Covers(FaultRow.F57)
    void aComparisonFindsNothingInADamagedValue() {
        put("k", "a");
        Entry<String> seen = read("k");
        damage("k");
        Outcome<String> outcome = cache.apply(mutation("k", Precondition.unchanged(seen), "new", true, false));
        assertFalse(outcome.applied());
        assertFalse(outcome.existed());
        assertNull(outcome.before());
    }

    @Test
    @Covers(FaultRow.F57)
    void aLeaseFindsNothingInADamagedValue() {
        damage("k");
        Lease<String, String> lease = cache.lease("k");
        assertNull(lease.before());
        assertNull(read("k"));
        lease.release();
        await(() -> redis.number("EXISTS", key("k")) == 0);

        damage("k");
        Outcome<String> outcome = commit(cache.lease("k"), "new");
        assertTrue(outcome.applied());
        assertFalse(outcome.existed());
        assertEquals("new", read("k").value());
    }

    @Test
    void aValueThatWasCopiedUnderAnotherKeyCountsAsDamaged() {
        put("l", "of l");
        redis.bytes(bytes("SET"), bytes(key("k")), raw(key("l")));
        assertNull(read("k"));
        assertEquals(List.of(UndecodableReason.CHECKSUM), List.copyOf(node.undecodable));
    }

    @Test
    void aKeyThatCannotBeDecodedIsSkippedByIteration() {
        put("k", "a");
        redis.bytes(bytes("SET"), bytes(key("~?")), raw(key("k")));
        assertEquals(Map.of("k", "a"), entries(cache));
        assertEquals(1, node.undecodable.size());
    }

    // Leases in Redis.

    @Test
    void anEntryUnderALeaseIsNotSettled() {
        put("k", "a");
        Lease<String, String> lease = cache.lease("k");
        assertFalse(read("k").isSettled());
        assertFalse(cache.readAll(Map.of("k", new FillTicket(0)), Lifetime.UNCHANGED)
                .get("k")
                .entry()
                .isSettled());
        assertFalse(cache.read("k", new FillTicket(0), HOUR).entry().isSettled());
        lease.release();
        assertTrue(read("k").isSettled());
    }

    @Test
    void withoutAWriterTheEntryStaysWhenItsLeaseExpires() {
        RedisTierOfRecord<String, String> surviving = brief(false);
        put(surviving, "k", "a");
        Lease<String, String> dead = surviving.lease("k");
        Lease.Prepared<String> late = dead.prepare("late");
        await(() -> surviving
                .read("k", new FillTicket(0), Lifetime.UNCHANGED)
                .entry()
                .isSettled());
        Entry<String> seen =
                surviving.read("k", new FillTicket(0), Lifetime.UNCHANGED).entry();
        assertEquals("a", seen.value());

        assertTrue(surviving
                .apply(mutation("k", Precondition.unchanged(seen), "b", true, false))
                .applied());
        assertThrows(CacheException.class, () -> dead.commit(late, Lifetime.ETERNAL));
        assertEquals(
                "b",
                surviving
                        .read("k", new FillTicket(0), Lifetime.UNCHANGED)
                        .entry()
                        .value());
    }

    @Test
    void withoutAWriterALateCommitReplacesTheEntryThatNobodyHasChangedSince() {
        RedisTierOfRecord<String, String> surviving = brief(false);
        put(surviving, "k", "a");
        Lease<String, String> late = surviving.lease("k");
        Lease.Prepared<String> change = late.prepare("late");
        await(() -> surviving
                .read("k", new FillTicket(0), Lifetime.UNCHANGED)
                .entry()
                .isSettled());
        assertTrue(late.commit(change, Lifetime.ETERNAL).applied());
        assertEquals(
                "late",
                surviving
                        .read("k", new FillTicket(0), Lifetime.UNCHANGED)
                        .entry()
                        .value());
    }

    @Test
    void withAWriterTheEntryExpiresWithItsLease() {
        RedisTierOfRecord<String, String> withWriter = brief(true);
        put(withWriter, "k", "a");
        Lease<String, String> dead = withWriter.lease("k");
        Lease.Prepared<String> late = dead.prepare("late");
        await(() -> !withWriter.contains("k"));
        await(() -> redis.number("EXISTS", key("brief", "k")) == 0);

        put(withWriter, "k", "newer");
        // The order in which the source received the two values is unknown.
        assertThrows(CacheException.class, () -> dead.commit(late, Lifetime.ETERNAL));
        assertFalse(withWriter.contains("k"));
    }

    @Test
    void aLateCommitPutsTheEntryInDoubtAndLeavesTheNextHolderItsLease() {
        Lease<String, String> next = leaseOfEntryInDoubt();
        assertFalse(cache.contains("k"));
        assertThrows(CacheException.class, () -> withWriter().lease("k"), "exclusive all the same");
        // The order in which the source received the two values is unknown.
        assertFalse(commit(next, "7").applied());
        assertFalse(cache.contains("k"));
        assertEquals(0, redis.number("EXISTS", key("k")));
        assertTrue(commit(withWriter().lease("k"), "8").applied());
    }

    @Test
    void anEntryInDoubtIsNotSavedAndThenNoWriterIsCalled() {
        Lease<String, String> next = leaseOfEntryInDoubt();
        assertFalse(next.save(next.prepare("7"), HOUR).applied());
        assertThrows(CacheException.class, () -> withWriter().lease("k"), "exclusive all the same");
        assertThrows(LeaseLostException.class, () -> next.prepare("8"));
        next.abandon();
        assertEquals(0, redis.number("EXISTS", key("k")));
    }

    @Test
    void anEntryInDoubtExpiresWithTheLease() {
        leaseOfEntryInDoubt().release();
        assertTrue(commit(withWriter().lease("k"), "8").applied());
        Lease<String, String> other = leaseOfEntryInDoubt();
        assertTrue(redis.number("PTTL", key("k")) > 0);
        other.release();
        await(() -> redis.number("EXISTS", key("k")) == 0);
    }

    /** Returns the lease of a holder during which an earlier holder, whose lease had expired, commits too late. */
    private static Lease<String, String> leaseOfEntryInDoubt() {
        RedisTierOfRecord<String, String> brief = node.record(new RedisCacheOptions(
                "test", "cache", 16 << 20, BRIEF, true, BRIEF, BRIEF, Duration.ZERO, false, false));
        brief.apply(mutation("k", Precondition.ALWAYS, null, true, false));
        Lease<String, String> late = brief.lease("k");
        Lease.Prepared<String> change = late.prepare("6");
        await(() -> redis.number("EXISTS", key("k")) == 0);
        // Another call loads the value that the source has by now.
        put("k", "6");
        Lease<String, String> next = withWriter().lease("k");
        assertEquals("6", next.before().value());
        assertThrows(LeaseLostException.class, () -> late.commit(change, Lifetime.ETERNAL));
        return next;
    }

    private static RedisTierOfRecord<String, String> withWriter() {
        return node.record(new RedisCacheOptions(
                "test", "cache", 16 << 20, Duration.ofSeconds(30), true, BRIEF, BRIEF, Duration.ZERO, false, false));
    }

    @Test
    void withAWriterAnAbandonedLeaseLeavesNoEntry() {
        put("k", "a");
        Lease<String, String> lease = withWriter().lease("k");
        assertTrue(lease.save(lease.prepare("b"), HOUR).applied());
        lease.abandon();
        assertEquals(0, redis.number("EXISTS", key("k")));
        // In another epoch, too.
        put("k", "a");
        lease = withWriter().lease("k");
        cache.clear();
        put("k", "loaded since");
        lease.abandon();
        assertFalse(cache.contains("k"));
    }

    @Test
    void anEternalEntryThatAnAccessExpiredUnderALeaseIsRemovedWithTheLease() {
        RedisTierOfRecord<String, String> brief = brief(false);
        put(brief, "k", "a");
        brief.lease("k");
        brief.read("k", new FillTicket(0), Lifetime.ZERO);
        await(() -> redis.number("EXISTS", key("brief", "k")) == 0);
    }

    @Test
    void aLeaseWithoutAnEntryLeavesNothingBehind() {
        for (boolean expiresWithLease : List.of(true, false)) {
            brief(expiresWithLease).lease("k");
            await(() -> redis.number("EXISTS", key("brief", "k")) == 0);
        }
    }

    @Test
    void theEntryKeepsItsOwnExpiryUnderALeaseAndAfterIt() {
        cache.apply(new Mutation<>("k", Precondition.ALWAYS, "a", HOUR, HOUR, false, false));
        long expiry = EntryKeys.expiryMillis(redis, key("k"));
        Lease<String, String> lease = cache.lease("k");
        assertEquals(expiry, EntryKeys.expiryMillis(redis, key("k")));
        lease.release();
        await(() -> read("k").isSettled());
        assertEquals(expiry, EntryKeys.expiryMillis(redis, key("k")));

        RedisTierOfRecord<String, String> withWriter = node.record(new RedisCacheOptions(
                "test", "cache", 16 << 20, Duration.ofSeconds(30), true, BRIEF, BRIEF, Duration.ZERO, false, false));
        lease = withWriter.lease("k");
        assertTrue(redis.number("PTTL", key("k")) <= 30_000);
        lease.release();
        await(() -> read("k").isSettled());
        assertEquals(expiry, EntryKeys.expiryMillis(redis, key("k")));
    }

    @Test
    void aLeaseOutlivesTheEntryThatExpiresUnderIt() {
        for (boolean expiresWithLease : List.of(true, false)) {
            RedisTierOfRecord<String, String> tier = node.record(new RedisCacheOptions(
                    "test",
                    "cache",
                    16 << 20,
                    Duration.ofSeconds(30),
                    expiresWithLease,
                    BRIEF,
                    BRIEF,
                    Duration.ZERO,
                    false,
                    false));
            Lease<String, String> lease = leaseOfExpiringEntry(tier);
            await(() -> !tier.contains("k") && read("k") == null);
            assertEquals(Map.of(), entries(tier));
            assertThrows(CacheException.class, () -> tier.lease("k"));
            Outcome<String> outcome = commit(lease, "b", HOUR);
            assertTrue(outcome.applied());
            assertEquals("b", read("k").value());
        }
    }

    /** Stores an entry that expires soon and takes its lease; again, if the machine paused for longer than that. */
    private static Lease<String, String> leaseOfExpiringEntry(RedisTierOfRecord<String, String> tier) {
        long brief = BRIEF.toNanos();
        while (true) {
            tier.apply(new Mutation<>("k", Precondition.ALWAYS, "a", brief, brief, false, false));
            Lease<String, String> lease = tier.lease("k");
            if (lease.before() != null) {
                assertEquals("a", lease.before().value());
                return lease;
            }
            lease.release();
        }
    }

    @Test
    void anEntryThatExpiredUnderALeaseIsAbsentToAWriteThatNeedsNoLease() {
        Lease<String, String> unused = leaseOfExpiringEntry(cache);
        long deadlineMillis = StoredEntryHeader.of(raw(key("k"))).deadlineMillis();
        // By the server's own clock: a node treats an entry as expired a little early.
        await(() -> Long.parseLong(redis.list("TIME").get(0)) * 1_000 > deadlineMillis + 1_000);
        assertFalse(cache.apply(mutation("k", Precondition.PRESENT, "b", false, false))
                .applied());
        Outcome<String> outcome = cache.apply(mutation("k", Precondition.ABSENT, "b", false, true));
        assertTrue(outcome.applied());
        assertFalse(outcome.existed());
        assertEquals("b", read("k").value());
    }

    @Test
    void aLateHolderDoesNotUseTheLeaseOfTheNextHolder() {
        put(brief(false), "k", "a");
        Lease<String, String> late = brief(false).lease("k");
        Lease.Prepared<String> change = late.prepare("late");
        RedisTierOfRecord<String, String> patient = node.record("brief");
        Lease<String, String> next = patient.lease("k");
        assertThrows(CacheException.class, () -> late.commit(change, Lifetime.ETERNAL));
        late.release();
        assertTrue(commit(next, "next").applied());
        assertEquals(
                "next",
                patient.read("k", new FillTicket(0), Lifetime.UNCHANGED).entry().value());
    }

    @Test
    void aRenewedWriteLeaseOutlivesItsLength() {
        for (boolean expiresWithLease : List.of(false, true)) {
            // Long enough for a renewal that is late on a busy machine.
            Duration length = Duration.ofSeconds(4);
            RedisTierOfRecord<String, String> holder = node.record(new RedisCacheOptions(
                    "test", "brief", 16 << 20, length, expiresWithLease, BRIEF, BRIEF, Duration.ZERO, false, false));
            put(holder, "k", "a");
            Lease<String, String> withEntry = holder.lease("k");
            Lease<String, String> without = holder.lease("m");
            RedisTierOfRecord<String, String> impatient = node.record(new RedisCacheOptions(
                    "test",
                    "brief",
                    16 << 20,
                    BRIEF,
                    expiresWithLease,
                    Duration.ofMillis(1),
                    BRIEF,
                    Duration.ZERO,
                    false,
                    false));
            long end = System.nanoTime() + length.plusSeconds(1).toNanos();
            await(() -> {
                holder.renewLeases();
                for (String key : List.of("k", "m")) {
                    assertThrows(
                            CacheException.class,
                            () -> impatient.apply(mutation(key, Precondition.ALWAYS, "v", true, false)));
                }
                return System.nanoTime() - end > 0;
            });
            withEntry.prepare("b");
            assertTrue(commit(withEntry, "b").applied());
            assertTrue(commit(without, null).applied());
            assertEquals(
                    "b",
                    holder.read("k", new FillTicket(0), Lifetime.UNCHANGED)
                            .entry()
                            .value());
        }
    }

    @Test
    void withoutAWriterAnOverwrittenLeaseCommitsNothingAndDoesNotThrow() {
        Lease<String, String> lease = overwrittenLease(false);
        assertFalse(commit(lease, "late").applied());
        assertEquals("overwrote", read("k").value());
    }

    @Test
    void withAWriterAnOverwrittenLeaseRefusesThePreparation() {
        Lease<String, String> lease = overwrittenLease(true);
        LeaseLostException lost = assertThrows(LeaseLostException.class, () -> lease.prepare("late"));
        assertTrue(lost.getMessage().contains("lost to another change"), lost.getMessage());
        lease.release();
        assertEquals("overwrote", read("k").value());
    }

    /** Returns a lease that another write replaced before its end, as its renewal has reported. */
    private static Lease<String, String> overwrittenLease(boolean expiresWithLease) {
        Duration length = Duration.ofSeconds(6);
        RedisTierOfRecord<String, String> holder = node.record(new RedisCacheOptions(
                "test", "cache", 16 << 20, length, expiresWithLease, BRIEF, BRIEF, Duration.ZERO, false, false));
        put(holder, "k", "a");
        Lease<String, String> lease = holder.lease("k");
        put(holder, "k", "overwrote");
        long end = System.nanoTime() + length.dividedBy(2).toNanos();
        await(() -> {
            holder.renewLeases();
            return System.nanoTime() - end > 0;
        });
        return lease;
    }

    @Test
    void aWaitForALeaseThatIsTooLongThrows() {
        RedisTierOfRecord<String, String> impatient = node.record(new RedisCacheOptions(
                "test", "cache", 16 << 20, Duration.ofSeconds(30), false, BRIEF, BRIEF, Duration.ZERO, false, false));
        Lease<String, String> lease = impatient.lease("k");
        for (Runnable each : List.<Runnable>of(
                () -> impatient.lease("k"),
                () -> impatient.apply(mutation("k", Precondition.ALWAYS, "v", true, false)),
                () -> impatient.applyAll(List.of(mutation("k", Precondition.ABSENT, "v", true, false))))) {
            CacheException refused = assertThrows(CacheException.class, each::run);
            assertTrue(refused.getMessage().startsWith("busy: "), refused.getMessage());
            assertTrue(refused.getMessage().contains("'k'"), refused.getMessage());
        }
        assertTrue(commit(lease, "a").applied());
    }

    @Test
    @Covers(FaultRow.F54)
    void anUnencodableValueIsRefusedBeforeTheWriterIsCalled() {
        RedisTierOfRecord<String, Object> objects = node.record(RemoteFixture.options("objects"), Object.class);
        Lease<String, Object> lease = objects.lease("k");
        Mutation<String, Object> refused = new Mutation<>(
                "k", Precondition.ALWAYS, new Thread("not a value"), Lifetime.ETERNAL, Lifetime.ETERNAL, true, false);
        assertThrows(CacheException.class, () -> lease.prepare(refused.value()));
        lease.release();
        assertThrows(CacheException.class, () -> objects.apply(refused));
        objects.lease("k").release();
        assertFalse(objects.contains("k"));
    }

    @Test
    @Covers(FaultRow.F72)
    void anInterruptedWaitThrowsAndKeepsTheInterruptFlag() {
        Lease<String, String> lease = cache.lease("k");
        for (Runnable each : List.<Runnable>of(
                () -> cache.lease("k"), () -> cache.apply(mutation("k", Precondition.ALWAYS, "v", true, false)))) {
            assertInterruptible(each);
        }
        lease.release();
        redis.pause();
        try {
            for (Runnable each : List.<Runnable>of(() -> cache.lease("l"), () -> read("k"), () -> put("m", "v"))) {
                assertInterruptible(each);
            }
        } finally {
            redis.resume();
        }
    }

    private static void assertInterruptible(Runnable operation) {
        Thread.currentThread().interrupt();
        CacheException interrupted = assertThrows(CacheException.class, operation::run);
        assertTrue(interrupted.getMessage().startsWith("interrupted"), interrupted.getMessage());
        assertTrue(Thread.interrupted());
    }

    @Test
    void noIncrementOfFourNodesIsLost() throws Exception {
        List<RemoteFixture> nodes = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int n = 0; n < 4; n++) {
                RemoteFixture each = new RemoteFixture(redis.uri(), RemoteFixture.LONG_TIMEOUT);
                nodes.add(each);
                RedisTierOfRecord<String, Integer> counters =
                        each.record(RemoteFixture.options("counters"), Integer.class);
                for (int t = 0; t < 2; t++) {
                    running.add(threads.submit(() -> {
                        for (int i = 0; i < 100; i++) {
                            increment(counters);
                        }
                    }));
                }
            }
            for (Future<?> each : running) {
                each.get(60, TimeUnit.SECONDS);
            }
            RedisTierOfRecord<String, Integer> counters = node.record(RemoteFixture.options("counters"), Integer.class);
            assertEquals(
                    800,
                    counters.read("k", new FillTicket(0), Lifetime.UNCHANGED)
                            .entry()
                            .value());
        } finally {
            threads.shutdownNow();
            nodes.forEach(RemoteFixture::close);
        }
    }

    @Test
    @Covers(FaultRow.F31)
    void aRedisWithoutMemoryRefusesWritesAndStillReads() {
        try (RedisServer small = RedisServer.startLocal();
                RemoteFixture fixture = new RemoteFixture(small.uri())) {
            RedisTierOfRecord<String, String> tier = fixture.record("cache");
            put(tier, "k", "a");
            put(tier, "leased", "a");
            tier.apply(new Mutation<>("session", Precondition.ALWAYS, "a", HOUR, HOUR, false, false));
            Lease<String, String> lease = tier.lease("leased");
            small.command("CONFIG", "SET", "maxmemory", "1");
            CacheException refused = assertThrows(CacheException.class, () -> put(tier, "k", "large"));
            assertTrue(refused.getMessage().contains("out of memory"), refused.getMessage());
            assertFalse(refused.getMessage().contains("large"), refused.getMessage());
            assertEquals(
                    "a",
                    tier.read("k", new FillTicket(0), Lifetime.UNCHANGED)
                            .entry()
                            .value());
            assertEquals("a", tier.read("k", new FillTicket(0), HOUR).entry().value());
            tier.read("session", new FillTicket(0), 2 * HOUR);
            String session = small.list("KEYS", "test:cache:[0-9]*:session").get(0);
            assertTrue(TimeUnit.MILLISECONDS.toNanos(small.number("PTTL", session)) > HOUR);
            assertThrows(CacheException.class, () -> tier.lease("k"));
            lease.release();
            // Its reply comes after the release.
            assertTrue(tier.contains("leased"));
            String released = small.list("KEYS", "test:cache:[0-9]*:leased").get(0);
            assertNull(StoredEntryHeader.leaseHolder(small.bytes(bytes("GET"), bytes(released))));
            assertTrue(tier.apply(mutation("k", Precondition.ALWAYS, null, true, false))
                    .existed());
            tier.clear();
            assertFalse(tier.contains("session"));
            small.command("CONFIG", "SET", "maxmemory", "0");
            put(tier, "k", "b");
        }
    }

    private static void increment(TierOfRecord<String, Integer> counters) {
        Lease<String, Integer> lease = counters.lease("k");
        Entry<Integer> before = lease.before();
        int next = before == null ? 1 : before.value() + 1;
        assertTrue(commit(lease, next).applied());
    }

    private static RedisTierOfRecord<String, String> brief(boolean expiresWithLease) {
        return node.record(new RedisCacheOptions(
                "test",
                "brief",
                16 << 20,
                BRIEF,
                expiresWithLease,
                Duration.ofSeconds(60),
                BRIEF,
                Duration.ZERO,
                false,
                false));
    }

    private static Entry<String> read(String key) {
        return cache.read(key, new FillTicket(0), Lifetime.UNCHANGED).entry();
    }

    private static void put(String key, String value) {
        put(cache, key, value);
    }

    private static void put(TierOfRecord<String, String> tier, String key, String value) {
        assertTrue(tier.apply(mutation(key, Precondition.ALWAYS, value, false, false))
                .applied());
    }

    private static Mutation<String, String> mutation(
            String key, Precondition precondition, String value, boolean answers, boolean wantsOld) {
        return new Mutation<>(key, precondition, value, Lifetime.ETERNAL, Lifetime.ETERNAL, answers, wantsOld);
    }

    /** Stores an entry and flips the last bit of its value. */
    private static void damage(String key) {
        put(key, "to be damaged");
        byte[] stored = raw(key(key));
        stored[stored.length - 1] ^= 1;
        redis.bytes(bytes("SET"), bytes(key(key)), stored);
    }

    private static byte[] raw(String redisKey) {
        byte[] bytes = redis.bytes(bytes("GET"), bytes(redisKey));
        assertNotNull(bytes);
        return bytes;
    }

    private static Map<String, String> entries(TierOfRecord<String, String> tier) {
        Map<String, String> found = new HashMap<>();
        tier.entries()
                .forEachRemaining(
                        each -> found.put(each.getKey(), each.getValue().value()));
        return found;
    }

    private static Map<String, FillTicket> tickets(int keys) {
        Map<String, FillTicket> tickets = new LinkedHashMap<>();
        for (int i = 0; i < keys; i++) {
            tickets.put("k" + i, new FillTicket(0));
        }
        return tickets;
    }

    private static CommandCounts sent(Runnable operation) {
        return CommandCounts.during(redis, operation).without("time", "hello");
    }

    private static Map<String, Long> costs(Runnable operation) {
        return sent(operation).asMap();
    }

    private static void await(BooleanSupplier condition) {
        long startNanos = System.nanoTime();
        while (!condition.getAsBoolean()) {
            assertTrue(
                    System.nanoTime() - startNanos < TimeUnit.SECONDS.toNanos(60),
                    "the condition did not hold within 60 s");
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private static byte[] concat(byte[] head, byte[] tail) {
        byte[] all = java.util.Arrays.copyOf(head, head.length + tail.length);
        System.arraycopy(tail, 0, all, head.length, tail.length);
        return all;
    }

    private static String key(String encoded) {
        return key("cache", encoded);
    }

    private static String key(String cacheName, String encoded) {
        return "test:" + cacheName + ":" + redis.command("GET", "test:" + cacheName + ":epoch") + ":" + encoded;
    }
}
