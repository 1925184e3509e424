package io.github.tieredjcache.internal.remote.record;

import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Outcome;
import io.github.tieredjcache.internal.model.Version;
import io.github.tieredjcache.internal.port.TierOfRecord.Fill;
import io.github.tieredjcache.internal.remote.wire.RedisCommand;
import io.github.tieredjcache.internal.remote.wire.ScriptReply;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One loaded value on its way to Redis, sent once. Used by one thread. */
final class PendingFill<V> {
    private final HeldLease right;
    private final FillTicket ticket;
    private final V value;
    private final Version version;
    private final int encodedBytes;
    private final RedisCommand<List<@Nullable Object>> command;

    PendingFill(Fill<?, V> fill, HeldLease right, Version version, byte[] body) {
        this.right = right;
        this.ticket = fill.ticket();
        this.value = fill.value();
        this.version = version;
        this.encodedBytes = right.entryKey().encodedBytes(body.length);
        this.command = MutateScript.echoed(
                MutateScript.fill(right, version, fill.creationNanos(), body), right.entryKey(), ticket, false);
    }

    /** The right ends with the fill. */
    void begin() {
        right.end();
    }

    RedisCommand<List<@Nullable Object>> request() {
        return command;
    }

    /** Returns what came of it; a key that changed since the load began keeps what it has. */
    Outcome<V> outcome(ScriptReply reply, long sentNanos) {
        boolean applied = reply.status() == ScriptReply.Status.APPLIED;
        Entry<V> after = applied && reply.hasEntry()
                ? new Entry<>(value, version, reply.deadlineNanos(sentNanos), encodedBytes, true).under(ticket)
                : null;
        return new Outcome<>(applied, reply.existed(), null, after);
    }
}
