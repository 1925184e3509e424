package io.github.tieredjcache.integration.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.OutagePolicy;
import io.github.tieredjcache.TierStatistics;
import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import io.github.tieredjcache.integration.Attempt;
import io.github.tieredjcache.integration.LogLines;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.integration.PartitionKeys;
import io.github.tieredjcache.testkit.RedisCluster;
import io.github.tieredjcache.testkit.RedisServer;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import javax.cache.Cache;
import javax.cache.CacheException;
import javax.cache.integration.CacheLoader;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A Redis Cluster in which slots move while caches are used. */
class ClusterMoveIT {
    private static final String PASSWORD = "s3cret-w0rd";
    private static final int OPERATIONS = 1_000;
    private static final int THREADS = 2;
    private static final Duration BOUND = Duration.ofSeconds(1);
    private static final Duration IMPATIENCE = Duration.ofSeconds(2);
    private static final AtomicInteger NAMES = new AtomicInteger();
    private static RedisCluster redis;

    private final String name = "moving-" + NAMES.incrementAndGet();
    // Each test has a slot of its own, since some leave entries at the old owner.
    private final String key = PartitionKeys.ofPartition(NAMES.get());
    private final int slot = PartitionKeys.slot(key);
    private final Node one = new Node(redis.uri());
    private final Node other = new Node(redis.uri());
    private final LogLines log = new LogLines();

    @BeforeAll
    static void starts() {
        redis = RedisCluster.start(2, 0, "--requirepass", PASSWORD);
        // What a process does for the first time takes long on a busy machine.
        try (Node first = new Node(redis.uri())) {
            Cache<String, String> cache = first.strings("first");
            Crew.until(() -> !tiers(cache).isRemoteUnavailable());
        }
    }

    @AfterEach
    void closes() {
        log.close();
        one.close();
        other.close();
        log.lines().forEach(line -> assertFalse(line.contains(PASSWORD), line));
    }

    @AfterAll
    static void ends() {
        redis.close();
    }

    @Test
    @DisplayName("F40: while its slot moves, a cache with the policy local gives the same results as without")
    @Covers(FaultRow.F40)
    void thePolicyLocalGivesTheSameResultsDuringASlotMigration() throws Exception {
        List<Cache<String, String>> caches = List.of(loading(one), loading(other));
        whileTheSlotMoves((member, i) -> {
            Cache<String, String> cache = caches.get(member % caches.size());
            String own = "own " + member;
            String read = i % 2 == 0 ? key : "key " + i % 50;
            assertEquals("row of " + read, cache.get(read));
            assertEquals("row of " + read, cache.getAll(Set.of(read, "other")).get(read));
            if (i % 10 == 0) {
                cache.remove(read);
                cache.put(own, "row of " + own);
                assertEquals("row of " + own, cache.get(own));
            }
        });
        caches.forEach(each -> Crew.until(() -> isSettled(each)));
    }

    private Cache<String, String> loading(Node node) {
        return node.cache(
                name,
                String.class,
                String.class,
                settings -> settings.outagePolicy(OutagePolicy.LOCAL).readThrough(RowsOfKeys::new));
    }

    @Test
    @DisplayName("F40: a cache that fails while its slot is on its way says why, and nothing is lost or done twice")
    @Covers(FaultRow.F40)
    void thePolicyFailLosesNothingDuringASlotMigration() throws Exception {
        List<Cache<String, Integer>> caches = List.of(counters(one), counters(other));
        AtomicInteger done = new AtomicInteger();
        AtomicInteger unknown = new AtomicInteger();
        whileTheSlotMoves((member, i) -> {
            try {
                increment(caches.get(member % caches.size()));
                done.incrementAndGet();
            } catch (CacheException e) {
                String message = String.valueOf(e.getMessage());
                assertTrue(message.contains("(cluster)"), message);
                if (message.contains("unknown")) {
                    unknown.incrementAndGet();
                }
            }
        });
        caches.forEach(each -> Crew.until(() -> !tiers(each).isRemoteUnavailable()));
        int sum = caches.get(0).get(key);
        assertTrue(done.get() <= sum && sum <= done.get() + unknown.get(), done + " were done, and counted " + sum);
        Crew.until(() -> caches.get(1).get(key) == sum);
    }

