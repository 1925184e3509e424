package io.github.tieredjcache.internal.coherence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FillTicketTest {
    private final FillTicket ticket = new FillTicket(7);
    private final List<String> invalidated = new ArrayList<>();

    @Test
    void aTicketIsValidUntilItIsInvalidated() {
        assertEquals(7, ticket.takenNanos());
        assertTrue(ticket.isValid());
        ticket.invalidate();
        assertFalse(ticket.isValid());
        assertFalse(FillTicket.unfillable().isValid());
    }

    @Test
    void aTicketEndsWithItsTrackingGeneration() {
        TrackingGeneration generation = new TrackingGeneration(InvalidationListener.NONE);
        ticket.bindTo(generation);
        assertSame(generation, ticket.generation());
        assertTrue(ticket.isValid());
        generation.end();
        assertFalse(ticket.isValid());
    }

    @Test
    void aTicketUnderWhichACopyIsKeptIsInvalidatedByAChangeOnly() {
        assertFalse(ticket.isKept());
        ticket.keep();
        assertTrue(ticket.isKept());
        ticket.invalidateUnlessKept();
        assertTrue(ticket.isValid());
        ticket.invalidate();
        assertFalse(ticket.isValid());
        FillTicket unused = new FillTicket(0);
        unused.invalidateUnlessKept();
        assertFalse(unused.isValid());
    }

    @Test
    void anInvalidationRunsTheActionAndSoDoesItsRegistrationAfterwards() {
        ticket.onInvalidation(() -> invalidated.add("before"));
        assertEquals(List.of(), invalidated);
        ticket.invalidate();
        assertEquals(List.of("before"), invalidated);
        ticket.onInvalidation(() -> invalidated.add("after"));
        assertEquals(List.of("before", "after"), invalidated);
    }

    @Test
    void aSuspendedTicketSaysSo() {
        assertFalse(ticket.isSuspended());
        ticket.suspend();
        assertTrue(ticket.isSuspended());
        assertTrue(ticket.isValid());
    }
}
