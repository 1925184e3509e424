package io.github.tieredjcache.internal.remote;

import io.github.tieredjcache.internal.codec.KeyCodec;
import io.github.tieredjcache.internal.codec.UndecodableException;
import io.github.tieredjcache.internal.entry.Entry;
import io.github.tieredjcache.internal.entry.Version;
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
    private final boolean endsLoads;
    private boolean endedLoads;
    private Epoch epoch;
    private KeyBatches batches;

    /** @param endsLoads whether placeholders of loads that are under way are removed as they are met */
    Scan(Epochs epochs, KeyCodec<K> keys, EntryReader<V> reader, boolean endsLoads) {
        this.endsLoads = endsLoads;
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
        if (ready.isEmpty() && endedLoads) {
            endedLoads = false;
            // Its answer comes when they have ended.
            client.call(Request.time());
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
        EntryKey entryKey = new EntryKey(redisKey, epoch);
        Version loading = Cell.loading(cell);
        if (endsLoads && loading != null) {
            endedLoads = true;
            client.send(Mutate.release(entryKey, LeaseKind.LOAD.guard(loading), true));
        }
        try {
            K key = keys.decode(epoch.encodedKey(redisKey));
            Entry<V> entry = reader.find(entryKey, cell);
            if (entry != null) {
                ready.add(Map.entry(key, entry));
            }
        } catch (UndecodableException e) {
            reader.onUndecodable().accept(e.reason());
        }
    }
}
