package io.github.tieredjcache.integration.coherence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.TieredConfiguration;
import io.github.tieredjcache.TieredSetting;
import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import io.github.tieredjcache.integration.EntryKeys;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.testkit.CommandCounts;
import io.github.tieredjcache.testkit.RedisServer;
import java.time.Duration;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.cache.Cache;
import javax.cache.integration.CacheLoader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A clear begins a new epoch: what it means for all nodes, and what becomes of the old one. */
class ClearIT {
    private final RedisServer redis = RedisServer.startLocal();
    private final Node node = new Node(redis);
    private final Node other = new Node(redis);
    private final Cache<String, String> here = node.strings("cache");
    private final Cache<String, String> there = other.strings("cache");

    @AfterEach
    void close() {
        node.close();
        other.close();
        redis.close();
    }

    @Test
    void aClearIsOneCommandForAnyNumberOfEntries() {
        here.putAll(entries(2_000));
        CommandCounts counts = counts(here::clear);
        assertEquals(1, counts.of("evalsha"));
        // All that the script does beside is to look at the epoch, to set it, and to note that there are leftovers.
        assertEquals(Map.of("evalsha", 1L, "get", 1L, "set", 2L, "exists", 1L), counts.asMap());
        assertEquals(2_000 + 2, redis.number("DBSIZE"));
        assertFalse(here.iterator().hasNext());
        assertNull(here.get("key 0"));
    }

    @Test
    void aClearIsVisibleLocallyAtOnceAndOnOtherNodesWithItsInvalidation() {
        for (int i = 0; i < 50; i++) {
            here.put("key", "value");
            assertEquals("value", here.get("key"));
            assertEquals("value", there.get("key"));
            here.clear();
            assertNull(here.get("key"));
            Crew.until(() -> there.get("key") == null);
        }
    }

    @Test
    void everyCommandSentAfterAClearSeesIt() {
        Cache<String, String> asking =
                other.cache("asking", String.class, String.class, settings -> settings.nearTimeToLive(Duration.ZERO));
        Cache<String, String> clearing = node.strings("asking");
        for (int i = 0; i < 300; i++) {
            asking.put("key", "value " + i);
            assertEquals("value " + i, asking.get("key"));
            clearing.clear();
            // No wait: the invalidation of the clear precedes every later reply.
            switch (i % 5) {
                case 0 -> assertNull(asking.get("key"));
                case 1 -> assertFalse(asking.containsKey("key"));
                case 2 -> assertTrue(asking.putIfAbsent("key", "first"));
                case 3 -> assertFalse(asking.replace("key", "second"));
                default -> assertEquals(Map.of(), asking.getAll(Set.of("key", "another")));
            }
        }
    }

