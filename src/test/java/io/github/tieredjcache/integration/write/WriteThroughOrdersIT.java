package io.github.tieredjcache.integration.write;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.TierStatistics;
import io.github.tieredjcache.TieredSetting;
import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import io.github.tieredjcache.integration.ChildProcess;
import io.github.tieredjcache.integration.EntryKeys;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.integration.Table;
import io.github.tieredjcache.integration.TableStore;
import io.github.tieredjcache.integration.Writing;
import io.github.tieredjcache.testkit.FaultProxy;
import io.github.tieredjcache.testkit.RedisServer;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.cache.Cache;
import javax.cache.CacheException;
import javax.cache.expiry.CreatedExpiryPolicy;
import javax.cache.integration.CacheWriterException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The orders of events in which a cache that writes through could come to disagree with its table, on two nodes and more. */
class WriteThroughOrdersIT {
    private static final String CACHE = "orders";
    private static final Duration LEASE = Duration.ofSeconds(1);
    private static final Duration COMMAND_TIMEOUT = Duration.ofSeconds(5);
    private static final String OTHER = "other";
    private static final String OLD = Writing.OLD;
    private static final String NEW = Writing.NEW;
    private static final TableStore.Course SMOOTH = new TableStore.Course() {};
    private static final TableStore.Course REFUSAL = refusing(Set.of());

    private final RedisServer redis = RedisServer.startLocal();
    private final Table table = new Table();
    private final TableStore store = new TableStore(table.url(), SMOOTH);
    private final TableStore otherStore = new TableStore(table.url(), SMOOTH);
    private final Node node = new Node(redis);
    private final Node other = new Node(redis);
    private final Cache<String, String> here = open(node, store);
    private final Cache<String, String> there = open(other, otherStore);

    private final Node onlooker = new Node(redis);
    private final Cache<String, String> redisAlone =
            onlooker.cache(CACHE, String.class, String.class, settings -> settings.nearTimeToLive(Duration.ZERO));

    WriteThroughOrdersIT() throws SQLException {}

    static Cache<String, String> open(Node node, TableStore store) {
        return node.cache(
                CACHE,
                String.class,
                String.class,
                settings -> settings.readThrough(() -> store)
                        .writeThrough(() -> store)
                        .with(TieredSetting.WRITE_LEASE, LEASE)
                        .commandTimeout(COMMAND_TIMEOUT)
                        .expiry(CreatedExpiryPolicy.factoryOf(javax.cache.expiry.Duration.ONE_HOUR)));
    }

    @AfterEach
    void closes() throws SQLException {
        node.close();
        other.close();
        onlooker.close();
        store.close();
        otherStore.close();
        table.close();
        redis.close();
    }

    @Test
    @Covers(FaultRow.F81)
    void aFailedWriterLeavesTheEntryUnchanged() throws Exception {
        for (Writing writing : Writing.OF_WHAT_IS_THERE) {
            String key = writing.name();
            Snapshot before = hot(key);
            int loads = store.reads() + otherStore.reads();
            assertRefused(writing, key);
            before.assertUnchanged(writing.name());
            assertEquals(OLD, here.get(key), key);
            assertEquals(OLD, there.get(key), key);
            assertEquals(loads, store.reads() + otherStore.reads(), "the entry was there");
        }
    }

    @Test
    @Covers(FaultRow.F81)
    void aFailedWriterLeavesAnAbsentKeyAbsent() throws Exception {
        for (Writing writing : Writing.OF_WHAT_IS_NOT) {
            String key = writing.name();
            assertNull(there.get(key));
            assertRefused(writing, key);
            Crew.until(() -> bytes(key) == null);
            assertNull(table.row(key), key);
            assertFalse(here.containsKey(key), key);
            assertFalse(there.containsKey(key), key);
        }
    }

    /** Has the writer refuse a change; it is asked once. */
    private void assertRefused(Writing writing, String key) {
        store.take(REFUSAL);
        CacheException thrown = assertThrows(CacheWriterException.class, () -> writing.on(here, key), key);
        store.take(SMOOTH);
        assertTrue(String.valueOf(thrown.getCause()).contains("on purpose"), thrown.toString());
        assertEquals(List.of(new TableStore.Call(key, writing.result(), false)), store.takeCalls(), key);
    }

