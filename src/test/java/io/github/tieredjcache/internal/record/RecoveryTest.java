package io.github.tieredjcache.internal.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.FakeClock;
import io.github.tieredjcache.integration.LogLines;
import io.github.tieredjcache.internal.model.Lifetime;
import io.github.tieredjcache.internal.model.Mutation;
import io.github.tieredjcache.internal.model.Outcome;
import io.github.tieredjcache.internal.model.Precondition;
import io.github.tieredjcache.internal.port.Lease;
import io.github.tieredjcache.internal.port.Leases;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The removal of journaled keys, by both outage policies, and of one before an operation on it, by the policy fail. */
class RecoveryTest {
    /** More than one batch. */
    private static final int MANY = 1_001;

    private final FakeClock clock = new FakeClock();
    private final RecordChain chain = new RecordChain(clock, false, true);
    private final RecordChain local = new RecordChain(clock, true, false, MANY);

    @Test
    void aRecoveryIsDueWithTheEndOfAnOutageAndWhileKeysAreJournaled() {
        assertFalse(local.recovery.isDue());
        local.redis.becomesUnavailable();
        assertTrue(local.recovery.isDue());
        local.recovery.run();
        assertFalse(local.recovery.isDue());
        put("k");
        assertFalse(local.recovery.isDue(), "Redis is unavailable");
        local.redis.becomesAvailable();
        assertTrue(local.recovery.isDue());
        local.recovery.run();
        assertFalse(local.recovery.isDue());
    }

    @Test
    void aRecoveryRemovesAllBatchesAndReportsTheirSum() throws Exception {
        local.redis.becomesUnavailable();
        for (int i = 0; i < MANY; i++) {
            put("k" + i);
        }
        local.redis.becomesAvailable();
        assertFalse(local.report.isDue());
        Crew.run(local.recovery::run).result();
        assertTrue(local.journal.isEmpty());
        assertEquals(Map.of(), values(local));
        try (LogLines log = new LogLines()) {
            local.report.log();
            assertEquals(1, log.lines().size());
            assertTrue(log.lines().get(0).contains(MANY + " keys changed"), log.lines()::toString);
        }
        // By another thread than the first one.
        local.recovery.run();
    }

    @Test
    void aRecoveryOfAllKeysClearsAndReportsThatAndForgetsTheLocalEntries() throws Exception {
        local.redis.becomesUnavailable();
        for (int i = 0; i <= MANY; i++) {
            put("k" + i);
        }
        assertTrue(local.journal.hasAll());
        local.redis.becomesAvailable();
        // The clear cannot know of a change that begins while it runs.
        local.redis.afterNextReply = () -> local.journal.beginChange("late");
        Crew.run(local.recovery::run).result();
        assertFalse(local.journal.hasAll());
        assertTrue(local.journal.has("late"));
        assertEquals(Map.of(), values(local));
        try (LogLines log = new LogLines()) {
            local.report.log();
            assertTrue(log.lines().get(0).contains("all keys changed"), log.lines()::toString);
        }
        local.recovery.run();
    }

    @Test
    void aRecoveryThatFindsRedisUnavailableTriesAgain() {
        local.redis.becomesUnavailable();
        put("k");
        local.redis.becomesAvailable();
        local.redis.failsCalls(true);
        local.recovery.run();
        assertTrue(local.recovery.isDue());
        assertFalse(local.report.isDue());
    }

    @Test
    void aKeyThatChangesDuringEachRemovalIsRemovedByTheCallerThatChangesItNext() {
        local.redis.becomesUnavailable();
        put("k");
        local.redis.becomesAvailable();
        AtomicInteger removals = new AtomicInteger();
        changesAtEachRemoval(removals);
        local.recovery.run();
        assertEquals(1, removals.get());
        assertTrue(local.journal.has("k"));
        local.redis.afterNextReply = () -> {};
        put("k");
        assertTrue(local.journal.isEmpty());
        assertEquals("v", local.redis.value("k"));
    }

    @Test
    void aKeyThatIsBeingChangedAtEachRunIsRemovedByTheCallerThatChangesItNext() {
        local.journal.beginChange("k");
        local.recovery.run();
        local.journal.endChange("k");
        put("k");
        assertTrue(local.journal.isEmpty());
        assertEquals("v", local.redis.value("k"));
    }

