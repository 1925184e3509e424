package io.github.tieredjcache.internal.near;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.FakeClock;
import io.github.tieredjcache.faults.Covers;
import io.github.tieredjcache.faults.FaultRow;
import io.github.tieredjcache.internal.coherence.CoherenceLease;
import io.github.tieredjcache.internal.coherence.CoherenceProof;
import io.github.tieredjcache.internal.coherence.FillTicket;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import javax.cache.CacheException;
import javax.cache.integration.CacheLoaderException;
import org.junit.jupiter.api.Test;

class SingleFlightsTest {
    private final FakeClock clock = new FakeClock();
    private final SingleFlights<String, String> singleFlights = new SingleFlights<>(clock, null);

    @Test
    void theFirstCallerFetchesAndTheOthersJoin() throws Exception {
        SingleFlight<String> first = singleFlights.prepare();
        assertSame(first, singleFlights.join("a", first));
        assertSame(first, singleFlights.join("a", singleFlights.prepare()));
        assertNotSame(first, singleFlights.join("b", singleFlights.prepare()));

        Crew.Member<String> waiting = Crew.start(first::await).untilItWaits();
        first.complete("value");
        assertEquals("value", waiting.result());
        assertEquals("value", first.await());
    }

    @Test
    void aTicketIsTakenWhenTheFetchIsPrepared() {
        SingleFlight<String> singleFlight = singleFlights.prepare();
        long taken = clock.nanos();
        clock.advance(Duration.ofSeconds(1));
        assertEquals(taken, singleFlights.join("a", singleFlight).ticket().takenNanos());
    }

    @Test
    void aCallerAfterTheEndBeginsANewFetch() {
        SingleFlight<String> first = singleFlights.prepare();
        singleFlights.join("a", first);
        singleFlights.leave("a", first);
        SingleFlight<String> second = singleFlights.prepare();
        assertSame(second, singleFlights.join("a", second));
    }

    @Test
    void aFetchOfAChangedKeyIsNotJoined() throws Exception {
        SingleFlight<String> old = singleFlights.join("a", singleFlights.prepare());
        old.ticket().invalidate();
        SingleFlight<String> next = singleFlights.prepare();
        assertSame(next, Crew.start(() -> singleFlights.join("a", next)).result());
        assertSame(next, singleFlights.join("a", singleFlights.prepare()));
    }

    /** A suspended fetch reads again later, and so after the callers that join it have begun. */
    @Test
    void aSuspendedFetchOfAChangedKeyIsJoinedUntilItsTicketIsRenewed() throws Exception {
        SingleFlight<String> waiting = singleFlights.join("a", singleFlights.prepare());
        waiting.ticket().suspend();
        waiting.ticket().invalidate();
        assertSame(
                waiting,
                Crew.start(() -> singleFlights.join("a", singleFlights.prepare()))
                        .result());
        FillTicket renewed = singleFlights.renew("a", waiting);
        assertTrue(renewed.isValid());
        renewed.invalidate();
        SingleFlight<String> next = singleFlights.prepare();
        assertSame(next, Crew.start(() -> singleFlights.join("a", next)).result());
    }

    @Test
    void aRenewedFetchDoesNotTakeTheTicketOfALaterFetch() throws Exception {
        SingleFlight<String> first = singleFlights.join("a", singleFlights.prepare());
        first.ticket().invalidate();
        SingleFlight<String> later = singleFlights.prepare();
        assertSame(later, Crew.start(() -> singleFlights.join("a", later)).result());
        assertFalse(singleFlights.renew("a", first).isValid());
        assertTrue(later.ticket().isValid());
        assertTrue(singleFlights.renew("a", later).isValid());
    }

    @Test
    void anOldFetchIsJoinedOnlyWhileInvalidationsArrive() throws Exception {
        Duration bound = Duration.ofSeconds(1);
        CoherenceProof proof = new CoherenceProof();
        SingleFlights<String, String> flights = new SingleFlights<>(clock, new CoherenceLease(proof, bound.toNanos()));
        SingleFlight<String> old = flights.join("a", flights.prepare());
        clock.advance(bound);
        assertSame(
                old, Crew.start(() -> flights.join("a", flights.prepare())).result(), "young enough without any proof");
        clock.advance(bound);
        proof.recordReply(clock.nanos());
        assertSame(old, Crew.start(() -> flights.join("a", flights.prepare())).result(), "proven to be current");
        clock.advance(bound.plusNanos(1));
        SingleFlight<String> next = flights.prepare();
        assertSame(next, Crew.start(() -> flights.join("a", next)).result());
        // Detached: a change does not reach it any more, so its result must not be kept.
        assertFalse(old.ticket().isValid());
        assertTrue(next.ticket().isValid());
    }

    @Test
    void theOwnerOfAFetchNeverBeginsAnotherOfTheSameKey() {
        SingleFlight<String> mine = singleFlights.join("a", singleFlights.prepare());
        mine.ticket().invalidate();
        SingleFlight<String> joined = singleFlights.join("a", singleFlights.prepare());
        assertSame(mine, joined);
        assertTrue(joined.isOwnedByMe(), "so that a recursion is not taken for a wait");
    }

