package io.github.tieredjcache.internal.remote.record;

import io.github.tieredjcache.internal.codec.api.ValueCodec;
import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Mutation;
import io.github.tieredjcache.internal.model.Outcome;
import io.github.tieredjcache.internal.model.Precondition;
import io.github.tieredjcache.internal.model.Version;
import io.github.tieredjcache.internal.remote.connection.CommandExecutor;
import io.github.tieredjcache.internal.remote.wire.EntryKey;
import io.github.tieredjcache.internal.remote.wire.Epoch;
import io.github.tieredjcache.internal.remote.wire.RedisCommand;
import io.github.tieredjcache.internal.remote.wire.ScriptReply;
import io.github.tieredjcache.internal.remote.wire.StoredEntryHeader;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One mutation on its way to Redis, sent as often as somebody else holds the key. Used by one thread.
 *
 * <p>An entry that cannot be read counts as absent: where that decides, the mutation is sent again with that very entry's
 * version as the guard.
 */
final class PendingWrite<K, V> {
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
    PendingWrite(
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
        this.guard = MutateScript.guard(mutation.guard());
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
        guard = MutateScript.guard(mutation.guard());
    }

    K key() {
        return mutation.key();
    }

    /** Returns the epoch of the last attempt. */
    Epoch epoch() {
        return entryKey.epoch();
    }

    /** Takes a ticket for what the next answer will say of the key. */
    void watch(CommandExecutor executor) {
        ticket.invalidate();
        ticket = new FillTicket(executor.clock().nanos());
        executor.watch(entryKey, ticket);
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
                || !StoredEntryHeader.of(cell).version().equals(version)) {
            return null;
        }
        Entry<V> before = before(mutation.guard());
        boolean existed = before != null || mutation.guard() == Precondition.PRESENT;
        return new Outcome<>(true, existed, before, null);
    }

    @SuppressWarnings("unchecked") // A guard holds an entry of the cache that it guards.
    private @Nullable Entry<V> before(Precondition held) {
        return held instanceof Precondition.Unchanged unchanged ? (Entry<V>) unchanged.seen() : null;
    }

    /** Returns how many bytes its value has. */
    int encodedBytes() {
        return body == null ? 0 : body.length;
    }

    /** Ends a write of which nothing will be kept. */
    void giveUp() {
        ticket.invalidate();
    }

    RedisCommand<List<@Nullable Object>> request() {
        Mutation<K, V> wanted = replacesUndecodable ? asCreation() : mutation;
        return MutateScript.echoed(
                MutateScript.apply(entryKey, guard, wanted, version, body, drops), entryKey, ticket, false);
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
    void awaitOthers(LeaseWait leaseWait) {
        if (busyMillis != NOT_BUSY) {
            leaseWait.await(mutation.key(), entryKey, busyMillis);
        }
    }

    /** Takes Redis's answer. */
    void answered(ScriptReply reply, long sentNanos, EntryDecoder<V> reader) {
        switch (reply.status()) {
            case BUSY -> busyMillis = reply.busyMillis();
            case MOVED -> busyMillis = NOT_BUSY;
            case APPLIED, DROPPED -> applied(reply, sentNanos, reader);
            case FAILED -> failed(reply, sentNanos, reader);
        }
        Outcome<V> told = outcome;
        if (told != null && (told.applied() ? told.after() : told.before()) == null) {
            // There is nothing to keep under the ticket.
            ticket.invalidate();
        }
    }

    private void applied(ScriptReply reply, long sentNanos, EntryDecoder<V> reader) {
        byte[] cell = reply.cell();
        Entry<V> before = replacesUndecodable || cell == null ? null : reader.decode(entryKey, cell);
        boolean unreadable = replacesUndecodable || (cell != null && before == null);
        if (unreadable && mutation.guard() == Precondition.PRESENT) {
            // There was nothing to replace after all, so what was stored goes again.
            reader.client().send(MutateScript.removeVersion(entryKey, version));
            outcome = new Outcome<>(false, false, null, null);
            return;
        }
        outcome = new Outcome<>(true, reply.existed() && !unreadable, before, after(reply, sentNanos));
    }

    private void failed(ScriptReply reply, long sentNanos, EntryDecoder<V> reader) {
        byte[] cell = reply.cell();
        Entry<V> winner = cell == null ? null : reader.decode(entryKey, cell, reply.deadlineNanos(sentNanos));
        if (cell != null && winner == null && mutation.guard() == Precondition.ABSENT) {
            replacesUndecodable = true;
            busyMillis = NOT_BUSY;
            guard = MutateScript.versionIs(StoredEntryHeader.of(cell).version());
            return;
        }
        if (cell == null && replacesUndecodable) {
            // It is gone meanwhile.
            busyMillis = NOT_BUSY;
            replacesUndecodable = false;
            guard = MutateScript.guard(mutation.guard());
            return;
        }
        Entry<V> kept = winner == null ? null : winner.under(ticket);
        outcome = new Outcome<>(false, winner != null || (cell == null && reply.existed()), kept, null);
    }

    private @Nullable Entry<V> after(ScriptReply reply, long sentNanos) {
        V value = mutation.value();
        if (value == null || body == null || !reply.hasEntry()) {
            return null;
        }
        int encodedBytes = entryKey.encodedBytes(body.length);
        return new Entry<>(value, version, reply.deadlineNanos(sentNanos), encodedBytes, true).under(ticket);
    }
}
