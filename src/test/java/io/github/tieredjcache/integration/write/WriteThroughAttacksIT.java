package io.github.tieredjcache.integration.write;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.integration.EntryKeys;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.integration.Table;
import io.github.tieredjcache.integration.TableStore;
import io.github.tieredjcache.testkit.FaultProxy;
import io.github.tieredjcache.testkit.RedisServer;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import javax.cache.Cache;
import javax.cache.CacheException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Orders of events that are known to leave a cache that writes through with another value than its table. */
class WriteThroughAttacksIT {
    private static final String KEY = "key";
    private static final String OLD = "old";
    private static final String OTHER = "other";
    private static final Duration LEASE = Duration.ofMillis(500);
    private static final TableStore.Course SMOOTH = new TableStore.Course() {};

    private final RedisServer redis = RedisServer.startLocal();
    private final FaultProxy proxy = FaultProxy.inFrontOf(redis);
    private final Table table = new Table();
    private final TableStore store = new TableStore(table.url(), SMOOTH);
    private final TableStore otherStore = new TableStore(table.url(), SMOOTH);
    private final Node node = new Node(proxy.uri());
    private final Node other = new Node(redis);
    private final Node onlooker = new Node(redis);
    private final Cache<String, String> here = WriteThroughOrdersIT.open(node, store);
    private final Cache<String, String> there = WriteThroughOrdersIT.open(other, otherStore);
    private final Cache<String, String> redisAlone =
            onlooker.cache("orders", String.class, String.class, settings -> settings.nearTimeToLive(Duration.ZERO));

    WriteThroughAttacksIT() throws SQLException {}

    @AfterEach
    void closes() throws SQLException {
        node.close();
        other.close();
        onlooker.close();
        store.close();
        otherStore.close();
        table.close();
        proxy.close();
        redis.close();
    }

    /** What ends a lease for all at once. */
    enum End {
        CLEAR,
        FLUSHALL,
        DEL
    }

    @ParameterizedTest
    @EnumSource
    void aWriterThatLostItsLeaseLeavesNoValueThatDiffersFromTheTable(End end) throws Exception {
        there.put(KEY, OLD);
        HeldCourse held = new HeldCourse(HeldCourse.Where.BEFORE_CHANGE);
        // 1. A node is in its writer. 2. The cache is cleared, and the lease with it.
        Crew.Member<Void> first = held.begin(() -> {
            store.take(held);
            here.put(KEY, "first");
            return null;
        });
        switch (end) {
            case CLEAR -> there.clear();
            case FLUSHALL -> redis.command("FLUSHALL");
            case DEL -> redis.command("DEL", EntryKeys.redisKey(redis, "orders", KEY));
        }
        // 3. Another node writes completely. 4. The first continues.
        there.put(KEY, "second");
        held.open();
        var unused = first.result();
        assertAgreement();
    }

    @Test
    void aFailedSaveOfABatchDoesNotRestoreTheOldValue() throws Exception {
        // 1. Two invocations share a lease: the first has written its row, the second is in his writer.
        // 2. The first has waited a little, and saves: the connection ends before that arrives.
        Batched batched = batched();
        proxy.reset();
        proxy.toServer().forward();
        System.out.println("first: " + batched.first.result());
        Crew.until(() -> returns(() -> here.get("another")));
        // 3. The second ends: he gives the lease back, and the value with it that was there before.
        batched.held.open();
        System.out.println("second: " + batched.second.result());
        assertEquals("second", table.row(batched.key));
        LockSupport.parkNanos(LEASE.multipliedBy(2).toNanos());
        assertAgreement(batched.key);
    }

    @Test
    void aBatchThatLostItsLeaseLeavesNoValueThatDiffersFromTheTable() throws Exception {
        // 1. As above. 2. Nothing arrives for longer than the lease; the first's save fails.
        Batched batched = batched();
        System.out.println("first: " + batched.first.result());
        proxy.toServer().forward();
        Crew.until(() -> returns(() -> here.get("another")));
        // 3. Another node writes. 4. The second ends: what he writes is the last that the table gets.
        there.put(batched.key, OTHER);
        batched.held.open();
        System.out.println("second: " + batched.second.result());
        assertEquals("second", table.row(batched.key));
        assertAgreement(batched.key);
    }

    /** Tries until two calls have shared a lease and Redis receives nothing since before the first of them saves. */
    private Batched batched() throws Exception {
        for (int i = 0; ; i++) {
            Batched batched = new Batched(KEY + i);
            if (batched.areTogether()) {
                return batched;
            }
        }
    }

