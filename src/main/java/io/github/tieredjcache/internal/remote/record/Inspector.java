package io.github.tieredjcache.internal.remote.record;

import io.github.tieredjcache.internal.codec.api.KeyCodec;
import io.github.tieredjcache.internal.codec.api.UndecodableException;
import io.github.tieredjcache.internal.codec.api.ValueCodec;
import io.github.tieredjcache.internal.port.RemoteEntryInfo;
import io.github.tieredjcache.internal.port.RemoteEntryInfo.State;
import io.github.tieredjcache.internal.port.RemoteInspector;
import io.github.tieredjcache.internal.remote.connection.CommandExecutor;
import io.github.tieredjcache.internal.remote.connection.ExceptionTranslator;
import io.github.tieredjcache.internal.remote.wire.EntryKey;
import io.github.tieredjcache.internal.remote.wire.RedisCommand;
import io.github.tieredjcache.internal.remote.wire.StoredEntryHeader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reads the state of a cache in Redis for diagnostics, on the second connection: without client tracking, latencies and
 * counters.
 *
 * @param <K> the type of the keys
 */
final class Inspector<K> implements RemoteInspector<K> {
    private static final long COUNTING_MAX_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long NO_DEADLINE = -1;

    private final EpochTracker epochs;
    private final KeyCodec<K> keys;
    private final ValueCodec<?> values;

    Inspector(EpochTracker epochs, KeyCodec<K> keys, ValueCodec<?> values) {
        this.epochs = epochs;
        this.keys = keys;
        this.values = values;
    }

    @Override
    public RemoteEntryInfo inspect(K key) {
        byte[] encoded = keys.encode(key);
        return epochs.read(epoch -> look(EntryKey.of(epoch, encoded)));
    }

    private RemoteEntryInfo look(EntryKey key) {
        try {
            byte[] bytes = epochs.executor()
                    .callOnSideConnection(
                            RedisCommand.head(key.bytes(), key.epoch().storedEntryBytesMax() + 1));
            return bytes.length == 0 ? info(key, State.ABSENT) : look(key, bytes);
        } catch (ExceptionTranslator.ForeignTypeException e) {
            return info(key, State.FOREIGN);
        }
    }

    private RemoteEntryInfo look(EntryKey key, byte[] bytes) {
        StoredEntryHeader header = StoredEntryHeader.of(bytes);
        StoredEntryHeader.LeaseHolder holder = StoredEntryHeader.leaseHolder(bytes);
        long nowNanos = epochs.executor().clock().nanos();
        long leaseMillis = holder == null ? 0 : Math.max(0, millisUntil(holder.endMillis(), nowNanos));
        boolean isLeased = leaseMillis > 0;
        boolean hasEntry = header.kind() == StoredEntryHeader.Kind.VALUE
                || (header.kind() == StoredEntryHeader.Kind.LEASED && (header.staysAfterLease() || isLeased));
        long remaining = header.deadlineMillis() == 0 ? NO_DEADLINE : millisUntil(header.deadlineMillis(), nowNanos);
        boolean isLive = hasEntry && (remaining == NO_DEADLINE || remaining > 0);
        State state = state(header, isLive, isLeased, holder);
        return new RemoteEntryInfo(
                text(key),
                key.epoch().number(),
                state,
                hasEntry ? header.version() : null,
                isLive ? remaining : 0,
                bytes.length,
                isLeased && holder != null ? holder.node() : 0,
                leaseMillis,
                hasEntry ? undecodableReason(key, bytes, header) : null);
    }

    private static State state(
            StoredEntryHeader header,
            boolean isLive,
            boolean isLeased,
            StoredEntryHeader.@Nullable LeaseHolder holder) {
        if (header.kind() == StoredEntryHeader.Kind.UNKNOWN) {
            return State.FOREIGN;
        }
        if (isLive) {
            return isLeased ? State.BEING_WRITTEN : State.PRESENT;
        }
        if (isLeased && holder != null) {
            return holder.loads() ? State.ABSENT_BEING_LOADED : State.ABSENT_BEING_WRITTEN;
        }
        return header.kind() == StoredEntryHeader.Kind.VALUE ? State.EXPIRED : State.ABSENT;
    }

    private long millisUntil(long serverMillis, long nowNanos) {
        return TimeUnit.NANOSECONDS.toMillis(
                epochs.executor().serverClock().localDeadline(serverMillis, nowNanos) - nowNanos);
    }

    private @Nullable String undecodableReason(EntryKey key, byte[] bytes, StoredEntryHeader header) {
        try {
            var unused = values.decode(key.bytes(), bytes, header.valueOffset());
            return null;
        } catch (UndecodableException e) {
            return e.reason() + ": " + e.getMessage();
        }
    }

    private static RemoteEntryInfo info(EntryKey key, State state) {
        return new RemoteEntryInfo(text(key), key.epoch().number(), state, null, 0, 0, 0, 0, null);
    }

    private static String text(EntryKey key) {
        return new String(key.bytes(), StandardCharsets.UTF_8);
    }

    @Override
    public KeyCount count(long keysMax) {
        CommandExecutor executor = epochs.executor();
        long beganNanos = executor.clock().nanos();
        KeyScan scan = new KeyScan(executor, epochs.current().pattern());
        long counted = 0;
        while (scan.hasNext()) {
            if (counted >= keysMax || executor.clock().nanos() - beganNanos > COUNTING_MAX_NANOS) {
                return new KeyCount(Math.min(counted, keysMax), false);
            }
            counted += scan.next().size();
        }
        return new KeyCount(counted, true);
    }
}
