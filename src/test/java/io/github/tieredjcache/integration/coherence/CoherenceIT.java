package io.github.tieredjcache.integration.coherence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.TierStatistics;
import io.github.tieredjcache.TieredConfiguration;
import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import io.github.tieredjcache.integration.EntryKeys;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.testkit.CommandCounts;
import io.github.tieredjcache.testkit.RedisServer;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import javax.cache.Cache;
import javax.cache.CacheException;
import javax.cache.expiry.CreatedExpiryPolicy;
import javax.cache.integration.CacheLoader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When near copies become invalid: with a change on any node, and with the connection that receives invalidations. */
class CoherenceIT {

    private final RedisServer redis = RedisServer.startLocal();
    private final Node node = new Node(redis);
    private final Node other = new Node(redis);
    private final Cache<String, String> here = node.strings("cache");
    private final Cache<String, String> there = other.strings("cache");

    @AfterEach
    void closes() {
        node.close();
        other.close();
        redis.close();
    }

    @Test
    void aNearCopyStaysUntilAnotherNodeChangesTheKey() {
        here.put("key", "old");
        assertEquals("old", there.get("key"));
        assertEquals(0, commands(() -> assertEquals("old", there.get("key"))));
        here.put("key", "new");
        Crew.until(() -> "new".equals(there.get("key")));
        here.remove("key");
        Crew.until(() -> there.get("key") == null);
    }

    @Test
    void anOwnWriteKeepsItsCopyDespiteItsInvalidation() {
        for (int i = 0; i < 100; i++) {
            String value = "value " + i;
            here.put("key", value);
            // Its reply comes after the invalidation.
            here.containsKey("another");
            assertEquals(0, commands(() -> assertEquals(value, here.get("key"))));
        }
    }

    @Test
    void aChangeByAProcessorKeepsItsCopy() {
        here.invoke("key", (entry, arguments) -> {
            entry.setValue("processed");
            return null;
        });
        here.containsKey("another");
        assertEquals(0, commands(() -> assertEquals("processed", here.get("key"))));
    }

    @ParameterizedTest
    @Covers(FaultRow.F47)
    @ValueSource(strings = {"DEL", "UNLINK"})
    void aKeyRemovedManuallyIsAMiss(String command) {
        here.put("key", "value");
        assertEquals("value", there.get("key"));
        redis.command(command, redisKey());
        Crew.until(() -> there.get("key") == null);
        Crew.until(() -> here.get("key") == null);
    }

    @ParameterizedTest
    @Covers(FaultRow.F45)
    @ValueSource(strings = {"FLUSHALL", "FLUSHDB"})
    void aFlushDropsAllCopies(String command) {
        here.put("key", "value");
        assertEquals("value", there.get("key"));
        redis.command(command);
        Crew.until(() -> there.get("key") == null);
        Crew.until(() -> here.get("key") == null);
    }

    @Test
    void aFlushOfAnotherDatabaseDropsTheCopiesOnly() {
        here.put("key", "value");
        assertEquals(0, commands(() -> assertEquals("value", here.get("key"))));
        // The server does not say which database it flushed.
        redis.command("EVAL", "redis.call('SELECT', 1) return redis.call('FLUSHDB')", "0");
        // Its reply comes after the invalidation.
        here.containsKey("another");
        assertEquals(1, commands(() -> assertEquals("value", here.get("key"))));
        assertEquals(0, commands(() -> assertEquals("value", here.get("key"))));
    }

    @Test
    @Covers(FaultRow.F47)
    void aKeyOverwrittenManuallyIsAMiss() {
        here.put("key", "value");
        redis.command("SET", redisKey(), "not ours");
        Crew.until(() -> here.get("key") == null);
    }

    @Test
    @Covers(FaultRow.F46)
    void anEntryEvictedByRedisIsAMiss() {
        here.put("key", "value");
        redis.command("CONFIG", "SET", "maxmemory-policy", "allkeys-random");
        redis.command("CONFIG", "SET", "maxmemory", "1");
        // Every command makes the server look at its memory, a heartbeat too.
        Crew.until(() -> here.get("key") == null);
    }

