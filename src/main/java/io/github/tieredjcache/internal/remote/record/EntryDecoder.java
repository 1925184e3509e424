package io.github.tieredjcache.internal.remote.record;

import io.github.tieredjcache.UndecodableReason;
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
 * Decodes the stored entries of one cache, on the caller's thread, and reports those that cannot be decoded.
 *
 * @param executor has the clocks for the deadlines
 * @param values the codec of the values
 * @param undecodables is notified of each stored entry that cannot be decoded
 */
record EntryDecoder<V>(CommandExecutor executor, ValueCodec<V> values, UndecodableListener undecodables) {

    /**
     * Returns the live entry among stored bytes, or null. One that cannot be decoded is removed from Redis, unless this
     * node has only not learned its class: other nodes read it.
     */
    @Nullable
    Entry<V> find(EntryKey key, byte[] bytes) {
        return find(key, bytes, false);
    }

    /**
     * Returns the entry that prevents a load, since Redis reports it as live: its deadline errs early, and may be over by
     * the estimate of this node. Null if it cannot be decoded. One that cannot be decoded is removed from Redis, so that
     * the key can be loaded.
     */
    @Nullable
    Entry<V> findOrRemove(EntryKey key, byte[] bytes) {
        return find(key, bytes, true);
    }

    private @Nullable Entry<V> find(EntryKey key, byte[] bytes, boolean isLoad) {
        StoredEntryHeader header = StoredEntryHeader.of(bytes);
        if (!isLoad && !hasEntry(key.bytes(), header)) {
            return null;
        }
        try {
            return decoded(key, bytes, header, deadlineNanos(header));
        } catch (UndecodableException e) {
            boolean isUnlearned = e.reason() == UndecodableReason.NOT_LEARNED;
            if (!isUnlearned || !isLoad) {
                // A load follows a lookup that has reported the class, except in a sweep over cold keys.
                undecodables.onUndecodable(key.bytes(), e);
            }
            if (!isUnlearned || isLoad) {
                executor.send(EntryChange.removeVersion(key, header.version()).command());
            }
            return null;
        }
    }

    /** Returns an entry that Redis reported as live, null if it cannot be decoded; the deadline errs early. */
    @Nullable
    Entry<V> decode(EntryKey key, byte[] bytes) {
        StoredEntryHeader header = StoredEntryHeader.of(bytes);
        return decode(key, bytes, header, deadlineNanos(header));
    }

    private long deadlineNanos(StoredEntryHeader header) {
        return executor.serverClock()
                .localDeadline(header.deadlineMillis(), executor.clock().nanos());
    }

    /** Decodes as {@link #decode(EntryKey, byte[])}, with a more exact deadline. */
    @Nullable
    Entry<V> decode(EntryKey key, byte[] bytes, long deadlineNanos) {
        return decode(key, bytes, StoredEntryHeader.of(bytes), deadlineNanos);
    }

    private @Nullable Entry<V> decode(EntryKey key, byte[] bytes, StoredEntryHeader header, long deadlineNanos) {
        try {
            return decoded(key, bytes, header, deadlineNanos);
        } catch (UndecodableException e) {
            undecodables.onUndecodable(key.bytes(), e);
            return null;
        }
    }

    private Entry<V> decoded(EntryKey key, byte[] bytes, StoredEntryHeader header, long deadlineNanos)
            throws UndecodableException {
        boolean settled = header.kind() == StoredEntryHeader.Kind.VALUE
                || (header.staysAfterLease()
                        && executor.serverClock()
                                .isOver(
                                        header.leaseEndMillis(),
                                        executor.clock().nanos()));
        V value = values.decode(key.bytes(), bytes, header.valueOffset());
        int encodedBytes = key.encodedBytes(bytes.length - header.valueOffset());
        return Entry.of(value, header.version(), deadlineNanos, encodedBytes, settled);
    }

    /** Returns whether a stored entry, or its header alone, is a live entry. */
    boolean hasEntry(byte[] redisKey, byte[] head) {
        return hasEntry(redisKey, StoredEntryHeader.of(head));
    }

    /** Reports a Redis key that holds another type than string. */
    void reportForeignType(EntryKey key) {
        undecodables.onUndecodable(key.bytes(), UndecodableException.format("the Redis key is not of the type string"));
    }

    /** Reports and removes a stored entry that is larger than the maximum of this cache; it was not read. */
    void removeTooLarge(byte[] redisKey) {
        undecodables.onUndecodable(
                redisKey,
                UndecodableException.limit("the value is larger than the maximum of this cache, and was not read"));
        executor.send(RedisCommand.unlink(List.of(redisKey)));
    }

    private boolean isLive(StoredEntryHeader header) {
        long nowNanos = executor.clock().nanos();
        return header.deadlineMillis() == 0
                || executor.serverClock().localDeadline(header.deadlineMillis(), nowNanos) - nowNanos > 0;
    }

    private boolean hasEntry(byte[] redisKey, StoredEntryHeader header) {
        return switch (header.kind()) {
            // Redis removes a value at its deadline, unless the node that stored it keeps expired values.
            case VALUE -> !header.keptWhenExpired() || isLive(header);
            case LEASED -> isLive(header);
            case EMPTY -> false;
            case UNKNOWN -> {
                undecodables.onUndecodable(
                        redisKey,
                        UndecodableException.format(
                                "the bytes are no entry, or an entry of another version of this library"));
                yield false;
            }
        };
    }
}
