package io.github.tieredjcache.internal.remote.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

final class ExceptionTranslatorTest {
    @Test
    void aMissingClassIsReportedAsMissing() {
        Throwable failure = new CompletionException(new NoClassDefFoundError("io/lettuce/core/Delegating"));

        String described = ExceptionTranslator.describe(failure);
        assertTrue(described.contains("java.lang.NoClassDefFoundError: io/lettuce/core/Delegating"), described);
    }

    @Test
    void aNetworkFailureIsDescribedByItsMessage() {
        assertEquals(
                "Connection refused",
                ExceptionTranslator.describe(new CompletionException(new IOException("Connection refused"))));
    }
}
