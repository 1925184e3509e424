package io.github.tieredjcache.internal.port;

import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Lifetime;
import io.github.tieredjcache.internal.model.Version;

/** The reply of a script of {@link FakeKeyspace} about one key. */
final class FakeReply {
    /** What became of the request. */
    enum Status {
        APPLIED,
        FAILED,
        BUSY,
        EPOCH_OVER
    }

    private final Status status;
    private long epoch;
    private boolean changes;
    private String value;
    private Version version;
    private long remainingNanos;
    private boolean settled;
    private FakeReply stored;
    private boolean hidesEntry;
    private long busyNanos;
    private Object awaitedLease;

    FakeReply(Status status) {
        this.status = status;
    }

    static FakeReply epoch(long epoch, boolean begins) {
        FakeReply reply = new FakeReply(Status.APPLIED);
        reply.epoch = epoch;
        reply.changes = begins;
        return reply;
    }

    static FakeReply busy(long busyNanos, Object awaitedLease) {
        FakeReply reply = new FakeReply(Status.BUSY);
        reply.busyNanos = busyNanos;
        reply.awaitedLease = awaitedLease;
        return reply;
    }

    FakeReply holding(String newValue, Version newVersion, long newRemainingNanos, boolean isSettled) {
        value = newValue;
        version = newVersion;
        remainingNanos = newRemainingNanos;
        settled = isSettled;
        return this;
    }

    FakeReply until(long newRemainingNanos) {
        remainingNanos = newRemainingNanos;
        return this;
    }

    FakeReply changing() {
        changes = true;
        return this;
    }

    FakeReply withoutEntry() {
        hidesEntry = true;
        return this;
    }

    /** Adds what the key holds since; a change that its author is told of, unless there was and is no entry. */
    FakeReply storing(FakeReply after) {
        stored = after;
        changes = existed() || after.existed();
        return this;
    }

    Status status() {
        return status;
    }

    long epoch() {
        return epoch;
    }

    /** Returns whether the author expects the announcement of the change as the next message. */
    boolean changes() {
        return changes;
    }

    boolean existed() {
        return value != null;
    }

    long busyNanos() {
        return busyNanos;
    }

    Object awaitedLease() {
        return awaitedLease;
    }

    /** Returns the entry that was there, null if there was none; its deadline errs early. */
    Entry<String> entry(long sentNanos) {
        return existed() && !hidesEntry ? entryOf(this, sentNanos) : null;
    }

    /** Returns the entry that the script stored, null if it stored none. */
    Entry<String> stored(long sentNanos, FillTicket ticket) {
        return stored == null || !stored.existed()
                ? null
                : entryOf(stored, sentNanos).withTicket(ticket);
    }

    private static Entry<String> entryOf(FakeReply reply, long sentNanos) {
        long deadlineNanos = Lifetime.deadline(sentNanos, reply.remainingNanos);
        return Entry.of(reply.value, reply.version, deadlineNanos, 0, reply.settled);
    }
}
