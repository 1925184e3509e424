package io.github.tieredjcache.internal.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.FakeClock;
import io.github.tieredjcache.OutcomeUnknownException;
import io.github.tieredjcache.RemoteUnavailableException;
import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Lifetime;
import io.github.tieredjcache.internal.model.Mutation;
import io.github.tieredjcache.internal.model.Outcome;
import io.github.tieredjcache.internal.model.Precondition;
import io.github.tieredjcache.internal.port.Lease;
import io.github.tieredjcache.internal.port.Leases;
import io.github.tieredjcache.internal.port.LoadGrant;
import io.github.tieredjcache.internal.port.LoadLease;
import io.github.tieredjcache.internal.port.ReadResult;
import io.github.tieredjcache.internal.port.TierOfRecord.Fill;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What a node does while Redis is unavailable and when it is available again: without a Redis, on a clock that a test moves. */
class OutageTolerantTierOfRecordTest {
    private final FakeClock clock = new FakeClock();
    private final RecordChain local = new RecordChain(clock, true, false);
    private final RecordChain failing = new RecordChain(clock, false, true);

    // An outage, by the policy "local".

    @Test
    void noCallIsSentWhileTheCircuitBreakerIsOpen() {
        local.redis.becomesUnavailable();
        assertNull(read(local, "k"));
        assertTrue(put(local, "k", "v").applied());
        assertTrue(local.record.contains("k"));
        assertEquals(Map.of("k", "v"), entries(local));
        Leases.commit(local.record.lease("k"), "w");
        local.record.clear();
        assertEquals(List.of(), local.redis.calls);
    }

    @Test
    void aReadReturnsTheLastKnownCopyUntilItIsTooOld() {
        put(local, "k", "v");
        assertEquals("v", read(local, "k"));
        local.redis.becomesUnavailable();
        clock.advance(RecordChain.NEAR_TIME_TO_LIVE_IN_AN_OUTAGE);
        assertEquals("v", read(local, "k"));
    }

    @Test
    void aCopyThatIsFirstReadAfterItsTimeIsNotReturned() {
        put(local, "k", "v");
        read(local, "k");
        local.redis.becomesUnavailable();
        clock.advance(RecordChain.NEAR_TIME_TO_LIVE_IN_AN_OUTAGE.plusNanos(1));
        assertNull(read(local, "k"));
    }

    @Test
    void aCopyThatWasInvalidatedIsNotReturned() {
        put(local, "k", "v");
        assertEquals("v", read(local, "k"));
        putOfAnotherNode(local, "k", "other");
        local.redis.becomesUnavailable();
        assertNull(read(local, "k"));
    }

    @Test
    void aChangeIsReadOnThisNodeAndIsNotInRedis() {
        put(local, "k", "before");
        local.redis.becomesUnavailable();
        put(local, "k", "during");
        assertEquals("during", read(local, "k"));
        assertEquals("before", inRedis(local, "k"));
    }

    @Test
    void aPreconditionIsDecidedOnTheLastKnownCopy() {
        put(local, "k", "v");
        read(local, "k");
        local.redis.becomesUnavailable();
        assertFalse(local.record.apply(set("k", Precondition.ABSENT, "w")).applied());
        assertTrue(local.record.apply(set("k", Precondition.PRESENT, "w")).applied());
    }

    @Test
    void aReadReturnsWhetherThisNodeAnswered() {
        put(local, "k", "v");
        assertEquals(List.of(false, false), origins("k", "absent"));
        local.redis.becomesUnavailable();
        put(local, "k", "during");
        assertEquals(List.of(true, true), origins("k", "absent"));
        local.redis.becomesAvailable();
        assertEquals(List.of(true, false), origins("k", "absent"), "the recovery has not run yet");
        local.redis.failsCalls(true);
        assertEquals(List.of(true, true), origins("k", "absent"));
    }

    @Test
    void aLoadDoesNotWaitForRedisAfterALocalRead() {
        Map<String, FillTicket> tickets =
                Map.of("k", new FillTicket(clock.nanos()), "l", new FillTicket(clock.nanos()));
        Map<String, LoadGrant<String>> grants = local.record.loadGrants(tickets, Set.of("k"), false);
        assertInstanceOf(LoadGrant.Uncoordinated.class, grants.get("k"));
        assertInstanceOf(LoadGrant.Granted.class, grants.get("l"));
        assertEquals(List.of("loadGrants 1"), local.redis.calls);
        local.record.loadGrants(tickets, Set.of("k", "l"), false);
        assertEquals(List.of("loadGrants 1"), local.redis.calls);
    }

