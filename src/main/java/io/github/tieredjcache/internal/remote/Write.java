package io.github.tieredjcache.internal.remote;

import io.github.tieredjcache.internal.codec.ValueCodec;
import io.github.tieredjcache.internal.entry.Entry;
import io.github.tieredjcache.internal.entry.FillTicket;
import io.github.tieredjcache.internal.entry.Guard;
import io.github.tieredjcache.internal.entry.Mutation;
import io.github.tieredjcache.internal.entry.Outcome;
import io.github.tieredjcache.internal.entry.Version;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One mutation on its way to Redis, sent as often as somebody else holds the key. Used by one thread.
 *
 * <p>An entry that cannot be read counts as absent: where that decides, the mutation is sent again with that very entry's
 * version as the guard.
 */
final class Write<K, V> {
    private static final long NOT_BUSY = -1;

    private final Mutation<K, V> mutation;
    private final byte[] encodedKey;
    private final ValueCodec<V> values;
    private final Version version;
    private final boolean drops;
    private EntryKey entryKey;
    private byte @Nullable [] body;
    private FillTicket ticket = FillTicket.unfillable();
    private byte[] guard;
    private boolean replacesUndecodable;
    private long busyMillis = NOT_BUSY;
    private @Nullable Outcome<V> outcome;

    /**
     * Encodes a mutation.
     *
     * @param version of what it stores
     * @param drops whether the entry goes where there is no memory for the new one
     */
    Write(
            Mutation<K, V> mutation,
            byte[] encodedKey,
            ValueCodec<V> values,
            Version version,
            Epoch epoch,
            boolean drops) {
        this.drops = drops;
        this.mutation = mutation;
        this.encodedKey = encodedKey;
        this.values = values;
        this.version = version;
        this.guard = Mutate.guard(mutation.guard());
        this.entryKey = epoch.key(encodedKey);
        this.body = body();
    }

    private byte @Nullable [] body() {
        V value = mutation.value();
        return value == null ? null : values.encode(entryKey.bytes(), value);
    }

    /** Prepares for the next attempt, in the epoch that is current now. */
    void moveTo(Epoch epoch) {
        if (epoch.number() == entryKey.epoch().number()) {
            entryKey = new EntryKey(entryKey.bytes(), epoch);
            return;
        }
        entryKey = epoch.key(encodedKey);
        body = body();
        // Whatever was in the way is gone.
        replacesUndecodable = false;
        guard = Mutate.guard(mutation.guard());
    }

    K key() {
        return mutation.key();
    }

    /** Returns the epoch of the last attempt. */
    Epoch epoch() {
        return entryKey.epoch();
    }

    /** Takes a ticket for what the next answer will say of the key. */
    void watch(RemoteClient client) {
        ticket.voidIt();
        ticket = new FillTicket(client.clock().nanos());
        client.watch(entryKey, ticket);
    }

    EntryKey entryKey() {
        return entryKey;
    }

    /**
     * Returns what came of it if this is what stands in its key, although the answer never came; null if it is not, or if the
     * answer would have told more than that.
     */
    @Nullable
    Outcome<V> tracedIn(byte[] cell) {
        if (mutation.wantsOld()
                || mutation.removes()
                || !Cell.of(cell).version().equals(version)) {
            return null;
        }
        Entry<V> before = before(mutation.guard());
        boolean existed = before != null || mutation.guard() == Guard.PRESENT;
        return new Outcome<>(true, existed, before, null);
    }

    @SuppressWarnings("unchecked") // A guard holds an entry of the cache that it guards.
    private @Nullable Entry<V> before(Guard held) {
        return held instanceof Guard.Unchanged unchanged ? (Entry<V>) unchanged.seen() : null;
    }

    /** Returns how many bytes its value has. */
    int encodedBytes() {
        return body == null ? 0 : body.length;
    }

    /** Ends a write of which nothing will be kept. */
    void giveUp() {
        ticket.voidIt();
    }

    Request<List<@Nullable Object>> request() {
        Mutation<K, V> wanted = replacesUndecodable ? asCreation() : mutation;
        return Mutate.echoed(Mutate.apply(entryKey, guard, wanted, version, body, drops), entryKey, ticket, false);
    }

    /** The same for an entry that only Redis takes for one. */
    private Mutation<K, V> asCreation() {
        long creationNanos = mutation.creationNanos();
        return new Mutation<>(
                mutation.key(),
                mutation.guard(),
                mutation.value(),
                creationNanos,
                creationNanos,
                mutation.answers(),
                false);
    }

    /** Returns what came of it, null as long as it must be sent again. */
    @Nullable
    Outcome<V> outcome() {
        return outcome;
    }

    /** Waits for whoever has the key, if that is why it must be sent again. */
    void awaitOthers(Patience patience) {
        if (busyMillis != NOT_BUSY) {
            patience.await(mutation.key(), entryKey, busyMillis);
        }
    }

    /** Takes Redis's answer. */
    void answered(Answer answer, long sentNanos, EntryReader<V> reader) {
        switch (answer.status()) {
            case BUSY -> busyMillis = answer.busyMillis();
            case MOVED -> busyMillis = NOT_BUSY;
            case APPLIED, DROPPED -> applied(answer, sentNanos, reader);
            case FAILED -> failed(answer, sentNanos, reader);
        }
        Outcome<V> told = outcome;
        if (told != null && (told.applied() ? told.after() : told.before()) == null) {
            // There is nothing to keep under the ticket.
            ticket.voidIt();
        }
    }

    private void applied(Answer answer, long sentNanos, EntryReader<V> reader) {
        byte[] cell = answer.cell();
        Entry<V> before = replacesUndecodable || cell == null ? null : reader.decode(entryKey, cell);
        boolean unreadable = replacesUndecodable || (cell != null && before == null);
        if (unreadable && mutation.guard() == Guard.PRESENT) {
            // There was nothing to replace after all, so what was stored goes again.
            reader.client().send(Mutate.removeVersion(entryKey, version));
            outcome = new Outcome<>(false, false, null, null);
            return;
        }
        outcome = new Outcome<>(true, answer.existed() && !unreadable, before, after(answer, sentNanos));
    }

    private void failed(Answer answer, long sentNanos, EntryReader<V> reader) {
        byte[] cell = answer.cell();
        Entry<V> winner = cell == null ? null : reader.decode(entryKey, cell, answer.deadlineNanos(sentNanos));
        if (cell != null && winner == null && mutation.guard() == Guard.ABSENT) {
            replacesUndecodable = true;
            busyMillis = NOT_BUSY;
            guard = Mutate.versionIs(Cell.of(cell).version());
            return;
        }
        if (cell == null && replacesUndecodable) {
            // It is gone meanwhile.
            busyMillis = NOT_BUSY;
            replacesUndecodable = false;
            guard = Mutate.guard(mutation.guard());
            return;
        }
        Entry<V> kept = winner == null ? null : winner.under(ticket);
        outcome = new Outcome<>(false, winner != null || (cell == null && answer.existed()), kept, null);
    }

    private @Nullable Entry<V> after(Answer answer, long sentNanos) {
        V value = mutation.value();
        if (value == null || body == null || !answer.hasEntry()) {
            return null;
        }
        int encodedBytes = entryKey.encodedBytes(body.length);
        return new Entry<>(value, version, answer.deadlineNanos(sentNanos), encodedBytes, true).under(ticket);
    }
}
