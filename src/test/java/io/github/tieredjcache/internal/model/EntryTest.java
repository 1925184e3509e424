package io.github.tieredjcache.internal.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.internal.coherence.FillTicket;
import org.junit.jupiter.api.Test;

class EntryTest {
    private static final Version VERSION = new Version(1, 2);

    @Test
    void anEntryExpiresAtItsDeadlineAndWithoutOneNever() {
        Entry<String> entry = Entry.of("v", VERSION, 10);
        assertFalse(entry.isExpiredAt(9));
        assertTrue(entry.isExpiredAt(10));
        assertFalse(entry.isEternal());
        entry.touch(20);
        assertFalse(entry.isExpiredAt(19));
        assertEquals(20, entry.deadlineNanos());
        Entry<String> afterOverflow = Entry.of("v", VERSION, Long.MIN_VALUE + 5);
        assertFalse(afterOverflow.isExpiredAt(Long.MAX_VALUE - 5));
        Entry<String> endless = Entry.of("v", VERSION, Entry.NO_DEADLINE);
        assertTrue(endless.isEternal());
        assertFalse(endless.isExpiredAt(Entry.NO_DEADLINE));
    }

    @Test
    void anEternalEntryIsNothingButItsValue() {
        Entry<String> entry = Entry.eternal("v");
        assertEquals("v", entry.value());
        assertEquals(Version.LOCAL, entry.version());
        assertTrue(entry.isEternal());
        assertTrue(entry.isSettled());
        assertFalse(entry.isKeptTooLongAt(Long.MAX_VALUE));
        assertEquals(0, entry.encodedBytes());
        assertEquals(Entry.NO_DEADLINE, entry.keptUntilNanos());
        assertNull(entry.ticket());
        assertTrue(entry.isCurrent());
        entry.touch(Entry.NO_DEADLINE);
        assertThrows(IllegalStateException.class, () -> entry.touch(10));
        // It has no deadline to move, no age to refresh it for, and no expiry to report.
        assertFalse(entry.beginTouch());
        assertFalse(entry.beginRefresh());
        assertFalse(entry.claimExpiryReport());
    }

    @Test
    void oneCallerAtATimeTouchesAndOneRefreshes() {
        Entry<String> entry = Entry.of("v", VERSION, 10);
        assertTrue(entry.beginTouch());
        assertFalse(entry.beginTouch());
        assertTrue(entry.beginRefresh());
        assertFalse(entry.beginRefresh());
        entry.endTouch();
        assertFalse(entry.beginRefresh());
        assertTrue(entry.beginTouch());
        entry.endRefresh();
        assertTrue(entry.beginRefresh());
        assertTrue(entry.claimExpiryReport());
        assertFalse(entry.claimExpiryReport());
    }

    @Test
    void aCopyIsCurrentWhileItsTicketIsValid() {
        FillTicket ticket = new FillTicket(0);
        Entry<String> copy = Entry.of("v", VERSION, 10, 7, false).withTicket(ticket);
        assertEquals("v", copy.value());
        assertEquals(VERSION, copy.version());
        assertEquals(10, copy.deadlineNanos());
        assertEquals(7, copy.encodedBytes());
        assertFalse(copy.isSettled());
        assertSame(ticket, copy.ticket());
        assertTrue(copy.isCurrent());
        ticket.invalidate();
        assertFalse(copy.isCurrent());
    }

    @Test
    void aCopyIsKeptUntilItsLimitWhateverItsDeadline() {
        FillTicket ticket = new FillTicket(0);
        Entry<String> copy = Entry.of("v", VERSION, 10).keptUntil(5, ticket);
        assertFalse(copy.isKeptTooLongAt(4));
        assertTrue(copy.isKeptTooLongAt(5));
        assertEquals(10, copy.deadlineNanos());
        assertSame(copy, copy.keptUntil(5, ticket));
        assertNotSame(copy, copy.keptUntil(6, ticket));
        assertNotSame(copy, copy.keptUntil(5, new FillTicket(0)));
        assertFalse(copy.keptUntil(Entry.NO_DEADLINE, ticket).isKeptTooLongAt(Long.MAX_VALUE));
    }

    @Test
    void aCopyTakesTheInstanceOfAnotherAndKeepsItsOwnTicketAndLimit() {
        FillTicket ticket = new FillTicket(0);
        String own = new String("v");
        Entry<String> copy = Entry.of("v", VERSION, 10).keptUntil(5, ticket).withInstanceOf(Entry.of(own, VERSION, 20));
        assertSame(own, copy.value());
        assertSame(ticket, copy.ticket());
        assertEquals(10, copy.deadlineNanos());
        assertTrue(copy.isKeptTooLongAt(5));
    }
}