    @Test
    @Covers(FaultRow.F83)
    void theFailedPartOfABatchIsUnchanged() throws Exception {
        Map<String, Snapshot> before = new TreeMap<>();
        for (String key : List.of("a", "b", "c")) {
            before.put(key, hot(key));
        }
        // The writer takes them in order: the first is written, the second refused, the others are not reached.
        store.take(refusing(Set.of("a")));
        Map<String, String> news = Map.of("a", NEW, "b", NEW, "c", NEW, "d", NEW);
        assertThrows(CacheWriterException.class, () -> here.putAll(news));
        assertEquals(
                List.of(new TableStore.Call("a", NEW, true), new TableStore.Call("b", NEW, false)), store.takeCalls());
        assertEquals(NEW, inRedis("a"), "it is stored, not just voided");
        assertAllRead(NEW, "a");
        before.get("b").assertUnchanged("b");
        before.get("c").assertUnchanged("c");
        Crew.until(() -> bytes("d") == null);
        assertAllRead(null, "d");
        assertThrows(CacheWriterException.class, () -> here.removeAll(news.keySet()));
        assertNull(bytes("a"));
        assertAllRead(null, "a");
        before.get("b").assertUnchanged("b");
        before.get("c").assertUnchanged("c");
        assertEquals(OLD, there.get("b"));
        assertEquals(OLD, here.get("c"));
    }

