package io.github.tieredjcache.internal.port;

import io.github.tieredjcache.RemoteUnavailableException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The connection of one {@link FakeRedis} to its keyspace: carries commands there, and replies and announcements back, in order. Announcements
 * that a command causes to its own sender follow its reply.
 */
public interface FakeWire {
    /** The kinds of commands, by what a lost reply leaves open. */
    enum Kind {
        /** Only reads. */
        READ,
        /** Changes an entry or takes a lease. */
        CHANGE,
        /** Belongs to another command, and fails with that. */
        INTERNAL
    }

    /**
     * Sends a command and waits for its reply.
     *
     * @param command runs at the server
     * @param arrived receives the reply in the order of the stream, also if the caller does not wait for it any more
     * @throws RemoteUnavailableException if there is no reply
     */
    <R> R call(Kind kind, Supplier<R> command, Consumer<R> arrived);

    /** Sends a command whose reply nobody waits for; it may be lost. */
    <R> void send(Supplier<R> command, Consumer<R> arrived);

    /** Ends a lease that this node does not know to be ended, where leases do not end by time. */
    void leaseRunsOut(Supplier<?> release);

    /** Announces the change of a key to this node; called by the server. */
    void announce(String trackedKey);

    /** Announces a change of all keys to this node; called by the server. */
    void announceAll();

    /**
     * Waits for an announcement to this node, or until the time is over.
     *
     * @param nanosMax the time, by the clock of {@link #waitNanos}
     */
    void await(long nanosMax);

    /** Returns the time of the clock that bounds waits for leases of other nodes. */
    long waitNanos();
}
