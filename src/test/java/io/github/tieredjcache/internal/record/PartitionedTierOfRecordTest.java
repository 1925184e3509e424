package io.github.tieredjcache.internal.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.OutcomeUnknownException;
import io.github.tieredjcache.RemoteUnavailableException;
import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.model.Lifetime;
import io.github.tieredjcache.internal.model.Mutation;
import io.github.tieredjcache.internal.model.Outcome;
import io.github.tieredjcache.internal.model.Precondition;
import io.github.tieredjcache.internal.port.FakeRedis;
import io.github.tieredjcache.internal.port.LoadGrant;
import io.github.tieredjcache.internal.port.LoadLease;
import io.github.tieredjcache.internal.port.TierOfRecord;
import io.github.tieredjcache.internal.port.TierOfRecord.Fill;
import io.github.tieredjcache.internal.port.TierOfRecordContract;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Keys that begin with a, b and c belong to one of three partitions each. */
class PartitionedTierOfRecordTest {
    private final List<FakeRedis> redis =
            List.of(new FakeRedis(System::nanoTime), new FakeRedis(System::nanoTime), new FakeRedis(System::nanoTime));
    private final TierOfRecord<String, String> tier = partitioned(redis);

    private static TierOfRecord<String, String> partitioned(List<? extends TierOfRecord<String, String>> partitions) {
        return new PartitionedTierOfRecord<>(
                List.copyOf(partitions),
                key -> key.isEmpty() ? 0 : Math.floorMod(key.charAt(0) - 'a', 3),
                failure -> new OutcomeUnknownException(
                        RemoteUnavailableException.Kind.REFUSAL, "some were changed", failure));
    }

    @Nested
    class Contract extends TierOfRecordContract {
        @Override
        protected TierOfRecord<String, String> newTier() {
            return partitioned(List.of(
                    new FakeRedis(System::nanoTime), new FakeRedis(System::nanoTime), new FakeRedis(System::nanoTime)));
        }
    }

    @Test
    void outcomesOfManyKeysAreInTheOrderOfTheMutations() {
        tier.applyAll(List.of(put("b1"), put("c1")));
        List<Boolean> existed = tier.applyAll(List.of(put("c1"), put("a1"), put("b1"), put("c2"), put("a2"))).stream()
                .map(each -> each.existed())
                .toList();
        assertEquals(List.of(true, false, true, false, false), existed);
    }

    @Test
    void aPartitionThatFailsFailsTheCallAfterTheOthersHaveEnded() {
        redis.get(0).failsCalls(true);
        RuntimeException failure =
                assertThrows(RuntimeException.class, () -> tier.applyAll(List.of(put("a"), put("b"), put("c"))));
        assertInstanceOf(OutcomeUnknownException.class, failure);
        assertEquals("value", redis.get(1).value("b"));
        assertEquals("value", redis.get(2).value("c"));
    }

    /** A write that has not ended would overlap with each later one of its key, and none of them would be kept near. */
    @Test
    void theWriteOfAPartitionEndsAlthoughAnotherOneFails() {
        RecordChain failing = new RecordChain(System::nanoTime, false, false);
        RecordChain other = new RecordChain(System::nanoTime, false, false);
        failing.redis.failsCalls(true);
        TierOfRecord<String, String> both = partitioned(List.of(failing.record, other.record));
        assertThrows(RuntimeException.class, () -> both.applyAll(List.of(put("a"), put("b"))));
        both.apply(put("b"));
        assertNotNull(other.near.store().peek("b"));
    }

    @Test
    void theFillOfAPartitionIsReportedAlthoughAnotherOneFails() {
        RecordChain failing = new RecordChain(System::nanoTime, true, false);
        RecordChain other = new RecordChain(System::nanoTime, true, false);
        TierOfRecord<String, String> both = partitioned(List.of(failing.record, other.record, other.record));
        Map<String, FillTicket> tickets = new TreeMap<>(Map.of("a", new FillTicket(0), "b", new FillTicket(0)));
        List<Fill<String, String>> fills = new ArrayList<>();
        both.loadGrants(tickets, Set.of(), false).forEach((key, grant) -> {
            LoadLease lease = assertInstanceOf(LoadGrant.Granted.class, grant).lease();
            fills.add(new Fill<>(key, lease, new FillTicket(0), "loaded", Lifetime.ETERNAL));
        });
        failing.redis.failsCalls(true);
        List<Boolean> applied =
                both.fillAll(fills).stream().map(Outcome::applied).toList();
        assertEquals(fills.stream().map(each -> each.key().equals("b")).toList(), applied);
        assertEquals("loaded", other.redis.value("b"));
    }