    @Test
    void aBatchWaitsForTheEndOfABriefOutageAndASingleCallDoesNot() {
        local.redis.becomesUnavailable();
        read(local, "k");
        assertEquals(0, local.redis.health().waits());
        readAll(local, "k", "l");
        assertEquals(1, local.redis.health().waits());
    }

    // The end of an outage.

    @Test
    void aKeyThatChangedInAnOutageIsRemovedFromRedisBeforeItIsReadThere() {
        put(local, "k", "before");
        local.redis.becomesUnavailable();
        put(local, "k", "during");
        putOfAnotherNode(local, "k", "other");
        local.redis.becomesAvailable();
        assertEquals("during", read(local, "k"), "the recovery has not run yet");
        local.recovery.run();
        assertNull(inRedis(local, "k"));
        assertNull(read(local, "k"));
        assertTrue(local.journal.isEmpty());
    }

    @Test
    void aKeyThatWasRemovedInAnOutageDoesNotComeBack() {
        put(local, "k", "before");
        local.redis.becomesUnavailable();
        var unused = local.record.apply(Mutation.removal("k"));
        local.redis.becomesAvailable();
        assertNull(read(local, "k"));
        local.recovery.run();
        assertNull(read(local, "k"));
        assertNull(inRedis(local, "k"));
    }

    @Test
    void aKeyThatDidNotChangeInAnOutageStaysInRedis() {
        put(local, "k", "v");
        put(local, "l", "w");
        local.redis.becomesUnavailable();
        put(local, "k", "during");
        local.redis.becomesAvailable();
        local.recovery.run();
        assertEquals("w", read(local, "l"));
    }

    @Test
    void moreKeysThanTheJournalHoldsClearTheCache() {
        put(local, "other", "v");
        local.redis.becomesUnavailable();
        for (int i = 0; i <= RecordChain.JOURNAL_KEYS; i++) {
            put(local, "k" + i, "v");
        }
        local.redis.becomesAvailable();
        local.recovery.run();
        assertNull(inRedis(local, "other"));
        assertTrue(local.journal.isEmpty());
    }

    @Test
    void aRecoveryThatFailsKeepsItsKeysForTheNextOne() {
        put(local, "k", "before");
        local.redis.becomesUnavailable();
        put(local, "k", "during");
        local.redis.becomesAvailable();
        local.redis.failsCalls(true);
        local.recovery.run();
        assertTrue(local.journal.has("k"));
        local.redis.failsCalls(false);
        assertTrue(local.recovery.isDue());
        local.recovery.run();
        assertFalse(local.journal.has("k"));
        assertNull(inRedis(local, "k"));
    }

    @Test
    void aRemovalWhoseReplyIsLostIsRepeated() {
        put(local, "k", "before");
        local.redis.becomesUnavailable();
        put(local, "k", "during");
        local.redis.becomesAvailable();
        local.redis.losesReplies(true);
        local.recovery.run();
        assertTrue(local.journal.has("k"));
        local.redis.losesReplies(false);
        local.recovery.run();
        assertFalse(local.journal.has("k"));
    }

    @Test
    void aValueThatWasLoadedInAnOutageIsNotStoredInRedis() {
        local.redis.becomesUnavailable();
        FillTicket ticket = new FillTicket(clock.nanos());
        LoadGrant<String> grant =
                local.record.loadGrants(Map.of("k", ticket), Set.of(), false).get("k");
        LoadLease loadLease = assertInstanceOf(LoadGrant.Granted.class, grant).lease();
        assertTrue(local.record
                .fillAll(List.of(new Fill<>("k", loadLease, ticket, "loaded", Lifetime.ETERNAL)))
                .get(0)
                .applied());
        assertEquals("loaded", read(local, "k"));
        local.redis.becomesAvailable();
        local.recovery.run();
        assertNull(read(local, "k"));
        assertNull(inRedis(local, "k"));
    }

