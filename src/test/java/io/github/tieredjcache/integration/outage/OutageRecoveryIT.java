package io.github.tieredjcache.integration.outage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.OutagePolicy;
import io.github.tieredjcache.TierStatistics;
import io.github.tieredjcache.TieredConfiguration;
import io.github.tieredjcache.TieredSetting;
import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import io.github.tieredjcache.integration.EntryKeys;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.integration.Rows;
import io.github.tieredjcache.integration.Writing;
import io.github.tieredjcache.testkit.FaultProxy;
import io.github.tieredjcache.testkit.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import javax.cache.Cache;
import javax.cache.CacheException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Hand-made orders of an outage and what happens in it: one node is disconnected, or all are, while another one continues. */
class OutageRecoveryIT {
    private static final String NAME = "cut";
    private static final String KEY = "key";
    private static final Duration LEASE = Duration.ofMillis(500);
    /** A busy machine is no outage to the node that keeps its connection. */
    private static final Duration PATIENT = Duration.ofSeconds(5);

    private final RedisServer redis = RedisServer.startLocal();
    private final FaultProxy proxy = FaultProxy.inFrontOf(redis);
    private final Node cutNode = new Node(proxy.uri());
    private final Node connectedNode = new Node(redis);
    private final Rows rows = new Rows();
    private final CountDownLatch goOn = new CountDownLatch(1);

    @AfterEach
    void closes() {
        cutNode.close();
        connectedNode.close();
        proxy.close();
        redis.close();
    }

    @Test
    @Covers(FaultRow.F25)
    void journaledKeysAreNotReadFromRedisBeforeTheirRemovalIsAcknowledged() {
        Cache<String, String> here = strings(cutNode);
        Cache<String, String> there = strings(connectedNode);
        there.put(KEY, "old");
        assertEquals("old", here.get(KEY));
        // 1. A change that does not reach Redis. 2. Redis is back, but accepts no change.
        cutOff(here);
        here.put(KEY, "mine");
        pauseWrites();
        proxy.accept();
        untilBack(here);
        for (int i = 0; i < 1_000; i++) {
            assertEquals("mine", here.get(KEY));
            assertTrue(here.containsKey(KEY));
        }
        assertNull(here.get("other"), "other keys are asked for");
        assertEquals(1, tiers(here).journaledKeys());
        assertEquals("old", there.get(KEY));
        // 3. Redis forgets the key.
        redis.command("CLIENT", "UNPAUSE");
        untilSettled(here);
        assertNull(here.get(KEY));
        Crew.until(() -> there.get(KEY) == null);
        assertEquals(1, tiers(here).recoveryRemovals());
    }

    @Test
    @Covers({FaultRow.F22, FaultRow.F26})
    void aChangeOfADisconnectedNodeNeverReplacesAnotherNodesChange() {
        Cache<String, String> here = strings(cutNode);
        Cache<String, String> there = strings(connectedNode);
        cutOff(here);
        here.put(KEY, "cut off");
        there.put(KEY, "connected");
        assertEquals("cut off", here.get(KEY));
        assertEquals("connected", there.get(KEY));
        heal(here);
        assertNotEquals("cut off", here.get(KEY));
        assertNotEquals("cut off", there.get(KEY));
        Crew.until(() -> Objects.equals(here.get(KEY), there.get(KEY)));
        there.put(KEY, "again");
        Crew.until(() -> "again".equals(here.get(KEY)));
    }

    @ParameterizedTest
    @Covers({FaultRow.F22, FaultRow.F26})
    @ValueSource(booleans = {false, true})
    void aPutThatArrivesAfterTheRecoveryChangesNothing(boolean removed) {
        Cache<String, String> here = strings(cutNode);
        Cache<String, String> there = strings(connectedNode);
        there.put(KEY, "old");
        assertEquals("old", here.get(KEY));
        // 1. The network keeps a put, whose caller gets no reply in time; so the put is made locally.
        proxy.toServer().delay(Duration.ofSeconds(6));
        here.put(KEY, "late");
        Crew.until(() -> tiers(here).isRemoteUnavailable());
        // 2. The network passes on what comes from now on. The node connects again, and recovers.
        proxy.toServer().forward();
        untilSettled(here);
        // 3. Another node changes the key.
        if (removed) {
            there.remove(KEY);
        } else {
            there.put(KEY, "newer");
        }
        // 4. The put leaves the network.
        Crew.until(() -> proxy.bytesToServerKept() == 0);
        redis.command("PING");
        // Earlier invalidations come before a reply to a later request.
        assertFalse(there.containsKey("a second"));
        assertFalse(here.containsKey("a third"));
        assertEquals(removed ? null : "newer", there.get(KEY));
        assertEquals(removed ? null : "newer", here.get(KEY));
    }

