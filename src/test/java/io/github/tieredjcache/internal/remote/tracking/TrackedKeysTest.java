package io.github.tieredjcache.internal.remote.tracking;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.coherence.InvalidationListener;
import io.github.tieredjcache.internal.coherence.TrackingGeneration;
import io.github.tieredjcache.internal.remote.wire.EntryKey;
import io.github.tieredjcache.internal.remote.wire.Epoch;
import io.github.tieredjcache.internal.remote.wire.KeySpace;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TrackedKeysTest {
    private static final byte[] KEY = "key".getBytes(UTF_8);
    private static final byte[] OTHER = "other".getBytes(UTF_8);

    private static final byte[] EPOCH = "epoch".getBytes(UTF_8);

    private final AtomicInteger invalidations = new AtomicInteger();
    private final AtomicInteger echoes = new AtomicInteger();
    private final InvalidationListener listener = new InvalidationListener() {
        @Override
        public void invalidated() {
            invalidations.incrementAndGet();
        }

        @Override
        public void echoed() {
            echoes.incrementAndGet();
        }
    };
    private final TrackedKeys trackedKeys = new TrackedKeys();
    private final TrackingGeneration generation = new TrackingGeneration(listener);

    @BeforeEach
    void begin() {
        trackedKeys.beginGeneration(EPOCH, generation);
    }

    @Test
    @Covers(FaultRow.F87)
    void anInvalidationInvalidatesOnlyTheTicketOfItsKey() {
        FillTicket ticket = watch(KEY);
        FillTicket other = watch(OTHER);
        trackedKeys.changed(KEY.clone());
        assertFalse(ticket.isValid());
        assertTrue(other.isValid());
        assertEquals(1, trackedKeys.watchedKeys());
    }

    @Test
    void aChangeOfAllKeysEndsAllGenerations() {
        TrackingGeneration other = new TrackingGeneration(listener);
        trackedKeys.beginGeneration(OTHER, other);
        FillTicket ticket = watch(KEY);
        trackedKeys.allChanged();
        assertFalse(ticket.isValid());
        assertTrue(generation.isOver());
        assertTrue(other.isOver());
        assertTrue(trackedKeys.hasNoGenerations());
    }

    @Test
    void aNewConnectionIsNotCountedAsAnInvalidation() {
        trackedKeys.allChanged();
        assertEquals(0, invalidations.get(), "a new connection");
        trackedKeys.beginGeneration(EPOCH, new TrackingGeneration(listener));
        trackedKeys.changed(EPOCH.clone());
        assertEquals(1, invalidations.get(), "another node has cleared the cache");
    }

    @Test
    void aGenerationEndsWithItsEpoch() {
        TrackingGeneration sibling = new TrackingGeneration(listener);
        TrackingGeneration other = new TrackingGeneration(listener);
        trackedKeys.beginGeneration(EPOCH, sibling);
        trackedKeys.beginGeneration(OTHER, other);
        FillTicket ticket = watch(KEY);
        trackedKeys.changed(EPOCH.clone());
        assertFalse(ticket.isValid());
        assertTrue(sibling.isOver(), "another instance of the same cache");
        assertFalse(other.isOver());
    }

    @Test
    void aWaiterIsNotifiedOfEveryPossibleChangeOfItsKey() {
        try (InvalidationWaiter waiter = trackedKeys.listen(at(KEY));
                InvalidationWaiter another = trackedKeys.listen(at(KEY));
                InvalidationWaiter ofOther = trackedKeys.listen(at(OTHER))) {
            trackedKeys.changed(KEY.clone());
            assertTrue(waiter.hasArrived());
            assertTrue(another.hasArrived());
            assertFalse(ofOther.hasArrived());
            waiter.rearm();
            trackedKeys.wrote(KEY.clone(), null, listener);
            assertTrue(waiter.hasArrived(), "a write of this node, for which the server sends only an echo");
            waiter.rearm();
            trackedKeys.changed(EPOCH.clone());
            assertTrue(waiter.hasArrived());
            assertTrue(ofOther.hasArrived());
            waiter.rearm();
            trackedKeys.allChanged();
            assertTrue(waiter.hasArrived());
        }
        InvalidationWaiter closed = trackedKeys.listen(at(KEY));
        closed.close();
        trackedKeys.changed(KEY.clone());
        assertFalse(closed.hasArrived());
    }

    @Test
    void anInvalidationBeforeTheWaitEndsTheWait() {
        try (InvalidationWaiter waiter = trackedKeys.listen(at(KEY))) {
            trackedKeys.changed(KEY.clone());
            waiter.await(Long.MAX_VALUE / 2);
            waiter.rearm();
            waiter.await(1);
            assertFalse(waiter.hasArrived());
        }
    }

    @Test
    void anInterruptEndsTheWaitAndTheFlagStaysSet() {
        try (InvalidationWaiter waiter = trackedKeys.listen(at(KEY))) {
            Thread.currentThread().interrupt();
            waiter.await(Long.MAX_VALUE / 2);
            assertTrue(Thread.interrupted());
        }
    }

    @Test
    void anEndedGenerationIsNoLongerRegistered() {
        TrackingGeneration sibling = new TrackingGeneration(listener);
        trackedKeys.beginGeneration(EPOCH, sibling);
        trackedKeys.endGeneration(EPOCH, generation);
        assertTrue(generation.isOver());
        assertFalse(sibling.isOver());
        trackedKeys.endGeneration(EPOCH, sibling);
        assertTrue(trackedKeys.hasNoGenerations());
    }

    @Test
    void aNewerFetchReplacesAnOlderOne() {
        FillTicket older = watch(KEY);
        FillTicket newer = watch(KEY);
        assertFalse(older.isValid());
        assertTrue(newer.isValid());
        older.invalidate();
        assertTrue(newer.isValid(), "the end of the older ticket must not end the newer one");
        trackedKeys.changed(KEY);
        assertFalse(newer.isValid());
    }

    @Test
    void anInvalidTicketIsNotTracked() {
        trackedKeys.watch(KEY, FillTicket.unfillable(), generation);
        assertEquals(0, trackedKeys.watchedKeys());
        watch(KEY).invalidate();
        assertEquals(0, trackedKeys.watchedKeys());
    }

    @Test
    void theEchoOfAnOwnWriteKeepsItsTicketValid() {
        FillTicket written = watch(KEY);
        // 1. The server replies to the write. 2. It sends the echo to the writer.
        trackedKeys.replied(1);
        trackedKeys.wrote(KEY, written, listener);
        trackedKeys.changed(KEY);
        assertTrue(written.isValid());
        assertEquals(List.of(0, 1), List.of(invalidations.get(), echoes.get()));
        // 3. It sends the invalidation for a write of another node.
        trackedKeys.changed(KEY);
        assertFalse(written.isValid());
        assertEquals(List.of(1, 1), List.of(invalidations.get(), echoes.get()));
    }

    @Test
    void theEchoesOfAScriptKeepTheTicketsOfAllItsKeysValid() {
        FillTicket one = watch(KEY);
        FillTicket other = watch(OTHER);
        trackedKeys.replied(1);
        trackedKeys.wrote(KEY, one, listener);
        trackedKeys.wrote(OTHER, other, listener);
        trackedKeys.changed(KEY);
        trackedKeys.changed(OTHER);
        assertTrue(one.isValid() && other.isValid());
        assertEquals(List.of(0, 2), List.of(invalidations.get(), echoes.get()));
    }

    @Test
    void afterAnInvalidationThatIsNotTheExpectedEchoNoneIsExpected() {
        FillTicket one = watch(KEY);
        FillTicket other = watch(OTHER);
        trackedKeys.replied(1);
        trackedKeys.wrote(KEY, one, listener);
        trackedKeys.wrote(OTHER, other, listener);
        trackedKeys.changed(OTHER);
        trackedKeys.changed(KEY);
        assertFalse(one.isValid() || other.isValid());
    }

    @Test
    void aTicketTakenAfterTheReplyOutlivesTheEchoOfTheWrite() {
        FillTicket written = watch(KEY);
        // 1. The reply to the write arrives, and its thread begins the next write. 2. Only now the echo of the first
        // write arrives.
        trackedKeys.replied(1);
        trackedKeys.wrote(KEY, written, listener);
        FillTicket next = watch(KEY);
        trackedKeys.changed(KEY);
        assertTrue(next.isValid());
    }

    @Test
    void aTicketTakenBeforeTheReplyToAnOwnWriteIsInvalidatedByIt() {
        // It may belong to a read of the old value.
        FillTicket fetched = watch(KEY);
        trackedKeys.replied(1);
        trackedKeys.wrote(KEY, null, listener);
        assertFalse(fetched.isValid());
    }

    @Test
    void anInvalidationAfterAnotherReplyIsNotAnEcho() {
        FillTicket written = watch(KEY);
        trackedKeys.replied(1);
        trackedKeys.wrote(KEY, written, listener);
        // Another reply arrives in between, so this invalidation is for a write of another node.
        trackedKeys.replied(2);
        trackedKeys.changed(KEY);
        assertFalse(written.isValid());
    }

    @Test
    void anInvalidationOfAnotherKeyEndsTheWaitForTheEcho() {
        FillTicket written = watch(KEY);
        FillTicket other = watch(OTHER);
        trackedKeys.replied(1);
        trackedKeys.wrote(KEY, written, listener);
        trackedKeys.changed(OTHER);
        assertFalse(other.isValid());
        trackedKeys.changed(KEY);
        assertFalse(written.isValid());
    }

    @Test
    void aFetchThatBeganDuringAnOwnWriteIsNotKept() {
        FillTicket written = watch(KEY);
        // 1. A fetch of the key begins after the write was sent, and may read the old value.
        FillTicket fetched = watch(KEY);
        // 2. The reply to the write and its echo arrive.
        trackedKeys.replied(1);
        trackedKeys.wrote(KEY, written, listener);
        trackedKeys.changed(KEY);
        // 3. Neither ticket is valid.
        assertFalse(written.isValid());
        assertFalse(fetched.isValid());
    }

    @Test
    void aCopyStaysValidDuringAFetchAndAnInvalidationEndsBoth() {
        FillTicket kept = watch(KEY);
        kept.keep();
        FillTicket early = watch(KEY);
        FillTicket late = watch(KEY);
        assertTrue(kept.isValid());
        assertFalse(early.isValid(), "nothing was kept under it, and a later fetch replaces it");
        trackedKeys.changed(KEY.clone());
        assertFalse(kept.isValid());
        assertFalse(late.isValid());
        assertEquals(0, trackedKeys.watchedKeys());
    }

    @Test
    void anOwnWriteInvalidatesTheTicketOfTheCopyThatItReplaces() {
        FillTicket kept = watch(KEY);
        kept.keep();
        FillTicket written = watch(KEY);
        trackedKeys.replied(1);
        trackedKeys.wrote(KEY, written, listener);
        assertFalse(kept.isValid());
        assertTrue(written.isValid());
    }

    @Test
    void twoCachesWithTheSameKeyHaveATicketEach() {
        FillTicket mine = watch(KEY);
        FillTicket others = new FillTicket(0);
        trackedKeys.watch(KEY, others, new TrackingGeneration(listener));
        assertTrue(mine.isValid());
        trackedKeys.changed(KEY.clone());
        assertFalse(mine.isValid());
        assertFalse(others.isValid());
    }

    /** A ticket that has left the list is invalid, even if a copy is kept under it in the middle of that. */
    @Test
    void aTicketUnderWhichACopyIsKeptWhileAnotherReplacesItIsInvalid() {
        TrackingGeneration earlier = new TrackingGeneration(listener);
        FillTicket replaced = watch(KEY);
        FillTicket later = new FillTicket(0);
        trackedKeys.watch(KEY, later, earlier);
        later.onInvalidation(replaced::keep);
        earlier.end();
        FillTicket newest = watch(KEY);
        trackedKeys.changed(KEY.clone());
        assertFalse(replaced.isValid());
        assertFalse(newest.isValid());
    }

    private FillTicket watch(byte[] key) {
        FillTicket ticket = new FillTicket(0);
        trackedKeys.watch(key, ticket, generation);
        return ticket;
    }

    private EntryKey at(byte[] key) {
        return new EntryKey(key, new Epoch(new KeySpace("n", "c", 0), 1, generation, true));
    }
}
