package io.github.tieredjcache.internal.remote.record;

import io.github.tieredjcache.internal.codec.api.KeyCodec;
import io.github.tieredjcache.internal.codec.api.UndecodableException;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.remote.connection.CommandExecutor;
import io.github.tieredjcache.internal.remote.wire.EntryKey;
import io.github.tieredjcache.internal.remote.wire.Epoch;
import io.github.tieredjcache.internal.remote.wire.RedisCommand;
import io.github.tieredjcache.internal.remote.wire.ScriptReply;
import io.github.tieredjcache.internal.remote.wire.StoredEntryHeader;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An iteration over the entries of one cache, by SCAN on the second connection, read in batches.
 *
 * <p>SCAN may return a key twice, so the iteration remembers the returned keys. Used by one thread.
 */
final class EntryScan<K, V> implements Iterator<Map.Entry<K, Entry<V>>> {
    private final CommandExecutor executor;
    private final EpochTracker epochs;
    private final KeyCodec<K> keys;
    private final EntryDecoder<V> decoder;
    private final StoredEntryReader storedEntryReader;
    private final Set<ByteBuffer> returned = new HashSet<>();
    private final Queue<Map.Entry<K, Entry<V>>> ready = new ArrayDeque<>();
    private final boolean removesAbsent;
    private Epoch epoch;
    private KeyScan batches;

    /**
     * Begins an iteration over the current epoch.
     *
     * @param removesAbsent whether to remove load leases and expired entries on the way, so that a load in progress
     *     stores nothing
     */
    EntryScan(
            EpochTracker epochs,
            KeyCodec<K> keys,
            EntryDecoder<V> decoder,
            StoredEntryReader storedEntryReader,
            boolean removesAbsent) {
        this.storedEntryReader = storedEntryReader;
        this.removesAbsent = removesAbsent;
        this.executor = decoder.executor();
        this.epochs = epochs;
        this.keys = keys;
        this.decoder = decoder;
        this.epoch = epochs.current();
        this.batches = new KeyScan(executor, epoch.pattern());
    }

    @Override
    public boolean hasNext() {
        while (ready.isEmpty() && batches.hasNext()) {
            fetch(batches.next());
        }
        return !ready.isEmpty();
    }

    @Override
    public Map.Entry<K, Entry<V>> next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return ready.remove();
    }

    private void fetch(List<byte[]> batch) {
        List<byte[]> redisKeys = batch.stream()
                .filter(each -> returned.add(ByteBuffer.wrap(epoch.encodedKey(each))))
                .toList();
        // A load may store its value before its load lease can be removed; such keys are read again.
        for (List<byte[]> changed = decode(redisKeys, false); !changed.isEmpty(); ) {
            changed = decode(changed, true);
        }
    }

    /**
     * Reads and decodes the entries of keys.
     *
     * @param knownLive whether Redis has reported that the keys have live entries
     * @return the keys that must be read again
     */
    private List<byte[]> decode(List<byte[]> redisKeys, boolean knownLive) {
        // Reads the number of the epoch with the entries: this connection is not in order with the invalidations.
        List<byte[]> keysAndEpoch = new ArrayList<>(redisKeys);
        keysAndEpoch.add(epoch.epochKey());
        List<byte @Nullable []> storedEntries = storedEntryReader
                .begin(keysAndEpoch, this::beginOnSideConnection)
                .get();
        if (!Arrays.equals(epoch.digits(), storedEntries.get(redisKeys.size()))) {
            // There was a clear: the iteration skips the leftovers of this epoch and begins again with the next one.
            epochs.markOver(epoch);
            epoch = epochs.current();
            batches = new KeyScan(executor, epoch.pattern());
            return List.of();
        }
        List<byte[]> absent = new ArrayList<>();
        for (int i = 0; i < redisKeys.size(); i++) {
            byte[] stored = storedEntries.get(i);
            if (stored != null) {
                if (knownLive
                        ? StoredEntryHeader.of(stored).kind() == StoredEntryHeader.Kind.EMPTY
                        : removesAbsent && !decoder.hasEntry(redisKeys.get(i), stored)) {
                    absent.add(redisKeys.get(i));
                } else {
                    add(redisKeys.get(i), stored, knownLive);
                }
            }
        }
        return absent.isEmpty() ? List.of() : removeAbsent(absent);
    }

    private <T> Supplier<List<T>> beginOnSideConnection(List<RedisCommand<T>> queries) {
        return () -> executor.queryAllOnSideConnection(queries);
    }

    /** Removes load leases and expired entries; returns the keys that have got an entry meanwhile. */
    private List<byte[]> removeAbsent(List<byte[]> absent) {
        // Sent on the connection of this node's writes, and awaited: no fill under a removed load lease follows.
        List<ScriptReply> replies = ScriptReply.all(executor.callAll(EntryChange.commands(absent.stream()
                .map(each -> EntryChange.removeAbsent(new EntryKey(each, epoch)))
                .toList())));
        List<byte[]> changed = new ArrayList<>();
        for (int i = 0; i < replies.size(); i++) {
            if (replies.get(i).status() == ScriptReply.Status.FAILED) {
                changed.add(absent.get(i));
            }
        }
        return changed;
    }

    private void add(byte[] redisKey, byte[] stored, boolean live) {
        EntryKey entryKey = new EntryKey(redisKey, epoch);
        try {
            K key = keys.decode(epoch.encodedKey(redisKey));
            Entry<V> entry = live ? decoder.decode(entryKey, stored) : decoder.find(entryKey, stored);
            if (entry != null) {
                ready.add(Map.entry(key, entry));
            }
        } catch (UndecodableException e) {
            decoder.undecodables().onUndecodable(redisKey, e);
        }
    }
}
