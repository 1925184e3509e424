package io.github.tieredjcache.internal.remote.record;

import io.github.tieredjcache.internal.codec.api.UndecodableException;
import io.github.tieredjcache.internal.codec.api.ValueCodec;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.remote.connection.CommandExecutor;
import io.github.tieredjcache.internal.remote.wire.EntryKey;
import io.github.tieredjcache.internal.remote.wire.RedisCommand;
import io.github.tieredjcache.internal.remote.wire.StoredEntryHeader;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turns the cells of one cache into entries, on the caller's thread; counts those that it cannot read.
 *
 * @param client whose clocks tell the deadlines
 * @param values the codec of the values
 * @param undecodables is told why
 */
record EntryDecoder<V>(CommandExecutor client, ValueCodec<V> values, UndecodableListener undecodables) {

    /** Returns the live entry of a cell, or null; one that cannot be decoded is removed. */
    @Nullable
    Entry<V> find(EntryKey key, byte[] bytes) {
        StoredEntryHeader header = StoredEntryHeader.of(bytes);
        if (!hasEntry(key.bytes(), header)) {
            return null;
        }
        Entry<V> entry = decode(key, bytes);
        if (entry == null) {
            client.send(MutateScript.removeVersion(key, header.version()));
        }
        return entry;
    }

    /** Returns the entry of a cell that Redis says is live, null if it cannot be decoded; the deadline errs early. */
    @Nullable
    Entry<V> decode(EntryKey key, byte[] bytes) {
        long deadlineMillis = StoredEntryHeader.of(bytes).deadlineMillis();
        long nowNanos = client.clock().nanos();
        return decode(key, bytes, client.serverClock().localDeadline(deadlineMillis, nowNanos));
    }

    /** As {@link #decode(EntryKey, byte[])}, with a deadline that is known better. */
    @Nullable
    Entry<V> decode(EntryKey key, byte[] bytes, long deadlineNanos) {
        StoredEntryHeader header = StoredEntryHeader.of(bytes);
        boolean settled = header.kind() == StoredEntryHeader.Kind.VALUE
                || (header.staysAfterLease()
                        && client.serverClock()
                                .isOver(header.leaseEndMillis(), client.clock().nanos()));
        try {
            V value = values.decode(key.bytes(), bytes, header.bodyOffset());
            int encodedBytes = key.encodedBytes(bytes.length - header.bodyOffset());
            return new Entry<>(value, header.version(), deadlineNanos, encodedBytes, settled);
        } catch (UndecodableException e) {
            undecodables.found(key.bytes(), e);
            return null;
        }
    }

    /** Returns whether a cell, of which the head is enough, has a live entry. */
    boolean hasEntry(byte[] redisKey, byte[] head) {
        return hasEntry(redisKey, StoredEntryHeader.of(head));
    }

    /** Counts a key that holds another type. */
    void sawForeign(EntryKey key) {
        undecodables.found(key.bytes(), UndecodableException.format("the Redis key is not of the type string"));
    }

    /** Counts and removes a key in which more stands than in any entry of this cache; it was not read. */
    void sawTooLarge(byte[] redisKey) {
        undecodables.found(redisKey, UndecodableException.limit("it is larger than a value may be, and was not read"));
        client.send(RedisCommand.unlink(List.of(redisKey)));
    }

    private boolean isLive(StoredEntryHeader header) {
        long nowNanos = client.clock().nanos();
        return header.deadlineMillis() == 0
                || client.serverClock().localDeadline(header.deadlineMillis(), nowNanos) - nowNanos > 0;
    }

    private boolean hasEntry(byte[] redisKey, StoredEntryHeader header) {
        return switch (header.kind()) {
            // Redis itself drops a value in time, unless the node that stored it keeps those that have ended.
            case VALUE -> !header.keptWhenEnded() || isLive(header);
            case LEASED -> isLive(header);
            case EMPTY -> false;
            case UNKNOWN -> {
                undecodables.found(
                        redisKey,
                        UndecodableException.format("it is no entry, or one of another version of this library"));
                yield false;
            }
        };
    }
}