    @Test
    void aCopyOfOneOutageIsNotReturnedInTheNext() {
        put(local, "k", "v");
        read(local, "k");
        local.redis.becomesUnavailable();
        assertEquals("v", read(local, "k"));
        local.redis.becomesAvailable();
        local.recovery.run();
        local.near.dropAll();
        putOfAnotherNode(local, "k", "other");
        local.redis.becomesUnavailable();
        assertNull(read(local, "k"));
    }

    // Single calls that fail while the circuit breaker is closed.

    @Test
    void aChangeThatFailsIsMadeOnThisNodeAndJournaled() {
        put(local, "k", "before");
        local.redis.failsCalls(true);
        assertTrue(put(local, "k", "during").applied());
        assertTrue(local.journal.has("k"));
        local.redis.failsCalls(false);
        local.redis.calls.clear();
        assertEquals("during", read(local, "k"));
        assertEquals(List.of(), local.redis.calls, "a journaled key is not read in Redis");
        local.recovery.run();
        assertNull(read(local, "k"));
    }

    @Test
    void aChangeWhoseReplyIsLostIsMadeOnThisNodeAndRemovedFromRedis() {
        local.redis.losesReplies(true);
        assertTrue(put(local, "k", "v").applied());
        assertEquals("v", inRedis(local, "k"));
        local.redis.losesReplies(false);
        local.recovery.run();
        assertNull(inRedis(local, "k"));
    }

    @Test
    void aReadThatFailsReturnsTheCopyOnlyWithinTheStalenessBound() {
        local.proof.recordReply(clock.nanos());
        put(local, "k", "v");
        read(local, "k");
        local.redis.failsCalls(true);
        assertEquals("v", read(local, "k"));
        clock.advance(Duration.ofSeconds(2).plusNanos(1));
        assertNull(read(local, "k"));
        assertFalse(local.journal.has("k"));
    }

    @Test
    void ofABatchOnlyTheJournaledKeysAreReadOnThisNode() {
        put(local, "k", "before");
        put(local, "l", "there");
        local.redis.failsCalls(true);
        put(local, "k", "during");
        local.redis.failsCalls(false);
        assertEquals(Map.of("k", "during", "l", "there"), readAll(local, "k", "l"));
    }

    @Test
    void aCommitThatFailsIsMadeOnThisNodeAndJournaled() {
        put(local, "k", "before");
        Lease<String, String> lease = local.record.lease("k");
        local.redis.becomesUnavailable();
        assertTrue(Leases.commit(lease, "during").applied());
        assertEquals("during", read(local, "k"));
        local.redis.becomesAvailable();
        assertEquals("before", inRedis(local, "k"));
        local.recovery.run();
        assertNull(inRedis(local, "k"));
    }

    @Test
    void aPutOfAnOutageIsNotOverwrittenUnderALeaseFromBeforeIt() throws Exception {
        put(local, "k", "before");
        Lease<String, String> lease = local.record.lease("k");
        local.redis.becomesUnavailable();
        Crew.run(() -> local.record.apply(blind("k", "during"))).result();
        assertFalse(Leases.commit(lease, "after").applied());
        assertEquals("during", read(local, "k"));
    }

    @Test
    void aPutOfAnOutageIsNotOverwrittenByWhatTheLeaseSavesLater() throws Exception {
        put(local, "k", "before");
        Lease<String, String> lease = local.record.lease("k");
        local.redis.becomesUnavailable();
        assertTrue(lease.save(lease.prepare("saved"), Lifetime.ETERNAL).applied());
        Crew.run(() -> local.record.apply(blind("k", "during"))).result();
        assertFalse(lease.save(lease.prepare("after"), Lifetime.ETERNAL).applied());
        lease.release();
        assertEquals("during", read(local, "k"));
    }

    @Test
    void aChangeOfAnOutageThatNeedsTheOldValueWaitsForALeaseFromBeforeIt() throws Exception {
        put(local, "k", "before");
        Lease<String, String> lease = local.record.lease("k");
        local.redis.becomesUnavailable();
        Crew.Member<Outcome<String>> change = Crew.start(() -> put(local, "k", "during"));
        change.untilItWaits();
        assertFalse(change.isDone());
        assertTrue(Leases.commit(lease, "after").applied());
        assertEquals("after", value(change.result().before()));
        assertEquals("during", read(local, "k"));
    }