    @Test
    @Covers(FaultRow.F14)
    void aSilentConnectionIsResetSoThatNothingOfItIsSentAgain() {
        Cache<String, String> here = strings(cutNode);
        assertNull(here.get(KEY));
        proxy.toServer().hold();
        here.put(KEY, "late");
        Crew.until(() -> proxy.endedByClients() > 0);
        assertTrue(proxy.resetByClients() > 0);
    }

    @Test
    @Covers({FaultRow.F20, FaultRow.F26})
    void ofTwoNodesThatWroteTheSameRowTheTableDecides() {
        Cache<String, String> here = throughRows(cutNode, OutagePolicy.LOCAL);
        Cache<String, String> there = throughRows(connectedNode, OutagePolicy.LOCAL);
        cutOff(here);
        there.put(KEY, "connected");
        here.put(KEY, "cut off");
        here.put("other", "cut off");
        there.put("other", "connected");
        heal(here);
        Crew.until(() -> "cut off".equals(there.get(KEY)));
        Crew.until(() -> "cut off".equals(here.get(KEY)));
        Crew.until(() -> "connected".equals(there.get("other")));
        Crew.until(() -> "connected".equals(here.get("other")));
    }

    @Test
    @Covers(FaultRow.F27)
    void moreKeysThanTheJournalHoldsMoveTheCacheToANewEpoch() {
        Cache<String, String> here = strings(cutNode, settings -> settings.with(TieredSetting.OUTAGE_JOURNAL_KEYS, 10));
        Cache<String, String> there = strings(connectedNode);
        keys(40).forEach(key -> there.put(key, "old"));
        String epoch = EntryKeys.epoch(redis, NAME);
        cutOff(here);
        keys(30).forEach(key -> here.put(key, "mine"));
        assertEquals(1, tiers(here).journalOverflows());
        keys(30).forEach(key -> assertEquals("mine", here.get(key)));
        proxy.accept();
        Crew.until(() -> tiers(here).recoveryRemovals() > 0);
        keys(40).forEach(key -> assertNull(here.get(key)));
        keys(40).forEach(key -> Crew.until(() -> there.get(key) == null));
        assertNotEquals(epoch, EntryKeys.epoch(redis, NAME));
        untilSettled(here);
        here.put(KEY, "after");
        Crew.until(() -> "after".equals(there.get(KEY)));
    }

    @Test
    @Covers(FaultRow.F27)
    void anOverflowIsNotRecoveredBeforeRedisHasTheNewEpoch() {
        Cache<String, String> here = strings(cutNode, settings -> settings.with(TieredSetting.OUTAGE_JOURNAL_KEYS, 10));
        Cache<String, String> there = strings(connectedNode);
        keys(40).forEach(key -> there.put(key, "old"));
        cutOff(here);
        keys(30).forEach(here::remove);
        pauseWrites();
        proxy.accept();
        untilBack(here);
        for (int i = 0; i < 20; i++) {
            keys(40).forEach(key -> assertNull(here.get(key), key));
        }
        redis.command("CLIENT", "UNPAUSE");
        Crew.until(() -> tiers(here).recoveryRemovals() > 0);
        keys(40).forEach(key -> assertNull(here.get(key), key));
        keys(40).forEach(key -> Crew.until(() -> there.get(key) == null));
    }

    @Test
    @Covers(FaultRow.F28)
    void theRestOfTheJournalStaysIfRedisFailsDuringRecovery() {
        Cache<String, String> here = strings(cutNode);
        Cache<String, String> there = strings(connectedNode);
        keys(20).forEach(key -> there.put(key, "old"));
        cutOff(here);
        keys(20).forEach(key -> here.put(key, "mine"));
        // 1. Redis is back, and goes before it has voided anything.
        pauseWrites();
        proxy.accept();
        untilBack(here);
        keys(20).forEach(key -> assertEquals("mine", here.get(key)));
        cutOff(here);
        redis.command("CLIENT", "UNPAUSE");
        assertEquals(20, tiers(here).journaledKeys());
        keys(20).forEach(key -> assertEquals("mine", here.get(key)));
        keys(10).forEach(here::remove);
        assertEquals(20, tiers(here).journaledKeys());
        // 2. It is back for good.
        heal(here);
        keys(20).forEach(key -> assertNull(here.get(key)));
        keys(20).forEach(key -> Crew.until(() -> there.get(key) == null));
    }