    private Cache<String, Integer> counters(Node node) {
        return node.cache(name, String.class, Integer.class, settings -> settings);
    }

    private void increment(Cache<String, Integer> cache) {
        cache.invoke(key, (entry, arguments) -> {
            entry.setValue(entry.exists() ? entry.getValue() + 1 : 1);
            return null;
        });
    }

    @Test
    @DisplayName(
            "F40: a move that is over within the command timeout costs no caller an exception, whatever he asks for first")
    @Covers(FaultRow.F40)
    void aFinishedSlotMigrationCausesNoException() {
        Cache<String, String> cache = one.strings(name);
        List<Consumer<Cache<String, String>>> operations = List.of(
                each -> assertEquals("value", each.get(key)),
                each -> assertEquals(Map.of(key, "value"), each.getAll(Set.of(key))),
                each -> each.put(key, "value"),
                each -> each.putAll(Map.of(key, "value", "another", "value")),
                each -> assertFalse(each.putIfAbsent(key, "no")),
                each -> each.invoke(key, (entry, arguments) -> entry.getValue()),
                each -> assertTrue(each.iterator().hasNext()),
                each -> each.remove(key),
                Cache::clear);
        Cache<String, String> there = other.strings(name);
        for (Consumer<Cache<String, String>> each : operations) {
            // By another node, so that this one has no copy.
            there.put(key, "value");
            Crew.until(() -> "value".equals(there.get(key)));
            cache.containsKey(key);
            redis.move(slot, redis.other(redis.owner(slot)));
            each.accept(cache);
        }
    }

    /**
     * Which invalidations a node receives:
     *
     * <ol>
     *   <li>a node has a copy, and is connected to the old owner, which sends invalidations;
     *   <li>the slot is given to another server, and the keys stay where they are: the old owner sends no invalidation;
     *   <li>another node writes at the new owner; the first one reads its copy, and the old owner replies to heartbeats.
     * </ol>
     */
    @Test
    @DisplayName("F40: copies of what the old owner had are not shown for longer than the bound, though it answers")
    @Covers(FaultRow.F40)
    void copiesFromTheOldOwnerAreNotReadAfterAMigration() {
        Cache<String, String> here = bounded(one);
        Cache<String, String> there = bounded(other);
        here.put(key, "old");
        assertEquals("old", there.get(key));
        redis.takeAway(slot, redis.other(redis.owner(slot)));
        // For a moment nobody served the slot.
        Crew.until(() -> Attempt.succeeds(() -> here.put(key, "new")));
        long writtenNanos = System.nanoTime();
        Crew.until(() -> Attempt.succeeds(() -> assertEquals("new", here.get(key))));
        Crew.until(() -> readsNew(there, writtenNanos));
    }

    /** Reads, and checks that an old value is no older than the bound. */
    private boolean readsNew(Cache<String, String> cache, long writtenNanos) {
        long beganNanos = System.nanoTime();
        String value;
        try {
            value = cache.get(key);
        } catch (CacheException e) {
            return false;
        }
        long staleNanos = beganNanos - writtenNanos;
        assertTrue("new".equals(value) || staleNanos <= BOUND.toNanos(), () -> value + " after " + staleNanos + " ns");
        return "new".equals(value);
    }

    private Cache<String, String> bounded(Node node) {
        return node.cache(name, String.class, String.class, settings -> settings.stalenessBound(BOUND));
    }

    private Cache<String, String> impatient(Node node, OutagePolicy policy) {
        return node.cache(
                name,
                String.class,
                String.class,
                settings -> settings.outagePolicy(policy).commandTimeout(IMPATIENCE));
    }

