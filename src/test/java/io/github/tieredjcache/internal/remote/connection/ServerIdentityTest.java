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
