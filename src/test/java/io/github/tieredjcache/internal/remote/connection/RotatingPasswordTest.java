package io.github.tieredjcache.internal.remote.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.RemoteUnavailableException;
import io.github.tieredjcache.Undeclared;
import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RotatingPasswordTest {
    @Test
    void theExceptionOfTheFactoryIsNotPassedOn() throws Exception {
        RotatingPassword passwords = new RotatingPassword(
                () -> {
                    throw Undeclared.thrown(new IOException("wrong password: secret"));
                },
                Executors.defaultThreadFactory());
        try (passwords) {
            var failure = assertThrows(
                    ExecutionException.class, () -> passwords.next().get(60, TimeUnit.SECONDS));
            assertInstanceOf(RemoteUnavailableException.class, failure.getCause());
            assertNull(failure.getCause().getCause());
        }
    }

    @Test
    void afterClosingTheFutureOfAPasswordFails() throws Exception {
        RotatingPassword passwords = new RotatingPassword(() -> "secret", Executors.defaultThreadFactory());
        assertEquals("secret", passwords.next().get(60, TimeUnit.SECONDS));
        passwords.close();
        assertTrue(passwords.next().isCompletedExceptionally());
    }
}
