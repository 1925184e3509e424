package io.github.tieredjcache.integration.coherence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import io.github.tieredjcache.integration.EntryKeys;
import io.github.tieredjcache.integration.HeldValue;
import io.github.tieredjcache.integration.HeldValue.Gate;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.testkit.CommandCounts;
import io.github.tieredjcache.testkit.RedisServer;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import javax.cache.Cache;
import javax.cache.CacheException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Orders of events in which a stale near copy could be kept, step by step. */
class InterleavingsIT {
    private static final String KEY = "key";
    private static final HeldValue OLD = new HeldValue("old");
    private static final HeldValue MINE = new HeldValue("mine");
    private static final HeldValue THEIRS = new HeldValue("theirs");

    private final RedisServer redis = RedisServer.startLocal();
    private final Node node = new Node(redis);
    private final Node other = new Node(redis);
    private final Cache<String, HeldValue> here = open(node);
    private final Cache<String, HeldValue> there = open(other);

    /** What somebody else does to the key. */
    enum Change {
        PUT,
        REMOVAL,
        INVOCATION,
        DEL,
        FLUSHALL,
        CLEAR;

        /** Returns whether a read that has its reply, and then sees this change, is repeated: it was made in an earlier epoch. */
        boolean endsTheEpoch() {
            return this == FLUSHALL || this == CLEAR;
        }
    }

    @AfterEach
    void closes() {
        node.close();
        other.close();
        redis.close();
    }

    @ParameterizedTest
    @Covers({FaultRow.F45, FaultRow.F87})
    @EnumSource
    void aFillIsNotKeptIfItsKeyChangesDuringIt(Change change) throws Exception {
        there.put(KEY, OLD);
        Gate gate = new Gate("old");
        // 1. This node asks Redis and has the answer, but has made nothing of it yet.
        Crew.Member<HeldValue> reader = gate.hold(() -> here.get(KEY));
        // 2. The key changes, and this node receives the invalidation.
        HeldValue changed = changed(change);
        awaitInvalidationsHere();
        // 3. The reader continues: its value was current during its call, and must not be kept.
        gate.open();
        assertEquals(change.endsTheEpoch() ? null : OLD, reader.result());
        assertEquals(changed, here.get(KEY));
    }

    @ParameterizedTest
    @Covers(FaultRow.F87)
    @EnumSource
    void aBulkFillIsNotKeptForAKeyThatChangesDuringIt(Change change) throws Exception {
        there.put(KEY, OLD);
        there.put("another", MINE);
        Gate gate = new Gate("old");
        // 1. The answer for both keys has come. 2. One of them changes. 3. The reader continues.
        Crew.Member<Map<String, HeldValue>> reader = gate.hold(() -> here.getAll(Set.of(KEY, "another")));
        HeldValue changed = changed(change);
        awaitInvalidationsHere();
        gate.open();
        assertEquals(change.endsTheEpoch() ? Map.of() : Map.of(KEY, OLD, "another", MINE), reader.result());
        assertEquals(changed, here.get(KEY));
    }

    @Test
    void aReadAfterAnInvalidationDoesNotJoinAnEarlierFetch() throws Exception {
        there.put(KEY, OLD);
        Gate gate = new Gate("old");
        Crew.Member<HeldValue> reader = gate.hold(() -> here.get(KEY));
        there.put(KEY, THEIRS);
        awaitInvalidationsHere();
        // The first reader is still held.
        assertEquals(THEIRS, Crew.start(() -> here.get(KEY)).result());
        gate.open();
        assertEquals(OLD, reader.result());
        assertEquals(THEIRS, here.get(KEY), "and the late one does not replace what is newer");
    }

    @Test
    void aFillDoesNotOutliveAnOwnWrite() throws Exception {
        there.put(KEY, OLD);
        Gate gate = new Gate("old");
        // 1. A reader has the old value's bytes. 2. Its own node writes. 3. It continues.
        Crew.Member<HeldValue> reader = gate.hold(() -> here.get(KEY));
        here.put(KEY, MINE);
        gate.open();
        assertEquals(OLD, reader.result());
        assertEquals(MINE, here.get(KEY));
    }

    @ParameterizedTest
    @EnumSource
    void anOwnWriteThatIsOverwrittenBeforeItReturnsIsNotKept(Change change) throws Exception {
        there.put(KEY, OLD);
        Gate gate = new Gate("old");
        // 1. Redis holds what this node wrote and has answered; the writer decodes what was there before.
        Crew.Member<HeldValue> writer = gate.hold(() -> here.getAndPut(KEY, MINE));
        awaitInvalidationsThere();
        assertEquals(MINE, there.get(KEY));
        // 2. Another call overwrites it, and this node receives the invalidation.
        HeldValue changed = changed(change);
        awaitInvalidationsHere();
        // 3. The writer continues and would keep what it wrote.
        gate.open();
        assertEquals(OLD, writer.result());
        assertEquals(changed, here.get(KEY));
    }

    @Test
    void anOwnWriteAfterAnotherNodesWriteIsWhatBothRead() throws Exception {
        for (int i = 0; i < 100; i++) {
            HeldValue mine = new HeldValue("mine " + i);
            // 1. This node has a copy. 2. The other node writes. 3. So does this one, whose copy has been invalidated.
            here.get(KEY);
            there.put(KEY, THEIRS);
            here.put(KEY, mine);
            assertEquals(mine, here.get(KEY));
            awaitInvalidationsThere();
            assertEquals(mine, there.get(KEY));
        }
    }

    @Test
    void anOwnWriteThatIsNotOverwrittenIsKept() {
        there.put(KEY, THEIRS);
        here.put(KEY, MINE);
        awaitInvalidationsHere();
        assertEquals(
                0,
                CommandCounts.during(redis, () -> assertEquals(MINE, here.get(KEY)))
                        .without("time", "hello")
                        .total());
    }

