package io.github.tieredjcache.internal.remote.connection;

import io.github.tieredjcache.internal.support.NanoClock;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The replies of one server about itself, on one connection. The hash slots of a Redis Cluster that share the connection
 * share these replies, too; without a cluster only the clock is used. Safe for use by many threads.
 *
 * <p>A connection that is opened for a hash slot uses a replication ID that is at most {@link #IDENTITY_AGE_MAX} old.
 * The server had the same ID when the connection was opened. It gets another one by a start, which ends the connection
 * to it, or by a promotion. Before that it was a replica, which redirects the heartbeats of all hash slots; and a
 * redirection expires the ID. A server that is demoted and promoted between two heartbeats goes unnoticed here as on any
 * connection that stays open.
 *
 * @param clock the clock of the server
 * @param time the reply to TIME, with which the clock was updated
 * @param replication the reply to INFO replication
 * @param size the reply to DBSIZE
 * @param hello the reply to HELLO
 */
record ServerReplies(
        ServerClock clock,
        SharedReply<Void> time,
        SharedReply<String> replication,
        SharedReply<Long> size,
        SharedReply<List<@Nullable Object>> hello) {
    /** So short that each heartbeat of a hash slot without neighbours sends TIME. */
    static final Duration TIME_AGE_MAX = HeartbeatMonitor.INTERVAL.dividedBy(2);

    static final Duration IDENTITY_AGE_MAX = Duration.ofSeconds(1);

    /** Returns the replies of a server to which nothing was sent yet. */
    static ServerReplies none(NanoClock clock) {
        return new ServerReplies(
                new ServerClock(),
                new SharedReply<>(clock, TIME_AGE_MAX),
                new SharedReply<>(clock, IDENTITY_AGE_MAX),
                new SharedReply<>(clock, IDENTITY_AGE_MAX),
                new SharedReply<>(clock, IDENTITY_AGE_MAX));
    }

    /** Has the next connection query the server again: it is a replica, or may be one, and a master later. */
    void expireIdentity() {
        replication.expire();
        size.expire();
        hello.expire();
    }
}
