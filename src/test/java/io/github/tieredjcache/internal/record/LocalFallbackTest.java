package io.github.tieredjcache.internal.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.FakeClock;
import io.github.tieredjcache.internal.coherence.CoherenceLease;
import io.github.tieredjcache.internal.coherence.CoherenceProof;
import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Lifetime;
import io.github.tieredjcache.internal.model.Mutation;
import io.github.tieredjcache.internal.model.Precondition;
import io.github.tieredjcache.internal.model.Version;
import io.github.tieredjcache.internal.near.Expiration;
import io.github.tieredjcache.internal.near.InMemoryTierOfRecord;
import io.github.tieredjcache.internal.near.KeyLocks;
import io.github.tieredjcache.internal.near.NearCapacity;
import io.github.tieredjcache.internal.near.NearStore;
import io.github.tieredjcache.internal.near.NearTier;
import io.github.tieredjcache.internal.near.SingleFlights;
import io.github.tieredjcache.internal.port.FakeHealth;
import java.time.Duration;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The entries of this node, of a partition to which the keys belong that do not begin with "x". */
class LocalFallbackTest {
    private static final Duration BOUND = Duration.ofSeconds(2);
    private static final Duration COPIES = Duration.ofMinutes(5);

    private final FakeClock clock = new FakeClock();
    private final CoherenceProof proof = new CoherenceProof();
    private final NearStore<String, String> copies =
            new NearStore<>(NearCapacity.entries(100), clock, new CoherenceLease(proof, BOUND.toNanos()), () -> {});
    private final SingleFlights<String, String> singleFlights = new SingleFlights<>(clock, null);
    private final NearTier<String, String> near = new NearTier<>(copies, singleFlights, Lifetime.ETERNAL);
    private final InMemoryTierOfRecord<String, String> record = new InMemoryTierOfRecord<>(
            new NearStore<>(NearCapacity.entries(100), clock, null, () -> {}),
            singleFlights,
            new KeyLocks<>(1_000_000_000),
            (key, value) -> 0,
            new Expiration<>(true, 0, (key, entry) -> {}));
    private final RecoveryJournal<String> journal = new RecoveryJournal<>(100);
    private final FakeHealth health = new FakeHealth(clock);
    private final LocalFallback<String, String> fallback =
            new LocalFallback<>(record, near, journal, health, COPIES.toNanos(), key -> !key.startsWith("x"));
    private final LocalFallback<String, String> otherPartition = new LocalFallback<>(
            record, near, new RecoveryJournal<>(100), health, COPIES.toNanos(), key -> key.startsWith("x"));

    @BeforeEach
    void prove() {
        proof.recordReply(clock.nanos());
    }

    @Test
    void redisIsUsableUnlessItIsUnavailableOrHasAnOldEntry() {
        assertTrue(fallback.isRemoteUsable("k"));
        change("k", "local");
        assertFalse(fallback.isRemoteUsable("k"));
        assertTrue(fallback.isRemoteUsable("l"));
        health.set(true);
        assertFalse(fallback.isRemoteUsable("l"));
    }

    @Test
    void aCopyIsReturnedWithinTheBoundAndInAnOutageForItsTime() {
        Entry<String> copy = copy("k");
        clock.advance(BOUND);
        assertSame(copy, fallback.usableCopy("k", null));
        clock.advanceNanos(1);
        assertNull(fallback.usableCopy("k", null), "no outage: changes may be under way");
        assertSame(copy, fallback.lastKnownCopy("k"));
        health.set(true);
        clock.advance(COPIES);
        assertSame(copy, fallback.usableCopy("k", null));
        clock.advanceNanos(1);
        assertNull(fallback.usableCopy("k", null));
    }

    @Test
    void theCopyFromBeforeAFailedReadIsReturnedUnlessItHasExpired() {
        Entry<String> last = Entry.of("last", Version.LOCAL, clock.nanos() + 10);
        health.set(true);
        assertSame(last, fallback.usableCopy("k", last));
        Entry<String> copy = copy("k");
        clock.advanceNanos(10);
        assertSame(copy, fallback.usableCopy("k", last));
    }

    @Test
    void noCopyOfAJournaledKeyIsReturned() {
        copy("k");
        journal("k");
        assertNull(fallback.lastKnownCopy("k"));
        assertNull(fallback.usableCopy("k", Entry.eternal("last")));
    }

    @Test
    void aChangeIsJournaledAndDropsTheCopy() {
        copy("k");
        fallback.beginChange("k");
        assertTrue(journal.has("k"));
        assertNull(copies.peek("k"));
        assertTrue(journal.idleKeys(10).isEmpty(), "the change is in progress");
        fallback.endChange("k");
        assertEquals(1, journal.idleKeys(10).size());
    }

    @Test
    void theLocalRecordBeginsWithTheCopyAndIsNotReplacedByIt() {
        health.set(true);
        copy("k");
        fallback.recordFor("k", null);
        assertEquals(Map.of("k", "copy"), local());
        change("k", "local");
        fallback.recordFor("k", Entry.eternal("last"));
        assertEquals(Map.of("k", "local"), local());
    }

    @Test
    void theBeginningOfAnOutageDropsWhatIsLeftOfTheLastOneAndNoFetch() {
        keep("k", "j", "x");
        journal("j");
        FillTicket fetch = fetch();
        assertFalse(fallback.isOutdated());
        health.set(true);
        assertTrue(fallback.isOutdated());
        fallback.followHealth();
        assertFalse(fallback.isOutdated());
        assertEquals(Map.of("j", "v", "x", "v"), local(), "a journaled key, and a key of another partition");
        assertTrue(fetch.isValid());
    }

