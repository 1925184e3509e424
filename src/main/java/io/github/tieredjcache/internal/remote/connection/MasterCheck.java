package io.github.tieredjcache.internal.remote.connection;

import java.util.function.Consumer;

/**
 * Checks at the heartbeats whether the server is still the master, and queries the sentinels for another one. A client
 * that only reads would not notice that the master was replaced; and a master that was replaced, for maintenance or
 * while it was frozen, accepts writes for seconds that will be lost. In a Redis Cluster the heartbeat itself checks it:
 * a replica redirects the query of a key. Used by one thread.
 */
final class MasterCheck {
    private static final int ROLE_BEATS = 4;
    /** A master that was frozen does not know that it was replaced. */
    private static final int SENTINEL_BEATS = 2;

    private final ConnectionFactory connections;
    private final Consumer<RedisConnection> onReplaced;
    private int beats;
    private boolean checkingSentinels;

    /**
     * Creates a check.
     *
     * @param onReplaced receives the connection to a server that is no longer the master
     */
    MasterCheck(ConnectionFactory connections, Consumer<RedisConnection> onReplaced) {
        this.connections = connections;
        this.onReplaced = onReplaced;
    }

    /**
     * Counts a heartbeat, and checks the server if it is due.
     *
     * @param silent whether the server has not replied to the last heartbeat
     */
    void beat(RedisConnection connection, boolean silent) {
        if (connection.isOfHashSlot()) {
            return;
        }
        beats++;
        if (beats % ROLE_BEATS == 0 && !silent) {
            var unused = connection.unusableReason().thenAccept(reason -> {
                if (reason != null) {
                    connections.onThread(() -> onReplaced.accept(connection));
                }
            });
        }
        Master known = connection.master();
        if (known == null || checkingSentinels || beats % SENTINEL_BEATS != 0) {
            return;
        }
        checkingSentinels = true;
        var unused = connections
                .master()
                .whenComplete((master, failure) -> connections.onThread(() -> {
                    checkingSentinels = false;
                    if (master != null && master.replaces(known)) {
                        onReplaced.accept(connection);
                    }
                }));
    }
}
