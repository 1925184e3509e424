package io.github.tieredjcache.internal.remote.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;

/** When a new connection leads to another server. */
class ServerIdentityTest {
    private final ServerIdentity identity = new ServerIdentity();

    @Test
    void theFirstServerIsNoChange() {
        assertNull(identity.change("a", false));
        assertNull(identity.change("a", true));
    }

    @Test
    void anotherIdIsAChange() {
        identity.change("a", false);
        assertEquals("another server than before, or started again", identity.change("b", false));
        assertEquals("another server than before, or started again, and empty", identity.change("a", true));
        assertNull(identity.change("a", true));
    }

    @Test
    void aServerWithoutAnIdIsComparedWithNone() {
        identity.change("a", false);
        assertNull(identity.change(null, true));
        assertNull(identity.change("a", false));
        assertNull(identity.change(null, false));
        assertEquals("another server than before, or started again", identity.change("b", false));
    }

    @Test
    void aLackIsReportedOnceUntilItChanges() {
        assertNull(identity.lackToReport(null));
        assertEquals("is old", identity.lackToReport("is old"));
        assertNull(identity.lackToReport("is old"));
        assertEquals("is older", identity.lackToReport("is older"));
        assertNull(identity.lackToReport(null));
        assertEquals("is old", identity.lackToReport("is old"));
    }
}
