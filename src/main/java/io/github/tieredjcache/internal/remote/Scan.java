package io.github.tieredjcache.internal.remote;

import io.github.tieredjcache.internal.codec.KeyCodec;
import io.github.tieredjcache.internal.codec.UndecodableException;
import io.github.tieredjcache.internal.entry.Entry;
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
final class Scan<K, V> implements Iterator<Map.Entry<K, Entry<V>>> {
    private final RemoteClient client;
    private final Epochs epochs;
    private final KeyCodec<K> keys;
    private final EntryReader<V> reader;
    private final Set<ByteBuffer> shown = new HashSet<>();
    private final Queue<Map.Entry<K, Entry<V>>> ready = new ArrayDeque<>();
    private Epoch epoch;
    private KeyBatches batches;

    Scan(Epochs epochs, KeyCodec<K> keys, EntryReader<V> reader) {
        this.client = reader.client();
        this.epochs = epochs;
        this.keys = keys;
        this.reader = reader;
        this.epoch = epochs.current();
        this.batches = new KeyBatches(client, epoch.pattern());
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
        if (fresh.isEmpty()) {
            return;
        }
        // With the number of the epoch: what is read on this connection is not in order with what is announced on the
        // other.
        List<byte[]> asked = new ArrayList<>(fresh);
        asked.add(epoch.epochKey());
        List<byte @Nullable []> cells = new ArrayList<>(client.callAside(Request.getAll(asked)));
        if (!Arrays.equals(epoch.digits(), cells.get(fresh.size()))) {
            // There was a clear: what this epoch has left is shown to nobody, and what the next one has, from its
            // beginning.
            epochs.isOver(epoch);
            epoch = epochs.current();
            batches = new KeyBatches(client, epoch.pattern());
            return;
        }
        for (int i = 0; i < fresh.size(); i++) {
            byte[] cell = cells.get(i);
            if (cell != null) {
                add(fresh.get(i), cell);
            }
        }
    }

    private void add(byte[] redisKey, byte[] cell) {
        try {
            K key = keys.decode(epoch.encodedKey(redisKey));
            Entry<V> entry = reader.find(new EntryKey(redisKey, epoch), cell);
            if (entry != null) {
                ready.add(Map.entry(key, entry));
            }
        } catch (UndecodableException e) {
            reader.onUndecodable().accept(e.reason());
        }
    }
}
