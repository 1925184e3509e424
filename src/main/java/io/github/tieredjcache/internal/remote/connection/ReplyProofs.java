package io.github.tieredjcache.internal.remote.connection;

import io.github.tieredjcache.internal.remote.tracking.TrackedKeys;
import io.github.tieredjcache.internal.remote.wire.RedisCommand;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reports the replies on one connection to the {@link TrackedKeys}, some of them as coherence proofs. Safe for use by
 * many threads.
 */
final class ReplyProofs {
    private final boolean inCluster;
    private volatile @Nullable TrackedKeys trackedKeys;
    private volatile boolean proving;

    /**
     * Creates it without client tracking.
     *
     * @param inCluster whether only a reply to a command that names keys is a proof
     */
    ReplyProofs(boolean inCluster) {
        this.inCluster = inCluster;
    }

    /** Reports the replies to the commands that are sent from now on, since client tracking is on. */
    void track(TrackedKeys keys) {
        trackedKeys = keys;
    }

    /** Returns whether client tracking is on. */
    boolean isTracking() {
        return trackedKeys != null;
    }

    /** Counts replies as proofs from now on. */
    void begin() {
        proving = true;
    }

    /** Stops counting replies as proofs; call it before the proofs are revoked. */
    void end() {
        proving = false;
    }

    /**
     * Returns the action for the reply to a command that is sent now; replies come in the order of the commands, on one
     * thread.
     */
    <T> Consumer<@Nullable T> sending(RedisCommand<T> command, long nowNanos) {
        TrackedKeys keys = trackedKeys;
        return reply -> {
            if (keys != null) {
                if (proving && (!inCluster || command.namesKeys())) {
                    keys.replied(nowNanos);
                    if (!proving) {
                        // end() ran in between, so this proof may be later than the revocation.
                        keys.proof().revoke();
                    }
                } else {
                    keys.repliedWithoutProof();
                }
                command.replied(reply, keys);
            }
        };
    }
}
