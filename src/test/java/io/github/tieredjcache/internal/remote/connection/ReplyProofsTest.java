package io.github.tieredjcache.internal.remote.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tieredjcache.internal.remote.tracking.TrackedKeys;
import io.github.tieredjcache.internal.remote.wire.RedisCommand;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which replies prove that invalidations arrive. */
class ReplyProofsTest {
    private static final RedisCommand<Long> WITH_KEY = RedisCommand.touch(List.of(new byte[1]));
    private static final RedisCommand<Long> WITHOUT_KEY = RedisCommand.size();

    private final TrackedKeys keys = new TrackedKeys();
    private final ReplyProofs proofs = new ReplyProofs(false);

    @Test
    void aReplyIsAProofOnlyWhileProofsCount() {
        proofs.track(keys);
        assertTrue(proofs.isTracking());
        proofs.sending(WITHOUT_KEY, 1).accept(0L);
        assertFalse(isProvenAt(1));
        proofs.begin();
        proofs.sending(WITHOUT_KEY, 2).accept(0L);
        assertTrue(isProvenAt(2));
        proofs.end();
        proofs.sending(WITHOUT_KEY, 3).accept(0L);
        assertFalse(isProvenAt(3));
    }

    @Test
    void aProofIsOfTheTimeOfSending() {
        proofs.track(keys);
        proofs.begin();
        Consumer<@Nullable Long> first = proofs.sending(WITHOUT_KEY, 1);
        Consumer<@Nullable Long> second = proofs.sending(WITHOUT_KEY, 2);
        first.accept(0L);
        assertTrue(isProvenAt(1));
        assertFalse(isProvenAt(2));
        second.accept(0L);
        assertTrue(isProvenAt(2));
    }

    @Test
    void aCommandThatWasSentBeforeTrackingProvesNothing() {
        proofs.begin();
        Consumer<@Nullable Long> sent = proofs.sending(WITHOUT_KEY, 1);
        proofs.track(keys);
        sent.accept(0L);
        assertFalse(isProvenAt(1));
    }

    @Test
    void inAClusterOnlyACommandWithKeysProvesAnything() {
        ReplyProofs ofCluster = new ReplyProofs(true);
        ofCluster.track(keys);
        ofCluster.begin();
        ofCluster.sending(WITHOUT_KEY, 1).accept(0L);
        assertFalse(isProvenAt(1));
        ofCluster.sending(WITH_KEY, 2).accept(0L);
        assertTrue(isProvenAt(2));
    }

    @Test
    void theObserverOfACommandReceivesItsReply() {
        List<Long> received = new ArrayList<>();
        proofs.track(keys);
        proofs.sending(WITH_KEY.observedBy((reply, changes) -> received.add(reply)), 1)
                .accept(7L);
        assertEquals(List.of(7L), received);
    }

    private boolean isProvenAt(long nanos) {
        return keys.proof().holdsWithin(0, nanos);
    }
}