    @Test
    @Covers(FaultRow.F46)
    void evictionByRedisDropsOnlyTheCopiesOfEvictedEntries() {
        Map<String, String> entries = new HashMap<>();
        for (int i = 0; i < 2_000; i++) {
            entries.put("many " + i, "x".repeat(1_000));
        }
        UnaryOperator<TieredConfiguration.Builder<String, String>> mortal =
                settings -> settings.expiry(CreatedExpiryPolicy.factoryOf(javax.cache.expiry.Duration.ONE_HOUR));
        Cache<String, String> evicted = other.cache("evicted", String.class, String.class, mortal);
        node.cache("evicted", String.class, String.class, mortal).putAll(entries);
        assertEquals(entries, evicted.getAll(entries.keySet()));
        assertEquals(0, commands(() -> assertEquals(entries, evicted.getAll(entries.keySet()))));
        // The number of the epoch has no lifetime: to evict it would be to clear the cache.
        redis.command("CONFIG", "SET", "maxmemory-policy", "volatile-random");
        redis.command("CONFIG", "SET", "maxmemory", Long.toString(used() - 500_000));
        // Every command makes the server look at its memory.
        Crew.until(() -> redis.number("DBSIZE") < 1_900);
        redis.command("CONFIG", "SET", "maxmemory", "0");
        // Its reply comes after the invalidations.
        evicted.containsKey("another");
        long kept = redis.number("DBSIZE") - redis.number("EXISTS", EntryKeys.epochKey("evicted"));
        assertTrue(kept > 0, "some are left");
        Set<String> left = new HashSet<>();
        var commands = CommandCounts.during(
                redis,
                () -> entries.keySet().stream()
                        .filter(key -> evicted.get(key) != null)
                        .forEach(left::add));
        assertEquals(kept, left.size());
        // What is left was answered near, and what is gone was looked for.
        assertEquals(entries.size() - kept, commands.of("getrange"));
    }

    @Test
    void aManuallyExtendedLifetimeIsHonouredButNotKeptNear() {
        Cache<String, String> shortLived = lasting("short", 3_000);
        shortLived.put("key", "value");
        redis.command("PEXPIRE", EntryKeys.redisKey(redis, "short", "key"), "60000");
        // By hand only Redis's own deadline moves. Near copies go by the entry's, until that is over.
        long over = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(3_100);
        Crew.until(() -> System.nanoTime() - over > 0);
        for (int i = 0; i < 3; i++) {
            assertEquals(1, commands(() -> assertEquals("value", shortLived.get("key"))));
        }
    }

    @Test
    void aManuallyPersistedEntryStays() {
        Cache<String, String> shortLived = lasting("short", 3_000);
        shortLived.put("key", "value");
        redis.command("PERSIST", EntryKeys.redisKey(redis, "short", "key"));
        long over = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(3_100);
        Crew.until(() -> System.nanoTime() - over > 0);
        assertEquals("value", shortLived.get("key"));
    }

    @Test
    void aManuallyShortenedLifetimeIsHonoured() {
        here.put("key", "value");
        redis.command("PEXPIRE", redisKey(), "1");
        Crew.until(() -> here.get("key") == null);
    }

    @Test
    @Covers(FaultRow.F17)
    void copiesOfAnOldConnectionAreNotReadAfterAReconnection() {
        here.put("key", "old");
        assertEquals("old", there.get("key"));
        // 1. The connections end. 2. The key changes while nobody listens. 3. Both nodes connect again.
        redis.command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
        redis.command("DEL", redisKey());
        Crew.until(() -> succeeds(() -> assertNull(there.get("key"))));
    }

    @Test
    @Covers(FaultRow.F16)
    void copiesAreNotReadAfterARestartOfRedis() {
        here.put("key", "old");
        redis.kill();
        redis.restart();
        Crew.until(() -> succeeds(() -> here.get("key")));
        Crew.until(() -> here.get("key") == null);
    }

    @Test
    void afterARestartWithOlderDataTheDataOfRedisIsRead() {
        here.put("key", "saved");
        here.put("gone", "saved");
        redis.command("SAVE");
        here.put("key", "lost");
        here.remove("gone");
        here.put("unsaved", "lost");
        assertEquals("lost", there.get("key"));
        assertEquals("lost", there.get("unsaved"));
        redis.kill();
        redis.restart();
        for (Cache<String, String> cache : List.of(here, there)) {
            // Answered by the new connection.
            Crew.until(() -> succeeds(() -> cache.containsKey("another")));
            assertEquals("saved", cache.get("key"));
            assertEquals("saved", cache.get("gone"));
            assertNull(cache.get("unsaved"));
        }
        isCoherent("key");
    }

    @Test
    void afterARestartWithAllDataNothingIsLost() {
        try (RedisServer durable = RedisServer.startLocal("--appendonly", "yes", "--appendfsync", "always");
                Node one = new Node(durable);
                Node two = new Node(durable)) {
            Cache<String, String> first = one.strings("cache");
            Cache<String, String> second = two.strings("cache");
            first.put("key", "value");
            assertEquals("value", second.get("key"));
            durable.kill();
            durable.restart();
            Crew.until(() -> succeeds(() -> second.containsKey("another")));
            // The copy belonged to the old connection.
            var commands = CommandCounts.during(durable, () -> assertEquals("value", second.get("key")));
            assertEquals(1, commands.of("getrange"), commands.toString());
            Crew.until(() -> succeeds(() -> first.put("key", "new")));
            Crew.until(() -> "new".equals(second.get("key")));
        }
    }

