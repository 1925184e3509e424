package io.github.tieredjcache.internal.remote.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CompletionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MasterQuorumTest {
    private static final Master OLD = new Master("old", 1, 1);
    private static final Master NEW = new Master("new", 1, 2);

    private final ScheduledThreadPoolExecutor thread = new ScheduledThreadPoolExecutor(1);

    @AfterEach
    void closes() {
        thread.shutdownNow();
    }

    /** One of three sentinels is cut off together with the old master, and the others are slow. */
    @Test
    void aMinorityDoesNotDecideWhileOthersMayStillAnswer() {
        MasterQuorum quorum = quorum(false);
        quorum.add(OLD, null);
        assertTrue(thread.getQueue().isEmpty(), "no timer after which a minority decides");
        quorum.add(null, new IllegalStateException("refused"));
        assertFalse(quorum.result().isDone());
        quorum.add(NEW, null);
        assertEquals(NEW, quorum.result().join());
    }

    @Test
    void aMinorityDecidesWhenAllOthersHaveFailed() {
        MasterQuorum quorum = quorum(false);
        quorum.add(null, new IllegalStateException("refused"));
        quorum.add(OLD, null);
        assertFalse(quorum.result().isDone());
        quorum.add(null, new IllegalStateException("late"));
        assertEquals(OLD, quorum.result().join());
    }

    @Test
    void aMinorityDecidesWhenTheOthersAreLateIfThatIsAllowed() {
        MasterQuorum quorum = quorum(true);
        quorum.add(OLD, null);
        assertEquals(OLD, quorum.result().join());
    }

    @Test
    void theResultFailsWhenAllRepliesHaveFailed() {
        MasterQuorum quorum = quorum(false);
        for (int i = 0; i < 3; i++) {
            quorum.add(null, new IllegalStateException("refused"));
        }
        assertThrows(CompletionException.class, () -> quorum.result().join());
    }

    private MasterQuorum quorum(boolean minorityDecides) {
        return new MasterQuorum(3, 2, minorityDecides, "no reply", thread);
    }
}