    private final class Batched {
        private final String key;
        private final HeldCourse held = new HeldCourse(HeldCourse.Where.BEFORE_CHANGE);
        private final Crew.Member<String> first;
        private final Crew.Member<String> second;
        private final CountDownLatch inWriter = new CountDownLatch(1);

        Batched(String key) throws Exception {
            this.key = key;
            there.put(key, OLD);
            CountDownLatch runs = new CountDownLatch(1);
            CountDownLatch ends = new CountDownLatch(1);
            // The key is taken, so that two calls wait together.
            Crew.Member<String> before = Crew.start(() -> here.<String>invoke(key, (entry, arguments) -> {
                runs.countDown();
                Crew.await(ends);
                return "";
            }));
            Crew.await(runs);
            first = Crew.start(() -> outcomeOf(() -> set("first"))).untilItWaits();
            LockSupport.parkNanos(20_000_000);
            second = Crew.start(() -> {
                        store.take(new TableStore.Course() {
                            @Override
                            public void beforeChange(String key) {
                                proxy.toServer().hold();
                                inWriter.countDown();
                                held.beforeChange(key);
                            }
                        });
                        return outcomeOf(() -> set("second"));
                    })
                    .untilItWaits();
            LockSupport.parkNanos(20_000_000);
            ends.countDown();
            assertEquals("", before.result());
            Crew.await(inWriter);
            LockSupport.parkNanos(100_000_000);
        }

        boolean areTogether() throws Exception {
            if ("first".equals(redisAlone.get(key))) {
                // The first was quicker.
                proxy.toServer().forward();
                held.open();
                var unused = second.result();
                return false;
            }
            return true;
        }

        private void set(String value) {
            Object unused = here.invoke(key, (entry, arguments) -> {
                entry.setValue(value);
                return null;
            });
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aWriterDisconnectedForLongerThanItsLeaseLeavesNoValueThatDiffersFromTheTable(boolean written)
            throws Exception {
        there.put(KEY, OLD);
        HeldCourse held = new HeldCourse(HeldCourse.Where.BEFORE_CHANGE);
        // 1. A node is in its writer, and loses its connection for longer than the lease.
        Crew.Member<Void> first = held.begin(() -> {
            store.take(held);
            here.put(KEY, "first");
            return null;
        });
        proxy.refuse();
        proxy.reset();
        // 2. Another node writes, or loads the row.
        if (written) {
            there.put(KEY, "second");
        } else {
            LockSupport.parkNanos(LEASE.multipliedBy(2).toNanos());
            assertEquals(OLD, there.get(KEY));
        }
        // 3. The first writes its row, and cannot commit. 4. The connection is back.
        held.open();
        System.out.println("cut off: " + outcomeOf(first));
        proxy.accept();
        Crew.until(() -> returns(() -> here.get("another")));
        LockSupport.parkNanos(LEASE.multipliedBy(2).toNanos());
        assertEquals("first", table.row(KEY));
        assertAgreement();
    }

    @Test
    void aCallThatReportsNoChangeHasChangedNothing() throws Exception {
        there.put(KEY, OLD);
        HeldCourse held = new HeldCourse(HeldCourse.Where.BEFORE_CHANGE);
        Crew.Member<Void> first = held.begin(() -> {
            store.take(held);
            here.put(KEY, "first");
            return null;
        });
        proxy.refuse();
        proxy.reset();
        Crew.until(() -> !returns(() -> here.get("another" + System.nanoTime())));
        held.open();
        String answer = outcomeOf(first);
        System.out.println(answer);
        assertTrue(answer.equals("returned") || answer.startsWith("OutcomeUnknown"), answer);
    }

    private void assertAgreement() throws SQLException {
        assertAgreement(KEY);
    }

    private void assertAgreement(String key) throws SQLException {
        String row = table.row(key);
        @Nullable String cached = redisAlone.get(key);
        assertTrue(cached == null || cached.equals(row), "the table has " + row + ", Redis has " + cached);
        // The other node may not have received the invalidation of the removal.
        Crew.until(() -> Objects.equals(row, there.get(key)));
        assertEquals(row, here.get(key));
    }

    private static String outcomeOf(Crew.Member<?> change) throws Exception {
        try {
            Object unused = change.result();
            return "returned";
        } catch (CacheException e) {
            return e.getClass().getSimpleName() + ": " + e.getMessage();
        }
    }

    private static String outcomeOf(Runnable step) {
        try {
            step.run();
            return "returned";
        } catch (CacheException e) {
            return e.getClass().getSimpleName() + ": " + e.getMessage();
        }
    }

    private static boolean returns(Runnable step) {
        return outcomeOf(step).equals("returned");
    }
}
