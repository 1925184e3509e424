package io.github.tieredjcache.internal.remote;

import io.github.tieredjcache.internal.entry.Entry;
import io.github.tieredjcache.internal.entry.FillTicket;
import io.github.tieredjcache.internal.entry.Outcome;
import io.github.tieredjcache.internal.entry.TierOfRecord.Fill;
import io.github.tieredjcache.internal.entry.Version;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One loaded value on its way to Redis, sent at most once. Used by one thread. */
final class Filling<V> {
    private final EntryKey entryKey;
    private final FillTicket ticket;
    private final V value;
    private final Version version;
    private final int encodedBytes;
    private final Request<List<@Nullable Object>> request;
    private Outcome<V> outcome = new Outcome<>(false, false, null, null);

    Filling(Fill<?, V> fill, EntryKey entryKey, Version version, byte[] body) {
        this.entryKey = entryKey;
        this.ticket = fill.ticket();
        this.value = fill.value();
        this.version = version;
        this.encodedBytes = entryKey.encodedBytes(body.length);
        this.request =
                Mutate.echoed(Mutate.fill(entryKey, version, fill.creationNanos(), body), entryKey, ticket, false);
    }

    boolean isWanted() {
        return ticket.isValid();
    }

    Request<List<@Nullable Object>> request() {
        return request;
    }

    /** Takes Redis's answer. A key that is busy or has an entry keeps what it has. */
    void answered(Answer answer, long sentNanos, RemoteClient client) {
        boolean applied = answer.status() == Answer.Status.APPLIED;
        if (applied && !ticket.isValid()) {
            // The key was changed while this was under way, perhaps before it arrived: then it is what was removed.
            client.send(Mutate.removeVersion(entryKey, version));
            return;
        }
        Entry<V> after = applied && answer.hasEntry()
                ? new Entry<>(value, version, answer.deadlineNanos(sentNanos), encodedBytes, true).under(ticket)
                : null;
        outcome = new Outcome<>(applied, answer.existed(), null, after);
    }

    /** Returns what came of it; not applied if it was never sent. */
    Outcome<V> outcome() {
        return outcome;
    }
}
