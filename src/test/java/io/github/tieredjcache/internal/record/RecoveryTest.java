package io.github.tieredjcache.internal.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.internal.model.Lifetime;
import io.github.tieredjcache.internal.model.Mutation;
import io.github.tieredjcache.internal.model.Outcome;
import io.github.tieredjcache.internal.model.Precondition;
import org.junit.jupiter.api.Test;

/** The removal of a journaled key before an operation on it, by the policy fail. */
class RecoveryTest {
    private final RecordChain chain = new RecordChain(System::nanoTime, false, true);

    @Test
    void aCallerThatComesLateDoesNotRemoveWhatAnotherOneHasStored() {
        journal();
        // Both callers have found the key in the journal; one of them is done before the other one removes it.
        assertTrue(putIfAbsent("one").applied());
        chain.recovery.removeFromRedis("k");
        assertEquals("one", chain.redis.value("k"));
        assertFalse(putIfAbsent("other").applied());
    }

    @Test
    void aCallerRemovesTheOldEntry() {
        putIfAbsent("old");
        journal();
        chain.recovery.removeFromRedis("k");
        assertNull(chain.redis.value("k"));
        assertFalse(chain.journal.has("k"));
    }

    private void journal() {
        chain.journal.beginChange("k");
        chain.journal.endChange("k");
    }

    private Outcome<String> putIfAbsent(String value) {
        return chain.record.apply(
                new Mutation<>("k", Precondition.ABSENT, value, Lifetime.ETERNAL, Lifetime.ETERNAL, true, false));
    }
}
