package io.github.tieredjcache.internal.remote;

import io.github.tieredjcache.internal.entry.Entry;
import io.github.tieredjcache.internal.entry.FillTicket;
import io.github.tieredjcache.internal.entry.Outcome;
import io.github.tieredjcache.internal.entry.TierOfRecord.Fill;
import io.github.tieredjcache.internal.entry.Version;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One loaded value on its way to Redis, sent once. Used by one thread. */
final class Filling<V> {
    private final HeldLease right;
    private final FillTicket ticket;
    private final V value;
    private final Version version;
    private final int encodedBytes;
    private final Request<List<@Nullable Object>> request;

    Filling(Fill<?, V> fill, HeldLease right, Version version, byte[] body) {
        this.right = right;
        this.ticket = fill.ticket();
        this.value = fill.value();
        this.version = version;
        this.encodedBytes = right.entryKey().encodedBytes(body.length);
        this.request =
                Mutate.echoed(Mutate.fill(right, version, fill.creationNanos(), body), right.entryKey(), ticket, false);
    }

    /** The right ends with the fill. */
    void begin() {
        right.end();
    }

    Request<List<@Nullable Object>> request() {
        return request;
    }

    /** Returns what came of it; a key that changed since the load began keeps what it has. */
    Outcome<V> outcome(Answer answer, long sentNanos) {
        boolean applied = answer.status() == Answer.Status.APPLIED;
        Entry<V> after = applied && answer.hasEntry()
                ? new Entry<>(value, version, answer.deadlineNanos(sentNanos), encodedBytes, true).under(ticket)
                : null;
        return new Outcome<>(applied, answer.existed(), null, after);
    }
}
