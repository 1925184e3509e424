package io.github.tieredjcache.internal.remote.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RotatingPasswordTest {
    @Test
    void afterClosingTheFutureOfAPasswordFails() throws Exception {
        RotatingPassword passwords = new RotatingPassword(() -> "secret", Executors.defaultThreadFactory());
        assertEquals("secret", passwords.next().get(60, TimeUnit.SECONDS));
        passwords.close();
        assertTrue(passwords.next().isCompletedExceptionally());
    }
}
