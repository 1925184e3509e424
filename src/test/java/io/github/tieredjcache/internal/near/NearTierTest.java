package io.github.tieredjcache.internal.near;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.FakeClock;
import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import io.github.tieredjcache.internal.coherence.CoherenceLease;
import io.github.tieredjcache.internal.coherence.CoherenceProof;
import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.coherence.InvalidationListener;
import io.github.tieredjcache.internal.coherence.TrackingGeneration;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Lifetime;
import io.github.tieredjcache.internal.model.Version;
import io.github.tieredjcache.internal.near.NearTier.WriteTicket;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Interleavings of reads, writes and invalidations, and the copies that the near tier may keep after each. */
class NearTierTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final FakeClock clock = new FakeClock();
    private final CoherenceProof proof = new CoherenceProof();
    private final NearStore<String, String> store =
            new NearStore<>(NearCapacity.entries(100), clock, new CoherenceLease(proof, Long.MAX_VALUE), () -> {});
    private final SingleFlights<String, String> singleFlights = new SingleFlights<>(clock, null);
    private final NearTier<String, String> near = new NearTier<>(store, singleFlights, SECOND);

    @BeforeEach
    void prove() {
        proof.recordReply(clock.nanos());
    }

    @Test
    void aFetchedEntryIsKept() {
        FillTicket ticket = beginFetch("a");
        near.fill("a", ticket, entry("v1"));
        assertHolds("a", "v1");
    }

    @Test
    void aFillThatBeganBeforeAWriteIsDroppedIfItEndsDuringIt() {
        FillTicket fetch = beginFetch("a"); // 1. a fetch begins and reads v0
        WriteTicket write = near.beginWrite("a"); // 2. a write begins
        near.fill("a", fetch, entry("v0")); // 3. the fetch ends
        assertNull(store.find("a"));
        near.endWrite("a", write, entry("v1")); // 4. the write ends
        assertHolds("a", "v1");
    }

    @Test
    void aFillThatBeganBeforeAWriteIsDroppedIfItEndsAfterIt() {
        FillTicket fetch = beginFetch("a");
        near.endWrite("a", near.beginWrite("a"), entry("v1"));
        near.fill("a", fetch, entry("v0"));
        assertHolds("a", "v1");
    }

    @Test
    void aFillThatBeganDuringAWriteIsDroppedWhenTheWriteEnds() {
        WriteTicket write = near.beginWrite("a"); // 1. a removal begins
        FillTicket fetch = beginFetch("a"); // 2. a fetch begins and reads what was before the removal
        near.endWrite("a", write, null); // 3. the removal ends
        near.fill("a", fetch, entry("v0")); // 4. the fetch ends
        assertNull(store.find("a"));
    }

    @Test
    void aFillThatEndsDuringAWriteIsDroppedWhenTheWriteEnds() {
        WriteTicket write = near.beginWrite("a");
        near.fill("a", beginFetch("a"), entry("v0"));
        assertHolds("a", "v0");
        near.endWrite("a", write, null);
        assertNull(store.find("a"));
    }

    @Test
    void aFillThatBeganBeforeARemovalIsDropped() {
        FillTicket fetch = beginFetch("a");
        near.endWrite("a", near.beginWrite("a"), null);
        near.fill("a", fetch, entry("v0"));
        assertNull(store.find("a"));
    }

    @Test
    void aCopyEndsWithTheTrackingGenerationOfItsTicket() {
        TrackingGeneration generation = new TrackingGeneration(InvalidationListener.NONE);
        FillTicket ticket = beginFetch("a");
        ticket.bindTo(generation);
        near.fill("a", ticket, entry("v0"));
        assertHolds("a", "v0");
        generation.end();
        assertNull(store.find("a"));
        assertEquals(1, store.map().size());
        near.sweep();
        assertEquals(0, store.map().size());
    }

    @Test
    void aFillOfAnEndedTrackingGenerationIsDropped() {
        TrackingGeneration generation = new TrackingGeneration(InvalidationListener.NONE);
        FillTicket fetch = beginFetch("a");
        fetch.bindTo(generation);
        near.fill("b", beginFetch("b"), entry("v0"));
        generation.end();
        near.fill("a", fetch, entry("v0"));
        assertNull(store.find("a"));
        assertHolds("b", "v0");
    }

    @Test
    void aFetchThatBeganBeforeAClearIsNotJoined() {
        beginFetch("a");
        near.detachAll();
        var mine = singleFlights.prepare();
        assertSame(mine, singleFlights.join("a", mine));
    }

    @Test
    void aSweepKeepsLiveCopiesAndDropsExpiredOnes() {
        near.fill("a", beginFetch("a"), entry("v0"));
        near.fill("b", beginFetch("b"), Entry.of("v0", Version.LOCAL, clock.nanos() + 10));
        clock.advance(Duration.ofNanos(10));
        near.sweep();
        assertHolds("a", "v0");
        assertEquals(1, store.map().size());
    }

    @Test
    void noValueOfOverlappingWritesIsKept() {
        WriteTicket one = near.beginWrite("a");
        WriteTicket other = near.beginWrite("a");
        near.endWrite("a", one, entry("v1"));
        assertNull(store.find("a"));
        near.endWrite("a", other, entry("v2"));
        assertNull(store.find("a"));
    }

    @Test
    void noValueOfAChainOfOverlappingWritesIsKept() {
        WriteTicket one = near.beginWrite("a");
        WriteTicket two = near.beginWrite("a");
        near.endWrite("a", one, entry("v1"));
        WriteTicket three = near.beginWrite("a"); // overlaps the second only
        near.endWrite("a", two, entry("v2"));
        near.endWrite("a", three, entry("v3"));
        assertNull(store.find("a"));
    }

    @Test
    void aWriteAfterOverlappingOnesIsKept() {
        WriteTicket one = near.beginWrite("a");
        WriteTicket other = near.beginWrite("a");
        near.endWrite("a", other, null);
        near.endWrite("a", one, entry("v1"));
        near.endWrite("a", near.beginWrite("a"), entry("v3"));
        assertHolds("a", "v3");
    }

    @Test
    void writesOfDifferentKeysDoNotAffectEachOther() {
        WriteTicket one = near.beginWrite("a");
        WriteTicket other = near.beginWrite("b");
        near.endWrite("a", one, entry("v1"));
        near.endWrite("b", other, entry("v2"));
        assertHolds("a", "v1");
        assertHolds("b", "v2");
    }

    @Test
    void aWriteWithAnUnknownOutcomeLeavesNoCopy() {
        near.fill("a", beginFetch("a"), entry("v0"));
        near.endWrite("a", near.beginWrite("a"), null);
        assertNull(store.find("a"));
    }

    @Test
    void aWriteThatHasBegunHidesTheOldValue() {
        near.fill("a", beginFetch("a"), entry("v0"));
        near.beginWrite("a");
        assertNull(store.find("a"));
    }

    @Test
    void theLifetimeOfACopyBeginsBeforeItsRead() {
        FillTicket ticket = beginFetch("a");
        clock.advance(Duration.ofMillis(400));
        near.fill("a", ticket, entry("v1"));
        clock.advance(Duration.ofMillis(599));
        assertHolds("a", "v1");
        clock.advance(Duration.ofMillis(1));
        assertNull(store.find("a"));
    }

    @Test
    void theLifetimeOfAWrittenCopyBeginsBeforeItsWrite() {
        WriteTicket ticket = near.beginWrite("a");
        Entry<String> written = entry("v1");
        clock.advance(Duration.ofMillis(400));
        near.endWrite("a", ticket, written);
        clock.advance(Duration.ofMillis(600));
        assertNull(store.find("a"));
    }

    @Test
    @Covers(FaultRow.F62)
    void aCopyEndsNoLaterThanTheEntryItself() {
        long end = clock.nanos() + SECOND / 2;
        near.fill("a", beginFetch("a"), Entry.of("v1", Version.LOCAL, end));
        clock.advanceNanos(SECOND / 2 - 1);
        assertHolds("a", "v1");
        clock.advanceNanos(1);
        assertNull(store.find("a"));
    }

    @Test
    void anEntryWithAMutationInProgressIsNotKept() {
        near.fill("a", beginFetch("a"), Entry.of("v1", Version.LOCAL, Entry.NO_DEADLINE, 0, false));
        assertNull(store.find("a"));
    }

    @Test
    void aLifetimeOfZeroKeepsNoCopy() {
        NearTier<String, String> none = new NearTier<>(store, singleFlights, Lifetime.ZERO);
        none.fill("a", beginFetch("a"), entry("v1"));
        none.endWrite("a", none.beginWrite("a"), entry("v1"));
        assertNull(store.find("a"));
    }

    @Test
    void droppingAKeyDropsItsCopyAndInvalidatesItsFetch() {
        near.fill("a", beginFetch("a"), entry("v1"));
        FillTicket fetch = beginFetch("a");
        near.drop("a");
        assertNull(store.find("a"));
        assertFalse(fetch.isValid());
    }

    @Test
    void theTicketOfACopyEndsWithTheCopy() {
        FillTicket dropped = filled("dropped", "v0");
        near.drop("dropped");
        assertFalse(dropped.isValid());
        FillTicket replaced = filled("replaced", "v0");
        FillTicket current = filled("replaced", "v1");
        assertFalse(replaced.isValid());
        assertTrue(current.isValid());
        FillTicket swept = beginFetch("swept");
        near.fill("swept", swept, Entry.of("v0", Version.LOCAL, clock.nanos()));
        near.sweep();
        assertFalse(swept.isValid());
        assertNull(store.map().get("swept"));
        near.dropAll();
        assertFalse(current.isValid());
        assertTrue(store.map().isEmpty());
    }

    @Test
    void aFillAgainUnderTheSameTicketLeavesItValid() {
        FillTicket ticket = filled("a", "v0");
        near.fill("a", ticket, entry("v1"));
        assertTrue(ticket.isValid());
        assertHolds("a", "v1");
    }

    @Test
    void aReadOfAnotherVersionDropsTheCopy() {
        Version old = new Version(1, 1);
        Version next = new Version(1, 2);
        FillTicket ticket = beginFetch("a");
        near.fill("a", ticket, Entry.of("v1", old, Entry.NO_DEADLINE));
        FillTicket late = new FillTicket(clock.nanos());
        late.invalidate();
        near.reconcile("a", late, Entry.of("v1", old, Entry.NO_DEADLINE));
        assertTrue(ticket.isValid());
        assertEquals(
                "v2",
                near.reconcile("a", late, Entry.of("v2", next, Entry.NO_DEADLINE))
                        .value());
        assertFalse(ticket.isValid());
        assertNull(store.find("a"));
        FillTicket again = filled("a", "v2");
        assertNull(near.reconcile("a", late, null));
        assertFalse(again.isValid());
        assertNull(store.find("a"));
    }

    @Test
    void aCopyThatTheTierOfRecordDoesNotHoldIsDroppedIfItWouldBeReturned() {
        FillTicket ticket = beginFetch("a");
        Entry<String> copy = near.fill("a", ticket, entry("v1"));
        assertFalse(near.dropCurrent("b", copy), "it is not there");
        assertTrue(near.dropCurrent("a", copy));
        assertFalse(ticket.isValid());
        assertNull(store.map().get("a"));
        Entry<String> over = near.fill("a", beginFetch("a"), entry("v1"));
        clock.advanceNanos(SECOND);
        assertFalse(near.dropCurrent("a", over));
        Entry<String> changed = near.fill("c", beginFetch("c"), entry("v1"));
        changed.ticket().invalidate();
        assertFalse(near.dropCurrent("c", changed));
    }

    @Test
    void theTicketOfAWriteWhoseValueIsNotKeptIsInvalid() {
        WriteTicket one = near.beginWrite("a");
        WriteTicket other = near.beginWrite("a");
        Entry<String> written = entry("v1");
        near.endWrite("a", one, written);
        assertFalse(written.ticket().isValid());
        near.endWrite("a", other, null);
        Entry<String> alone = entry("v2");
        near.endWrite("a", near.beginWrite("a"), alone);
        assertTrue(alone.ticket().isValid());
    }

    private FillTicket filled(String key, String value) {
        FillTicket ticket = new FillTicket(clock.nanos());
        near.fill(key, ticket, entry(value));
        return ticket;
    }

    @Test
    void aFillDoesNotTouchTheEntryThatWasFetched() {
        Entry<String> fetched = entry("v1");
        near.fill("a", beginFetch("a"), fetched);
        assertEquals(Entry.NO_DEADLINE, fetched.deadlineNanos());
        assertSame(fetched.version(), store.find("a").version());
    }

    private FillTicket beginFetch(String key) {
        return singleFlights.join(key, singleFlights.prepare()).ticket();
    }

    private void assertHolds(String key, String value) {
        Entry<String> entry = store.find(key);
        assertNotNull(entry);
        assertEquals(value, entry.value());
    }

    private Entry<String> entry(String value) {
        return Entry.of(value, Version.LOCAL, Entry.NO_DEADLINE).withTicket(new FillTicket(clock.nanos()));
    }
}
