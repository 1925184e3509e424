package io.github.tieredjcache.internal.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PasswordsTest {
    @Test
    void whoAsksAfterTheEndIsToldSoByTheAnswer() throws Exception {
        Passwords passwords = new Passwords(() -> "told", Executors.defaultThreadFactory());
        assertEquals("told", passwords.next().get(60, TimeUnit.SECONDS));
        passwords.close();
        assertTrue(passwords.next().isCompletedExceptionally());
    }
}