    @Test
    void aCallerWhoseRemovalFailsAnswersLocally() {
        local.journal.beginChange("k");
        local.recovery.run();
        local.journal.endChange("k");
        local.redis.failsCalls(true);
        put("k");
        assertEquals(Map.of("k", "v"), values(local));
        assertTrue(local.journal.has("k"));
    }

    @Test
    void whileAKeyIsBeingChangedNoCallerRemovesItFromRedis() {
        local.journal.beginChange("k");
        local.recovery.run();
        local.redis.otherNodePuts("k", "of another node");
        assertFalse(local.record.contains("k"));
        assertEquals("of another node", local.redis.value("k"));
        assertEquals(List.of(), local.redis.calls);
        local.journal.endChange("k");
        assertFalse(local.record.contains("k"));
        assertTrue(local.journal.isEmpty());
    }

    /** Else the next holder would begin beside the one that is writing to the source, and one of two changes would be lost. */
    @Test
    void aRecoveryLeavesAKeyToTheHolderOfItsLease() {
        chain.redis.otherNodePuts("k", "old");
        Lease<String, String> lease = chain.redis.lease("k");
        chain.journal.beginChange("k");
        chain.journal.endChange("k");
        chain.recovery.run();
        assertTrue(chain.journal.isEmpty());
        assertNull(chain.redis.value("k"));
        assertEquals(1, chain.redis.writeLeases());
        assertFalse(Leases.commit(lease, "new").applied());
        assertNull(chain.redis.value("k"));
    }

    private void changesAtEachRemoval(AtomicInteger removals) {
        local.redis.afterNextReply = () -> {
            // Bounded, or a run that never ends would be no failure.
            if (removals.incrementAndGet() < 1_000) {
                changesAtEachRemoval(removals);
                local.journal.beginChange("k");
                local.journal.endChange("k");
            }
        };
    }

    @Test
    void aCallerRemovesOtherJournaledKeysWithItsOwn() throws Exception {
        journal("k");
        journal("l");
        Crew.run(() -> chain.recovery.removeFromRedis("k")).result();
        assertTrue(chain.journal.isEmpty());
        chain.recovery.removeFromRedis("k");
    }

    @Test
    void aCallerRemovesAllKeysIfAllAreJournaled() {
        putIfAbsent("old");
        for (int i = 0; i <= RecordChain.JOURNAL_KEYS; i++) {
            journal("k" + i);
        }
        assertTrue(chain.journal.hasAll());
        chain.recovery.removeFromRedis("any");
        assertFalse(chain.journal.hasAll());
        assertNull(chain.redis.value("k"));
    }

    @Test
    void aCallerThatComesLateDoesNotRemoveWhatAnotherOneHasStored() {
        journal("k");
        // Both callers have found the key in the journal; one of them is done before the other one removes it.
        assertTrue(putIfAbsent("one").applied());
        chain.recovery.removeFromRedis("k");
        assertEquals("one", chain.redis.value("k"));
        assertFalse(putIfAbsent("other").applied());
    }

    @Test
    void aCallerRemovesTheOldEntry() {
        putIfAbsent("old");
        journal("k");
        chain.recovery.removeFromRedis("k");
        assertNull(chain.redis.value("k"));
        assertFalse(chain.journal.has("k"));
    }

    private void journal(String key) {
        chain.journal.beginChange(key);
        chain.journal.endChange(key);
    }

    private void put(String key) {
        local.record.apply(
                new Mutation<>(key, Precondition.ALWAYS, "v", Lifetime.ETERNAL, Lifetime.ETERNAL, false, false));
    }

    private static Map<String, String> values(RecordChain chain) {
        Map<String, String> values = new HashMap<>();
        chain.record
                .entries()
                .forEachRemaining(
                        each -> values.put(each.getKey(), each.getValue().value()));
        return values;
    }

    private Outcome<String> putIfAbsent(String value) {
        return chain.record.apply(
                new Mutation<>("k", Precondition.ABSENT, value, Lifetime.ETERNAL, Lifetime.ETERNAL, true, false));
    }
}