    @Test
    void aPutThatFollowsAClearIsNeverLost() throws Exception {
        for (int i = 0; i < 300; i++) {
            String value = "value " + i;
            // 1. one node clears 2. another, which may not have received the invalidation, puts 3. both have it
            here.clear();
            there.put("key", value);
            assertEquals(value, there.get("key"));
            assertEquals(value, here.get("key"));
        }
        // The same with clears that are under way: the last one is over before the put.
        for (int i = 0; i < 50; i++) {
            String value = "later " + i;
            Crew.Member<Void> clearing = Crew.run(here::clear);
            there.clear();
            clearing.result();
            there.put("key", value);
            assertEquals(value, here.get("key"));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aClearEndsAWaitForAKey(boolean here) throws Exception {
        UnaryOperator<TieredConfiguration.Builder<String, String>> patient =
                settings -> settings.with(TieredSetting.WRITE_LEASE, Duration.ofSeconds(60))
                        .with(TieredSetting.WRITE_WAIT, Duration.ofSeconds(60));
        Cache<String, String> holding = other.cache("held", String.class, String.class, patient);
        Cache<String, String> waiting = node.cache("held", String.class, String.class, patient);
        CountDownLatch holds = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        Crew.Member<Void> holder = Crew.run(() -> holding.invoke("key", (entry, arguments) -> {
            holds.countDown();
            Crew.await(mayEnd);
            return null;
        }));
        Crew.await(holds);
        var put = Crew.start(() -> waiting.getAndPut("key", "value")).untilItWaits();
        (here ? waiting : holding).clear();
        assertNull(put.result());
        mayEnd.countDown();
        holder.result();
    }

    @Test
    void nothingIsStoredInAnEarlierEpoch() throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        Crew.Member<Void> writing = Crew.run(() -> {
            for (int i = 0; !done.get(); i++) {
                there.put("key " + i % 100, "value");
            }
        });
        for (int i = 0; i < 200; i++) {
            here.clear();
            String before = "tiered-jcache:cache:" + epoch() + ":*";
            here.clear();
            Set<String> left = new HashSet<>(redis.list("KEYS", before));
            there.containsKey("key");
            // Some may have been reclaimed meanwhile.
            Set<String> added = new HashSet<>(redis.list("KEYS", before));
            added.removeAll(left);
            assertEquals(Set.of(), added);
        }
        done.set(true);
        writing.result();
    }

    @Test
    @Covers(FaultRow.F80)
    void aLoadThatBeganBeforeAClearIsNotKept() throws Exception {
        CountDownLatch loading = new CountDownLatch(1);
        CountDownLatch cleared = new CountDownLatch(1);
        AtomicBoolean first = new AtomicBoolean(true);
        Cache<String, String> reading = node.cache(
                "loading",
                String.class,
                String.class,
                settings -> settings.readThrough(() -> new CacheLoader<>() {
                    @Override
                    public String load(String key) {
                        if (!first.getAndSet(false)) {
                            return "new";
                        }
                        loading.countDown();
                        Crew.await(cleared);
                        return "old";
                    }

                    @Override
                    public Map<String, String> loadAll(Iterable<? extends String> keys) {
                        throw new UnsupportedOperationException();
                    }
                }));
        // 1. a load begins 2. another node clears 3. the load ends: its caller gets what was loaded, nobody else does
        Crew.Member<Void> loader = Crew.run(() -> assertEquals("old", reading.get("key")));
        Crew.await(loading);
        other.strings("loading").clear();
        cleared.countDown();
        loader.result();
        assertEquals("new", reading.get("key"));
    }

    @Test
    void aLeaseHolderChangesNothingAfterAClear() {
        here.put("key", "old");
        // 1. a processor takes the key 2. another node clears 3. the processor's change is that of a key that was
        // cleared
        here.invoke("key", (entry, arguments) -> {
            there.clear();
            entry.setValue(entry.getValue() + "er");
            return null;
        });
        assertNull(here.get("key"));
        assertNull(there.get("key"));
        assertEquals("first", here.invoke("key", (entry, arguments) -> entry.exists() ? entry.getValue() : "first"));
    }

    @Test
    void anIterationReturnsNoEntryThatWasCleared() {
        here.putAll(entries(5_000));
        Iterator<Cache.Entry<String, String>> iterator = there.iterator();
        iterator.next();
        here.clear();
        here.put("after", "value");
        Set<String> seen = new HashSet<>();
        iterator.forEachRemaining(entry -> seen.add(entry.getKey()));
        // A batch ahead was read before; what was not yet read is of the new epoch.
        assertTrue(seen.size() < 1_500, () -> seen.size() + " entries");
        assertTrue(seen.contains("after"));
    }

    @Test
    void aLostEpochEmptiesTheCacheOnAllNodes() {
        here.put("key", "old");
        assertEquals("old", there.get("key"));
        redis.command("DEL", EntryKeys.epochKey("cache"));
        Crew.until(() -> here.get("key") == null && there.get("key") == null);
        here.put("key", "new");
        assertEquals("new", there.get("key"));
    }

    @Test
    void aRedisRestoredFromOldDataDoesNotRestoreClearedEntries() {
        here.put("key", "old");
        String old = epoch();
        here.clear();
        here.put("key", "new");
        assertEquals("new", there.get("key"));
        // As if an older snapshot had been restored.
        redis.command("SET", EntryKeys.epochKey("cache"), old);
        for (Cache<String, String> each : List.of(here, there)) {
            Crew.until(() -> {
                String seen = each.get("key");
                assertNotEquals("old", seen);
                return seen == null;
            });
        }
        here.put("key", "newest");
        assertEquals("newest", there.get("key"));
    }

    @Test
    void anInvalidEpochIsReplaced() {
        for (String nonsense : new String[] {"", "x", "0x10", "-1", "007", "99999999999999999999", "1e3", " 1"}) {
            here.put("key", "old");
            redis.command("SET", EntryKeys.epochKey("cache"), nonsense);
            Crew.until(() -> here.get("key") == null);
            here.put("key", "new");
            assertEquals("new", there.get("key"));
        }
        redis.command("DEL", EntryKeys.epochKey("cache"));
        redis.command("RPUSH", EntryKeys.epochKey("cache"), "x");
        Crew.until(() -> here.get("key") == null);
        here.put("key", "new");
        assertEquals("new", there.get("key"));
    }

    @Test
    void twoCachesWithTheSameNameInOneProcessDoNotInterfere() {
        // They share a connection only if they share a provider.
        try (Node third = new Node(redis)) {
            Cache<String, String> one = third.strings("twice");
            Cache<String, String> two = third.stringsOfAnotherManager("twice");
            one.put("key", "value");
            assertEquals("value", two.get("key"));
            assertEquals(
                    Map.of(),
                    counts(() -> {
                                one.containsKey("key");
                                two.get("key");
                            })
                            .without("getrange", "get")
                            .asMap());
            two.clear();
            assertNull(two.get("key"));
            assertNull(one.get("key"));
            one.put("key", "new");
            assertEquals("new", two.get("key"));
        }
    }

    @Test
    void destroyingACacheLeavesNothingOfItInRedis() {
        here.putAll(entries(1_000));
        here.clear();
        here.putAll(entries(1_000));
        redis.command("SET", "foreign", "stays");
        there.close();
        node.manager().destroyCache("cache");
        assertEquals(1, redis.number("DBSIZE"));
    }

    @Test
    void aNodeWithoutInvalidationsReadsTheEpoch() {
        redis.command("ACL", "SETUSER", "default", "-client");
        try (Node deaf = new Node(redis)) {
            Cache<String, String> asking = deaf.strings("cache");
            for (int i = 0; i < 50; i++) {
                asking.put("key", "value");
                here.clear();
                assertNull(asking.get("key"));
                asking.put("key", "new");
                assertEquals("new", asking.get("key"));
                assertEquals("new", here.get("key"));
            }
        }
    }

    private String epoch() {
        return EntryKeys.epoch(redis, "cache");
    }

    private CommandCounts counts(Runnable operation) {
        return CommandCounts.during(redis, operation).without("time", "touch", "hello");
    }

    private static Map<String, String> entries(int count) {
        return IntStream.range(0, count).boxed().collect(Collectors.toMap(i -> "key " + i, i -> "value " + i));
    }
}
