package io.github.tieredjcache.internal.remote.record;

import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Outcome;
import io.github.tieredjcache.internal.model.Version;
import io.github.tieredjcache.internal.port.TierOfRecord.Fill;
import io.github.tieredjcache.internal.remote.wire.ScriptReply;
import org.jspecify.annotations.Nullable;

/** One loaded value that is sent to Redis once. Used by one thread. */
final class PendingFill<V> {
    private final HeldLease lease;
    private final FillTicket ticket;
    private final V value;
    private final Version version;
    private final int encodedBytes;
    private final EntryChange change;

    PendingFill(Fill<?, V> fill, HeldLease lease, Version version, byte @Nullable [] body) {
        this.lease = lease;
        this.ticket = fill.ticket();
        this.value = fill.value();
        this.version = version;
        this.encodedBytes = lease.entryKey().encodedBytes(body == null ? 0 : body.length);
        this.change = EntryChange.fill(lease.entryKey(), lease.precondition(), version, fill.creationNanos(), body)
                .expectingEcho(ticket, false);
    }

    /** Stops the renewal of the load lease: the fill replaces it. */
    void begin() {
        lease.end();
    }

    EntryChange change() {
        return change;
    }

    /** Returns the outcome; not applied if the key has changed since the load began. */
    Outcome<V> outcome(ScriptReply reply, long sentNanos) {
        boolean applied = reply.status() == ScriptReply.Status.APPLIED;
        Entry<V> after = applied && reply.hasEntry()
                ? new Entry<>(value, version, reply.deadlineNanos(sentNanos), encodedBytes, true).withTicket(ticket)
                : null;
        return new Outcome<>(applied, reply.existed(), null, after);
    }
}
