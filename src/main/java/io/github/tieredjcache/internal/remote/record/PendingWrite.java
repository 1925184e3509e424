package io.github.tieredjcache.internal.remote.record;

import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Mutation;
import io.github.tieredjcache.internal.model.Outcome;
import io.github.tieredjcache.internal.model.Precondition;
import io.github.tieredjcache.internal.model.Version;
import io.github.tieredjcache.internal.remote.connection.CommandExecutor;
import io.github.tieredjcache.internal.remote.wire.EntryKey;
import io.github.tieredjcache.internal.remote.wire.Epoch;
import io.github.tieredjcache.internal.remote.wire.ScriptReply;
import io.github.tieredjcache.internal.remote.wire.StoredEntryHeader;
import org.jspecify.annotations.Nullable;

/**
 * One mutation that is sent to Redis, and sent again while another holder has leased the key. Used by one thread.
 *
 * <p>An undecodable entry counts as absent. If that decides the precondition, the mutation is sent again with the
 * version of the undecodable entry as its precondition.
 */
final class PendingWrite<K, V> {
    private static final long NOT_BUSY = -1;

    private final Mutation<K, V> mutation;
    private final byte[] encodedKey;
    private final ValueEncoder<V> values;
    private final Version version;
    private final boolean dropsWhenFull;
    private EntryKey entryKey;
    private byte @Nullable [] body;
    private FillTicket ticket = FillTicket.unfillable();
    private byte[] precondition;
    private boolean replacesUndecodable;
    private long busyMillis = NOT_BUSY;
    private @Nullable Outcome<V> outcome;

    /**
     * Encodes a mutation.
     *
     * @param version the version of the entry that the mutation stores
     * @param dropsWhenFull whether the old entry is removed if Redis has no memory for the new one
     */
    PendingWrite(
            Mutation<K, V> mutation,
            byte[] encodedKey,
            ValueEncoder<V> values,
            Version version,
            Epoch epoch,
            boolean dropsWhenFull) {
        this.dropsWhenFull = dropsWhenFull;
        this.mutation = mutation;
        this.encodedKey = encodedKey;
        this.values = values;
        this.version = version;
        this.precondition = EntryChange.precondition(mutation.precondition());
        this.entryKey = EntryKey.of(epoch, encodedKey);
        this.body = body();
    }

    private byte @Nullable [] body() {
        return values.encode(entryKey.bytes(), mutation.value());
    }

    /** Prepares for the next attempt, in the epoch that is current now. */
    void moveTo(Epoch epoch) {
        if (epoch.number() == entryKey.epoch().number()) {
            entryKey = new EntryKey(entryKey.bytes(), epoch);
            return;
        }
        entryKey = EntryKey.of(epoch, encodedKey);
        body = body();
        // The undecodable entry of the old epoch is not there any more.
        replacesUndecodable = false;
        precondition = EntryChange.precondition(mutation.precondition());
    }

    K key() {
        return mutation.key();
    }

    /** Returns the epoch of the last attempt. */
    Epoch epoch() {
        return entryKey.epoch();
    }

    /** Takes a fill ticket for the entry in the next reply. */
    void watch(CommandExecutor executor) {
        ticket.invalidate();
        ticket = new FillTicket(executor.clock().nanos());
        executor.watch(entryKey, ticket);
    }

    EntryKey entryKey() {
        return entryKey;
    }

    /**
     * Returns the outcome of a write whose reply was lost, by the header of the stored entry; null if that is not the
     * entry of this write, or if the reply would have contained more than the header.
     */
    @Nullable
    Outcome<V> outcomeFrom(byte[] header) {
        if (mutation.wantsOld()
                || mutation.removes()
                || !StoredEntryHeader.of(header).version().equals(version)) {
            return null;
        }
        Entry<V> before = before(mutation.precondition());
        boolean existed = before != null || mutation.precondition() == Precondition.PRESENT;
        return new Outcome<>(true, existed, before, null);
    }

    @SuppressWarnings("unchecked") // A precondition holds an entry of its own cache.
    private @Nullable Entry<V> before(Precondition held) {
        return held instanceof Precondition.Unchanged unchanged ? (Entry<V>) unchanged.seen() : null;
    }

