package io.github.tieredjcache.internal.remote;

import io.github.tieredjcache.internal.codec.KeyCodec;
import io.github.tieredjcache.internal.codec.UndecodableException;
import io.github.tieredjcache.internal.codec.ValueCodec;
import io.github.tieredjcache.internal.entry.RemoteInspector;
import io.github.tieredjcache.internal.entry.RemoteSight;
import io.github.tieredjcache.internal.entry.RemoteSight.State;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Looks at a cache in Redis on the second connection, where nothing is announced, timed or counted.
 *
 * @param <K> the type of the keys
 */
final class Inspector<K> implements RemoteInspector<K> {
    private static final long COUNTING_MAX_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long FOR_EVER = -1;

    private final Epochs epochs;
    private final KeyCodec<K> keys;
    private final ValueCodec<?> values;

    Inspector(Epochs epochs, KeyCodec<K> keys, ValueCodec<?> values) {
        this.epochs = epochs;
        this.keys = keys;
        this.values = values;
    }

    @Override
    public RemoteSight look(K key) {
        byte[] encoded = keys.encode(key);
        return epochs.read(epoch -> look(epoch.key(encoded)));
    }

    private RemoteSight look(EntryKey key) {
        try {
            byte[] bytes = epochs.client()
                    .callAside(Request.head(key.bytes(), key.epoch().cellBytesMax() + 1));
            return bytes.length == 0 ? sight(key, State.ABSENT) : look(key, bytes);
        } catch (Faults.ForeignTypeException e) {
            return sight(key, State.FOREIGN);
        }
    }

    private RemoteSight look(EntryKey key, byte[] bytes) {
        Cell cell = Cell.of(bytes);
        Cell.Holder holder = Cell.holder(bytes);
        long nowNanos = epochs.client().clock().nanos();
        long leaseMillis = holder == null ? 0 : Math.max(0, millisUntil(holder.endMillis(), nowNanos));
        boolean isLeased = leaseMillis > 0;
        boolean hasEntry = cell.kind() == Cell.Kind.VALUE
                || (cell.kind() == Cell.Kind.LEASED && (cell.staysAfterLease() || isLeased));
        long remaining = cell.deadlineMillis() == 0 ? FOR_EVER : millisUntil(cell.deadlineMillis(), nowNanos);
        boolean isLive = hasEntry && (remaining == FOR_EVER || remaining > 0);
        State state = state(cell, isLive, isLeased, holder);
        return new RemoteSight(
                text(key),
                key.epoch().number(),
                state,
                hasEntry ? cell.version() : null,
                isLive ? remaining : 0,
                bytes.length,
                isLeased && holder != null ? holder.node() : 0,
                leaseMillis,
                hasEntry ? unreadable(key, bytes, cell) : null);
    }

    private static State state(Cell cell, boolean isLive, boolean isLeased, Cell.@Nullable Holder holder) {
        if (cell.kind() == Cell.Kind.UNKNOWN) {
            return State.FOREIGN;
        }
        if (isLive) {
            return isLeased ? State.BEING_WRITTEN : State.PRESENT;
        }
        if (isLeased && holder != null) {
            return holder.loads() ? State.ABSENT_BEING_LOADED : State.ABSENT_BEING_WRITTEN;
        }
        return cell.kind() == Cell.Kind.VALUE ? State.ENDED : State.ABSENT;
    }

    private long millisUntil(long serverMillis, long nowNanos) {
        return TimeUnit.NANOSECONDS.toMillis(
                epochs.client().serverClock().localDeadline(serverMillis, nowNanos) - nowNanos);
    }

    private @Nullable String unreadable(EntryKey key, byte[] bytes, Cell cell) {
        try {
            var unused = values.decode(key.bytes(), bytes, cell.bodyOffset());
            return null;
        } catch (UndecodableException e) {
            return e.reason() + ": " + e.getMessage();
        }
    }

    private static RemoteSight sight(EntryKey key, State state) {
        return new RemoteSight(text(key), key.epoch().number(), state, null, 0, 0, 0, 0, null);
    }

    private static String text(EntryKey key) {
        return new String(key.bytes(), StandardCharsets.UTF_8);
    }

    @Override
    public KeyCount count(long keysMax) {
        RemoteClient client = epochs.client();
        long beganNanos = client.clock().nanos();
        KeyBatches batches = new KeyBatches(client, epochs.current().pattern());
        long counted = 0;
        while (batches.hasNext()) {
            if (counted >= keysMax || client.clock().nanos() - beganNanos > COUNTING_MAX_NANOS) {
                return new KeyCount(Math.min(counted, keysMax), false);
            }
            counted += batches.next().size();
        }
        return new KeyCount(counted, true);
    }
}