    @Test
    void theLaterReturnOfTwoOwnWritesIsNotTakenForTheLaterWrite() throws Exception {
        there.put(KEY, OLD);
        Gate gate = new Gate("old");
        // 1. The first is in Redis and held. 2. The second comes and goes. 3. The first ends.
        Crew.Member<HeldValue> first = gate.hold(() -> here.getAndPut(KEY, THEIRS));
        here.put(KEY, MINE);
        assertEquals(MINE, here.get(KEY), "while the first is under way");
        gate.open();
        assertEquals(OLD, first.result());
        assertEquals(MINE, here.get(KEY));
        awaitInvalidationsThere();
        assertEquals(MINE, there.get(KEY));
    }

    @Test
    void anInvocationOvertakenByAWriteLeavesNoCopy() throws Exception {
        there.put(KEY, OLD);
        CountDownLatch runs = new CountDownLatch(1);
        CountDownLatch overtaken = new CountDownLatch(1);
        // 1. This node has the key's lease and runs a processor.
        Crew.Member<HeldValue> invocation = Crew.start(() -> here.invoke(KEY, (entry, arguments) -> {
            HeldValue before = entry.getValue();
            runs.countDown();
            Crew.await(overtaken);
            entry.setValue(MINE);
            return before;
        }));
        Crew.await(runs);
        // 2. The other node puts, which waits for nobody. 3. The processor ends: it was first.
        there.put(KEY, THEIRS);
        overtaken.countDown();
        assertEquals(OLD, invocation.result());
        assertEquals(THEIRS, here.get(KEY));
        assertEquals(THEIRS, there.get(KEY));
    }

    @Test
    void aReadUnderTheLeaseOfAnotherNodeIsNotKept() throws Exception {
        there.put(KEY, OLD);
        CountDownLatch runs = new CountDownLatch(1);
        CountDownLatch read = new CountDownLatch(1);
        // 1. The other node has the key's lease. 2. This node reads the old value. 3. The other node commits.
        Crew.Member<Void> invocation = Crew.run(() -> there.invoke(KEY, (entry, arguments) -> {
            runs.countDown();
            Crew.await(read);
            entry.setValue(THEIRS);
            return null;
        }));
        Crew.await(runs);
        assertEquals(OLD, here.get(KEY));
        read.countDown();
        var unused = invocation.result();
        awaitInvalidationsHere();
        assertEquals(THEIRS, here.get(KEY));
    }

    @Test
    @Covers(FaultRow.F17)
    void aFillFromAnEarlierConnectionIsNotKept() throws Exception {
        there.put(KEY, OLD);
        Gate gate = new Gate("old");
        // 1. This node has the answer. 2. The connections end, and it connects again.
        Crew.Member<HeldValue> reader = gate.hold(() -> here.get(KEY));
        cutAndReconnect();
        // 3. The key changes: Redis sends no invalidation, because the key was not read on the new connection.
        there.put(KEY, THEIRS);
        awaitInvalidationsHere();
        // 4. The reader continues.
        gate.open();
        assertEquals(OLD, reader.result());
        assertEquals(THEIRS, here.get(KEY));
    }

    @Test
    void anOwnWriteFromAnEarlierConnectionIsNotKept() throws Exception {
        there.put(KEY, OLD);
        Gate gate = new Gate("old");
        // As above, but what is held is the end of a write.
        Crew.Member<HeldValue> writer = gate.hold(() -> here.getAndPut(KEY, MINE));
        cutAndReconnect();
        there.put(KEY, THEIRS);
        awaitInvalidationsHere();
        gate.open();
        assertEquals(OLD, writer.result());
        assertEquals(THEIRS, here.get(KEY));
    }

    @Test
    @Covers(FaultRow.F17)
    void aCopyFromAnEarlierConnectionIsNotRead() {
        there.put(KEY, OLD);
        assertEquals(OLD, here.get(KEY));
        cutAndReconnect();
        there.put(KEY, THEIRS);
        awaitInvalidationsHere();
        assertEquals(THEIRS, here.get(KEY));
    }

    private static Cache<String, HeldValue> open(Node node) {
        return node.cache("cache", String.class, HeldValue.class, settings -> settings);
    }

    /** Changes the key elsewhere and returns what it holds then. */
    private @Nullable HeldValue changed(Change change) {
        switch (change) {
            case PUT -> there.put(KEY, THEIRS);
            case REMOVAL -> there.remove(KEY);
            case INVOCATION ->
                there.invoke(KEY, (entry, arguments) -> {
                    entry.setValue(THEIRS);
                    return null;
                });
            case DEL -> redis.command("DEL", EntryKeys.redisKey(redis, "cache", KEY));
            case FLUSHALL -> redis.command("FLUSHALL");
            case CLEAR -> there.clear();
        }
        return change == Change.PUT || change == Change.INVOCATION ? THEIRS : null;
    }

    /** Returns when this node has received the invalidations of all earlier changes: they precede a reply. */
    private void awaitInvalidationsHere() {
        awaitInvalidations(here);
    }

    private void awaitInvalidationsThere() {
        awaitInvalidations(there);
    }

    private static void awaitInvalidations(Cache<String, HeldValue> cache) {
        assertFalse(cache.containsKey("nobody's"));
    }

    private void cutAndReconnect() {
        redis.command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
        Crew.until(() -> answers(here));
        Crew.until(() -> answers(there));
    }

    private static boolean answers(Cache<String, HeldValue> cache) {
        try {
            awaitInvalidations(cache);
            return true;
        } catch (CacheException e) {
            return false;
        }
    }
}