    @Test
    void aLeaseThatHasWaitedForOneWhoseChangeFailedIsOfThisNode() throws Exception {
        put(local, "k", "before");
        put(local, "l", "there");
        Lease<String, String> lease = local.record.lease("k");
        Crew.Member<List<String>> leases = Crew.start(() -> {
            List<String> seen = new ArrayList<>();
            for (Lease<String, String> each : local.record.leaseAll(List.of("k", "l"))) {
                seen.add(value(each.before()));
                Leases.commit(each, "after");
            }
            return seen;
        });
        leases.untilItWaits();
        local.redis.failsCalls(true);
        assertTrue(lease.save(lease.prepare("during"), Lifetime.ETERNAL).applied());
        local.redis.failsCalls(false);
        lease.release();
        assertEquals(List.of("during", "there"), leases.result());
        assertEquals(Map.of("k", "after", "l", "after"), readAll(local, "k", "l"));
    }

    @Test
    void aLeaseThatEndsLeavesNothingThatAnOutageWouldWaitFor() throws Exception {
        put(local, "k", "before");
        Leases.commit(local.record.lease("k"), "committed");
        local.record.lease("k").release();
        local.record.lease("k").abandon();
        local.redis.becomesUnavailable();
        assertTrue(Crew.start(() -> put(local, "k", "during")).result().applied());
        Lease<String, String> lease = local.record.lease("k");
        lease.release();
        assertEquals("during", read(local, "k"));
    }

    @Test
    void aLeaseThatHasEndedKeepsNoLoadedValueOut() {
        List<Consumer<Lease<String, String>>> ends =
                List.of(Lease::release, Lease::abandon, lease -> Leases.commit(lease, null));
        for (Consumer<Lease<String, String>> end : ends) {
            for (boolean endsInTheOutage : List.of(false, true)) {
                RecordChain chain = new RecordChain(clock, true, false);
                Lease<String, String> lease = chain.record.lease("k");
                if (!endsInTheOutage) {
                    end.accept(lease);
                }
                chain.redis.becomesUnavailable();
                if (endsInTheOutage) {
                    end.accept(lease);
                }
                FillTicket ticket = new FillTicket(clock.nanos());
                LoadGrant<String> grant = chain.record
                        .loadGrants(Map.of("k", ticket), Set.of(), false)
                        .get("k");
                LoadLease loadLease =
                        assertInstanceOf(LoadGrant.Granted.class, grant).lease();
                assertTrue(chain.record
                        .fillAll(List.of(new Fill<>("k", loadLease, ticket, "loaded", Lifetime.ETERNAL)))
                        .get(0)
                        .applied());
            }
        }
    }

    // The policy "fail".

    @Test
    void byThePolicyFailEachOperationThrowsInAnOutage() {
        failing.redis.becomesUnavailable();
        assertThrows(RemoteUnavailableException.class, () -> read(failing, "k"));
        assertThrows(RemoteUnavailableException.class, () -> readAll(failing, "k", "l"));
        assertThrows(RemoteUnavailableException.class, () -> put(failing, "k", "v"));
        assertThrows(RemoteUnavailableException.class, () -> failing.record.contains("k"));
        assertThrows(RemoteUnavailableException.class, () -> failing.record.lease("k"));
        assertThrows(RemoteUnavailableException.class, () -> failing.record.entries());
        assertThrows(RemoteUnavailableException.class, failing.record::clear);
        assertTrue(failing.journal.isEmpty());
    }

    @Test
    void byThePolicyFailAChangeWhoseReplyIsLostIsUnknown() {
        failing.redis.losesReplies(true);
        assertThrows(OutcomeUnknownException.class, () -> put(failing, "k", "v"));
    }

    // Between an outage and its recovery.

    @Test
    void aClearRemovesTheLocalEntriesToo() {
        local.redis.becomesUnavailable();
        put(local, "k", "during");
        local.redis.becomesAvailable();
        local.record.clear();
        assertNull(read(local, "k"));
        local.recovery.run();
        assertNull(read(local, "k"));
    }

    @Test
    void anIterationReturnsTheLocalEntriesInPlaceOfTheOldOnes() {
        put(local, "removed", "before");
        put(local, "changed", "before");
        put(local, "k", "v");
        local.redis.becomesUnavailable();
        put(local, "removed", null);
        put(local, "changed", "during");
        put(local, "new", "during");
        local.redis.becomesAvailable();
        assertEquals(Map.of("k", "v", "changed", "during", "new", "during"), entries(local));
    }