    @Test
    @Covers(FaultRow.F84)
    void aWriterSlowerThanItsLeaseKeepsIt() throws Exception {
        for (Writing writing : Writing.OF_WHAT_IS_THERE) {
            hot(writing.name());
        }
        int loads = otherStore.reads();
        HeldCourse held = new HeldCourse(HeldCourse.Where.BEFORE_CHANGE);
        Map<Writing, Crew.Member<Object>> changes = new HashMap<>();
        for (Writing writing : Writing.OF_WHAT_IS_THERE) {
            Crew.Member<Object> change = held.begin(() -> {
                store.take(held);
                return writing.on(here, writing.name());
            });
            changes.put(writing, change);
        }
        Crew.Member<String> next = Crew.start(() -> there.getAndPut(Writing.PUT.name(), OTHER));
        long endNanos = System.nanoTime() + LEASE.multipliedBy(2).toNanos();
        while (System.nanoTime() < endNanos) {
            // Readers still read the old value.
            Writing.OF_WHAT_IS_THERE.forEach(each -> assertEquals(OLD, there.get(each.name())));
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
        assertEquals(loads, otherStore.reads());
        held.open();
        for (Map.Entry<Writing, Crew.Member<Object>> each : changes.entrySet()) {
            Object unused = each.getValue().result();
        }
        assertEquals(NEW, next.result());
        assertEquals(0, here.unwrap(TierStatistics.class).writesVoided());
        for (Writing writing : Writing.OF_WHAT_IS_THERE) {
            String expected = writing == Writing.PUT ? OTHER : writing.result();
            assertEquals(expected, table.row(writing.name()), writing.name());
            assertEquals(expected, inRedis(writing.name()), writing.name());
        }
    }

    @Test
    @Covers(FaultRow.F67)
    void aWriterPausedForLongerThanItsLeaseLeavesNoEntry() throws Exception {
        // 1. A process has leases, and is in its writer. 2. It is paused until the leases have run out.
        // 3. Of some keys other nodes load the row as it was, others are written by them. 4. It continues, and writes.
        List<String> keys = new ArrayList<>();
        List<Writing> writings = new ArrayList<>();
        for (Writing writing : Writing.OF_WHAT_IS_THERE) {
            for (String what : List.of("-loaded", "-written")) {
                keys.add(writing + what);
                writings.add(writing);
            }
        }
        for (String key : keys) {
            hot(key);
        }
        try (ChildProcess process = held(HeldCourse.Where.BEFORE_CHANGE)) {
            begin(process, writings, keys);
            process.stop();
            for (String key : keys) {
                if (key.endsWith("-written")) {
                    there.put(key, OTHER);
                    assertEquals(OTHER, here.get(key));
                } else {
                    Crew.until(() -> OLD.equals(there.get(key)) && isSettled(key));
                    assertEquals(OLD, here.get(key));
                }
            }
            process.resume();
            process.send(HoldingNode.RELEASE);
            for (int i = 0; i < keys.size(); i++) {
                String answer = process.receive();
                assertTrue(
                        answer.startsWith(writings.get(i).answers() ? "LeaseLostException: " : "returned null"),
                        writings.get(i) + " " + answer);
            }
        }
        for (int i = 0; i < keys.size(); i++) {
            String key = keys.get(i);
            assertNull(bytes(key), key + " is gone");
            assertAllRead(writings.get(i).result(), key);
        }
    }

    @Test
    @Covers(FaultRow.F68)
    void aWriterThatDiesBeforeTheCommitLeavesTheOldValueForOneLeaseAtMost() throws Exception {
        List<Writing> writings = Writing.OF_WHAT_IS_THERE;
        List<String> keys = writings.stream().map(Writing::name).toList();
        for (String key : keys) {
            hot(key);
        }
        try (ChildProcess process = held(HeldCourse.Where.AFTER_CHANGE)) {
            begin(process, writings, keys);
            process.kill();
        }
        long killedNanos = System.nanoTime();
        long longestNanos = 0;
        Set<Writing> waiting = EnumSet.copyOf(writings);
        while (!waiting.isEmpty()) {
            for (Writing writing : writings) {
                long readNanos = System.nanoTime() - killedNanos;
                String value = there.get(writing.name());
                if (OLD.equals(value)) {
                    assertTrue(waiting.contains(writing), "the old value is back");
                    assertTrue(readNanos < LEASE.plusMinutes(1).toNanos(), "the old value stays");
                    longestNanos = readNanos;
                } else {
                    assertEquals(writing.result(), value);
                    waiting.remove(writing);
                }
            }
        }
        System.out.printf("the old value was read for %d ms of %d%n", millis(longestNanos), LEASE.toMillis());
        for (Writing writing : writings) {
            assertAllRead(writing.result(), writing.name());
        }
    }

    @Test
    @Covers(FaultRow.F86)
    void aConnectionLostBetweenWriterAndCommitLeavesTheOldValueForOneLeaseAtMost() throws Exception {
        try (FaultProxy proxy = FaultProxy.inFrontOf(redis);
                Node cut = new Node(proxy.uri());
                TableStore cutStore = new TableStore(table.url(), SMOOTH)) {
            Cache<String, String> cache = open(cut, cutStore);
            for (Writing writing : Writing.OF_WHAT_IS_THERE) {
                hot(writing.name());
                assertEquals(OLD, cache.get(writing.name()));
            }
            HeldCourse held = new HeldCourse(HeldCourse.Where.AFTER_CHANGE);
            List<Crew.Member<Object>> changes = new ArrayList<>();
            for (Writing writing : Writing.OF_WHAT_IS_THERE) {
                Crew.Member<Object> change = held.begin(() -> {
                    cutStore.take(held);
                    return writing.on(cache, writing.name());
                });
                changes.add(change);
            }
            proxy.refuse();
            proxy.reset();
            held.open();
            for (Crew.Member<Object> each : changes) {
                // Whatever its caller gets: the row is there.
                Crew.until(each::isDone);
            }
            proxy.accept();
            for (Writing writing : Writing.OF_WHAT_IS_THERE) {
                String key = writing.name();
                Crew.until(() -> !OLD.equals(there.get(key)));
                assertAllRead(writing.result(), key);
                Crew.until(() -> returns(() -> cache.get(key)));
                assertEquals(writing.result(), cache.get(key), key);
            }
        }
    }

    @Test
    void aWriterWhoseLeaseWasEvictedLeavesNoEntry() throws Exception {
        for (Writing writing : Writing.OF_WHAT_IS_THERE) {
            String key = writing.name();
            hot(key);
            HeldCourse held = new HeldCourse(HeldCourse.Where.BEFORE_CHANGE);
            // 1. A node is in its writer. 2. The lease goes. 3. Another node writes. 4. The first continues.
            Crew.Member<Object> change = held.begin(() -> {
                store.take(held);
                return writing.on(here, key);
            });
            evict(key);
            there.put(key, OTHER);
            held.open();
            Object unused = change.result();
            assertNull(bytes(key), key);
            assertAllRead(writing.result(), key);
        }
    }

    @Test
    void aLoadThatBeganBeforeAWriterIsNotStored() throws Exception {
        for (Writing writing : List.of(Writing.PUT, Writing.REMOVE, Writing.INVOKE_SET)) {
            String key = writing.name();
            there.put(key, OLD);
            evict(key);
            HeldCourse held = new HeldCourse(HeldCourse.Where.AFTER_READ);
            // 1. A node has read the row. 2. Another node writes. 3. The first continues.
            Crew.Member<String> reader = held.begin(() -> {
                store.take(held);
                return here.get(key);
            });
            Object unused = writing.on(there, key);
            held.open();
            assertEquals(OLD, reader.result());
            assertEquals(writing.result(), inRedis(key), key);
            assertAllRead(writing.result(), key);
        }
    }

    @Test
    void aReaderOfAnAbsentKeyWaitsForItsWriter() throws Exception {
        HeldCourse held = new HeldCourse(HeldCourse.Where.AFTER_CHANGE);
        // 1. A node has written the row. 2. Another node looks for the key. 3. The first commits.
        Crew.Member<Void> writer = held.begin(() -> {
            store.take(held);
            here.put("key", NEW);
            return null;
        });
        Crew.Member<String> reader = Crew.start(() -> there.get("key")).untilItWaits();
        held.open();
        var unused = writer.result();
        assertEquals(NEW, reader.result());
        assertEquals(NEW, inRedis("key"));
        assertEquals(0, otherStore.reads());
    }

    @Test
    @Covers(FaultRow.F54)
    void aValueThatCannotBeStoredIsRefusedBeforeTheWriterIsCalled() throws Exception {
        for (boolean byValue : new boolean[] {true, false}) {
            Cache<String, Object> cache = node.cache(
                    "objects-" + byValue,
                    String.class,
                    Object.class,
                    settings -> settings.writeThrough(() -> store)
                            .storeByValue(byValue)
                            .with(TieredSetting.CODEC_LEARNING, false));
            for (Writing writing : Writing.values()) {
                String key = writing + "-" + byValue;
                boolean exists = writing != Writing.PUT_IF_ABSENT;
                if (exists) {
                    cache.put(key, OLD);
                }
                var unused = store.takeCalls();
                if (!writing.removes()) {
                    assertThrows(CacheException.class, () -> writing.with(cache, key, new Unstorable("text")), key);
                    assertEquals(List.of(), store.takeCalls(), key);
                    assertEquals(exists ? OLD : null, table.row(key), key);
                    assertEquals(exists ? OLD : null, cache.get(key), key);
                }
            }
            Map<String, Object> both = new TreeMap<>(Map.of("a", NEW, "b", new Unstorable("text")));
            assertThrows(CacheException.class, () -> cache.putAll(both));
            assertEquals(List.of(), store.takeCalls(), "nor for those that could be stored");
            assertNull(cache.get("a"));
        }
    }

    /** Of a class that no setting allows. */
    private record Unstorable(String text) {}

    @Test
    void aConditionThatDoesNotHoldCallsNoWriter() throws Exception {
        there.put("key", OLD);
        assertEquals(OLD, here.get("key"));
        // This node has a copy of what was there before, and may not have received the invalidation.
        there.put("key", OTHER);
        assertFalse(here.replace("key", OLD, NEW));
        there.put("key", OTHER + 2);
        assertFalse(here.remove("key", OTHER));
        assertFalse(here.putIfAbsent("key", NEW));
        there.remove("key");
        assertFalse(here.replace("key", NEW));
        assertFalse(here.replace("key", OTHER + 2, NEW));
        assertNull(here.getAndReplace("key", NEW));
        assertFalse(here.remove("key", OTHER + 2));
        assertNull(look("key"));
        assertEquals(List.of(), store.takeCalls());
        assertNull(table.row("key"));
    }

    @Test
    void aReadOnlyProcessorStoresItsLoadAndCallsNoWriter() {
        there.put("key", OLD);
        evict("key");
        assertEquals(OLD, look("key"));
        assertEquals(OLD, inRedis("key"));
        assertEquals(OLD, look("key"));
        assertEquals(1, store.reads());
        assertEquals(List.of(), store.takeCalls());
    }

    private @Nullable String look(String key) {
        return here.invoke(key, (entry, arguments) -> entry.getValue());
    }

    @Test
    void theRemovalOfAnUncachedKeyReachesTheTable() throws Exception {
        for (Writing writing : Writing.OF_WHAT_IS_NOT) {
            String key = writing.name();
            if (writing.removes()) {
                there.put(key, OLD);
                evict(key);
                Object unused = writing.on(here, key);
                assertEquals(List.of(new TableStore.Call(key, null, true)), store.takeCalls(), key);
                assertAllRead(null, key);
            }
        }
    }

    @Test
    void theWriterIsCalledOnceForEachChange() throws Exception {
        for (Writing writing : Writing.values()) {
            String key = writing.name();
            if (writing != Writing.PUT_IF_ABSENT) {
                there.put(key, OLD);
            }
            Object unused = writing.on(here, key);
            assertEquals(List.of(new TableStore.Call(key, writing.result(), true)), store.takeCalls(), key);
            assertAllRead(writing.result(), key);
        }
    }

    /** Stores the old value of a key and has both nodes keep a copy of it. */
    private Snapshot hot(String key) throws SQLException {
        here.put(key, OLD);
        var unused = store.takeCalls();
        assertEquals(OLD, here.get(key));
        assertEquals(OLD, there.get(key));
        return new Snapshot(key);
    }

    private static TableStore.Course refusing(Set<String> butNot) {
        return new TableStore.Course() {
            @Override
            public void beforeChange(String key) {
                if (!butNot.contains(key)) {
                    throw new IllegalStateException("refused on purpose");
                }
            }
        };
    }

    private ChildProcess held(HeldCourse.Where where) throws IOException {
        ChildProcess process = new ChildProcess(HoldingNode.class, redis.uri(), table.url(), where.name());
        assertEquals(HoldingNode.READY, process.receive());
        return process;
    }

    private static void begin(ChildProcess process, List<Writing> writings, List<String> keys) throws IOException {
        for (int i = 0; i < keys.size(); i++) {
            process.send(HoldingNode.BEGIN + " " + writings.get(i) + " " + keys.get(i));
            assertEquals(HoldingNode.HELD, process.receive());
        }
    }

    private static boolean returns(Runnable step) {
        try {
            step.run();
            return true;
        } catch (CacheException e) {
            return false;
        }
    }

    private static long millis(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(nanos);
    }

    private byte @Nullable [] bytes(String key) {
        return redis.bytes(
                "GET".getBytes(UTF_8), EntryKeys.redisKey(redis, CACHE, key).getBytes(UTF_8));
    }

    /** Returns whether Redis has an entry without a lease. */
    private boolean isSettled(String key) {
        byte[] bytes = bytes(key);
        return bytes != null && bytes[2] == 'V';
    }

    /** Returns the value that Redis holds, null for none. */
    private @Nullable String inRedis(String key) {
        return redisAlone.get(key);
    }

    /** Removes the entry from Redis, and so from the nodes with the invalidation. */
    private void evict(String key) {
        redis.command("DEL", EntryKeys.redisKey(redis, CACHE, key));
        hear();
    }

    /** Waits until both nodes have received the invalidations of all changes so far: they precede a reply. */
    private void hear() {
        assertFalse(here.containsKey("another"));
        assertFalse(there.containsKey("another"));
    }

    /** Checks that all read what the table holds, and that it holds this; null for nothing. */
    private void assertAllRead(@Nullable String expected, String key) throws SQLException {
        assertEquals(expected, table.row(key), key);
        hear();
        assertEquals(expected, there.get(key), key);
        assertEquals(expected, here.get(key), key);
    }

    /** What Redis and the table hold of a key. */
    private final class Snapshot {
        private final String key;
        private final byte @Nullable [] bytes;
        private final long endMillis;
        private final @Nullable String row;

        Snapshot(String key) throws SQLException {
            this.key = key;
            this.bytes = bytes(key);
            this.endMillis = endMillis();
            this.row = table.row(key);
        }

        private long endMillis() {
            return EntryKeys.expiryMillis(redis, EntryKeys.redisKey(redis, CACHE, key));
        }

        /** Checks that all is as it was, as soon as the lease has been given back. */
        void assertUnchanged(String what) throws SQLException {
            Crew.until(() -> Arrays.equals(bytes, bytes(key)));
            assertEquals(endMillis, endMillis(), what);
            assertEquals(row, table.row(key), what);
        }
    }
}
