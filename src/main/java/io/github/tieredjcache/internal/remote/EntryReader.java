package io.github.tieredjcache.internal.remote;

import io.github.tieredjcache.internal.codec.UndecodableException;
import io.github.tieredjcache.internal.codec.ValueCodec;
import io.github.tieredjcache.internal.entry.Entry;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turns the cells of one cache into entries, on the caller's thread; counts those that it cannot read.
 *
 * @param client whose clocks tell the deadlines
 * @param values the codec of the values
 * @param undecodables is told why
 */
record EntryReader<V>(RemoteClient client, ValueCodec<V> values, Undecodables undecodables) {

    /** Returns the live entry of a cell, or null; one that cannot be decoded is removed. */
    @Nullable
    Entry<V> find(EntryKey key, byte[] bytes) {
        Cell cell = Cell.of(bytes);
        if (!hasEntry(key.bytes(), cell)) {
            return null;
        }
        Entry<V> entry = decode(key, bytes);
        if (entry == null) {
            client.send(Mutate.removeVersion(key, cell.version()));
        }
        return entry;
    }

    /** Returns the entry of a cell that Redis says is live, null if it cannot be decoded; the deadline errs early. */
    @Nullable
    Entry<V> decode(EntryKey key, byte[] bytes) {
        long deadlineMillis = Cell.of(bytes).deadlineMillis();
        long nowNanos = client.clock().nanos();
        return decode(key, bytes, client.serverClock().localDeadline(deadlineMillis, nowNanos));
    }

    /** As {@link #decode(EntryKey, byte[])}, with a deadline that is known better. */
    @Nullable
    Entry<V> decode(EntryKey key, byte[] bytes, long deadlineNanos) {
        Cell cell = Cell.of(bytes);
        boolean settled = cell.kind() == Cell.Kind.VALUE
                || (cell.staysAfterLease()
                        && client.serverClock()
                                .isOver(cell.leaseEndMillis(), client.clock().nanos()));
        try {
            V value = values.decode(key.bytes(), bytes, cell.bodyOffset());
            int encodedBytes = key.encodedBytes(bytes.length - cell.bodyOffset());
            return new Entry<>(value, cell.version(), deadlineNanos, encodedBytes, settled);
        } catch (UndecodableException e) {
            undecodables.found(key.bytes(), e);
            return null;
        }
    }

    /** Returns whether a cell, of which the head is enough, has a live entry. */
    boolean hasEntry(byte[] redisKey, byte[] head) {
        return hasEntry(redisKey, Cell.of(head));
    }

    /** Counts a key that holds another type. */
    void sawForeign(EntryKey key) {
        undecodables.found(key.bytes(), UndecodableException.format("the Redis key is not of the type string"));
    }

    /** Counts and removes a key in which more stands than in any entry of this cache; it was not read. */
    void sawTooLarge(byte[] redisKey) {
        undecodables.found(redisKey, UndecodableException.limit("it is larger than a value may be, and was not read"));
        client.send(Request.unlink(List.of(redisKey)));
    }

    private boolean isLive(Cell cell) {
        long nowNanos = client.clock().nanos();
        return cell.deadlineMillis() == 0
                || client.serverClock().localDeadline(cell.deadlineMillis(), nowNanos) - nowNanos > 0;
    }

    private boolean hasEntry(byte[] redisKey, Cell cell) {
        return switch (cell.kind()) {
            // Redis itself drops a value in time, unless the node that stored it keeps those that have ended.
            case VALUE -> !cell.keptWhenEnded() || isLive(cell);
            case LEASED -> isLive(cell);
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