    @Test
    void anIterationThatFailsOverReturnsEachKeyOnce() {
        putOfAnotherNode(local, "a", "v");
        putOfAnotherNode(local, "b", "v");
        Iterator<Map.Entry<String, Entry<String>>> iterator = local.record.entries();
        String first = iterator.next().getKey();
        read(local, first);
        local.redis.becomesUnavailable();
        put(local, first, "during");
        iterator.forEachRemaining(each -> assertNotEquals(first, each.getKey()));
    }

    @Test
    void moreKeysThanTheJournalHoldsHideNoCopyOfAnotherKey() {
        put(local, "other", "v");
        read(local, "other");
        local.redis.becomesUnavailable();
        for (int i = 0; i <= RecordChain.JOURNAL_KEYS; i++) {
            put(local, "k" + i, "during");
        }
        assertTrue(local.journal.hasAll());
        assertEquals("v", read(local, "other"));
        put(local, "other", null);
        assertNull(read(local, "other"));
    }

    @Test
    void aLoadedValueThatRedisDoesNotStoreIsReportedAsNotStored() {
        for (RecordChain each : List.of(local, failing)) {
            Map<String, FillTicket> tickets = Map.of("k", new FillTicket(clock.nanos()));
            LoadGrant<String> grant =
                    each.record.loadGrants(tickets, Set.of(), false).get("k");
            LoadLease lease = assertInstanceOf(LoadGrant.Granted.class, grant).lease();
            each.redis.failsCalls(true);
            List<Outcome<String>> outcomes = each.record.fillAll(
                    List.of(new Fill<>("k", lease, new FillTicket(clock.nanos()), "v", Lifetime.ETERNAL)));
            assertFalse(outcomes.get(0).applied());
        }
    }

    // What the tests are written in.

    private String read(RecordChain chain, String key) {
        return value(chain.record
                .read(key, new FillTicket(clock.nanos()), Lifetime.UNCHANGED)
                .entry());
    }

    private Map<String, String> readAll(RecordChain chain, String... keys) {
        Map<String, FillTicket> tickets = new LinkedHashMap<>();
        for (String key : keys) {
            tickets.put(key, new FillTicket(clock.nanos()));
        }
        Map<String, String> values = new TreeMap<>();
        chain.record.readAll(tickets, Lifetime.UNCHANGED).forEach((key, read) -> values.put(key, value(read.entry())));
        return values;
    }

    /** Returns for each key, read alone and together, whether this node answered. */
    private List<Boolean> origins(String... keys) {
        Map<String, FillTicket> tickets = new LinkedHashMap<>();
        List.of(keys).forEach(key -> tickets.put(key, new FillTicket(clock.nanos())));
        Map<String, ReadResult<String>> together = local.record.readAll(tickets, Lifetime.UNCHANGED);
        return tickets.keySet().stream()
                .map(key -> {
                    boolean alone = local.record
                            .read(key, new FillTicket(clock.nanos()), Lifetime.UNCHANGED)
                            .local();
                    assertEquals(alone, together.get(key).local(), key);
                    return alone;
                })
                .toList();
    }

    private static Outcome<String> put(RecordChain chain, String key, String value) {
        return chain.record.apply(set(key, Precondition.ALWAYS, value));
    }

    private static void putOfAnotherNode(RecordChain chain, String key, String value) {
        chain.redis.otherNodePuts(key, value);
    }

    private static String inRedis(RecordChain chain, String key) {
        return chain.redis.value(key);
    }

    private static Map<String, String> entries(RecordChain chain) {
        Map<String, String> values = new TreeMap<>();
        chain.record
                .entries()
                .forEachRemaining(
                        each -> values.put(each.getKey(), each.getValue().value()));
        return values;
    }

    private static Mutation<String, String> set(String key, Precondition precondition, String value) {
        return new Mutation<>(key, precondition, value, Lifetime.ETERNAL, Lifetime.ETERNAL, true, false);
    }

    private static Mutation<String, String> blind(String key, String value) {
        return new Mutation<>(key, Precondition.ALWAYS, value, Lifetime.ETERNAL, Lifetime.ETERNAL, false, false);
    }

    private static String value(Entry<String> entry) {
        return entry == null ? null : entry.value();
    }
}
