package io.github.tieredjcache.internal.remote.record;

import io.github.tieredjcache.internal.codec.api.KeyCodec;
import io.github.tieredjcache.internal.codec.api.UndecodableException;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.remote.connection.CommandExecutor;
import io.github.tieredjcache.internal.remote.wire.EntryKey;
import io.github.tieredjcache.internal.remote.wire.Epoch;
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
import org.jspecify.annotations.Nullable;

/**
 * An iteration over the entries of one cache, by SCAN on the second connection, a batch ahead of its user.
 *
 * <p>SCAN may show a key twice, so the keys that were shown are remembered. Used by one thread.
 */
final class EntryScan<K, V> implements Iterator<Map.Entry<K, Entry<V>>> {
    private final CommandExecutor executor;
    private final EpochTracker epochs;
    private final KeyCodec<K> keys;
    private final EntryDecoder<V> reader;
    private final HeaderReads cellReads;
    private final Set<ByteBuffer> shown = new HashSet<>();
    private final Queue<Map.Entry<K, Entry<V>>> ready = new ArrayDeque<>();
    private final boolean endsAbsent;
    private Epoch epoch;
    private KeyScan batches;

    /**
     * Begins with the current epoch.
     *
     * @param cellReads reads what stands in keys
     * @param endsAbsent whether what stands for loads under way, and for entries that have ended, is removed as it is met
     */
    EntryScan(
            EpochTracker epochs, KeyCodec<K> keys, EntryDecoder<V> reader, HeaderReads cellReads, boolean endsAbsent) {
        this.cellReads = cellReads;
        this.endsAbsent = endsAbsent;
        this.executor = reader.client();
        this.epochs = epochs;
        this.keys = keys;
        this.reader = reader;
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
        List<byte[]> fresh = batch.stream()
                .filter(each -> shown.add(ByteBuffer.wrap(epoch.encodedKey(each))))
                .toList();
        // What ends a load may find that it has just stored what it loaded.
        for (List<byte[]> left = show(fresh, false); !left.isEmpty(); ) {
            left = show(left, true);
        }
    }

    /**
     * Makes what the keys hold ready to be shown.
     *
     * @param filled whether Redis has said that they have live entries
     * @return the keys that must be looked at again
     */
    private List<byte[]> show(List<byte[]> fresh, boolean filled) {
        // With the number of the epoch: what is read on this connection is not in order with what is announced on the
        // other.
        List<byte[]> asked = new ArrayList<>(fresh);
        asked.add(epoch.epochKey());
        List<byte @Nullable []> cells = new ArrayList<>(cellReads.read(asked, executor::askAllAside));
        if (!Arrays.equals(epoch.digits(), cells.get(fresh.size()))) {
            // There was a clear: what this epoch has left is shown to nobody, and what the next one has, from its
            // beginning.
            epochs.isOver(epoch);
            epoch = epochs.current();
            batches = new KeyScan(executor, epoch.pattern());
            return List.of();
        }
        List<byte[]> absent = new ArrayList<>();
        for (int i = 0; i < fresh.size(); i++) {
            byte[] cell = cells.get(i);
            if (cell != null) {
                if (filled
                        ? StoredEntryHeader.of(cell).kind() == StoredEntryHeader.Kind.EMPTY
                        : endsAbsent && !reader.hasEntry(fresh.get(i), cell)) {
                    absent.add(fresh.get(i));
                } else {
                    add(fresh.get(i), cell, filled);
                }
            }
        }
        return absent.isEmpty() ? List.of() : endAbsent(absent);
    }

    /** Returns the keys that have got an entry meanwhile. */
    private List<byte[]> endAbsent(List<byte[]> absent) {
        // In order with what this node writes, and answered: no fill comes after it.
        List<List<@Nullable Object>> replies = executor.callAll(absent.stream()
                .map(each -> MutateScript.removeAbsent(new EntryKey(each, epoch)))
                .toList());
        List<byte[]> filled = new ArrayList<>();
        for (int i = 0; i < replies.size(); i++) {
            if (ScriptReply.of(replies.get(i)).status() == ScriptReply.Status.FAILED) {
                filled.add(absent.get(i));
            }
        }
        return filled;
    }

    private void add(byte[] redisKey, byte[] cell, boolean live) {
        EntryKey entryKey = new EntryKey(redisKey, epoch);
        try {
            K key = keys.decode(epoch.encodedKey(redisKey));
            Entry<V> entry = live ? reader.decode(entryKey, cell) : reader.find(entryKey, cell);
            if (entry != null) {
                ready.add(Map.entry(key, entry));
            }
        } catch (UndecodableException e) {
            reader.undecodables().found(redisKey, e);
        }
    }
}
