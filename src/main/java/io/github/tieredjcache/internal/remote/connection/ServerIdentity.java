package io.github.tieredjcache.internal.remote.connection;

import org.jspecify.annotations.Nullable;

/** Notices that a new connection leads to another server, or to a server that was started again. Used by one thread. */
final class ServerIdentity {
    private @Nullable String replicationId;

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
}
