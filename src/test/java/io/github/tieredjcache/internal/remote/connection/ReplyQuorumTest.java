package io.github.tieredjcache.internal.remote.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReplyQuorumTest {
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
        ReplyQuorum<Master> quorum = quorum(false);
        quorum.add(OLD, null);
        assertTrue(thread.getQueue().isEmpty(), "no timer after which a minority decides");
        quorum.add(null, new IllegalStateException("refused"));
        assertFalse(quorum.result().isDone());
        quorum.add(NEW, null);
        assertEquals(List.of(OLD, NEW), quorum.result().join());
    }

    @Test
    void aMinorityDecidesWhenAllOthersHaveFailed() {
        ReplyQuorum<Master> quorum = quorum(false);
        quorum.add(null, new IllegalStateException("refused"));
        quorum.add(OLD, null);
        assertFalse(quorum.result().isDone());
        quorum.add(null, new IllegalStateException("late"));
        assertEquals(List.of(OLD), quorum.result().join());
    }

    @Test
    void aMinorityDecidesWhenTheOthersAreLateIfThatIsAllowed() {
        ReplyQuorum<Master> quorum = quorum(true);
        quorum.add(OLD, null);
        assertEquals(List.of(OLD), quorum.result().join());
    }

    @Test
    void theNewestMasterHasTheGreatestTerm() {
        assertEquals(NEW, Master.newest(Stream.of(OLD, NEW)).orElseThrow());
        assertEquals(NEW, Master.newest(Stream.of(NEW, OLD)).orElseThrow());
        assertTrue(Master.newest(Stream.of()).isEmpty());
    }

    @Test
    void theResultFailsWhenAllRepliesHaveFailed() {
        ReplyQuorum<Master> quorum = quorum(false);
        for (int i = 0; i < 3; i++) {
            quorum.add(null, new IllegalStateException("refused"));
        }
        assertThrows(CompletionException.class, () -> quorum.result().join());
    }

    private ReplyQuorum<Master> quorum(boolean minorityDecides) {
        return new ReplyQuorum<>(3, 2, minorityDecides, "no reply", thread);
    }
}
