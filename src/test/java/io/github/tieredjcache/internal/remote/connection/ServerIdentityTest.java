package io.github.tieredjcache.internal.remote.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.github.tieredjcache.integration.LogLines;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When a new connection leads to another server. */
class ServerIdentityTest {
    private final ServerIdentity identity = new ServerIdentity();

    @Test
    void theFirstServerIsNoChange() {
        assertNull(identity.change("a", false, null));
        assertNull(identity.change("a", true, null));
    }

    @Test
    void anotherIdIsAChange() {
        identity.change("a", false, null);
        assertEquals("another server than before, or started again", identity.change("b", false, null));
        assertEquals("another server than before, or started again, and empty", identity.change("a", true, null));
        assertNull(identity.change("a", true, null));
    }

    @Test
    void aServerAtAnotherAddressIsComparedWithThatOfTheServerBefore() {
        identity.change("a", false, new Master("here", 1, 1));
        assertEquals("another server than before, here:1", identity.change("b", false, new Master("there", 2, 1)));
        assertEquals(
                "another server than before, or started again", identity.change("c", false, new Master("there", 2, 2)));
        assertEquals(
                "another server than before, there:2, and empty", identity.change("a", true, new Master("here", 1, 1)));
    }

    @Test
    void aServerWithoutAnIdIsComparedWithNone() {
        identity.change("a", false, null);
        assertNull(identity.change(null, true, null));
        assertNull(identity.change("a", false, null));
        assertNull(identity.change(null, false, null));
        assertEquals("another server than before, or started again", identity.change("b", false, null));
    }

    @Test
    void aLackIsLoggedOnceUntilItChanges() {
        try (LogLines log = new LogLines()) {
            for (String lack : new String[] {null, "is old", "is old", "is older", null, "is old"}) {
                identity.reportLack(lack, "here", () -> true);
            }
            assertEquals(
                    List.of("INFO Redis at here is old", "INFO Redis at here is older", "INFO Redis at here is old"),
                    log.lines());
        }
    }
}
