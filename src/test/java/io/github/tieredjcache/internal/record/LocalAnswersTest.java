package io.github.tieredjcache.internal.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.FakeClock;
import io.github.tieredjcache.RemoteUnavailableException;
import io.github.tieredjcache.TierNumber;
import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.model.Lifetime;
import io.github.tieredjcache.internal.model.Mutation;
import io.github.tieredjcache.internal.model.Precondition;
import io.github.tieredjcache.internal.port.Lease;
import io.github.tieredjcache.internal.port.Leases;
import io.github.tieredjcache.internal.port.TierOfRecord;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Each operation while Redis is unavailable, by both outage policies. */
class LocalAnswersTest {
    private static final Mutation<String, String> PUT =
            new Mutation<>("k", Precondition.ALWAYS, "v", Lifetime.ETERNAL, Lifetime.ETERNAL, false, false);

    private final FakeClock clock = new FakeClock();

    private Map<String, Consumer<TierOfRecord<String, String>>> operations() {
        Map<String, Consumer<TierOfRecord<String, String>>> operations = new LinkedHashMap<>();
        operations.put("read", record -> record.read("k", new FillTicket(clock.nanos()), Lifetime.UNCHANGED));
        operations.put("contains", record -> record.contains("k"));
        operations.put("apply", record -> record.apply(PUT));
        operations.put("lease", record -> record.lease("k").release());
        operations.put("awaitLoadGrant", record -> record.awaitLoadGrant("k", () -> new FillTicket(clock.nanos()), 0));
        operations.put("mayRefresh", record -> assertFalse(record.mayRefresh("k"), "Redis decides who refreshes"));
        operations.put("entries", record -> record.entries().forEachRemaining(each -> {}));
        operations.put("entriesToRemove", record -> record.entriesToRemove().forEachRemaining(each -> {}));
        operations.put("clear", TierOfRecord::clear);
        return operations;
    }

    @Test
    void byThePolicyLocalEachCallIsAnsweredAndCountedOnce() {
        RecordChain local = new RecordChain(clock, true, false);
        local.redis.becomesUnavailable();
        operations().forEach((name, call) -> {
            long before = local.counters.get(TierNumber.LOCAL_OPERATIONS);
            call.accept(local.record);
            assertEquals(before + 1, local.counters.get(TierNumber.LOCAL_OPERATIONS), name);
        });
    }

    @Test
    void byThePolicyLocalACallThatRedisFailsIsAnsweredAndCountedOnce() {
        operations().forEach((name, call) -> {
            RecordChain local = new RecordChain(clock, true, false);
            local.redis.failsCalls(true);
            call.accept(local.record);
            assertEquals(1, local.counters.get(TierNumber.LOCAL_OPERATIONS), name);
        });
    }

    @Test
    void byThePolicyFailEachCallThrowsWhatRedisThrows() {
        RecordChain failing = new RecordChain(clock, false, false);
        failing.redis.failsCalls(true);
        operations()
                .forEach((name, call) ->
                        assertThrows(RemoteUnavailableException.class, () -> call.accept(failing.record), name));
        assertEquals(0, failing.counters.get(TierNumber.LOCAL_OPERATIONS));
    }

    @Test
    void eachCallWithManyKeysWaitsForTheEndOfABriefOutage() {
        RecordChain local = new RecordChain(clock, true, false);
        local.redis.becomesUnavailable();
        Mutation<String, String> other = Mutation.removal("l");
        Map<String, FillTicket> tickets =
                Map.of("k", new FillTicket(clock.nanos()), "l", new FillTicket(clock.nanos()));
        local.record.applyAll(List.of(PUT, other));
        assertEquals(1, local.redis.health().waits());
        local.record.loadGrants(tickets, Set.of(), false);
        assertEquals(2, local.redis.health().waits());
        local.record.leaseAll(List.of("k", "l")).forEach(Lease::release);
        assertEquals(3, local.redis.health().waits());
        local.record.applyAll(List.of(PUT));
        local.record.lease("k").release();
        assertEquals(3, local.redis.health().waits());
    }

    @Test
    void aLeaseThatRedisRefusedIsJournaledAtOnceAndOneInAnOutageWithItsChange() {
        RecordChain local = new RecordChain(clock, true, false);
        local.redis.failsCalls(true);
        local.record.lease("k").release();
        assertTrue(local.journal.has("k"), "the next call would read the old entry in Redis");
        local.redis.becomesUnavailable();
        Lease<String, String> lease = local.record.lease("l");
        assertFalse(local.journal.has("l"));
        Leases.commit(lease, "v");
        assertTrue(local.journal.has("l"));
    }

    @Test
    void aLeaseGoesOnLocallyFromTheFirstFailureOn() {
        RecordChain local = new RecordChain(clock, true, false);
        local.record.apply(PUT);
        Lease<String, String> lease = local.record.lease("k");
        local.redis.failsCalls(true);
        assertTrue(lease.save(lease.prepare("saved"), Lifetime.ETERNAL).applied());
        local.redis.failsCalls(false);
        local.redis.calls.clear();
        assertTrue(Leases.commit(lease, "committed").applied());
        assertEquals(List.of("release k"), local.redis.calls, "the commit is local");
        assertEquals(0, local.redis.writeLeases());
        assertEquals("v", local.redis.value("k"));
        assertTrue(local.journal.has("k"));
    }

    @Test
    void anAbandonedKeyIsJournaled() {
        RecordChain local = new RecordChain(clock, true, false);
        local.record.lease("k").abandon();
        assertTrue(local.journal.has("k"));
    }

    @Test
    void aPurgeInAnOutageIsReportedByEachPolicy() {
        for (boolean answersLocally : new boolean[] {true, false}) {
            RecordChain chain = new RecordChain(clock, answersLocally, false);
            chain.redis.failsCalls(true);
            assertThrows(RemoteUnavailableException.class, chain.record::purge);
        }
    }
}