    @Test
    @DisplayName(
            "F40: a slot that migrates for longer is unavailable: by local the cache continues, by fail it throws with the reason")
    @Covers(FaultRow.F40)
    void aMigratingSlotIsUnavailable() {
        Cache<String, String> local = impatient(one, OutagePolicy.LOCAL);
        Cache<String, String> strict = impatient(other, OutagePolicy.FAIL);
        strict.put(key, "old");
        assertEquals("old", local.get(key));
        RedisServer from = redis.owner(slot);
        RedisServer to = redis.other(from);
        redis.beginMove(slot, to);
        // Without calls the heartbeat detects it.
        Crew.until(() -> tiers(local).isRemoteUnavailable() && tiers(strict).isRemoteUnavailable());
        local.put(key, "new");
        assertEquals("new", local.get(key));
        CacheException refused = assertThrows(CacheException.class, () -> strict.put(key, "strict"));
        assertTrue(
                String.valueOf(refused.getMessage()).contains("hash slot of the cache is being migrated"),
                refused.getMessage());
        assertTrue(String.valueOf(refused.getMessage()).contains("ASK " + slot), refused.getMessage());
        redis.moveKeys(slot, from, to);
        assertThrows(CacheException.class, () -> strict.get(key));
        redis.endMove(slot, to);
        Crew.until(() -> isSettled(local) && !tiers(strict).isRemoteUnavailable());
        assertNull(local.get(key), "the cache may forget, it must not lie");
        assertNull(strict.get(key));
        strict.put(key, "newest");
        Crew.until(() -> "newest".equals(local.get(key)));
        assertTrue(
                log.lines().stream()
                        .anyMatch(line -> line.contains("has been unavailable for") && line.contains("hash slot")),
                () -> String.join("\n", log.lines()));
        assertTrue(log.lines().stream().anyMatch(line -> line.contains("is back after")));
    }

    @Test
    @DisplayName("F40: who meets a slot that is on its way waits for it, and gets no exception if it arrives in time")
    @Covers(FaultRow.F40)
    void aCallToAMigratingSlotWaits() throws Exception {
        // So long that it does.
        Cache<String, String> cache =
                one.cache(name, String.class, String.class, settings -> settings.commandTimeout(Duration.ofMinutes(1)));
        cache.put("other", "old");
        long outages = tiers(cache).remoteOutages();
        RedisServer from = redis.owner(slot);
        RedisServer to = redis.other(from);
        long before = redirections(from);
        redis.beginMove(slot, to);
        Crew.Member<Void> writer = Crew.run(() -> cache.put(key, "value"));
        // More than are given on the connection that is left: new ones have met the same.
        Crew.until(() -> redirections(from) >= before + 6);
        redis.moveKeys(slot, from, to);
        redis.endMove(slot, to);
        writer.result();
        assertEquals("value", cache.get(key));
        assertEquals("old", cache.get("other"));
        assertEquals(outages, tiers(cache).remoteOutages());
    }

    private static long redirections(RedisServer server) {
        return String.valueOf(server.command("INFO", "errorstats"))
                .lines()
                .filter(line -> line.startsWith("errorstat_ASK:count="))
                .mapToLong(line -> Long.parseLong(line.split("=", 2)[1].strip()))
                .sum();
    }

    @Test
    @DisplayName("F40: so it does until its move is called off")
    @Covers(FaultRow.F40)
    void aCancelledMigrationHasNoEffect() {
        Cache<String, String> cache = impatient(one, OutagePolicy.FAIL);
        cache.put(key, "value");
        RedisServer from = redis.owner(slot);
        redis.beginMove(slot, redis.other(from));
        Crew.until(() -> tiers(cache).isRemoteUnavailable());
        redis.callOff(slot);
        Crew.until(() -> !tiers(cache).isRemoteUnavailable());
        assertEquals("value", cache.get(key));
    }

