package io.github.tieredjcache.internal.port;

import static io.github.tieredjcache.internal.port.Leases.commit;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Lifetime;
import io.github.tieredjcache.internal.model.Mutation;
import io.github.tieredjcache.internal.model.Outcome;
import io.github.tieredjcache.internal.model.Precondition;
import io.github.tieredjcache.internal.port.TierOfRecord.Fill;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.cache.CacheException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract of every tier of record. The clock of its deadlines is {@link System#nanoTime}. */
public abstract class TierOfRecordContract {
    private static final long HOUR = Duration.ofHours(1).toNanos();
    private static final long SHORT = Duration.ofMillis(20).toNanos();
    private static final long PATIENCE_SECONDS = 60;

    private final ExecutorService others = Executors.newCachedThreadPool();
    private TierOfRecord<String, String> tier;

    /** Returns an empty tier; called once a test. */
    protected abstract TierOfRecord<String, String> newTier();

    @BeforeEach
    final void createTheTier() {
        tier = newTier();
    }

    @AfterEach
    final void endTheThreads() throws InterruptedException {
        others.shutdownNow();
        assertTrue(others.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS));
    }

    // Reading.

    @Test
    void aKeyThatWasNeverStoredIsAbsent() {
        assertNull(read("k"));
        assertFalse(tier.contains("k"));
        assertEquals(Map.of(), values(tier.readAll(tickets("k", "l"), Lifetime.UNCHANGED)));
        assertEquals(Map.of(), entries());
    }

    @Test
    void aStoredValueIsRead() {
        put("k", "a");
        assertEquals("a", value(read("k")));
        assertTrue(tier.contains("k"));
        assertEquals(Map.of("k", "a"), values(tier.readAll(tickets("k", "l"), Lifetime.UNCHANGED)));
        assertEquals(Map.of("k", "a"), entries());
        assertTrue(read("k").isEternal());
        assertTrue(read("k").isSettled());
    }

    @Test
    void manyKeysAreReadTogether() {
        Map<String, String> expected = new LinkedHashMap<>();
        for (int i = 0; i < 1_200; i++) {
            expected.put("k" + i, "v" + i);
        }
        tier.applyAll(expected.entrySet().stream()
                .map(each -> set(each.getKey(), Precondition.ALWAYS, each.getValue(), false))
                .toList());
        String[] keys =
                Stream.concat(expected.keySet().stream(), Stream.of("absent")).toArray(String[]::new);
        assertEquals(expected, values(tier.readAll(tickets(keys), Lifetime.UNCHANGED)));
        assertEquals(expected, values(tier.readAll(tickets(keys), HOUR)));
        assertEquals(
                Set.of(keys), tier.readAll(tickets(keys), Lifetime.UNCHANGED).keySet());
        assertEquals(expected, entries());
    }

    @Test
    void emptyRequestsHaveEmptyResults() {
        assertEquals(Map.of(), tier.readAll(Map.of(), Lifetime.UNCHANGED));
        assertEquals(Map.of(), tier.readAll(Map.of(), HOUR));
        assertEquals(List.of(), tier.applyAll(List.of()));
        assertEquals(List.of(), tier.fillAll(List.of()));
    }

    // Preconditions, by kind of change, by previous entry.

    record Case(String condition, boolean existed, boolean removes, boolean answers, boolean wantsOld) {
        boolean holds() {
            return switch (condition) {
                case "always" -> true;
                case "absent", "unchanged nothing" -> !existed;
                case "present", "unchanged" -> existed;
                default -> false;
            };
        }
    }

    static Stream<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (String condition :
                List.of("always", "absent", "present", "unchanged nothing", "unchanged", "unchanged another")) {
            for (int bits = 0; bits < 16; bits++) {
                boolean existed = (bits & 1) != 0;
                if (existed || !condition.equals("unchanged")) {
                    cases.add(new Case(condition, existed, (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0));
                }
            }
        }
        return cases.stream();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aMutationIsAppliedIfAndOnlyIfItsPreconditionHolds(Case the) {
        put("k", "replaced");
        Entry<String> another = read("k");
        put("k", "old");
        if (!the.existed) {
            remove("k");
        }
        Entry<String> seen = read("k");
        Precondition precondition = switch (the.condition) {
            case "always" -> Precondition.ALWAYS;
            case "absent" -> Precondition.ABSENT;
            case "present" -> Precondition.PRESENT;
            case "unchanged nothing" -> Precondition.unchanged(null);
            case "unchanged" -> Precondition.unchanged(seen);
            default -> Precondition.unchanged(another);
        };
        String stored = the.removes ? null : "new";
        Mutation<String, String> mutation = new Mutation<>(
                "k", precondition, stored, Lifetime.ETERNAL, Lifetime.ETERNAL, the.answers, the.wantsOld);

        Outcome<String> outcome = tier.apply(mutation);

        assertEquals(the.holds(), outcome.applied());
        assertEquals(the.existed, outcome.existed());
        if (the.wantsOld || !the.holds()) {
            assertEquals(the.existed ? "old" : null, value(outcome.before()));
        }
        assertEquals(the.holds() ? stored : null, value(outcome.after()));
        String expected = the.holds() ? stored : the.existed ? "old" : null;
        assertEquals(expected, value(read("k")));
        assertEquals(expected != null, tier.contains("k"));
    }

    @Test
    void theEntryOfAnOutcomeServesAsTheNextPrecondition() {
        Entry<String> first = put("k", "a").after();
        Outcome<String> second = tier.apply(set("k", Precondition.unchanged(first), "b", true));
        assertTrue(second.applied());
        assertFalse(
                tier.apply(set("k", Precondition.unchanged(first), "c", true)).applied());
        assertTrue(tier.apply(set("k", Precondition.unchanged(second.after()), "d", true))
                .applied());
        assertEquals("d", value(read("k")));
    }

    @Test
    void anEqualValueStoredAgainIsAnotherEntry() {
        put("k", "a");
        Entry<String> seen = read("k");
        put("k", "a");
        assertFalse(
                tier.apply(set("k", Precondition.unchanged(seen), "b", true)).applied());
    }

    @Test
    void theOutcomeOfALostRaceHasTheEntryOfTheWinner() {
        put("k", "a");
        Entry<String> seen = read("k");
        put("k", "b");
        Outcome<String> lost = tier.apply(set("k", Precondition.unchanged(seen), "c", true));
        assertEquals("b", value(lost.before()));
        assertTrue(tier.apply(set("k", Precondition.unchanged(lost.before()), "c", true))
                .applied());
    }

    @Test
    void outcomesOfManyMutationsAreInOrder() {
        put("b", "old");
        List<Outcome<String>> outcomes = tier.applyAll(List.of(
                set("a", Precondition.ABSENT, "1", true),
                set("b", Precondition.ABSENT, "2", true),
                removal("c", Precondition.PRESENT),
                set("d", Precondition.ALWAYS, "4", false)));
        assertEquals(
                List.of(true, false, false, true),
                outcomes.stream().map(Outcome::applied).toList());
        assertEquals(Map.of("a", "1", "b", "old", "d", "4"), entries());
    }

    @Test
    void concurrentCompareAndSetsLoseNoUpdate() throws Exception {
        put("k", "0");
        together(4, () -> {
            for (int i = 0; i < 50; i++) {
                Entry<String> seen = read("k");
                while (true) {
                    String next = increment(seen);
                    Outcome<String> outcome = tier.apply(set("k", Precondition.unchanged(seen), next, true));
                    if (outcome.applied()) {
                        break;
                    }
                    seen = outcome.before();
                }
            }
        });
        assertEquals("200", value(read("k")));
    }

    @Test
    void ofManyConcurrentPutIfAbsentsOneIsApplied() throws Exception {
        List<Boolean> applied = together(
                8, () -> tier.apply(set("k", Precondition.ABSENT, "v", true)).applied());
        assertEquals(1, applied.stream().filter(each -> each).count());
    }

    // Lifetimes.

    @Test
    void aNewEntryHasTheCreationLifetimeAndAReplacedOneTheUpdateLifetime() {
        long startNanos = System.nanoTime();
        Entry<String> created = tier.apply(lasting("k", "a", HOUR, 2 * HOUR)).after();
        assertLasts(HOUR, created, startNanos);
        assertLasts(HOUR, read("k"), startNanos);
        Entry<String> updated = tier.apply(lasting("k", "b", HOUR, 2 * HOUR)).after();
        assertLasts(2 * HOUR, updated, startNanos);
        assertLasts(2 * HOUR, read("k"), startNanos);
    }

    @Test
    void anUpdateMayKeepTheDeadline() {
        long startNanos = System.nanoTime();
        tier.apply(lasting("k", "a", HOUR, Lifetime.UNCHANGED));
        assertLasts(
                HOUR,
                tier.apply(lasting("k", "b", 5 * HOUR, Lifetime.UNCHANGED)).after(),
                startNanos);
        assertLasts(HOUR, read("k"), startNanos);

        put("eternal", "a");
        assertTrue(tier.apply(lasting("eternal", "b", HOUR, Lifetime.UNCHANGED))
                .after()
                .isEternal());
        assertTrue(read("eternal").isEternal());
    }

    @Test
    void anUpdateMayAddOrRemoveADeadline() {
        long startNanos = System.nanoTime();
        tier.apply(lasting("k", "a", HOUR, HOUR));
        tier.apply(lasting("k", "b", HOUR, Lifetime.ETERNAL));
        assertTrue(read("k").isEternal());
        tier.apply(lasting("k", "c", HOUR, HOUR));
        assertLasts(HOUR, read("k"), startNanos);
    }

    @Test
    void aNewEntryWithALifetimeOfZeroIsNotStored() {
        Outcome<String> outcome = tier.apply(lasting("k", "a", Lifetime.ZERO, HOUR));
        assertTrue(outcome.applied());
        assertFalse(outcome.existed());
        assertNull(outcome.after());
        assertFalse(tier.contains("k"));
    }

    @Test
    void anUpdateLifetimeOfZeroRemovesTheEntry() {
        put("k", "a");
        Outcome<String> outcome = tier.apply(lasting("k", "b", HOUR, Lifetime.ZERO));
        assertTrue(outcome.applied());
        assertTrue(outcome.existed());
        assertNull(outcome.after());
        assertNull(read("k"));
    }

    @Test
    void anExpiredEntryIsAbsentToEveryOperation() {
        tier.apply(lasting("k", "a", SHORT, SHORT));
        await(() -> !tier.contains("k"));
        assertNull(read("k"));
        assertEquals(Map.of(), values(tier.readAll(tickets("k"), Lifetime.UNCHANGED)));
        assertEquals(Map.of(), entries());
        assertFalse(tier.apply(set("k", Precondition.PRESENT, "b", true)).applied());
        Outcome<String> outcome = tier.apply(set("k", Precondition.ABSENT, "b", true));
        assertTrue(outcome.applied());
        assertFalse(outcome.existed());
        assertEquals("b", value(read("k")));
    }

    @Test
    @Covers(FaultRow.F64)
    void aLifetimeShorterThanAClockTickExpires() {
        Outcome<String> outcome = tier.apply(lasting("k", "a", 1, 1));
        assertTrue(outcome.applied());
        await(() -> !tier.contains("k"));
    }

    @Test
    void anAccessMayMoveTheDeadline() {
        long startNanos = System.nanoTime();
        tier.apply(lasting("k", "a", HOUR, HOUR));
        assertLasts(3 * HOUR, tier.read("k", ticket(), 3 * HOUR).entry(), startNanos);
        assertLasts(3 * HOUR, read("k"), startNanos);
        assertTrue(tier.readAll(tickets("k"), Lifetime.ETERNAL).get("k").entry().isEternal());
        assertTrue(read("k").isEternal());
        tier.touch("k", read("k"), HOUR);
        assertLasts(HOUR, read("k"), startNanos);
    }

    @Test
    void anAccessMayExpireTheEntryThatItReads() {
        put("k", "a");
        assertEquals("a", value(tier.read("k", ticket(), Lifetime.ZERO).entry()));
        await(() -> read("k") == null);

        put("k", "b");
        assertEquals(Map.of("k", "b"), values(tier.readAll(tickets("k"), Lifetime.ZERO)));
        await(() -> !tier.contains("k"));

        put("k", "c");
        tier.touch("k", read("k"), Lifetime.ZERO);
        await(() -> !tier.contains("k"));
    }

    @Test
    void aTouchMovesOnlyTheEntryThatWasRead() {
        put("k", "a");
        Entry<String> seen = read("k");
        put("k", "b");
        tier.touch("k", seen, Lifetime.ZERO);
        tier.touch("gone", seen, HOUR);
        assertEquals("b", value(read("k")));
        assertTrue(read("k").isEternal());
        assertFalse(tier.contains("gone"));
    }

    @Test
    void aTouchedEntryIsUnchangedToAPrecondition() {
        put("k", "a");
        Entry<String> seen = read("k");
        tier.read("k", ticket(), HOUR);
        assertTrue(tier.apply(set("k", Precondition.unchanged(seen), "b", true)).applied());
    }

    // Loads.

    @Test
    void theHolderOfALoadLeaseStoresTheLoadedValue() {
        long startNanos = System.nanoTime();
        Outcome<String> outcome =
                tier.fillAll(List.of(fill("k", "loaded", HOUR))).get(0);
        assertTrue(outcome.applied());
        assertEquals("loaded", value(outcome.after()));
        assertLasts(HOUR, read("k"), startNanos);
    }

    @Test
    void aLoadGrantForAKeyWithAnEntryHasTheEntry() {
        put("k", "written");
        Map<String, LoadGrant<String>> grants =
                tier.loadGrants(Map.of("k", ticket(), "absent", ticket()), Set.of(), false);
        assertEquals("written", grants.get("k") instanceof LoadGrant.Found<String> there ? value(there.entry()) : "");
        assertTrue(grants.get("absent") instanceof LoadGrant.Granted);
        assertEquals(2, grants.size());
    }

    @Test
    void aLoadLeaseThatIsTakenOverStoresNothingAndTheNewOneDoes() {
        Fill<String, String> late = fill("k", "older", HOUR);
        LoadGrant<String> grant =
                tier.loadGrants(Map.of("k", ticket()), Set.of(), true).get("k");
        LoadLease loadLease = ((LoadGrant.Granted<String>) grant).lease();
        assertTrue(tier.fillAll(List.of(new Fill<>("k", loadLease, ticket(), "newer", HOUR)))
                .get(0)
                .applied());
        assertFalse(tier.fillAll(List.of(late)).get(0).applied());
        assertEquals("newer", value(read("k")));
    }

    @Test
    void aFillReplacesNoEntry() {
        Fill<String, String> late = fill("k", "loaded", HOUR);
        put("k", "written");
        Outcome<String> outcome = tier.fillAll(List.of(late)).get(0);
        assertFalse(outcome.applied());
        assertNull(outcome.after());
        assertEquals("written", value(read("k")));
    }

    @Test
    void aFillWithALifetimeOfZeroStoresNothing() {
        assertNull(
                tier.fillAll(List.of(fill("k", "loaded", Lifetime.ZERO))).get(0).after());
        assertFalse(tier.contains("k"));
    }

    @Test
    void manyFillsAreDecidedOneByOne() {
        List<Fill<String, String>> fills = List.of(
                fill("a", "1", Lifetime.ETERNAL), fill("b", "2", Lifetime.ETERNAL), fill("c", "3", Lifetime.ETERNAL));
        put("b", "written");
        assertEquals(
                List.of(true, false, true),
                tier.fillAll(fills).stream().map(Outcome::applied).toList());
        assertEquals(Map.of("a", "1", "b", "written", "c", "3"), entries());
    }

    @Test
    void aKeyThatIsBeingLoadedIsAbsentToAllOthers() {
        LoadLease granted = loadLease("k");
        assertNull(read("k"));
        assertFalse(tier.contains("k"));
        assertEquals(Map.of(), values(tier.readAll(Map.of("k", ticket()), Lifetime.UNCHANGED)));
        assertEquals(Map.of(), entries());
        assertFalse(tier.apply(set("k", Precondition.PRESENT, "v", true)).applied());
        assertFalse(tier.apply(removal("k", Precondition.ALWAYS)).existed());
        Lease<String, String> lease = tier.lease("k");
        assertNull(lease.before());
        lease.release();
        assertTrue(tier.apply(set("k", Precondition.ABSENT, "v", true)).applied());
        granted.giveUp();
        assertEquals("v", value(read("k")));
    }

    @Test
    void aLoadLeaseThatIsGivenUpIsGrantedAgain() {
        loadLease("k").giveUp();
        assertTrue(tier.fillAll(List.of(fill("k", "loaded", HOUR))).get(0).applied());
    }

    @Test
    void aFillDoesNotOvertakeALease() throws Exception {
        Fill<String, String> late = fill("k", "loaded", HOUR);
        Lease<String, String> lease = tier.lease("k");
        assertFalse(other(() -> tier.fillAll(List.of(late)).get(0).applied()));
        assertFalse(other(() -> tier.contains("k")));
        assertTrue(commit(lease, "written").applied());
        assertEquals("written", value(read("k")));
    }

    // Leases.

    @Test
    void aLeaseHasThePreviousEntryAndCommits() {
        Lease<String, String> first = tier.lease("k");
        assertNull(first.before());
        Outcome<String> created = commit(first, "a");
        assertTrue(created.applied());
        assertFalse(created.existed());
        assertEquals("a", value(created.after()));

        Lease<String, String> second = tier.lease("k");
        assertEquals("a", value(second.before()));
        Outcome<String> updated = commit(second, "b");
        assertTrue(updated.applied());
        assertTrue(updated.existed());
        assertEquals("a", value(updated.before()));
        assertEquals("b", value(read("k")));

        Outcome<String> removed = commit(tier.lease("k"), null);
        assertTrue(removed.applied());
        assertTrue(removed.existed());
        assertNull(removed.after());
        assertFalse(tier.contains("k"));
    }

    @Test
    void aCommitGivesItsLifetime() {
        long startNanos = System.nanoTime();
        assertLasts(HOUR, commit(tier.lease("k"), "a", HOUR).after(), startNanos);
        assertLasts(2 * HOUR, commit(tier.lease("k"), "b", 2 * HOUR).after(), startNanos);
        assertLasts(2 * HOUR, commit(tier.lease("k"), "c", Lifetime.UNCHANGED).after(), startNanos);
        assertLasts(2 * HOUR, read("k"), startNanos);
        assertNull(commit(tier.lease("k"), "d", Lifetime.ZERO).after());
        assertFalse(tier.contains("k"));
        assertNull(commit(tier.lease("k"), "e", Lifetime.ZERO).after());
        assertFalse(tier.contains("k"));
    }

    @Test
    void aSavedValueIsVisibleAndTheLeaseIsKept() throws Exception {
        put("k", "a");
        Lease<String, String> lease = tier.lease("k");
        Outcome<String> saved = lease.save(lease.prepare("b"), HOUR);
        assertTrue(saved.applied());
        assertEquals("b", other(() -> value(read("k"))));
        assertTrue(lease.save(lease.prepare(null), Lifetime.UNCHANGED).applied());
        assertNull(other(() -> read("k")));
        Future<Outcome<String>> waiting =
                others.submit(() -> tier.apply(set("k", Precondition.PRESENT, "waited", true)));
        assertTrue(commit(lease, "c").applied());
        assertTrue(waiting.get(PATIENCE_SECONDS, TimeUnit.SECONDS).applied());
        assertEquals("waited", value(read("k")));
    }

    @Test
    void aSavedValueStaysWhenTheLeaseIsReleased() {
        Lease<String, String> lease = tier.lease("k");
        assertTrue(lease.save(lease.prepare("b"), HOUR).applied());
        lease.release();
        assertEquals("b", value(read("k")));
    }

    @Test
    void preparedChangesAreIndependent() {
        Lease<String, String> lease = tier.lease("k");
        Lease.Prepared<String> one = lease.prepare("one");
        Lease.Prepared<String> other = lease.prepare("other");
        assertTrue(lease.save(one, HOUR).applied());
        assertEquals("one", value(read("k")));
        assertTrue(lease.commit(other, HOUR).applied());
        assertEquals("other", value(read("k")));
    }

    @Test
    void anAbandonedKeyCanBeLeasedAgain() {
        put("k", "a");
        tier.lease("k").abandon();
        assertTrue(commit(tier.lease("k"), "b").applied());
        assertEquals("b", value(read("k")));
    }

    @Test
    void aReleasedLeaseHasChangedNothing() {
        long startNanos = System.nanoTime();
        tier.apply(lasting("k", "a", HOUR, HOUR));
        Entry<String> seen = read("k");
        tier.lease("k").release();
        tier.lease("absent").release();
        assertLasts(HOUR, read("k"), startNanos);
        assertTrue(read("k").isSettled());
        assertFalse(tier.contains("absent"));
        assertEquals(Map.of("k", "a"), entries());
        assertTrue(tier.apply(set("k", Precondition.unchanged(seen), "b", true)).applied());
    }

    @Test
    void readersSeeTheOldEntryUnderALease() throws Exception {
        put("k", "a");
        Lease<String, String> lease = tier.lease("k");
        Lease<String, String> nothing = tier.lease("absent");
        assertEquals("a", other(() -> value(read("k"))));
        assertEquals(Map.of("k", "a"), other(() -> values(tier.readAll(tickets("k", "absent"), Lifetime.UNCHANGED))));
        assertTrue(other(() -> tier.contains("k")));
        assertFalse(other(() -> tier.contains("absent")));
        assertNull(other(() -> read("absent")));
        assertEquals(Map.of("k", "a"), other(this::entries));
        lease.release();
        nothing.release();
    }

    @Test
    void anAccessDuringALeaseMovesTheDeadlineAndKeepsTheLease() throws Exception {
        long startNanos = System.nanoTime();
        put("k", "a");
        Lease<String, String> lease = tier.lease("k");
        assertEquals("a", other(() -> value(tier.read("k", ticket(), HOUR).entry())));
        lease.release();
        assertLasts(HOUR, read("k"), startNanos);

        lease = tier.lease("k");
        assertTrue(other(() -> tier.read("k", ticket(), 2 * HOUR).entry()) != null);
        assertTrue(commit(lease, "b", Lifetime.ETERNAL).applied());
        assertEquals("b", value(read("k")));
    }

    @Test
    void anAccessThatExpiresTheEntryKeepsTheLease() throws Exception {
        for (long access : List.of(Lifetime.ZERO, SHORT)) {
            put("k", "a");
            Lease<String, String> lease = tier.lease("k");
            assertEquals("a", other(() -> value(tier.read("k", ticket(), access).entry())));
            await(() -> !tier.contains("k") && read("k") == null);
            assertTrue(commit(lease, "b").applied());
            assertEquals("b", value(read("k")));
            assertTrue(read("k").isEternal());
        }
    }

    @Test
    void anEntryThatExpiresUnderALeaseDoesNotPreventTheCommit() {
        Lease<String, String> lease = leaseOfAShortLivedEntry();
        assertEquals("a", value(lease.before()));
        await(() -> !tier.contains("k") && read("k") == null);
        assertEquals(Map.of(), entries());
        Outcome<String> outcome = commit(lease, "b", HOUR);
        assertTrue(outcome.applied());
        assertTrue(outcome.existed());
        assertEquals("b", value(read("k")));
    }

    @Test
    void aCommitThatKeepsTheDeadlineDoesNotReviveAnExpiredEntry() {
        Lease<String, String> lease = leaseOfAShortLivedEntry();
        await(() -> !tier.contains("k"));
        assertTrue(commit(lease, "b", Lifetime.UNCHANGED).applied());
        await(() -> read("k") == null);
        assertFalse(tier.contains("k"));
    }

    @Test
    void aMutationWithAResultWaitsForTheLease() throws Exception {
        put("k", "a");
        for (String value : List.of("b", "c", "d")) {
            Lease<String, String> lease = tier.lease("k");
            CountDownLatch begun = new CountDownLatch(1);
            Future<Outcome<String>> waiting = others.submit(() -> {
                begun.countDown();
                return tier.apply(new Mutation<>(
                        "k", Precondition.ALWAYS, "waited", Lifetime.ETERNAL, Lifetime.ETERNAL, true, true));
            });
            begun.await();
            assertTrue(commit(lease, value).applied());
            assertEquals(
                    value, value(waiting.get(PATIENCE_SECONDS, TimeUnit.SECONDS).before()));
        }
    }

    @Test
    void aLeaseWaitsForAnotherLeaseOfTheKey() throws Exception {
        Lease<String, String> lease = tier.lease("k");
        Future<String> waiting = others.submit(() -> {
            Lease<String, String> next = tier.lease("k");
            String seen = value(next.before());
            next.release();
            return seen;
        });
        assertTrue(commit(lease, "a").applied());
        assertEquals("a", waiting.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
    }

    @Test
    void aMutationWithoutAResultOvertakesTheLease() throws Exception {
        put("k", "a");
        Lease<String, String> lease = tier.lease("k");
        assertTrue(other(() -> put("k", "overtook").applied()));
        assertFalse(commit(lease, "late").applied());
        assertEquals("overtook", value(read("k")));
    }

    @Test
    void aReleaseKeepsThePutThatHasOvertakenTheLease() throws Exception {
        put("k", "a");
        Lease<String, String> lease = tier.lease("k");
        assertTrue(other(() -> put("k", "overtook").applied()));
        lease.release();
        assertEquals("overtook", value(read("k")));
    }

    @Test
    void aClearOvertakesTheLease() throws Exception {
        put("k", "a");
        Lease<String, String> lease = tier.lease("k");
        other(() -> {
            tier.clear();
            return true;
        });
        assertFalse(commit(lease, "late").applied());
        assertFalse(tier.contains("k"));
    }

    @Test
    void aDiscardRemovesEntries() {
        put("k", "a");
        put("other", "b");
        tier.discardAll(List.of("k", "absent"));
        tier.discardAll(List.of());
        assertEquals(Map.of("other", "b"), entries());
    }

    @Test
    void aDiscardUnderALeaseHasItsCommitStoreNothing() throws Exception {
        put("k", "a");
        Lease<String, String> lease = tier.lease("k");
        other(() -> {
            tier.discardAll(List.of("k"));
            return true;
        });
        assertFalse(tier.contains("k"));
        assertFalse(commit(lease, "late").applied());
        assertFalse(tier.contains("k"));
        assertTrue(commit(tier.lease("k"), "next").applied());
    }

    @Test
    void leasesOfDifferentKeysAreIndependent() {
        Lease<String, String> one = tier.lease("one");
        Lease<String, String> two = tier.lease("two");
        assertTrue(commit(two, "2").applied());
        assertTrue(commit(one, "1").applied());
        assertEquals(Map.of("one", "1", "two", "2"), entries());
    }

    @Test
    void concurrentLeasesLoseNoUpdate() throws Exception {
        put("k", "0");
        together(4, () -> {
            for (int i = 0; i < 50; i++) {
                Lease<String, String> lease = tier.lease("k");
                String next = increment(lease.before());
                assertTrue(commit(lease, next).applied());
            }
        });
        assertEquals("200", value(read("k")));
    }

    @Test
    void manyLeasesAreTakenTogetherAndCommittedTogether() {
        List<String> keys = tier.inLeasingOrder(
                IntStream.range(0, 600).mapToObj(each -> "k" + each).toList());
        put(keys.get(300), "old");
        List<Lease<String, String>> leases = tier.leaseAll(keys);
        List<Supplier<Outcome<String>>> begun = new ArrayList<>();
        Map<String, String> expected = new HashMap<>();
        for (int i = 0; i < keys.size(); i++) {
            Lease<String, String> lease = leases.get(i);
            assertEquals(i == 300 ? "old" : null, value(lease.before()));
            begun.add(lease.beginCommit(lease.prepare("v" + i), Lifetime.ETERNAL));
            expected.put(keys.get(i), "v" + i);
        }
        begun.forEach(each -> assertTrue(each.get().applied()));
        assertEquals(expected, entries());
    }

    @Test
    void aCallThatWaitsForOneOfManyLeasesHoldsNoneBehindIt() throws Exception {
        List<String> keys = tier.inLeasingOrder(List.of("a", "b", "c", "d"));
        Lease<String, String> busy = tier.lease(keys.get(1));
        Crew.Member<List<Boolean>> waiting = Crew.start(() -> tier.leaseAll(keys).stream()
                .map(each -> commit(each, "v").applied())
                .toList());
        for (int i = 0; i < 20; i++) {
            waiting.untilItWaits();
            tier.lease(keys.get(2)).release();
            tier.lease(keys.get(3)).release();
        }
        busy.release();
        assertEquals(List.of(true, true, true, true), waiting.result());
    }

    @Test
    void aCallThatFailsToTakeOneOfManyLeasesKeepsNone() throws Exception {
        List<String> keys = tier.inLeasingOrder(List.of("a", "b", "c"));
        Lease<String, String> busy = tier.lease(keys.get(1));
        Crew.Member<List<Lease<String, String>>> waiting = Crew.start(() -> tier.leaseAll(keys));
        waiting.untilItWaits();
        waiting.interrupt();
        assertThrows(CacheException.class, waiting::result);
        busy.release();
        keys.forEach(key -> tier.lease(key).release());
    }

    // Iteration and clear.

    @Test
    void anIterationEndsAndCannotRemove() {
        put("k", "a");
        Iterator<Map.Entry<String, Entry<String>>> iterator = tier.entries();
        assertTrue(iterator.hasNext());
        assertTrue(iterator.hasNext());
        assertEquals("k", iterator.next().getKey());
        assertThrows(RuntimeException.class, iterator::remove);
        assertFalse(iterator.hasNext());
        assertThrows(java.util.NoSuchElementException.class, iterator::next);
        assertTrue(tier.contains("k"));
    }

    @Test
    void anIterationDuringChangesReturnsEachKeyOnce() {
        for (int i = 0; i < 1_000; i++) {
            put("k" + i, "v");
        }
        Map<String, Integer> times = new HashMap<>();
        Iterator<Map.Entry<String, Entry<String>>> iterator = tier.entries();
        while (iterator.hasNext()) {
            String key = iterator.next().getKey();
            times.merge(key, 1, Integer::sum);
            remove("k" + times.size());
            put("new" + times.size(), "v");
            put(key, "again");
        }
        assertEquals(List.of(1), times.values().stream().distinct().toList());
    }

    @Test
    void clearRemovesAllEntriesAndTheTierStaysUsable() {
        for (int i = 0; i < 1_200; i++) {
            put("k" + i, "v");
        }
        tier.clear();
        assertEquals(Map.of(), entries());
        assertFalse(tier.contains("k7"));
        put("k7", "again");
        assertEquals(Map.of("k7", "again"), entries());
    }

    @Test
    void keysMayContainAnyCharacter() {
        List<String> keys = List.of("", " ", ":", "{}", "a:{b}", "*", "?[x]", "\r\n", "\0", "ä€😀", "~L1", "%00");
        keys.forEach(each -> put(each, "v" + each));
        for (String each : keys) {
            assertEquals("v" + each, value(read(each)));
        }
        assertEquals(keys.size(), entries().size());
        remove("*");
        remove("");
        assertEquals(keys.size() - 2, entries().size());
    }

    // Helpers.

    protected final TierOfRecord<String, String> tier() {
        return tier;
    }

    protected static FillTicket ticket() {
        return new FillTicket(System.nanoTime());
    }

    private Fill<String, String> fill(String key, String value, long lifetimeNanos) {
        return new Fill<>(key, loadLease(key), ticket(), value, lifetimeNanos);
    }

    private LoadLease loadLease(String key) {
        LoadGrant<String> grant =
                tier.loadGrants(Map.of(key, ticket()), Set.of(), false).get(key);
        return ((LoadGrant.Granted<String>) grant).lease();
    }

    protected final Entry<String> read(String key) {
        return tier.read(key, ticket(), Lifetime.UNCHANGED).entry();
    }

    protected final Outcome<String> put(String key, String value) {
        return tier.apply(set(key, Precondition.ALWAYS, value, false));
    }

    protected final Outcome<String> remove(String key) {
        return tier.apply(removal(key, Precondition.ALWAYS));
    }

    protected static Mutation<String, String> set(
            String key, Precondition precondition, String value, boolean answers) {
        return new Mutation<>(key, precondition, value, Lifetime.ETERNAL, Lifetime.ETERNAL, answers, false);
    }

    protected static Mutation<String, String> removal(String key, Precondition precondition) {
        return new Mutation<>(key, precondition, null, Lifetime.ETERNAL, Lifetime.ETERNAL, true, false);
    }

    protected static Mutation<String, String> lasting(String key, String value, long creationNanos, long updateNanos) {
        return new Mutation<>(key, Precondition.ALWAYS, value, creationNanos, updateNanos, false, false);
    }

    protected static @Nullable String value(@Nullable Entry<String> entry) {
        return entry == null ? null : entry.value();
    }

    /** Reads all entries by iteration. */
    protected final Map<String, String> entries() {
        Map<String, String> found = new HashMap<>();
        tier.entries()
                .forEachRemaining(each -> assertNull(
                        found.put(each.getKey(), each.getValue().value()),
                        () -> each.getKey() + " was returned twice"));
        return found;
    }

    /** Runs the call on another thread and waits for it. */
    protected final <T> T other(Callable<T> call) throws Exception {
        return others.submit(call).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /** Runs a task on several threads at once. */
    protected final void together(int threads, Runnable task) throws Exception {
        together(threads, () -> {
            task.run();
            return true;
        });
    }

    /** Runs a task on several threads at once and returns the results. */
    protected final <T> List<T> together(int threads, Callable<T> task) throws Exception {
        CountDownLatch start = new CountDownLatch(1);
        List<Future<T>> futures = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            futures.add(others.submit(() -> {
                start.await();
                return task.call();
            }));
        }
        start.countDown();
        List<T> results = new ArrayList<>();
        for (Future<T> each : futures) {
            results.add(each.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
        }
        return results;
    }

    /** Leases a key whose entry is about to expire; repeats that if a slow machine let the entry expire before. */
    private Lease<String, String> leaseOfAShortLivedEntry() {
        AtomicReference<Lease<String, String>> leased = new AtomicReference<>();
        await(() -> {
            tier.apply(lasting("k", "a", SHORT, SHORT));
            Lease<String, String> lease = tier.lease("k");
            if (lease.before() == null) {
                lease.release();
                return false;
            }
            leased.set(lease);
            return true;
        });
        return leased.get();
    }

    /** Waits for a condition that becomes true without further calls. */
    protected static void await(BooleanSupplier condition) {
        long startNanos = System.nanoTime();
        while (!condition.getAsBoolean()) {
            assertTrue(
                    System.nanoTime() - startNanos < TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS),
                    "the condition did not become true");
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    private static String increment(Entry<String> entry) {
        return Integer.toString(Integer.parseInt(entry.value()) + 1);
    }

    private static Map<String, String> values(Map<String, ReadResult<String>> found) {
        Map<String, String> values = new HashMap<>();
        found.forEach((key, read) -> {
            if (read.entry() != null) {
                values.put(key, read.entry().value());
            }
        });
        return values;
    }

    private static Map<String, FillTicket> tickets(String... keys) {
        Map<String, FillTicket> tickets = new LinkedHashMap<>();
        for (String each : keys) {
            tickets.put(each, ticket());
        }
        return tickets;
    }

    /** Checks that a deadline lies a lifetime after a moment between {@code startNanos} and now, or a little before. */
    private static void assertLasts(long lifetimeNanos, Entry<String> entry, long startNanos) {
        assertNotNull(entry);
        assertNotEquals(Entry.NO_DEADLINE, entry.deadlineNanos());
        long earlyNanos = Duration.ofMinutes(1).toNanos();
        assertTrue(entry.deadlineNanos() - (startNanos + lifetimeNanos) > -earlyNanos, "the deadline is too early");
        long roundingNanos = Duration.ofMillis(1).toNanos();
        assertTrue(
                entry.deadlineNanos() - (System.nanoTime() + lifetimeNanos) <= roundingNanos,
                "the deadline is too late");
    }
}
