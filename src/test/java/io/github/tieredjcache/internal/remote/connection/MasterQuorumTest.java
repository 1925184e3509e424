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

    /** Of three sentinels one is cut off together with the old master, and the others are slow. */
    @Test
    void aMinorityDoesNotDecideWhileOthersMayStillAnswer() {
        MasterQuorum poll = poll(false);
        poll.take(OLD, null);
        assertTrue(thread.getQueue().isEmpty(), "no time after which it decides");
        poll.take(null, new IllegalStateException("refused"));
        assertFalse(poll.result().isDone());
        poll.take(NEW, null);
        assertEquals(NEW, poll.result().join());
    }

    @Test
    void aMinorityDecidesWhenAllOthersHaveFailed() {
        MasterQuorum poll = poll(false);
        poll.take(null, new IllegalStateException("refused"));
        poll.take(OLD, null);
        assertFalse(poll.result().isDone());
        poll.take(null, new IllegalStateException("late"));
        assertEquals(OLD, poll.result().join());
    }

    @Test
    void aMinorityDecidesWhereItMayWhenTheOthersAreLate() {
        MasterQuorum poll = poll(true);
        poll.take(OLD, null);
        assertEquals(OLD, poll.result().join());
    }

    @Test
    void itFailsWhenAllHaveFailed() {
        MasterQuorum poll = poll(false);
        for (int i = 0; i < 3; i++) {
            poll.take(null, new IllegalStateException("refused"));
        }
        assertThrows(CompletionException.class, () -> poll.result().join());
    }

    private MasterQuorum poll(boolean fewAreEnough) {
        return new MasterQuorum(3, 2, fewAreEnough, "nobody knows", thread);
    }
}
