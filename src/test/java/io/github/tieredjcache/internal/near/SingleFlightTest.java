package io.github.tieredjcache.internal.near;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.FakeClock;
import io.github.tieredjcache.OutcomeUnknownException;
import io.github.tieredjcache.RemoteUnavailableException;
import io.github.tieredjcache.RemoteUnavailableException.Kind;
import io.github.tieredjcache.internal.coherence.FillTicket;
import javax.cache.CacheException;
import org.junit.jupiter.api.Test;

class SingleFlightTest {
    private final FakeClock clock = new FakeClock();
    private final SingleFlights<String, String> singleFlights = new SingleFlights<>(clock, null);
    private final SingleFlight<String> flight = singleFlights.join("a", singleFlights.prepare());

    @Test
    void theOwnerIsTheThreadThatTheCompletionDependsOn() throws Exception {
        Thread me = Thread.currentThread();
        Thread other = new Thread(() -> {});
        assertSame(me, flight.owner());
        flight.setOwner(other);
        assertFalse(flight.isOwnedByMe());
        flight.clearOwner(me);
        assertSame(other, flight.owner(), "the owner has changed since");
        flight.clearOwner(other);
        assertNull(flight.owner());
        Crew.run(flight::takeOwnership).result();
        assertFalse(flight.isOwnedByMe());
        flight.takeOwnership();
        assertTrue(flight.isOwnedByMe());
    }

    @Test
    void aPostponedFetchIsSoUntilItBegins() {
        assertFalse(flight.isPostponed());
        flight.postpone();
        assertTrue(flight.isPostponed());
        flight.begin();
        assertFalse(flight.isPostponed());
    }

    @Test
    void aFetchThatOutlastsItsCompletionIsJoinedUntilItIsLeft() {
        assertFalse(flight.outlastsCompletion());
        flight.outlastCompletion();
        assertTrue(flight.outlastsCompletion());
        singleFlights.complete("a", flight, "stale");
        assertTrue(flight.hasEnded());
        assertEquals("stale", flight.await());
        assertSame(flight, singleFlights.join("a", singleFlights.prepare()));
        singleFlights.leave("a", flight);
        SingleFlight<String> next = singleFlights.prepare();
        assertSame(next, singleFlights.join("a", next));
    }

    @Test
    void aCompletedFetchIsLeft() {
        singleFlights.complete("a", flight, "value");
        assertEquals("value", flight.await());
        assertFalse(flight.ticket().isValid(), "no copy is kept");
        SingleFlight<String> next = singleFlights.prepare();
        assertSame(next, singleFlights.join("a", next));
    }

    @Test
    void aFailedFetchIsLeftAndItsCallersGetTheFailure() {
        singleFlights.fail("a", flight, new IllegalStateException("failure"));
        CacheException failure = assertThrows(CacheException.class, flight::await);
        assertEquals("failure", failure.getCause().getMessage());
        assertFalse(flight.isCancelled());
        SingleFlight<String> next = singleFlights.prepare();
        assertSame(next, singleFlights.join("a", next));
    }

    @Test
    void aFetchThatRedisFailsIsAnOutageForAllItsCallersAndNoChangeOfTheirs() {
        OutcomeUnknownException owners = new OutcomeUnknownException(Kind.TIMEOUT, "no answer", null);
        singleFlights.fail("a", flight, owners);
        RemoteUnavailableException failure = assertThrows(RemoteUnavailableException.class, flight::await);
        assertFalse(failure instanceof OutcomeUnknownException, failure::toString);
        assertEquals(Kind.TIMEOUT, failure.kind());
        assertEquals("no answer", failure.getMessage());
        assertSame(owners, failure.getCause());
    }

    @Test
    void aCancelledFetchHasNoResultAndItsCallersFetchAgain() {
        singleFlights.cancel("a", flight);
        assertTrue(flight.isCancelled());
        assertNull(flight.await());
        SingleFlight<String> next = singleFlights.prepare();
        assertSame(next, singleFlights.join("a", next));
    }

    @Test
    void theInterruptionOfTheOwnerCancelsTheFetchForTheOthers() throws Exception {
        Crew.run(() -> {
                    Thread.currentThread().interrupt();
                    flight.fail(new CacheException("interrupted"));
                })
                .result();
        assertTrue(flight.isCancelled());
        assertNull(flight.await());
    }

    @Test
    void aRenewedFetchHasANewTicketAndItsOldOneIsInvalid() {
        FillTicket old = flight.ticket();
        clock.advanceNanos(5);
        FillTicket renewed = singleFlights.renew("a", flight);
        assertSame(renewed, flight.ticket());
        assertEquals(old.takenNanos() + 5, renewed.takenNanos());
        assertFalse(old.isValid());
    }

    @Test
    void aFetchThatTakesOverIsJoinedAndTheOneBeforeIsNotKept() {
        SingleFlight<String> mine = singleFlights.prepare();
        singleFlights.takeOver("a", mine);
        assertFalse(flight.ticket().isValid());
        assertTrue(mine.ticket().isValid());
        assertSame(mine, singleFlights.join("a", singleFlights.prepare()));
    }

    @Test
    void theEndOfAFetchLeavesTheTicketOfAKeptCopy() {
        flight.ticket().keep();
        singleFlights.leave("a", flight);
        assertTrue(flight.ticket().isValid());
    }

    @Test
    void allFetchesThatAreDetachedAreReturnedWithTheirTickets() {
        assertSame(flight.ticket(), singleFlights.invalidateAll().get("a"));
        assertTrue(singleFlights.invalidateAll().isEmpty());
    }
}