    @Test
    void theEndOfAnOutageEndsItsFetches() {
        health.set(true);
        fallback.followHealth();
        FillTicket fetch = fetch();
        health.set(false);
        fallback.followHealth();
        assertFalse(fetch.isValid());
    }

    @Test
    void anEndThatIsNoticedInTheNextOutageEndsTheFetchesOfTheOneBefore() {
        health.set(true);
        fallback.followHealth();
        FillTicket fetch = fetch();
        health.set(false);
        health.set(true);
        fallback.followHealth();
        assertFalse(fetch.isValid());
    }

    @Test
    void copiesThatAreTooOldAreDroppedFromTheLocalRecord() {
        health.set(true);
        copy("k");
        fallback.recordFor("k", null);
        record.adopt("x", () -> Entry.of("v", new Version(1, 1), Entry.NO_DEADLINE));
        change("l", "local");
        clock.advance(COPIES);
        fallback.followHealth();
        assertEquals(Map.of("k", "copy", "l", "local", "x", "v"), local());
        clock.advanceNanos(1);
        fallback.followHealth();
        assertEquals(Map.of("l", "local", "x", "v"), local());
    }

    @Test
    void copiesOfTheNextOutageAreKeptForTheirTimeAgain() {
        health.set(true);
        clock.advance(COPIES.plusNanos(1));
        fallback.followHealth();
        health.set(false);
        health.set(true);
        copy("k");
        fallback.recordFor("k", null);
        assertEquals(Map.of("k", "copy"), local());
        clock.advance(COPIES.plusNanos(1));
        fallback.followHealth();
        assertEquals(Map.of(), local());
    }

    @Test
    void anIterationHasTheLocalEntriesAndTheCopiesOfThePartition() {
        copy("copy");
        copy("xcopy");
        change("local", "local");
        keep("x");
        keep("old");
        assertEquals(Map.of("copy", "copy", "local", "local"), drained(fallback.entries()), "Redis has the others");
        health.set(true);
        assertEquals(Map.of("copy", "copy", "local", "local"), drained(fallback.entries()));
    }

    @Test
    void aRemovalOfAllJournalsAllKeysAndReturnsThoseOfThePartition() {
        health.set(true);
        Entry<String> copy = copy("copy");
        copy("xcopy");
        change("local", "local");
        assertEquals(Map.of("copy", "copy", "local", "local"), drained(fallback.beginRemoval()));
        assertTrue(journal.hasAll());
        assertFalse(copy.ticket().isValid());
        assertEquals(Set.of("xcopy"), copies.keys());
    }

    @Test
    void aRemovalOfAllReturnsTheCopiesOfEachPartition() {
        health.set(true);
        copy("copy");
        copy("xcopy");
        assertEquals(Map.of("copy", "copy"), drained(fallback.beginRemoval()));
        assertEquals(Map.of("xcopy", "copy"), drained(otherPartition.beginRemoval()));
        assertTrue(copies.keys().isEmpty());
    }

    @Test
    void aRemovalOfAllDetachesTheFetches() {
        health.set(true);
        FillTicket fetch = fetch();
        fallback.beginRemoval();
        assertFalse(fetch.isValid());
    }

    @Test
    void aClearLeavesNothingAndJournalsAllKeys() {
        health.set(true);
        copy("copy");
        change("local", "local");
        fallback.clear();
        assertEquals(Map.of(), local());
        assertTrue(copies.keys().isEmpty());
        assertTrue(journal.hasAll());
    }

    @Test
    void whatIsReadFromRedisAgainIsDropped() {
        keep("k", "j", "x");
        journal("j");
        fallback.drop("k");
        assertEquals(Map.of("j", "v", "x", "v"), local());
        keep("k");
        FillTicket fetch = fetch();
        fallback.dropAllButJournaled();
        assertEquals(Map.of("j", "v", "x", "v"), local());
        assertFalse(fetch.isValid());
        health.set(true);
        fallback.followHealth();
        keep("k");
        fallback.dropAllButJournaled();
        assertEquals(Map.of("j", "v", "k", "v", "x", "v"), local(), "this node answers for all keys");
    }

    private Entry<String> copy(String key) {
        return near.fill(key, new FillTicket(clock.nanos()), Entry.of("copy", new Version(1, 1), Entry.NO_DEADLINE));
    }

    private FillTicket fetch() {
        return singleFlights.join("fetch", singleFlights.prepare()).ticket();
    }

    private void journal(String key) {
        journal.beginChange(key);
        journal.endChange(key);
    }

    private void change(String key, String value) {
        fallback.beginChange(key);
        put(key, value);
        fallback.endChange(key);
    }

    private void keep(String... keys) {
        for (String key : keys) {
            put(key, "v");
        }
    }

    private void put(String key, String value) {
        record.apply(new Mutation<>(key, Precondition.ALWAYS, value, Lifetime.ETERNAL, Lifetime.ETERNAL, false, false));
    }

    private Map<String, String> local() {
        return drained(record.entries());
    }

    private static Map<String, String> drained(Iterator<Map.Entry<String, Entry<String>>> entries) {
        Map<String, String> values = new TreeMap<>();
        entries.forEachRemaining(
                each -> values.put(each.getKey(), each.getValue().value()));
        return values;
    }
}
