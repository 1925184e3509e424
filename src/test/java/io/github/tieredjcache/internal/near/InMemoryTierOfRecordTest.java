package io.github.tieredjcache.internal.near;

import static io.github.tieredjcache.internal.port.Leases.commit;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.FakeClock;
import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Lifetime;
import io.github.tieredjcache.internal.model.Mutation;
import io.github.tieredjcache.internal.model.Outcome;
import io.github.tieredjcache.internal.model.Precondition;
import io.github.tieredjcache.internal.port.Lease;
import io.github.tieredjcache.internal.port.LoadLease;
import io.github.tieredjcache.internal.port.ReadResult;
import io.github.tieredjcache.internal.port.TierOfRecord.Fill;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import javax.cache.CacheException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InMemoryTierOfRecordTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final FakeClock clock = new FakeClock();
    private final NearStore<String, String> store = new NearStore<>(NearCapacity.entries(100), clock, null, () -> {});
    private final SingleFlights<String, String> singleFlights = new SingleFlights<>(clock, null);
    private final KeyLocks<String, Object> locks = new KeyLocks<>(20 * SECOND);
    private final List<String> expired = Collections.synchronizedList(new ArrayList<>());
    private final InMemoryTierOfRecord<String, String> record = new InMemoryTierOfRecord<>(
            store,
            singleFlights,
            locks,
            (key, value) -> 0,
            new Expiration<>(true, 0, (key, entry) -> expired.add(key + "=" + entry.value())));

    @ParameterizedTest
    @CsvSource({"ALWAYS,true,true", "ABSENT,true,false", "PRESENT,false,true"})
    void aPreconditionIsCheckedOnTheLiveEntry(String name, boolean actsOnNothing, boolean actsOnAnEntry) {
        Precondition precondition = switch (name) {
            case "ALWAYS" -> Precondition.ALWAYS;
            case "ABSENT" -> Precondition.ABSENT;
            default -> Precondition.PRESENT;
        };
        Outcome<String> onNothing = record.apply(store("a", precondition, "new"));
        assertEquals(actsOnNothing, onNothing.applied());
        assertFalse(onNothing.existed());
        assertNull(onNothing.before());
        assertEquals(actsOnNothing ? "new" : null, value("a"));

        put("b", "old", Lifetime.ETERNAL);
        Outcome<String> onEntry = record.apply(store("b", precondition, "new"));
        assertEquals(actsOnAnEntry, onEntry.applied());
        assertTrue(onEntry.existed());
        assertEquals("old", onEntry.before().value());
        assertEquals(actsOnAnEntry ? "new" : "old", value("b"));
        if (actsOnAnEntry) {
            assertEquals("new", onEntry.after().value());
        } else {
            assertNull(onEntry.after());
        }
    }

    @Test
    void unchangedMeansTheSameEntryAndNotAnEqualOne() {
        put("a", "v", Lifetime.ETERNAL);
        Entry<String> seen = store.find("a");
        put("a", "v", Lifetime.ETERNAL);
        Outcome<String> late = record.apply(store("a", Precondition.unchanged(seen), "lost"));
        assertFalse(late.applied());
        assertEquals("v", value("a"));

        Outcome<String> again = record.apply(store("a", Precondition.unchanged(late.before()), "won"));
        assertTrue(again.applied());
        assertEquals("won", value("a"));
        assertFalse(
                record.apply(store("a", Precondition.unchanged(null), "lost")).applied());
        assertTrue(record.apply(store("b", Precondition.unchanged(null), "won")).applied());
    }

    @Test
    void anExpiredEntryIsAbsentToEveryPrecondition() {
        putShort("a");
        clock.advanceNanos(10);
        assertFalse(record.apply(store("a", Precondition.PRESENT, "new")).applied());
        assertNull(value("a"));
        Entry<String> seen = putShort("a");
        clock.advanceNanos(10);
        assertFalse(
                record.apply(store("a", Precondition.unchanged(seen), "new")).applied());
        putShort("a");
        clock.advanceNanos(10);
        Outcome<String> absent = record.apply(store("a", Precondition.ABSENT, "new"));
        assertTrue(absent.applied());
        assertFalse(absent.existed());
        assertNull(absent.before());
        assertEquals(List.of("a=short", "a=short", "a=short"), expired);
    }

    @Test
    void aCreationLifetimeOfZeroStoresNothing() {
        Outcome<String> outcome =
                record.apply(mutation("a", Precondition.ALWAYS, "v", Lifetime.ZERO, Lifetime.ETERNAL));
        assertTrue(outcome.applied());
        assertFalse(outcome.existed());
        assertNull(outcome.after());
        assertNull(value("a"));
        assertEquals(0, store.map().size());
    }

    @Test
    void anUpdateLifetimeOfZeroRemovesTheEntry() {
        put("a", "old", Lifetime.ETERNAL);
        Outcome<String> outcome =
                record.apply(mutation("a", Precondition.ALWAYS, "new", Lifetime.ETERNAL, Lifetime.ZERO));
        assertTrue(outcome.applied());
        assertTrue(outcome.existed());
        assertEquals("old", outcome.before().value());
        assertNull(outcome.after());
        assertEquals(0, store.map().size());
        assertEquals(List.of(), expired);
    }

    @Test
    void anUpdateThatLeavesTheLifetimeKeepsTheDeadlineAndChangesTheValue() {
        put("a", "old", 10);
        clock.advanceNanos(9);
        Outcome<String> outcome =
                record.apply(mutation("a", Precondition.ALWAYS, "new", Lifetime.ETERNAL, Lifetime.UNCHANGED));
        assertEquals("new", value("a"));
        assertFalse(outcome.after().isEternal());
        clock.advanceNanos(1);
        assertNull(value("a"));
        put("b", "old", Lifetime.ETERNAL);
        assertTrue(record.apply(mutation("b", Precondition.ALWAYS, "new", 5, Lifetime.UNCHANGED))
                .after()
                .isEternal());
    }

    @Test
    void anUpdateCountsItsLifetimeFromNow() {
        put("a", "old", 10);
        clock.advanceNanos(9);
        record.apply(mutation("a", Precondition.ALWAYS, "new", 1, 10));
        clock.advanceNanos(9);
        assertEquals("new", value("a"));
        clock.advanceNanos(1);
        assertNull(value("a"));
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MAX_VALUE - 1, Long.MAX_VALUE / 2, Long.MAX_VALUE / 2 + 1})
    void aLifetimeOfCenturiesDoesNotWrapAround(long lifetime) {
        put("a", "v", lifetime);
        clock.advance(Duration.ofDays(365 * 100));
        assertEquals("v", value("a"));
    }

    @Test
    void aRemovalReturnsThePreviousEntry() {
        put("a", "v", Lifetime.ETERNAL);
        Outcome<String> there = record.apply(removal("a", Precondition.ALWAYS));
        assertTrue(there.applied() && there.existed());
        assertEquals("v", there.before().value());
        assertNull(there.after());
        Outcome<String> gone = record.apply(removal("a", Precondition.ALWAYS));
        assertTrue(gone.applied());
        assertFalse(gone.existed());
        assertEquals(0, store.map().size());
    }

    @Test
    void aReadGivesTheEntryItsAccessLifetime() {
        put("a", "v", 10);
        clock.advanceNanos(9);
        assertNotNull(record.read("a", new FillTicket(0), 10).entry());
        clock.advanceNanos(9);
        assertNotNull(record.read("a", new FillTicket(0), Lifetime.UNCHANGED).entry());
        clock.advanceNanos(1);
        assertNull(record.read("a", new FillTicket(0), 10).entry());
    }

    @Test
    void anAccessLifetimeOfZeroExpiresTheEntryAfterThisRead() {
        put("a", "v", Lifetime.ETERNAL);
        assertEquals(
                "v", record.read("a", new FillTicket(0), Lifetime.ZERO).entry().value());
        assertNull(record.read("a", new FillTicket(0), Lifetime.ZERO).entry());
        assertEquals(List.of("a=v"), expired);
    }

    @Test
    void readAllLeavesOutAbsentKeys() {
        put("a", "v", Lifetime.ETERNAL);
        putShort("b");
        clock.advanceNanos(10);
        Map<String, FillTicket> tickets =
                Map.of("a", new FillTicket(0), "b", new FillTicket(0), "c", new FillTicket(0));
        Map<String, ReadResult<String>> results = record.readAll(tickets, Lifetime.UNCHANGED);
        assertNotNull(results.get("a").entry());
        assertNull(results.get("b").entry());
        assertNull(results.get("c").entry());
        assertEquals(List.of("b=short"), expired);
    }

    @Test
    void anExpiryIsReportedOnceByTheFirstAccess() throws Exception {
        List<Runnable> accesses = List.of(
                () -> record.read("a", new FillTicket(0), Lifetime.UNCHANGED).entry(),
                () -> record.contains("a"),
                record::removeExpired,
                () -> record.entries().forEachRemaining(entry -> {}),
                () -> record.apply(store("a", Precondition.PRESENT, "new")),
                () -> record.apply(store("a", Precondition.ALWAYS, "new")),
                () -> record.apply(removal("a", Precondition.ALWAYS)),
                () -> record.fillAll(List.of(fill("a", new FillTicket(0), "new")))
                        .get(0),
                () -> {
                    record.lease("a").release();
                    record.removeExpired();
                },
                () -> commit(record.lease("a"), "new"),
                () -> commit(record.lease("a"), null));
        for (Runnable access : accesses) {
            expired.clear();
            putShort("a");
            clock.advanceNanos(10);
            access.run();
            access.run();
            assertEquals(List.of("a=short"), expired);
        }
        for (int round = 0; round < 200; round++) {
            expired.clear();
            putShort("a");
            clock.advanceNanos(10);
            Crew.together(4, () -> {
                for (Runnable access : accesses.subList(0, 4)) {
                    access.run();
                }
                return null;
            });
            assertEquals(List.of("a=short"), expired);
        }
    }

    @Test
    void anExpiryThatAMutationFindsAfterWaitingForALeaseIsReported() throws Exception {
        putShort("a"); // 1. an entry is stored
        Lease<String, String> lease = record.lease("a"); // 2. its key is leased
        clock.advanceNanos(10); // 3. it expires
        Crew.Member<Outcome<String>> waiting = // 4. a mutation with a result waits
                Crew.start(() -> record.apply(store("a", Precondition.ABSENT, "new")))
                        .untilItWaits();
        lease.release(); // 5. the lease is released
        assertTrue(waiting.result().applied());
        assertEquals(List.of("a=short"), expired);
    }

    @Test
    void anExpiryCallbackMayChangeTheKey() {
        AtomicReference<InMemoryTierOfRecord<String, String>> itself = new AtomicReference<>();
        InMemoryTierOfRecord<String, String> renewing = new InMemoryTierOfRecord<>(
                store,
                singleFlights,
                locks,
                (key, value) -> 0,
                new Expiration<>(
                        true, 0, (key, entry) -> itself.get().apply(store(key, Precondition.ALWAYS, "renewed"))));
        itself.set(renewing);
        putShort("a");
        clock.advanceNanos(10);
        commit(renewing.lease("a"), "processed");
        assertEquals("renewed", value("a"));
    }

    @Test
    void aFillThatBeganBeforeAChangeIsDropped() {
        List<Runnable> changes = List.of(
                () -> put("a", "v1", Lifetime.ETERNAL),
                () -> record.apply(removal("a", Precondition.ALWAYS)),
                record::clear,
                () -> record.applyAll(List.of(removal("a", Precondition.ALWAYS))),
                () -> commit(record.lease("a"), null));
        for (Runnable change : changes) {
            record.clear();
            FillTicket fetch = beginFetch("a"); // 1. a fetch begins and loads v0
            change.run(); // 2. the key changes
            record.apply(removal("a", Precondition.ALWAYS)); // 3. and is absent again
            Outcome<String> outcome =
                    record.fillAll(List.of(fill("a", fetch, "v0"))).get(0); // 4. the fetch ends
            assertFalse(outcome.applied());
            assertNull(value("a"));
        }
    }

    @Test
    void aRefusedChangeDoesNotInvalidateAFill() {
        FillTicket fetch = beginFetch("a");
        assertFalse(record.apply(store("a", Precondition.PRESENT, "v1")).applied());
        record.lease("a").release();
        assertTrue(record.fillAll(List.of(fill("a", fetch, "v0"))).get(0).applied());
    }

    @Test
    void aFillDoesNotReplaceAnEntry() {
        FillTicket fetch = new FillTicket(clock.nanos());
        put("a", "v1", Lifetime.ETERNAL);
        Outcome<String> outcome =
                record.fillAll(List.of(fill("a", fetch, "v0"))).get(0);
        assertFalse(outcome.applied());
        assertEquals("v1", value("a"));
    }

    @Test
    void outcomesOfFillsAreInOrder() {
        put("b", "v1", Lifetime.ETERNAL);
        List<Outcome<String>> outcomes = record.fillAll(List.of(
                new Fill<>("a", LoadLease.LOCAL, new FillTicket(0), "v0", Lifetime.ETERNAL),
                new Fill<>("b", LoadLease.LOCAL, new FillTicket(0), "v0", Lifetime.ETERNAL),
                new Fill<>("c", LoadLease.LOCAL, invalidTicket(), "v0", Lifetime.ETERNAL),
                new Fill<>("d", LoadLease.LOCAL, new FillTicket(0), "v0", Lifetime.ZERO)));
        assertEquals(
                List.of(true, false, false, true),
                outcomes.stream().map(Outcome::applied).toList());
        assertEquals("v0", value("a"));
        assertNull(value("c"));
        assertNull(value("d"));
        assertNull(outcomes.get(3).after());
    }

    /** The source holds v1 in the end, so the cache must hold v1 or nothing. */
    @Test
    void aFillThatBeganBeforeALeaseDoesNotSurviveItsCommit() {
        FillTicket fetch = beginFetch("a"); // 1. a fetch begins and loads v0
        Lease<String, String> lease = record.lease("a"); // 2. a writer of v1 leases the key, and the source takes v1
        record.fillAll(List.of(fill("a", fetch, "v0"))).get(0); // 3. the fetch ends
        Outcome<String> outcome = commit(lease, "v1"); // 4. the writer commits
        assertTrue(outcome.applied(), "no write has overtaken the lease");
        assertEquals("v1", value("a"));
    }

    @Test
    void aFillThatBeganDuringALeaseDoesNotSurviveItsCommit() {
        Lease<String, String> lease = record.lease("a");
        FillTicket fetch = beginFetch("a");
        assertFalse(record.fillAll(List.of(fill("a", fetch, "v0"))).get(0).applied());
        commit(lease, null);
        assertNull(value("a"));
    }

    @Test
    void aMutationWithAResultWaitsForTheLeaseAndSeesItsCommit() throws Exception {
        Lease<String, String> lease = record.lease("a");
        Crew.Member<Outcome<String>> waiting = Crew.start(() -> record.apply(store("a", Precondition.ABSENT, "mine")))
                .untilItWaits();
        assertNull(value("a"));
        assertTrue(commit(lease, "his").applied());
        Outcome<String> outcome = waiting.result();
        assertFalse(outcome.applied());
        assertEquals("his", outcome.before().value());
    }

    @Test
    void aMutationWithoutAResultOvertakesTheLease() throws Exception {
        put("a", "old", Lifetime.ETERNAL);
        Lease<String, String> lease = record.lease("a");
        Crew.run(() -> put("a", "overtaking", Lifetime.ETERNAL)).result();
        assertEquals("overtaking", value("a"));
        assertEquals("old", lease.before().value());

        Outcome<String> outcome = commit(lease, "late");

        assertFalse(outcome.applied());
        assertEquals("overtaking", value("a"));
        record.lease("a").release();
    }

    @Test
    void removalsAndClearsOvertakeTheLease() throws Exception {
        for (Runnable overtaking : List.<Runnable>of(
                () -> record.applyAll(List.of(new Mutation<>(
                        "a", Precondition.ALWAYS, null, Lifetime.UNCHANGED, Lifetime.UNCHANGED, false, false))),
                record::clear)) {
            put("a", "old", Lifetime.ETERNAL);
            Lease<String, String> lease = record.lease("a");
            Crew.run(overtaking::run).result();
            assertFalse(commit(lease, "late").applied());
            assertNull(value("a"));
        }
    }

    @Test
    void aKeyStaysLockedUntilTheLeaseBesideOneOfAnotherTierEnds() throws Exception {
        put("a", "old", Lifetime.ETERNAL);
        locks.lock("a");
        Lease<String, String> beside = record.leaseWith("a", null);
        Crew.Member<String> next = Crew.start(() -> {
            Lease<String, String> lease = record.lease("a");
            lease.release();
            return lease.before().value();
        });
        next.untilItWaits();
        // The lease of the other tier has failed.
        locks.unlock("a");
        assertTrue(locks.isHeldByMe("a"));
        assertTrue(commit(beside, "changed").applied());
        assertEquals("changed", next.result());
    }

    /**
     * A commit must not bring back the cleared entry that it was decided on, whenever during the clear its lease begins
     * and ends.
     */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aLeaseThatIsTakenDuringAClearDoesNotBringBackTheClearedEntry(boolean endsDuringTheClear) {
        NearStore<Hooked, Integer> numbers = new NearStore<>(NearCapacity.entries(100), clock, null, () -> {});
        SingleFlights<Hooked, String> fetches = new SingleFlights<>(clock, null);
        InMemoryTierOfRecord<Hooked, Integer> counters = new InMemoryTierOfRecord<>(
                numbers,
                fetches,
                new KeyLocks<>(20 * SECOND),
                (key, value) -> 0,
                new Expiration<>(true, 0, (key, entry) -> {}));
        Hooked counter = new Hooked("counter", new ArrayDeque<>());
        Hooked fetched = new Hooked("fetched", new ArrayDeque<>());
        counters.apply(
                new Mutation<>(counter, Precondition.ALWAYS, 41, Lifetime.ETERNAL, Lifetime.ETERNAL, false, false));
        fetches.join(fetched, fetches.prepare());
        AtomicReference<Lease<Hooked, Integer>> lease = new AtomicReference<>();
        Runnable begin = () -> lease.set(counters.lease(counter));
        Runnable end = () -> {
            int before = lease.get().before() == null ? 0 : lease.get().before().value();
            commit(lease.get(), before + 1);
        };
        // The clear invalidates the fetch first, and removes its key after the map has been cleared.
        fetched.hooks().add(begin); // 2. a processor leases the counter
        if (endsDuringTheClear) {
            fetched.hooks().add(end); // 3. and commits its result
        }

        counters.clear(); // 1. a clear begins and ends
        fetched.hooks().forEach(Runnable::run);
        if (!endsDuringTheClear) {
            end.run(); // 3. or the processor commits only now
        }

        Entry<Integer> after = numbers.find(counter);
        assertTrue(after == null || after.value() == 1, () -> "the cache holds " + after.value());
    }

    /** A key that runs a hook when its hash code is computed. */
    private record Hooked(String name, ArrayDeque<Runnable> hooks) {
        @Override
        public int hashCode() {
            Runnable hook = hooks.poll();
            if (hook != null) {
                hook.run();
            }
            return name.hashCode();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Hooked key && name.equals(key.name);
        }
    }

    @Test
    void readersSeeTheOldValueUnderALease() throws Exception {
        put("a", "old", Lifetime.ETERNAL);
        Lease<String, String> lease = record.lease("a");
        assertEquals(
                "old",
                Crew.start(() -> record.read("a", new FillTicket(0), Lifetime.UNCHANGED)
                                .entry())
                        .result()
                        .value());
        lease.release();
    }

    @Test
    void anEntryThatExpiresUnderALeaseDoesNotUndoTheCommit() {
        putShort("a"); // 1. an entry is stored
        Lease<String, String> lease = record.lease("a"); // 2. its key is leased
        clock.advanceNanos(10); // 3. it expires while its writer or processor runs
        Outcome<String> outcome = commit(lease, "new"); // 4. the lease commits, and no write has overtaken it
        assertTrue(outcome.applied());
        assertEquals("new", value("a"));
    }

    @Test
    void aTouchUnderALeaseDoesNotUndoTheCommit() {
        put("a", "old", 10);
        Lease<String, String> lease = record.lease("a");
        record.read("a", new FillTicket(0), 1_000);
        assertTrue(commit(lease, "new").applied());
    }

    @Test
    void aLeaseEndsWithItsCommitAndWithItsRelease() throws Exception {
        record.lease("a").release();
        commit(record.lease("a"), "v");
        Crew.run(() -> record.lease("a").release()).result();
        assertEquals("v", value("a"));
    }

    @Test
    void theHolderIsRefusedTheSameKeyAndMayLeaseAnother() {
        Lease<String, String> lease = record.lease("a");
        assertThrows(CacheException.class, () -> record.lease("a"));
        assertThrows(CacheException.class, () -> record.apply(store("a", Precondition.ALWAYS, "v")));
        put("b", "v", Lifetime.ETERNAL);
        record.lease("b").release();
        assertTrue(commit(lease, "v").applied());
    }

    @Test
    void mutationsOfSeveralKeysAreRefusedTogetherIfOneIsRefused() {
        Lease<String, String> lease = record.lease("a");
        assertThrows(
                CacheException.class,
                () -> record.applyAll(
                        List.of(store("b", Precondition.ALWAYS, "v"), store("a", Precondition.ALWAYS, "v"))));
        lease.release();
        assertNull(value("b"));
    }

    @Test
    void counterUnderLeasesIsExact() throws Exception {
        int threads = 8;
        int rounds = 1_000;
        put("n", "0", Lifetime.ETERNAL);
        Crew.together(threads, () -> {
            for (int i = 0; i < rounds; i++) {
                Lease<String, String> lease = record.lease("n");
                int next = Integer.parseInt(lease.before().value()) + 1;
                assertTrue(commit(lease, String.valueOf(next)).applied());
            }
            return null;
        });
        assertEquals(String.valueOf(threads * rounds), value("n"));
    }

    /** Half of the threads create the key under a lease, half by a direct mutation. */
    @Test
    void ofManyConcurrentCreationsOfOneKeyExactlyOneIsApplied() throws Exception {
        for (int round = 0; round < 300; round++) {
            CountDownLatch go = new CountDownLatch(1);
            List<Crew.Member<Boolean>> members = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                boolean leased = i % 2 == 0;
                String mine = "value" + i;
                members.add(Crew.start(() -> {
                    Crew.await(go);
                    if (!leased) {
                        return record.apply(store("a", Precondition.ABSENT, mine))
                                .applied();
                    }
                    Lease<String, String> lease = record.lease("a");
                    if (lease.before() != null) {
                        lease.release();
                        return false;
                    }
                    return commit(lease, mine).applied();
                }));
            }
            go.countDown();
            int won = 0;
            for (Crew.Member<Boolean> each : members) {
                won += each.result() ? 1 : 0;
            }
            assertEquals(1, won);
            record.apply(removal("a", Precondition.ALWAYS));
        }
    }

    @Test
    void iterationSkipsExpiredEntries() {
        putShort("a");
        put("b", "v", Lifetime.ETERNAL);
        clock.advanceNanos(10);
        Iterator<Map.Entry<String, Entry<String>>> entries = record.entries();
        assertEquals("b", entries.next().getKey());
        assertFalse(entries.hasNext());
        assertThrows(java.util.NoSuchElementException.class, entries::next);
        assertEquals(List.of("a=short"), expired);
    }

    @Test
    void removeExpiredRemovesUnreadExpiredEntries() {
        putShort("a");
        put("b", "v", Lifetime.ETERNAL);
        clock.advanceNanos(10);
        record.removeExpired();
        assertEquals(java.util.Set.of("b"), store.map().keySet());
        assertSame(store.find("b"), store.map().get("b"));
    }

    private FillTicket beginFetch(String key) {
        return singleFlights.join(key, singleFlights.prepare()).ticket();
    }

    private static FillTicket invalidTicket() {
        FillTicket ticket = new FillTicket(0);
        ticket.invalidate();
        return ticket;
    }

    private String value(String key) {
        Entry<String> entry = store.find(key);
        return entry == null ? null : entry.value();
    }

    private Entry<String> putShort(String key) {
        return put(key, "short", 10);
    }

    private Entry<String> put(String key, String value, long lifetime) {
        return record.apply(new Mutation<>(key, Precondition.ALWAYS, value, lifetime, lifetime, false, false))
                .after();
    }

    private static Mutation<String, String> store(String key, Precondition precondition, String value) {
        return mutation(key, precondition, value, Lifetime.ETERNAL, Lifetime.ETERNAL);
    }

    private static Mutation<String, String> removal(String key, Precondition precondition) {
        return mutation(key, precondition, null, Lifetime.UNCHANGED, Lifetime.UNCHANGED);
    }

    private static Mutation<String, String> mutation(
            String key, Precondition precondition, String value, long creationNanos, long updateNanos) {
        return new Mutation<>(key, precondition, value, creationNanos, updateNanos, true, true);
    }

    private static Fill<String, String> fill(String key, FillTicket ticket, String value) {
        return new Fill<>(key, LoadLease.LOCAL, ticket, value, Lifetime.ETERNAL);
    }
}
