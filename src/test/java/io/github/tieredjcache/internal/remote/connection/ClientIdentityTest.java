package io.github.tieredjcache.internal.remote.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class ClientIdentityTest {
    @Test
    void theReplyToClientInfoNamesNumberAndAddress() {
        assertEquals(
                new ClientIdentity("7", "127.0.0.1:50222"),
                ClientIdentity.of("id=7 addr=127.0.0.1:50222 laddr=127.0.0.1:6379 fd=8 name= age=0 lib-ver=\n"));
        assertEquals(new ClientIdentity("12", "[::1]:6"), ClientIdentity.of("id=12 addr=[::1]:6 fd=8 name=id=3 x\n"));
    }

    @Test
    void anotherReplyIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> ClientIdentity.of("addr=127.0.0.1:50222 id=7 "));
        assertThrows(IllegalArgumentException.class, () -> ClientIdentity.of(""));
    }
}