    @Test
    @Covers(FaultRow.F28)
    void aRecoveryWithManyCutsRemovesAllKeysAndReturnsNoOldValue() throws Exception {
        int count = 1_500;
        Cache<String, String> here = strings(cutNode);
        Cache<String, String> there = strings(connectedNode);
        keys(count).forEach(key -> there.put(key, "old"));
        cutOff(here);
        keys(count).forEach(key -> here.put(key, "mine"));
        CountDownLatch over = new CountDownLatch(1);
        Crew.Member<Integer> reader = Crew.start(() -> {
            int read = 0;
            for (int i = 0; over.getCount() > 0; i++) {
                String value = here.get("key " + i % count);
                assertTrue(value == null || value.equals("mine"), value);
                read += value == null ? 0 : 1;
            }
            return read;
        });
        proxy.accept();
        for (int cut = 1; tiers(here).journaledKeys() > 0 && cut <= 10; cut++) {
            long left = tiers(here).journaledKeys();
            proxy.toServer().resetAfter(20_000L * cut);
            Crew.until(() -> tiers(here).journaledKeys() < left || proxy.connections() == 0);
        }
        untilSettled(here);
        over.countDown();
        assertTrue(reader.result() > 0);
        keys(count).forEach(key -> assertNull(here.get(key)));
        keys(count).forEach(key -> assertNull(there.get(key)));
    }

    /** How something is removed. */
    enum Going {
        REMOVE,
        GET_AND_REMOVE,
        INVOKE_REMOVE,
        REMOVE_ALL_OF_THEM,
        REMOVE_ALL,
        CLEAR,
        ITERATOR;

