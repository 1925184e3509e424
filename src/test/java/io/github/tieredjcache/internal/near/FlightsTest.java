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
import io.github.tieredjcache.internal.entry.CoherenceLease;
import io.github.tieredjcache.internal.entry.CoherenceProof;
import io.github.tieredjcache.internal.entry.FillTicket;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import javax.cache.CacheException;
import javax.cache.integration.CacheLoaderException;
import org.junit.jupiter.api.Test;

class FlightsTest {
    private final FakeClock clock = new FakeClock();
    private final Flights<String, String> flights = new Flights<>(clock, null);

    @Test
    void theFirstFliesAndTheOthersJoin() throws Exception {
        Flight<String> first = flights.prepare();
        assertSame(first, flights.join("a", first));
        assertSame(first, flights.join("a", flights.prepare()));
        assertNotSame(first, flights.join("b", flights.prepare()));

        Crew.Member<String> waiting = Crew.start(first::await).untilItWaits();
        first.land("value");
        assertEquals("value", waiting.result());
        assertEquals("value", first.await());
    }

    @Test
    void aTicketIsTakenWhenTheFlightIsPrepared() {
        Flight<String> flight = flights.prepare();
        long taken = clock.nanos();
        clock.advance(Duration.ofSeconds(1));
        assertEquals(taken, flights.join("a", flight).ticket().takenNanos());
    }

    @Test
    void oneWhoComesAfterTheEndFliesAnew() {
        Flight<String> first = flights.prepare();
        flights.join("a", first);
        flights.leave("a", first);
        Flight<String> second = flights.prepare();
        assertSame(second, flights.join("a", second));
    }

    @Test
    void aFlightWhoseKeyWasChangedElsewhereIsNotJoined() throws Exception {
        Flight<String> old = flights.join("a", flights.prepare());
        old.ticket().voidIt();
        Flight<String> next = flights.prepare();
        assertSame(next, Crew.start(() -> flights.join("a", next)).result());
        assertSame(next, flights.join("a", flights.prepare()));
    }

    /** It looks again, and so after whoever joins it has come. */
    @Test
    void aFlightThatWaitsForAnotherNodeIsJoinedAlthoughItsKeyWasChangedUntilItLooksAgain() throws Exception {
        Flight<String> waiting = flights.join("a", flights.prepare());
        waiting.ticket().rest();
        waiting.ticket().voidIt();
        assertSame(
                waiting, Crew.start(() -> flights.join("a", flights.prepare())).result());
        FillTicket look = flights.renew("a", waiting);
        assertTrue(look.isValid());
        look.voidIt();
        Flight<String> next = flights.prepare();
        assertSame(next, Crew.start(() -> flights.join("a", next)).result());
    }

    @Test
    void aFlightThatLooksAgainDoesNotTakeTheTicketOfALaterOne() throws Exception {
        Flight<String> first = flights.join("a", flights.prepare());
        first.ticket().voidIt();
        Flight<String> later = flights.prepare();
        assertSame(later, Crew.start(() -> flights.join("a", later)).result());
        assertFalse(flights.renew("a", first).isValid());
        assertTrue(later.ticket().isValid());
        assertTrue(flights.renew("a", later).isValid());
    }

    @Test
    void anOldFlightIsJoinedOnlyAsLongAsAChangeWouldBeHeardOf() throws Exception {
        Duration bound = Duration.ofSeconds(1);
        CoherenceProof proof = new CoherenceProof();
        Flights<String, String> told = new Flights<>(clock, new CoherenceLease(proof, bound.toNanos()));
        Flight<String> old = told.join("a", told.prepare());
        clock.advance(bound);
        assertSame(old, Crew.start(() -> told.join("a", told.prepare())).result(), "young enough without any proof");
        clock.advance(bound);
        proof.answeredRequestOf(clock.nanos());
        assertSame(old, Crew.start(() -> told.join("a", told.prepare())).result(), "proven to be current");
        clock.advance(bound.plusNanos(1));
        Flight<String> next = told.prepare();
        assertSame(next, Crew.start(() -> told.join("a", next)).result());
        // Detached: nobody voids it any more, so it must not be kept.
        assertFalse(old.ticket().isValid());
        assertTrue(next.ticket().isValid());
    }

    @Test
    void whoeverFliesIsNeverSentOnAnotherFlightOfTheSameKey() {
        Flight<String> mine = flights.join("a", flights.prepare());
        mine.ticket().voidIt();
        Flight<String> joined = flights.join("a", flights.prepare());
        assertSame(mine, joined);
        assertTrue(joined.isPilotedByMe(), "so that a recursion is told from a wait");
    }