    @Test
    @Covers(FaultRow.F87)
    void aChangeOfTheKeyInvalidatesTheTicketAndDetachesTheFetch() {
        SingleFlight<String> old = singleFlights.prepare();
        singleFlights.join("a", old);
        SingleFlight<String> other = singleFlights.prepare();
        singleFlights.join("b", other);

        singleFlights.invalidateKey("a");

        assertFalse(old.ticket().isValid());
        assertTrue(other.ticket().isValid());
        SingleFlight<String> next = singleFlights.prepare();
        assertSame(next, singleFlights.join("a", next));
        // The end of the old fetch does not remove the new one.
        singleFlights.leave("a", old);
        assertSame(next, singleFlights.join("a", singleFlights.prepare()));
        assertTrue(next.ticket().isValid());
    }

    @Test
    void invalidateAllInvalidatesAndDetachesEveryFetch() {
        SingleFlight<String> one = singleFlights.join("a", singleFlights.prepare());
        SingleFlight<String> other = singleFlights.join("b", singleFlights.prepare());
        singleFlights.invalidateAll();
        assertFalse(one.ticket().isValid());
        assertFalse(other.ticket().isValid());
        SingleFlight<String> next = singleFlights.prepare();
        assertSame(next, singleFlights.join("b", next));
    }

    @Test
    void aCallerThatWaitsForADetachedFetchGetsItsResult() throws Exception {
        SingleFlight<String> singleFlight = singleFlights.join("a", singleFlights.prepare());
        Crew.Member<String> waiting = Crew.start(singleFlight::await).untilItWaits();
        singleFlights.invalidateKey("a");
        singleFlight.complete("was current during the call");
        assertEquals("was current during the call", waiting.result());
    }

    @Test
    void aFetchKnowsItsOwner() throws Exception {
        SingleFlight<String> singleFlight = singleFlights.join("a", singleFlights.prepare());
        assertTrue(singleFlight.isOwnedByMe());
        assertFalse(Crew.start(singleFlight::isOwnedByMe).result());
    }

    @Test
    void aCycleOfWaitsIsBrokenForAtLeastOneThread() throws Exception {
        SingleFlight<String> mine = singleFlights.join("a", singleFlights.prepare());
        AtomicReference<SingleFlight<String>> others = new AtomicReference<>();
        Crew.Member<String> other = Crew.start(() -> {
            SingleFlight<String> singleFlight = singleFlights.join("b", singleFlights.prepare());
            others.set(singleFlight);
            String result = singleFlights.await(mine);
            singleFlight.complete("his");
            return result;
        });
        Crew.until(() -> others.get() != null);
        other.untilItWaits();
        assertNull(singleFlights.await(others.get()));
        mine.complete("mine");
        assertEquals("mine", other.result());
        assertEquals("his", singleFlights.await(others.get()));
    }

    /**
     * 1. Another thread completes its fetch. 2. It waits for the fetch of this thread. 3. This thread asks for the
     * completed result.
     */
    @Test
    void aCompletedFetchClosesNoCycle() throws Exception {
        SingleFlight<String> mine = singleFlights.join("a", singleFlights.prepare());
        AtomicReference<SingleFlight<String>> others = new AtomicReference<>();
        Crew.Member<String> other = Crew.start(() -> {
            SingleFlight<String> singleFlight = singleFlights.join("b", singleFlights.prepare());
            singleFlight.complete("his");
            others.set(singleFlight);
            return singleFlights.await(mine);
        });
        Crew.until(() -> others.get() != null);
        other.untilItWaits();
        assertEquals("his", singleFlights.await(others.get()));
        mine.complete("mine");
        assertEquals("mine", other.result());
    }

    @Test
    @Covers(FaultRow.F74)
    void eachWaitingCallerGetsTheFailureInItsOwnException() {
        SingleFlight<String> singleFlight = singleFlights.join("a", singleFlights.prepare());
        RuntimeException users = new IllegalStateException("the database is unavailable");
        singleFlight.fail(new CacheLoaderException("the cache loader failed", users));

        var one = assertThrows(CacheLoaderException.class, singleFlight::await);
        var other = assertThrows(CacheLoaderException.class, singleFlight::await);

        assertNotSame(one, other);
        assertSame(users, one.getCause());
        assertSame(users, other.getCause());
        assertEquals("the cache loader failed", one.getMessage());
    }

    @Test
    void anErrorOrACancellationOfTheOwnerIsACacheExceptionForTheOthers() {
        for (Throwable failure : new Throwable[] {new OutOfMemoryError(), new CancellationException()}) {
            SingleFlight<String> singleFlight = singleFlights.prepare();
            singleFlight.fail(failure);
            var thrown = assertThrows(RuntimeException.class, singleFlight::await);
            assertInstanceOf(CacheException.class, thrown);
            assertInstanceOf(failure.getClass(), thrown.getCause());
        }
    }

    @Test
    @Covers(FaultRow.F72)
    void anInterruptedWaitEndsAndTheThreadStaysInterrupted() throws Exception {
        SingleFlight<String> singleFlight = singleFlights.join("a", singleFlights.prepare());
        AtomicBoolean interrupted = new AtomicBoolean();
        Crew.Member<String> waiting = Crew.start(() -> {
            try {
                return singleFlight.await();
            } finally {
                interrupted.set(Thread.currentThread().isInterrupted());
            }
        });
        waiting.untilItWaits().interrupt();
        assertThrows(CacheException.class, waiting::result);
        assertTrue(interrupted.get());
        assertTrue(singleFlight.ticket().isValid());
    }
}