    @Test
    @Covers({FaultRow.F11, FaultRow.F14})
    void nearCopiesOfASilentServerAreReadUntilTheStalenessBound() {
        Duration bound = Duration.ofSeconds(1);
        try (Node patient = new Node(redis)) {
            // So patient with one answer that the connection stays, and only the lease ends the near tier's answers.
            Cache<String, String> bounded = patient.cache(
                    "bounded",
                    String.class,
                    String.class,
                    settings -> settings.stalenessBound(bound).commandTimeout(Duration.ofSeconds(2)));
            bounded.put("key", "value");
            assertEquals("value", bounded.get("key"));
            TierStatistics statistics = bounded.unwrap(TierStatistics.class);
            assertEquals(bound.toMillis(), statistics.stalenessBoundMillis());
            // There are heartbeats.
            Crew.until(() -> statistics.coherenceProofAgeMillis() < bound.toMillis());
            long lapses = statistics.coherenceLapses();
            redis.pause();
            long pausedNanos = System.nanoTime();
            try {
                long hits = 0;
                long lastNanos = pausedNanos;
                for (boolean answered = true; answered; hits++) {
                    long began = System.nanoTime();
                    answered = succeeds(() -> bounded.get("key"));
                    lastNanos = answered ? began : lastNanos;
                }
                assertTrue(hits > 1, "the near tier answered at first");
                assertTrue(statistics.coherenceLapses() > lapses, "the near tier ceased to answer");
                // Nothing that was sent after the pause was answered, so nothing proves more than this.
                assertTrue(lastNanos - pausedNanos <= bound.toNanos(), "a read began after the bound and was answered");
            } finally {
                redis.resume();
            }
            Crew.until(() -> succeeds(() -> assertEquals("value", bounded.get("key"))));
            Crew.until(() -> statistics.coherenceProofAgeMillis() < bound.toMillis());
        }
    }

    @Test
    @Covers(FaultRow.F18)
    void withoutInvalidationsEveryReadGoesToRedisAndReadsTheEpochTwice() {
        redis.command("ACL", "SETUSER", "default", "-client");
        try (Node untracked = new Node(redis)) {
            Cache<String, String> asking = untracked.strings("untracked");
            asking.put("key", "value");
            for (int i = 0; i < 3; i++) {
                CommandCounts counts = counts(() -> assertEquals("value", asking.get("key")));
                assertEquals(Map.of("getrange", 1L, "get", 2L, "evalsha", 2L), counts.asMap());
            }
        }
    }

    @Test
    void aCacheWithoutNearCopiesReadsFromRedisEachTime() {
        Cache<String, String> asking =
                node.cache("asking", String.class, String.class, settings -> settings.nearTimeToLive(Duration.ZERO));
        asking.put("key", "value");
        for (int i = 0; i < 3; i++) {
            assertEquals(1, commands(() -> assertEquals("value", asking.get("key"))));
        }
    }

    @Test
    void aLookupThatBeginsAfterAChangeDoesNotWaitForALoadThatBeganBefore() throws Exception {
        CountDownLatch loading = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        Cache<String, String> reading = node.cache(
                "loading",
                String.class,
                String.class,
                settings -> settings.readThrough(() -> new CacheLoader<>() {
                    @Override
                    public String load(String key) {
                        loading.countDown();
                        Crew.await(end);
                        return "old";
                    }

                    @Override
                    public Map<String, String> loadAll(Iterable<? extends String> keys) {
                        throw new UnsupportedOperationException();
                    }
                }));
        // 1. A load begins. 2. Another node puts, and this node receives the invalidation. 3. A lookup begins. 4. The
        // load ends.
        Crew.Member<String> early = Crew.start(() -> reading.get("key"));
        Crew.await(loading);
        other.strings("loading").put("key", "new");
        reading.containsKey("another");
        assertEquals("new", Crew.start(() -> reading.get("key")).result());
        end.countDown();
        assertEquals("old", early.result());
        assertEquals("new", reading.get("key"));
    }

    private void isCoherent(String key) {
        here.put(key, "coherent");
        Crew.until(() -> "coherent".equals(there.get(key)));
    }

    private Cache<String, String> lasting(String name, long millis) {
        var lifetime = new javax.cache.expiry.Duration(TimeUnit.MILLISECONDS, millis);
        return node.cache(
                name, String.class, String.class, settings -> settings.expiry(CreatedExpiryPolicy.factoryOf(lifetime)));
    }

    private long used() {
        return redis.info("memory", "used_memory");
    }

    private long commands(Runnable operation) {
        return counts(operation).total();
    }

    private CommandCounts counts(Runnable operation) {
        return CommandCounts.during(redis, operation).without("time", "touch", "hello");
    }

    private static boolean succeeds(Runnable operation) {
        try {
            operation.run();
            return true;
        } catch (CacheException | AssertionError e) {
            return false;
        }
    }

    private String redisKey() {
        return EntryKeys.redisKey(redis, "cache", "key");
    }
}