    @Test
    @Covers(FaultRow.F87)
    void aChangeOfTheKeyVoidsTheTicketAndDetachesTheFlight() {
        Flight<String> old = flights.prepare();
        flights.join("a", old);
        Flight<String> other = flights.prepare();
        flights.join("b", other);

        flights.voidKey("a");

        assertFalse(old.ticket().isValid());
        assertTrue(other.ticket().isValid());
        Flight<String> next = flights.prepare();
        assertSame(next, flights.join("a", next));
        // The end of the old flight does not end the new one.
        flights.leave("a", old);
        assertSame(next, flights.join("a", flights.prepare()));
        assertTrue(next.ticket().isValid());
    }

    @Test
    void voidingAllVoidsAndDetachesEveryFlight() {
        Flight<String> one = flights.join("a", flights.prepare());
        Flight<String> other = flights.join("b", flights.prepare());
        flights.voidAll();
        assertFalse(one.ticket().isValid());
        assertFalse(other.ticket().isValid());
        Flight<String> next = flights.prepare();
        assertSame(next, flights.join("b", next));
    }

    @Test
    void whoWaitsForADetachedFlightStillGetsWhatItBrings() throws Exception {
        Flight<String> flight = flights.join("a", flights.prepare());
        Crew.Member<String> waiting = Crew.start(flight::await).untilItWaits();
        flights.voidKey("a");
        flight.land("was current during the call");
        assertEquals("was current during the call", waiting.result());
    }

    @Test
    void aFlightKnowsItsPilot() throws Exception {
        Flight<String> flight = flights.join("a", flights.prepare());
        assertTrue(flight.isPilotedByMe());
        assertFalse(Crew.start(flight::isPilotedByMe).result());
    }

    @Test
    void ofThoseWhoWaitInACircleOneAtLeastIsNotKeptWaiting() throws Exception {
        Flight<String> mine = flights.join("a", flights.prepare());
        AtomicReference<Flight<String>> his = new AtomicReference<>();
        Crew.Member<String> other = Crew.start(() -> {
            Flight<String> flight = flights.join("b", flights.prepare());
            his.set(flight);
            String brought = flights.await(mine);
            flight.land("his");
            return brought;
        });
        Crew.until(() -> his.get() != null);
        other.untilItWaits();
        assertNull(flights.await(his.get()));
        mine.land("mine");
        assertEquals("mine", other.result());
        assertEquals("his", flights.await(his.get()));
    }

    /** 1. another thread lands its flight. 2. it waits for mine. 3. I ask for what it has landed. */
    @Test
    void aFlightThatHasLandedClosesNoCircle() throws Exception {
        Flight<String> mine = flights.join("a", flights.prepare());
        AtomicReference<Flight<String>> his = new AtomicReference<>();
        Crew.Member<String> other = Crew.start(() -> {
            Flight<String> flight = flights.join("b", flights.prepare());
            flight.land("his");
            his.set(flight);
            return flights.await(mine);
        });
        Crew.until(() -> his.get() != null);
        other.untilItWaits();
        assertEquals("his", flights.await(his.get()));
        mine.land("mine");
        assertEquals("mine", other.result());
    }

    @Test
    @Covers(FaultRow.F74)
    void allWhoWaitGetTheFailureEachInAnExceptionOfItsOwn() {
        Flight<String> flight = flights.join("a", flights.prepare());
        RuntimeException users = new IllegalStateException("the database is away");
        flight.crash(new CacheLoaderException("the cache loader failed", users));

        var one = assertThrows(CacheLoaderException.class, flight::await);
        var other = assertThrows(CacheLoaderException.class, flight::await);

        assertNotSame(one, other);
        assertSame(users, one.getCause());
        assertSame(users, other.getCause());
        assertEquals("the cache loader failed", one.getMessage());
    }

    @Test
    void anErrorOrACancellationOfThePilotIsACacheExceptionForTheOthers() {
        for (Throwable failure : new Throwable[] {new OutOfMemoryError(), new CancellationException()}) {
            Flight<String> flight = flights.prepare();
            flight.crash(failure);
            var told = assertThrows(RuntimeException.class, flight::await);
            assertInstanceOf(CacheException.class, told);
            assertInstanceOf(failure.getClass(), told.getCause());
        }
    }

    @Test
    @Covers(FaultRow.F72)
    void oneWhoIsInterruptedStopsWaitingAndStaysMarked() throws Exception {
        Flight<String> flight = flights.join("a", flights.prepare());
        AtomicBoolean marked = new AtomicBoolean();
        Crew.Member<String> waiting = Crew.start(() -> {
            try {
                return flight.await();
            } finally {
                marked.set(Thread.currentThread().isInterrupted());
            }
        });
        waiting.untilItWaits().interrupt();
        assertThrows(CacheException.class, waiting::result);
        assertTrue(marked.get());
        assertTrue(flight.ticket().isValid());
    }
}