    @Test
    @DisplayName("F40: an iteration continues on the new owner, and returns each entry once")
    @Covers(FaultRow.F40)
    void anIterationContinuesOnTheNewOwner() {
        Cache<String, Integer> cache = counters(one);
        Set<String> keys = fill(cache);
        Iterator<Cache.Entry<String, Integer>> entries = cache.iterator();
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < 10; i++) {
            assertTrue(seen.add(entries.next().getKey()));
        }
        redis.move(slot, redis.other(redis.owner(slot)));
        entries.forEachRemaining(each -> assertTrue(seen.add(each.getKey()), each.getKey()));
        assertEquals(keys, seen);
    }

    @Test
    @DisplayName("F40: an iteration does not end early because entries are on their way to another server")
    @Covers(FaultRow.F40)
    void anIterationDoesNotEndEarly() {
        Cache<String, Integer> cache = counters(one);
        Set<String> keys = fill(cache);
        RedisServer from = redis.owner(slot);
        RedisServer to = redis.other(from);
        redis.beginMove(slot, to);
        List<String> entries = from.list("KEYS", "{tiered-jcache:*}" + name + ":[0-9]*").stream()
                .map(String::valueOf)
                .filter(each -> redis.slot(each) == slot)
                .toList();
        assertTrue(entries.size() > keys.size() / 128, entries.size() + " entries");
        redis.moveKeys(from, to, entries);
        try (Node impatient = new Node(redis.uri())) {
            Cache<String, Integer> there =
                    impatient.cache(name, String.class, Integer.class, settings -> settings.commandTimeout(IMPATIENCE));
            assertThrows(CacheException.class, () -> there.forEach(each -> {}));
        }
        redis.moveKeys(slot, from, to);
        redis.endMove(slot, to);
        Set<String> seen = new HashSet<>();
        cache.forEach(each -> seen.add(each.getKey()));
        assertEquals(keys, seen);
    }

    private static Set<String> fill(Cache<String, Integer> cache) {
        Map<String, Integer> all = new HashMap<>();
        for (int i = 0; i < 2_000; i++) {
            all.put("key " + i, i);
        }
        cache.putAll(all);
        return all.keySet();
    }

    /** Moves the slot there and back, twice, and meanwhile runs an operation many times on each of several threads. */
    private void whileTheSlotMoves(Operation operation) throws Exception {
        AtomicInteger members = new AtomicInteger();
        AtomicInteger moves = new AtomicInteger();
        Crew.Member<Void> moving = Crew.run(() -> {
            while (moves.get() < 4) {
                RedisServer from = redis.owner(slot);
                redis.beginMove(slot, redis.other(from));
                redis.moveKeys(slot, from, redis.other(from));
                redis.endMove(slot, redis.other(from));
                // So that all have arrived there before it moves back.
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
                moves.incrementAndGet();
            }
        });
        Crew.together(2 * THREADS, () -> {
            int member = members.getAndIncrement();
            for (int i = 0; i < OPERATIONS / (2 * THREADS) || moves.get() < 4; i++) {
                operation.run(member, i);
            }
            return null;
        });
        moving.result();
    }

    /** One of many. */
    @FunctionalInterface
    private interface Operation {
        void run(int member, int time);
    }

    private static boolean isSettled(Cache<?, ?> cache) {
        return !tiers(cache).isRemoteUnavailable() && tiers(cache).journaledKeys() == 0;
    }

    private static TierStatistics tiers(Cache<?, ?> cache) {
        return cache.unwrap(TierStatistics.class);
    }

    /** A source in which each key has a row that never changes. */
    private static final class RowsOfKeys implements CacheLoader<String, String> {
        @Override
        public String load(String key) {
            return "row of " + key;
        }

        @Override
        public Map<String, String> loadAll(Iterable<? extends String> keys) {
            Map<String, String> rows = new HashMap<>();
            keys.forEach(each -> rows.put(each, load(each)));
            return rows;
        }
    }
}
