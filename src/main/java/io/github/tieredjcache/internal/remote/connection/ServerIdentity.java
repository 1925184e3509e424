package io.github.tieredjcache.internal.remote.connection;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Notices that a new connection leads to another server, to a server that was started again, or to one that lacks
 * something. Used by one thread.
 */
final class ServerIdentity {
    private @Nullable String replicationId;
    private @Nullable String lack;

    /**
     * Compares the server of a new connection with that of the last one.
     *
     * @param newReplicationId null if the server does not report it; see {@link ServerHandshake}
     * @return what has changed, for log lines; null if nothing has
     */
    @Nullable
    String change(@Nullable String newReplicationId, boolean isEmpty) {
        String before = replicationId;
        if (newReplicationId == null) {
            return null;
        }
        replicationId = newReplicationId;
        return before == null || newReplicationId.equals(before)
                ? null
                : "another server than before, or started again" + (isEmpty ? ", and empty" : "");
    }

    /**
     * Compares what the server of a new connection lacks with what that of the last one lacked.
     *
     * @param newLack see {@link ServerHandshake#lack}
     * @return {@code newLack}; null if it is as before
     */
    @Nullable
    String lackToReport(@Nullable String newLack) {
        String before = lack;
        lack = newLack;
        return Objects.equals(newLack, before) ? null : newLack;
    }
}