    /** Returns the length of the encoded value. */
    int encodedBytes() {
        return body == null ? 0 : body.length;
    }

    /** Invalidates the ticket of a write whose outcome is not returned. */
    void giveUp() {
        ticket.invalidate();
    }

    EntryChange change() {
        Mutation<K, V> wanted = replacesUndecodable ? asCreation() : mutation;
        return EntryChange.apply(entryKey, precondition, wanted, version, body, dropsWhenFull)
                .expectingEcho(ticket, false);
    }

    /**
     * Returns the mutation for the case that the stored entry is undecodable: the new entry gets its creation lifetime.
     */
    private Mutation<K, V> asCreation() {
        long creationNanos = mutation.creationNanos();
        return new Mutation<>(
                mutation.key(),
                mutation.precondition(),
                mutation.value(),
                creationNanos,
                creationNanos,
                mutation.returnsResult(),
                false);
    }

    /** Returns the outcome, null as long as the mutation must be sent again. */
    @Nullable
    Outcome<V> outcome() {
        return outcome;
    }

    /** Waits for the holder of the key's lease, if that is why the mutation must be sent again. */
    void awaitHolder(LeaseWait leaseWait) {
        if (busyMillis != NOT_BUSY) {
            leaseWait.await(mutation.key(), entryKey, busyMillis);
        }
    }

    /** Handles the reply of Redis. */
    void replied(ScriptReply reply, long sentNanos, EntryDecoder<V> decoder) {
        switch (reply.status()) {
            case BUSY -> busyMillis = reply.busyMillis();
            case EPOCH_OVER -> busyMillis = NOT_BUSY;
            case APPLIED, DROPPED -> applied(reply, sentNanos, decoder);
            case FAILED -> failed(reply, sentNanos, decoder);
        }
        Outcome<V> current = outcome;
        if (current != null && (current.applied() ? current.after() : current.before()) == null) {
            // There is no entry to keep under the ticket.
            ticket.invalidate();
        }
    }

    private void applied(ScriptReply reply, long sentNanos, EntryDecoder<V> decoder) {
        byte[] stored = reply.storedEntry();
        Entry<V> before = replacesUndecodable || stored == null ? null : decoder.decode(entryKey, stored);
        boolean unreadable = replacesUndecodable || (stored != null && before == null);
        if (unreadable && mutation.precondition() == Precondition.PRESENT) {
            // There was no decodable entry to replace, so the stored one is removed again.
            decoder.executor().send(EntryChange.removeVersion(entryKey, version).command());
            outcome = new Outcome<>(false, false, null, null);
            return;
        }
        outcome = new Outcome<>(true, reply.existed() && !unreadable, before, after(reply, sentNanos));
    }

    private void failed(ScriptReply reply, long sentNanos, EntryDecoder<V> decoder) {
        byte[] stored = reply.storedEntry();
        Entry<V> winner = stored == null ? null : decoder.decode(entryKey, stored, reply.deadlineNanos(sentNanos));
        if (stored != null && winner == null && mutation.precondition() == Precondition.ABSENT) {
            replacesUndecodable = true;
            busyMillis = NOT_BUSY;
            precondition = EntryChange.versionIs(StoredEntryHeader.of(stored).version());
            return;
        }
        if (stored == null && replacesUndecodable) {
            // The undecodable entry was removed meanwhile.
            busyMillis = NOT_BUSY;
            replacesUndecodable = false;
            precondition = EntryChange.precondition(mutation.precondition());
            return;
        }
        Entry<V> kept = winner == null ? null : winner.withTicket(ticket);
        outcome = new Outcome<>(false, winner != null || (stored == null && reply.existed()), kept, null);
    }

    private @Nullable Entry<V> after(ScriptReply reply, long sentNanos) {
        V value = mutation.value();
        if (value == null || body == null || !reply.hasEntry()) {
            return null;
        }
        int encodedBytes = entryKey.encodedBytes(body.length);
        return Entry.of(value, version, reply.deadlineNanos(sentNanos), encodedBytes, true)
                .withTicket(ticket);
    }
}
