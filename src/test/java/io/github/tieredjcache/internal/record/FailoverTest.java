package io.github.tieredjcache.internal.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.FakeClock;
import io.github.tieredjcache.LeaseLostException;
import io.github.tieredjcache.OutcomeUnknownException;
import io.github.tieredjcache.RemoteUnavailableException;
import io.github.tieredjcache.RemoteUnavailableException.Kind;
import io.github.tieredjcache.internal.port.FakeHealth;
import io.github.tieredjcache.internal.stats.GaugeSources;
import io.github.tieredjcache.internal.stats.Statistics;
import io.github.tieredjcache.internal.stats.TierCounters;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import javax.cache.CacheException;
import org.junit.jupiter.api.Test;

class FailoverTest {
    private final CacheException timeout = new RemoteUnavailableException(Kind.TIMEOUT, "no reply", null);

    private final FakeClock clock = new FakeClock();
    private final RecoveryJournal<String> journal = new RecoveryJournal<>(10);
    private final FakeHealth health = new FakeHealth(clock);
    private final List<String> removed = new ArrayList<>();
    private final Failover<String> local = failover(true, false);
    private final Failover<String> failing = failover(false, true);

    @Test
    void aCallGoesToRedisWhileItIsAvailable() {
        assertEquals("remote", local.remoteOrLocal("k", () -> "remote", () -> "local"));
    }

    @Test
    void aCallIsLocalInAnOutageAndForAJournaledKey() {
        journal(journal, "k");
        assertEquals("local", local.remoteOrLocal("k", () -> "remote", () -> "local"));
        assertEquals("remote", local.remoteOrLocal("l", () -> "remote", () -> "local"));
        assertFalse(local.answersAllLocally());
        health.set(true);
        assertEquals("local", local.remoteOrLocal("l", () -> "remote", () -> "local"));
        assertTrue(local.answersAllLocally());
    }

    @Test
    void aFailedCallIsRepeatedLocallyOrThrownByThePolicyFail() {
        assertEquals("local", local.remoteOrLocal("k", this::fail, () -> "local"));
        assertSame(
                timeout,
                assertThrows(CacheException.class, () -> failing.remoteOrLocal("k", this::fail, () -> "local")));
    }

    @Test
    void byThePolicyFailAJournaledKeyIsRemovedFromRedisBeforeTheCall() {
        journal(journal, "k");
        health.set(true);
        assertEquals("remote", failing.remoteOrLocal("k", () -> "remote", () -> "local"));
        assertEquals(List.of("k"), removed);
    }

    @Test
    void ofManyKeysThoseThatThisNodeAnswersForAreLocal() {
        Map<String, Integer> requests = new LinkedHashMap<>(Map.of("a", 1, "b", 2, "c", 3));
        Supplier<Map<String, String>> results = local.beginRemoteOrLocal(
                requests, "b"::equals, remote -> () -> results(remote, "remote"), (key, request) -> "local" + request);
        assertEquals(Map.of("a", "remote1", "b", "local2", "c", "remote3"), results.get());
    }

    @Test
    void aFailedCallForManyKeysIsRepeatedLocallyForAll() {
        Map<String, Integer> requests = new LinkedHashMap<>(Map.of("a", 1, "b", 2));
        Map<String, String> allLocal = Map.of("a", "local1", "b", "local2");
        Supplier<Map<String, String>> unanswered = local.<Integer, String>beginRemoteOrLocal(
                requests, "b"::equals, remote -> () -> failAll(), (key, request) -> "local" + request);
        assertEquals(allLocal, unanswered.get());
        Supplier<Map<String, String>> unsent = local.<Integer, String>beginRemoteOrLocal(
                requests,
                "b"::equals,
                remote -> {
                    Map<String, String> none = failAll();
                    return () -> none;
                },
                (key, request) -> "local" + request);
        assertEquals(allLocal, unsent.get());
    }

    @Test
    void onlyACallWithManyKeysWaitsForTheEndOfABriefOutage() {
        local.awaitEndOfBriefOutage(1);
        assertEquals(0, health.waits());
        local.awaitEndOfBriefOutage(2);
        assertEquals(1, health.waits());
    }

    @Test
    void aLeaseThatRedisFailsGoesOnLocallyAndItsKeyIsJournaled() {
        local.leaseFailed("k", timeout, false);
        assertTrue(journal.has("k"));
    }

    @Test
    void aLostLeaseIsAFailureOfRedisOnlyInAnOutage() {
        CacheException lost = new LeaseLostException("lost");
        assertSame(lost, assertThrows(CacheException.class, () -> local.leaseFailed("k", lost, false)));
        assertFalse(journal.has("k"));
        health.set(true);
        local.leaseFailed("k", lost, false);
        assertTrue(journal.has("k"));
    }

    @Test
    void byThePolicyFailTheOutcomeOfACommitThatRedisFailsIsUnknown() {
        assertSame(timeout, assertThrows(CacheException.class, () -> failing.leaseFailed("k", timeout, false)));
        assertThrows(OutcomeUnknownException.class, () -> failing.leaseFailed("k", timeout, true));
        assertTrue(journal.has("k"));
    }

    @Test
    void withoutASourceThePolicyFailJournalsNothing() {
        failover(false, false).journalKey("k");
        assertTrue(journal.isEmpty());
    }

    private String fail() {
        throw timeout;
    }

    private Map<String, String> failAll() {
        throw timeout;
    }

    private static Map<String, String> results(Map<String, Integer> requests, String where) {
        Map<String, String> results = new TreeMap<>();
        requests.forEach((key, request) -> results.put(key, where + request));
        return results;
    }

    private static void journal(RecoveryJournal<String> journal, String key) {
        journal.beginChange(key);
        journal.endChange(key);
    }

    private Failover<String> failover(boolean fallsBack, boolean writes) {
        TierCounters counters =
                new TierCounters(GaugeSources.none("orders"), new Statistics(clock, true).latencies(), clock);
        return new Failover<>(journal, health, removed::add, counters, fallsBack, writes);
    }
}
