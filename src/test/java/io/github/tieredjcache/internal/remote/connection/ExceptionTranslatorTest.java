package io.github.tieredjcache.internal.remote.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.OutcomeUnknownException;
import io.lettuce.core.RedisCommandExecutionException;
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

    /** Redis ends such a script after its first changes; see SlotMoveAnnouncementsIT. */
    @Test
    void theOutcomeOfAScriptThatIsEndedByTheMoveOfItsSlotIsUnknown() {
        ExceptionTranslator translator = new ExceptionTranslator(
                RedisUri.parse("redis-cluster://h0:7000").address());
        Throwable failure = new RedisCommandExecutionException(
                "ERR Script attempted to access a non local key in a cluster node script: 1, on @user_script:1.");
        assertInstanceOf(OutcomeUnknownException.class, translator.translate(failure, true));
        assertFalse(translator.translate(failure, false) instanceof OutcomeUnknownException);
    }
}