        void apply(Cache<String, String> cache, Set<String> keys) {
            switch (this) {
                case REMOVE -> keys.forEach(cache::remove);
                case GET_AND_REMOVE -> keys.forEach(cache::getAndRemove);
                case INVOKE_REMOVE ->
                    keys.forEach(key -> cache.<Object>invoke(key, (entry, arguments) -> {
                        entry.remove();
                        return "removed";
                    }));
                case REMOVE_ALL_OF_THEM -> cache.removeAll(keys);
                case REMOVE_ALL -> cache.removeAll();
                case CLEAR -> cache.clear();
                case ITERATOR -> {
                    for (Iterator<Cache.Entry<String, String>> each = cache.iterator(); each.hasNext(); ) {
                        var unused = each.next();
                        each.remove();
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @Covers(FaultRow.F22)
    @EnumSource(Going.class)
    void aRemovalInAnOutageIsNotUndone(Going going) {
        Cache<String, String> here = strings(cutNode);
        Cache<String, String> there = strings(connectedNode);
        Set<String> seen = Set.of("seen 1", "seen 2");
        Set<String> unseen = Set.of("unseen 1", "unseen 2");
        seen.forEach(key -> there.put(key, "old"));
        unseen.forEach(key -> there.put(key, "old"));
        seen.forEach(key -> assertEquals("old", here.get(key)));
        cutOff(here);
        going.apply(here, seen);
        if (going != Going.ITERATOR) {
            going.apply(here, unseen);
        }
        seen.forEach(key -> assertNull(here.get(key)));
        assertFalse(here.iterator().hasNext());
        proxy.accept();
        untilBack(here);
        // Never, from the very beginning.
        Crew.until(() -> {
            seen.forEach(key -> assertNull(here.get(key)));
            return tiers(here).recoveryRemovals() > 0 && tiers(here).journaledKeys() == 0;
        });
        seen.forEach(key -> Crew.until(() -> there.get(key) == null));
        if (going != Going.ITERATOR) {
            unseen.forEach(key -> assertNull(here.get(key)));
            unseen.forEach(key -> Crew.until(() -> there.get(key) == null));
        }
    }

    @ParameterizedTest
    @EnumSource(Going.class)
    void aRemovalWithItsRowInAnOutageIsNotUndone(Going going) {
        Cache<String, String> here = throughRows(cutNode, OutagePolicy.LOCAL);
        Cache<String, String> there = throughRows(connectedNode, OutagePolicy.LOCAL);
        Set<String> seen = Set.of("seen 1", "seen 2");
        seen.forEach(key -> there.put(key, "old"));
        seen.forEach(key -> assertEquals("old", here.get(key)));
        cutOff(here);
        going.apply(here, seen);
        if (going == Going.CLEAR) {
            // Which calls no writer.
            seen.forEach(rows.all::remove);
        }
        seen.forEach(key -> assertNull(rows.all.get(key)));
        seen.forEach(key -> assertNull(here.get(key)));
        proxy.accept();
        untilBack(here);
        seen.forEach(key -> assertNull(here.get(key)));
        seen.forEach(key -> Crew.until(() -> there.get(key) == null));
        seen.forEach(key -> assertNull(here.get(key)));
    }

    @Test
    void aCacheDestroyedInAnOutageDoesNotComeBack() {
        Cache<String, String> here = strings(cutNode);
        Cache<String, String> there = strings(connectedNode);
        there.put(KEY, "old");
        assertEquals("old", here.get(KEY));
        cutOff(here);
        cutNode.manager().destroyCache(NAME);
        assertTrue(here.isClosed());
        Cache<String, String> again = strings(cutNode);
        assertNull(again.get(KEY));
        proxy.accept();
        untilBack(again);
        assertNull(again.get(KEY));
        Crew.until(() -> there.get(KEY) == null);
    }

    @Test
    void theChangedKeysOfACacheClosedInAnOutageAreRemoved() {
        Cache<String, String> here = strings(cutNode);
        Cache<String, String> there = strings(connectedNode);
        there.put(KEY, "old");
        cutOff(here);
        here.remove(KEY);
        here.close();
        assertTrue(here.isClosed());
        Cache<String, String> again = strings(cutNode);
        proxy.accept();
        untilBack(again);
        assertNull(again.get(KEY));
        Crew.until(() -> there.get(KEY) == null);
    }

    @Test
    void aCacheCanBeCreatedUsedClosedAndDestroyedInAnOutage() {
        Cache<String, String> first = strings(cutNode);
        cutOff(first);
        Cache<String, String> closed = cutNode.cache(
                "closed",
                String.class,
                String.class,
                settings -> settings.commandTimeout(LEASE).outagePolicy(OutagePolicy.LOCAL));
        Cache<String, String> destroyed = cutNode.cache(
                "destroyed",
                String.class,
                String.class,
                settings -> settings.commandTimeout(LEASE).outagePolicy(OutagePolicy.LOCAL));
        closed.put(KEY, "value");
        destroyed.put(KEY, "value");
        assertEquals("value", closed.get(KEY));
        assertEquals("value", destroyed.get(KEY));
        closed.close();
        cutNode.manager().destroyCache("destroyed");
        assertThrows(IllegalStateException.class, () -> closed.get(KEY));
        assertThrows(IllegalStateException.class, () -> destroyed.get(KEY));
        assertEquals(List.of(NAME), names(cutNode));
        heal(first);
        first.put(KEY, "value");
        assertEquals("value", first.get(KEY));
    }

    @Test
    void aLocalIterationIsCounted() {
        Cache<String, String> here = strings(cutNode);
        cutOff(here);
        here.put(KEY, "mine");
        long before = tiers(here).localOperations();
        assertTrue(here.iterator().hasNext());
        assertEquals(before + 1, tiers(here).localOperations());
    }

    @Test
    @Covers({FaultRow.F2, FaultRow.F5})
    void nearCopiesAreReadDuringAnOutageAndNotAfterIt() {
        Duration shown = Duration.ofMillis(500);
        Cache<String, String> here =
                strings(cutNode, settings -> settings.with(TieredSetting.OUTAGE_NEAR_TIME_TO_LIVE, shown));
        strings(connectedNode).put(KEY, "old");
        assertEquals("old", here.get(KEY));
        proxy.refuse();
        long began = System.nanoTime();
        proxy.reset();
        Crew.until(() -> tiers(here).isRemoteUnavailable());
        String first = here.get(KEY);
        assertTrue("old".equals(first) || System.nanoTime() - began >= shown.toNanos(), "it is shown at first");
        Crew.until(() -> here.get(KEY) == null);
        long lasted = System.nanoTime() - began;
        assertTrue(lasted >= shown.toNanos(), "it was shown for " + lasted + " ns");
        assertFalse(here.containsKey(KEY));
    }

    @Test
    @Covers(FaultRow.F5)
    void nearCopiesFirstReadTooLateInAnOutageAreNotReturned() {
        Duration shown = Duration.ofMillis(200);
        Cache<String, String> here =
                strings(cutNode, settings -> settings.with(TieredSetting.OUTAGE_NEAR_TIME_TO_LIVE, shown));
        strings(connectedNode).put(KEY, "old");
        assertEquals("old", here.get(KEY));
        cutOff(here);
        Crew.until(() -> tiers(here).remoteDowntimeMillis() > shown.toMillis());
        assertNull(here.get(KEY));
        assertFalse(here.containsKey(KEY));
        assertFalse(here.iterator().hasNext());
        assertTrue(here.putIfAbsent(KEY, "mine"));
        assertEquals("mine", here.get(KEY));
    }

    @Test
    void anInvalidatedNearCopyIsNotReturnedInAnOutage() {
        Cache<String, String> here = strings(cutNode);
        Cache<String, String> there = strings(connectedNode);
        there.put(KEY, "old");
        there.put("other", "old");
        assertEquals("old", here.get(KEY));
        assertEquals("old", here.get("other"));
        there.put(KEY, "new");
        // Earlier invalidations come before a reply to a later request.
        assertFalse(here.containsKey("a third"));
        cutOff(here);
        assertNull(here.get(KEY));
        assertFalse(here.containsKey(KEY));
        assertTrue(here.putIfAbsent(KEY, "mine"));
        assertEquals("old", here.get("other"));
    }

    @Test
    void aNearCopyOfOneOutageIsNotReturnedInTheNext() {
        Cache<String, String> here = strings(cutNode);
        Cache<String, String> there = strings(connectedNode);
        there.put(KEY, "old");
        assertEquals("old", here.get(KEY));
        // 1. The node looks at its copy while it is cut off, and another changes the key.
        cutOff(here);
        assertEquals("old", here.get(KEY));
        assertEquals("old", here.getAndPut(KEY, "mine"));
        there.put(KEY, "new");
        // 2. The node is back, and goes again before anybody has asked for the key.
        heal(here);
        cutOff(here);
        assertNull(here.get(KEY));
    }

    @Test
    void aLoadThatBeginsInAnOutageAndEndsAfterItIsNotKept() throws Exception {
        Cache<String, String> here = throughRows(cutNode, OutagePolicy.LOCAL);
        Cache<String, String> there = throughRows(connectedNode, OutagePolicy.LOCAL);
        there.put(KEY, "old");
        cutOff(here);
        Crew.Member<String> loading = heldLoad(here);
        there.put(KEY, "new");
        heal(here);
        rows.afterRead = () -> {};
        goOn.countDown();
        assertEquals("old", loading.result());
        assertEquals("new", here.get(KEY));
        assertEquals("new", there.get(KEY));
    }

    @Test
    void aLoadThatBeginsBeforeAnOutageAndEndsInItDoesNotHideAWriteInIt() throws Exception {
        Cache<String, String> here = throughRows(cutNode, OutagePolicy.LOCAL);
        Cache<String, String> there = throughRows(connectedNode, OutagePolicy.LOCAL);
        rows.all.put(KEY, "old");
        Crew.Member<String> loading = heldLoad(here);
        cutOff(here);
        here.put(KEY, "new");
        rows.afterRead = () -> {};
        goOn.countDown();
        String loaded = loading.result();
        assertTrue("old".equals(loaded) || "new".equals(loaded), loaded);
        assertEquals("new", here.get(KEY));
        heal(here);
        assertEquals("new", here.get(KEY));
        Crew.until(() -> "new".equals(there.get(KEY)));
    }

    @Test
    void aLoadThatBeginsInOneOutageAndEndsInTheNextIsNotKept() throws Exception {
        Cache<String, String> here = throughRows(cutNode, OutagePolicy.LOCAL);
        Cache<String, String> there = throughRows(connectedNode, OutagePolicy.LOCAL);
        there.put(KEY, "old");
        cutOff(here);
        Crew.Member<String> loading = heldLoad(here);
        there.put(KEY, "new");
        heal(here);
        cutOff(here);
        rows.afterRead = () -> {};
        goOn.countDown();
        assertEquals("old", loading.result());
        assertEquals("new", here.get(KEY), "from the source, since this node knows of nothing newer");
        heal(here);
        assertEquals("new", here.get(KEY));
    }

    @ParameterizedTest
    @Covers(FaultRow.F86)
    @EnumSource(OutagePolicy.class)
    void aPutWhoseCommitFailsLeavesNoOldValueForOthers(OutagePolicy policy) {
        Cache<String, String> here = throughRows(cutNode, policy);
        Cache<String, String> there = throughRows(connectedNode, policy);
        there.put(KEY, "old");
        assertEquals("old", here.get(KEY));
        // Redis goes when the writer is about to write.
        rows.beforeWrite = () -> cutOff(here);
        CacheException thrown = thrown(() -> here.put(KEY, "new"));
        rows.beforeWrite = () -> {};
        assertEquals("new", rows.all.get(KEY));
        if (policy == OutagePolicy.LOCAL) {
            assertNull(thrown);
            assertEquals("new", here.get(KEY));
        } else {
            assertTrue(thrown != null && !(thrown instanceof javax.cache.integration.CacheWriterException));
        }
        Crew.until(() -> "new".equals(there.get(KEY)));
        proxy.accept();
        untilBack(here);
        assertEquals("new", here.get(KEY));
        Crew.until(() -> "new".equals(there.get(KEY)));
        assertEquals("new", there.get(KEY));
        assertEquals("new", here.get(KEY));
        untilSettled(here);
    }

    @ParameterizedTest
    @Covers(FaultRow.F86)
    @EnumSource(OutagePolicy.class)
    void aPutWhoseCommitGetsNoReplyLeavesNoOldValueForOthers(OutagePolicy policy) {
        Cache<String, String> here = throughRows(cutNode, policy);
        Cache<String, String> there = throughRows(connectedNode, policy);
        there.put(KEY, "old");
        assertEquals("old", here.get(KEY));
        // The commit arrives, or does not; its answer never comes.
        rows.beforeWrite = () -> proxy.fromServer().drop();
        CacheException thrown = thrown(() -> here.put(KEY, "new"));
        rows.beforeWrite = () -> {};
        assertEquals(policy == OutagePolicy.FAIL, thrown != null);
        Crew.until(() -> tiers(here).isRemoteUnavailable());
        proxy.fromServer().forward();
        untilBack(here);
        assertEquals("new", here.get(KEY));
        Crew.until(() -> "new".equals(there.get(KEY)));
        untilSettled(here);
    }

    @Test
    @Covers({FaultRow.F21, FaultRow.F23})
    void withThePolicyFailNothingIsWrittenInAnOutage() {
        Cache<String, String> here = throughRows(cutNode, OutagePolicy.FAIL);
        here.put(KEY, "old");
        cutOff(here);
        for (Writing each : Writing.values()) {
            CacheException refused = assertThrows(CacheException.class, () -> each.on(here, KEY), each.name());
            assertTrue(refused.getMessage().contains("has been unavailable for"), refused.getMessage());
        }
        assertThrows(CacheException.class, () -> here.get("other"));
        assertEquals("old", rows.all.get(KEY));
        assertEquals(0, tiers(here).journaledKeys());
        heal(here);
        assertEquals("old", here.get(KEY));
    }

    @Test
    @Covers(FaultRow.F16)
    void afterAnEmptyRestartOfRedisTheCacheIsEmpty() {
        Cache<String, String> here = strings(cutNode);
        Cache<String, String> there = strings(connectedNode);
        keys(3).forEach(key -> there.put(key, "old"));
        keys(3).forEach(key -> assertEquals("old", here.get(key)));
        redis.kill();
        Crew.until(() -> tiers(here).isRemoteUnavailable() && tiers(there).isRemoteUnavailable());
        here.put("key 1", "mine");
        assertEquals("old", there.get("key 1"));
        redis.restart();
        heal(here);
        heal(there);
        keys(3).forEach(key -> assertNull(here.get(key)));
        keys(3).forEach(key -> assertNull(there.get(key)));
        here.put(KEY, "after");
        Crew.until(() -> "after".equals(there.get(KEY)));
    }

    @Test
    void afterARestartWithOlderDataKeysChangedInTheOutageAreAbsent() {
        Cache<String, String> here = strings(cutNode);
        Cache<String, String> there = strings(connectedNode);
        keys(3).forEach(key -> there.put(key, "old"));
        redis.command("SAVE");
        redis.kill();
        Crew.until(() -> tiers(here).isRemoteUnavailable() && tiers(there).isRemoteUnavailable());
        here.put("key 0", "mine");
        there.remove("key 1");
        redis.restart();
        heal(here);
        heal(there);
        Crew.until(() -> here.get("key 0") == null && there.get("key 0") == null);
        Crew.until(() -> here.get("key 1") == null && there.get("key 1") == null);
        assertEquals("old", here.get("key 2"));
        assertEquals("old", there.get("key 2"));
    }

    @Test
    void afterARestartWithOlderDataClearedEntriesAreAbsent() {
        Cache<String, String> here = strings(cutNode);
        Cache<String, String> there = strings(connectedNode);
        there.put(KEY, "old");
        redis.command("SAVE");
        here.clear();
        Crew.until(() -> here.get(KEY) == null && there.get(KEY) == null);
        redis.kill();
        redis.restart();
        Crew.until(() -> answers(here) && answers(there));
        assertNull(here.get(KEY));
        assertNull(there.get(KEY));
    }

    @Test
    void afterARestartWithOlderDataAllNodesReadTheSame() {
        Cache<String, String> here = strings(cutNode);
        Cache<String, String> there = strings(connectedNode);
        there.put(KEY, "old");
        redis.command("SAVE");
        there.put(KEY, "new");
        assertEquals("new", here.get(KEY));
        redis.kill();
        Crew.until(() -> tiers(here).isRemoteUnavailable() && tiers(there).isRemoteUnavailable());
        assertEquals("new", here.get(KEY));
        redis.restart();
        heal(here);
        heal(there);
        // An acknowledged write is lost with the data of Redis; no node keeps a copy of it.
        assertEquals("old", here.get(KEY));
        assertEquals("old", there.get(KEY));
    }

    @Test
    @Covers({FaultRow.F14, FaultRow.F15})
    void aFrozenRedisCostsCallsInFlightOneTimeoutAndLaterCallsNothing() throws Exception {
        Duration timeout = Duration.ofMillis(400);
        Cache<String, String> here = strings(cutNode, settings -> settings.commandTimeout(timeout));
        here.put(KEY, "old");
        assertEquals("old", here.get(KEY));
        redis.pause();
        long worstInFlight =
                Crew.together(
                                8,
                                () -> took(() -> here.get(
                                        "absent " + Thread.currentThread().getId())))
                        .stream()
                        .mapToLong(Long::longValue)
                        .max()
                        .orElseThrow();
        Crew.until(() -> tiers(here).isRemoteUnavailable());
        long worstAfter = 0;
        long afterNanos = System.nanoTime();
        for (int i = 0; i < 200; i++) {
            String key = "absent " + i;
            worstAfter = Math.max(worstAfter, took(() -> here.get(key)));
            worstAfter = Math.max(worstAfter, took(() -> here.put(key, "mine")));
        }
        long allAfter = System.nanoTime() - afterNanos;
        assertEquals("old", here.get(KEY));
        long resumed = System.nanoTime();
        redis.resume();
        untilBack(here);
        long back = System.nanoTime() - resumed;
        System.out.printf(
                "frozen Redis: worst wait in flight %d ms of a timeout of %d ms, afterwards %d us, back after %d ms%n",
                worstInFlight / 1_000_000, timeout.toMillis(), worstAfter / 1_000, back / 1_000_000);
        // Those in flight have returned while Redis was frozen. Had each of the others waited for its timeout, it would
        // have taken four times as long.
        assertTrue(allAfter < timeout.multipliedBy(100).toNanos(), "afterwards " + allAfter);
        untilSettled(here);
        for (int i = 0; i < 200; i++) {
            assertNull(here.get("absent " + i));
        }
    }

    @Test
    @Covers({FaultRow.F22, FaultRow.F24})
    void aChangeAfterAFreezeIsDetectedIsReadAtOnce() {
        Cache<String, String> here = strings(cutNode, settings -> settings.commandTimeout(Duration.ofMillis(300)));
        for (Writing each : Writing.OF_WHAT_IS_THERE) {
            here.put(each.name(), Writing.OLD);
            assertEquals(Writing.OLD, here.get(each.name()));
        }
        // The connection is there, and so are the copies, which are not invalidated.
        redis.pause();
        Crew.until(() -> tiers(here).isRemoteUnavailable());
        List<String> wrong = new ArrayList<>();
        for (Writing each : Writing.OF_WHAT_IS_THERE) {
            Object unused = each.on(here, each.name());
            String read = here.get(each.name());
            if (!Objects.equals(each.result(), read) || here.containsKey(each.name()) != (read != null)) {
                wrong.add(each + " and read " + read);
            }
        }
        assertEquals(List.of(), wrong);
        redis.resume();
        untilSettled(here);
        Writing.OF_WHAT_IS_THERE.forEach(each -> assertNull(here.get(each.name())));
    }

    @ParameterizedTest
    @EnumSource(Going.class)
    void aRemovalAfterAFreezeIsDetectedTakesEffectAtOnce(Going going) {
        Cache<String, String> here = strings(cutNode, settings -> settings.commandTimeout(Duration.ofMillis(300)));
        keys(3).forEach(key -> here.put(key, "old"));
        keys(3).forEach(key -> assertEquals("old", here.get(key)));
        redis.pause();
        Crew.until(() -> tiers(here).isRemoteUnavailable());
        going.apply(here, Set.copyOf(keys(3)));
        keys(3).forEach(key -> assertNull(here.get(key)));
        redis.resume();
        untilBack(here);
        keys(3).forEach(key -> assertNull(here.get(key)));
        untilSettled(here);
        keys(3).forEach(key -> assertNull(here.get(key)));
    }

    @Test
    @Covers(FaultRow.F1)
    void anApplicationStartedInAnOutageUsesRedisAfterIt() {
        redis.kill();
        Cache<String, String> here = strings(cutNode);
        assertTrue(tiers(here).isRemoteUnavailable());
        here.put(KEY, "mine");
        assertEquals("mine", here.get(KEY));
        assertFalse(here.putIfAbsent(KEY, "again"));
        assertEquals(1, tiers(here).journaledKeys());
        redis.restart();
        heal(here);
        assertNull(here.get(KEY));
        here.put(KEY, "after");
        Cache<String, String> there = strings(connectedNode);
        assertEquals("after", there.get(KEY));
    }

    /** Begins a load that has read its row and is held up there. */
    private Crew.Member<String> heldLoad(Cache<String, String> cache) {
        CountDownLatch read = new CountDownLatch(1);
        rows.afterRead = () -> {
            read.countDown();
            Crew.await(goOn);
        };
        Crew.Member<String> loading = Crew.start(() -> cache.get(KEY));
        Crew.await(read);
        rows.afterRead = () -> {};
        return loading;
    }

    private Cache<String, String> strings(Node node) {
        return strings(node, settings -> settings);
    }

    private Cache<String, String> strings(Node node, UnaryOperator<TieredConfiguration.Builder<String, String>> more) {
        return node.cache(
                NAME,
                String.class,
                String.class,
                settings -> more.apply(settings.commandTimeout(node == cutNode ? LEASE : PATIENT)
                        .outagePolicy(OutagePolicy.LOCAL)));
    }

    private Cache<String, String> throughRows(Node node, OutagePolicy policy) {
        return strings(
                node,
                settings -> settings.readThrough(() -> rows)
                        .writeThrough(() -> rows)
                        .with(TieredSetting.WRITE_LEASE, LEASE)
                        .with(TieredSetting.LOAD_LEASE, LEASE)
                        .outagePolicy(policy));
    }

    private static List<String> keys(int count) {
        return IntStream.range(0, count).mapToObj(i -> "key " + i).toList();
    }

    private static List<String> names(Node node) {
        return List.copyOf((java.util.Collection<String>) node.manager().getCacheNames());
    }

    private static TierStatistics tiers(Cache<?, ?> cache) {
        return cache.unwrap(TierStatistics.class);
    }

    /**
     * Lets Redis answer reads only, and nothing to a change. Redis 6.2 takes SCRIPT LOAD for a change, and new connections would wait for
     * it; so it is refused.
     */
    private void pauseWrites() {
        redis.command("ACL", "SETUSER", "default", "-script");
        redis.command("CLIENT", "PAUSE", "60000", "WRITE");
    }

    /** Breaks the connection of one node, and lets it make no other; returns when the node knows. */
    private void cutOff(Cache<?, ?> cache) {
        proxy.refuse();
        proxy.reset();
        Crew.until(() -> tiers(cache).isRemoteUnavailable());
    }

    private static void untilBack(Cache<?, ?> cache) {
        Crew.until(() -> !tiers(cache).isRemoteUnavailable());
    }

    private static void untilSettled(Cache<?, ?> cache) {
        Crew.until(() -> !tiers(cache).isRemoteUnavailable() && tiers(cache).journaledKeys() == 0);
    }

    private void heal(Cache<?, ?> cache) {
        proxy.accept();
        untilSettled(cache);
    }

    /** Returns whether it is Redis that answers. */
    private static boolean answers(Cache<String, String> cache) {
        long here = tiers(cache).localOperations();
        boolean unused = cache.containsKey("whatever");
        return !tiers(cache).isRemoteUnavailable() && tiers(cache).localOperations() == here;
    }

    private static @Nullable CacheException thrown(Runnable operation) {
        try {
            operation.run();
            return null;
        } catch (CacheException e) {
            return e;
        }
    }

    private static long took(Runnable operation) {
        long began = System.nanoTime();
        operation.run();
        return System.nanoTime() - began;
    }
}