    /** Each partition asks for its epoch before its first call; together they wait once. */
    @Test
    void allPartitionsOfACallArePreparedBeforeItBeginsInTheFirst() {
        List<String> steps = new ArrayList<>();
        TierOfRecord<String, String> recording =
                partitioned(List.of(recording("a", steps), recording("b", steps), recording("c", steps)));
        recording.applyAll(List.of(put("a1"), put("c1"), put("a2")));
        assertEquals(List.of("prepare a", "prepare c", "beginApplyAll a", "beginApplyAll c"), steps);
        steps.clear();
        recording.readAll(Map.of("a", new FillTicket(0), "b", new FillTicket(0)), Lifetime.UNCHANGED);
        assertEquals(List.of("prepare a", "prepare b", "beginReadAll a", "beginReadAll b"), steps);
        steps.clear();
        recording.applyAll(List.of(put("a1"), put("a2")));
        assertEquals(List.of("beginApplyAll a"), steps, "one partition waits once anyway");
    }

    @Test
    void aCallThatFailsInAllPartitionsHasChangedNothing() {
        redis.forEach(each -> each.failsCalls(true));
        RuntimeException failure =
                assertThrows(RemoteUnavailableException.class, () -> tier.applyAll(List.of(put("a"), put("b"))));
        assertFalse(failure instanceof OutcomeUnknownException, failure::toString);
    }

    @Test
    void aReadOfWhichOnePartitionFailsThrowsItsFailure() {
        redis.get(1).failsCalls(true);
        RuntimeException failure = assertThrows(
                RemoteUnavailableException.class,
                () -> tier.readAll(
                        new TreeMap<>(Map.of("a", new FillTicket(0), "b", new FillTicket(0))), Lifetime.UNCHANGED));
        assertFalse(failure instanceof OutcomeUnknownException, failure::toString);
    }

    @Test
    void aClearOfWhichOnePartitionFailsHasClearedTheOthers() {
        tier.applyAll(List.of(put("a"), put("b"), put("c")));
        redis.get(0).failsCalls(true);
        assertThrows(OutcomeUnknownException.class, tier::clear);
        assertNull(redis.get(1).value("b"));
        assertNull(redis.get(2).value("c"));
        redis.get(0).failsCalls(false);
        assertTrue(tier.contains("a"));
    }

    @Test
    void aPurgeOfWhichOnePartitionFailsHasPurgedTheOthers() {
        tier.applyAll(List.of(put("a"), put("b"), put("c")));
        redis.get(0).failsCalls(true);
        assertThrows(RemoteUnavailableException.class, tier::purge);
        assertNull(redis.get(1).value("b"));
        assertNull(redis.get(2).value("c"));
    }

    @Test
    void everyCallerTakesLeasesPartitionByPartition() {
        List<String> ordered = tier.inLeasingOrder(List.of("c2", "a2", "b1", "c1", "a1"));
        assertEquals(List.of("a1", "a2", "b1", "c1", "c2"), ordered);
        tier.leaseAll(ordered).forEach(each -> each.release());
        assertEquals(0, redis.stream().mapToLong(FakeRedis::writeLeases).sum());
    }

    @Test
    void leasesOfEarlierPartitionsAreReleasedIfALaterOneFails() {
        redis.get(2).failsCalls(true);
        assertThrows(RuntimeException.class, () -> tier.leaseAll(List.of("a", "b", "c")));
        assertEquals(0, redis.stream().mapToLong(FakeRedis::writeLeases).sum());
    }

    @Test
    void loadLeasesOfTheOtherPartitionsAreGivenUpIfOneFails() {
        redis.get(1).failsCalls(true);
        Map<String, FillTicket> tickets =
                new TreeMap<>(Map.of("a", new FillTicket(0), "b", new FillTicket(0), "c", new FillTicket(0)));
        assertThrows(RemoteUnavailableException.class, () -> tier.loadGrants(tickets, Set.of(), false));
        redis.get(1).failsCalls(false);
        tier.loadGrants(tickets, Set.of(), false)
                .forEach((key, grant) -> assertInstanceOf(LoadGrant.Granted.class, grant, key));
    }

    @SuppressWarnings("unchecked")
    private static TierOfRecord<String, String> recording(String name, List<String> steps) {
        FakeRedis redis = new FakeRedis(System::nanoTime);
        return (TierOfRecord<String, String>) Proxy.newProxyInstance(
                FakeRedis.class.getClassLoader(), new Class<?>[] {TierOfRecord.class}, (proxy, method, arguments) -> {
                    steps.add(method.getName() + " " + name);
                    return method.invoke(redis, arguments);
                });
    }

    private static Mutation<String, String> put(String key) {
        return new Mutation<>(key, Precondition.ALWAYS, "value", Lifetime.ETERNAL, Lifetime.ETERNAL, true, false);
    }
}
