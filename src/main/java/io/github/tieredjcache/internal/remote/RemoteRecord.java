package io.github.tieredjcache.internal.remote;

import io.github.tieredjcache.internal.codec.KeyCodec;
import io.github.tieredjcache.internal.codec.UndecodableException;
import io.github.tieredjcache.internal.codec.ValueCodec;
import io.github.tieredjcache.internal.entry.Entry;
import io.github.tieredjcache.internal.entry.FillTicket;
import io.github.tieredjcache.internal.entry.Lease;
import io.github.tieredjcache.internal.entry.Lifetime;
import io.github.tieredjcache.internal.entry.Mutation;
import io.github.tieredjcache.internal.entry.Outcome;
import io.github.tieredjcache.internal.entry.TierOfRecord;
import io.github.tieredjcache.internal.entry.Version;
import io.github.tieredjcache.internal.entry.Versions;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.cache.CacheException;
import org.jspecify.annotations.Nullable;

/**
 * Redis as the tier of record of one cache.
 *
 * <p>A read is one command, a mutation one script, many of either one flush. Keys and values are encoded and decoded on the
 * caller's thread. What cannot be decoded is counted and absent.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
public final class RemoteRecord<K, V> implements TierOfRecord<K, V> {
    private static final int BATCH_MAX = 500;
    private static final byte[] VANISHING = {'v'};
    private static final byte[] STAYING = {};

    private final RemoteClient client;
    private final RecordOptions options;
    private final KeySpace space;
    private final KeyCodec<K> keys;
    private final ValueCodec<V> values;
    private final Versions versions;
    private final EntryReader<V> reader;
    private final WriteLease.Terms<V> terms;

    /**
     * Creates the record; touches nothing in Redis.
     *
     * @param client shared with other caches; not closed by this
     * @param options what is particular to this cache
     * @param keys the codec of the keys
     * @param values the codec of the values; sees whole Redis keys
     * @param versions shared by all caches of this node
     * @param onUndecodable is told of each value or key that could not be read, on the caller's thread
     */
    public RemoteRecord(
            RemoteClient client,
            RecordOptions options,
            KeyCodec<K> keys,
            ValueCodec<V> values,
            Versions versions,
            Consumer<UndecodableException.Reason> onUndecodable) {
        this.client = client;
        this.options = options;
        this.space = new KeySpace(options.namespace(), options.cacheName());
        this.keys = keys;
        this.values = values;
        this.versions = versions;
        this.reader = new EntryReader<>(client, values, onUndecodable);
        this.terms = new WriteLease.Terms<>(client, values, versions, options.writeLease(), options.vanishing());
    }

    @Override
    public @Nullable Entry<V> read(K key, FillTicket ticket, long accessNanos) {
        byte[] redisKey = redisKey(key);
        client.watch(redisKey, ticket);
        if (accessNanos != Lifetime.UNCHANGED) {
            return readAndTouch(List.of(redisKey), accessNanos).get(0);
        }
        try {
            byte[] cell = client.call(Request.get(redisKey));
            return cell == null ? null : reader.find(redisKey, cell);
        } catch (Faults.ForeignTypeException e) {
            reader.sawForeign();
            return null;
        }
    }

    @Override
    public Map<K, Entry<V>> readAll(Map<K, FillTicket> tickets, long accessNanos) {
        Map<K, Entry<V>> found = new LinkedHashMap<>();
        batches(List.copyOf(tickets.entrySet())).forEach(batch -> {
            List<byte[]> redisKeys =
                    batch.stream().map(each -> redisKey(each.getKey())).toList();
            for (int i = 0; i < batch.size(); i++) {
                client.watch(redisKeys.get(i), batch.get(i).getValue());
            }
            List<@Nullable Entry<V>> entries =
                    accessNanos == Lifetime.UNCHANGED ? readOnly(redisKeys) : readAndTouch(redisKeys, accessNanos);
            for (int i = 0; i < batch.size(); i++) {
                Entry<V> entry = entries.get(i);
                if (entry != null) {
                    found.put(batch.get(i).getKey(), entry);
                }
            }
        });
        return found;
    }

    private List<@Nullable Entry<V>> readOnly(List<byte[]> redisKeys) {
        return found(redisKeys, client.call(Request.getAll(redisKeys)));
    }

    private List<@Nullable Entry<V>> found(List<byte[]> redisKeys, List<byte @Nullable []> cells) {
        List<@Nullable Entry<V>> entries = new ArrayList<>(cells.size());
        for (int i = 0; i < cells.size(); i++) {
            byte[] cell = cells.get(i);
            entries.add(cell == null ? null : reader.find(redisKeys.get(i), cell));
        }
        return entries;
    }

    private List<@Nullable Entry<V>> readAndTouch(List<byte[]> redisKeys, long accessNanos) {
        List<byte[]> parameters = List.of(Answer.lifetime(accessNanos));
        List<Request<List<@Nullable Object>>> requests = redisKeys.stream()
                .map(each -> Request.run(Script.READ_TOUCH, false, each, parameters))
                .toList();
        long sentNanos = client.clock().nanos();
        List<List<@Nullable Object>> replies = client.callAll(requests);
        List<@Nullable Entry<V>> entries = new ArrayList<>(replies.size());
        for (int i = 0; i < replies.size(); i++) {
            entries.add(touched(redisKeys.get(i), Answer.of(replies.get(i)), sentNanos));
        }
        return entries;
    }

    private @Nullable Entry<V> touched(byte[] redisKey, Answer answer, long sentNanos) {
        byte[] cell = answer.cell();
        Entry<V> entry = cell == null ? null : reader.find(redisKey, cell);
        if (entry != null) {
            entry.touch(answer.deadlineNanos(sentNanos));
        }
        return entry;
    }

    @Override
    public boolean contains(K key) {
        try {
            byte[] head = client.call(Request.head(redisKey(key), Cell.HEAD_MAX));
            return head.length > 0 && reader.hasEntry(head);
        } catch (Faults.ForeignTypeException e) {
            reader.sawForeign();
            return false;
        }
    }

    @Override
    public void touch(K key, Entry<V> entry, long accessNanos) {
        long sentNanos = client.clock().nanos();
        Answer answer = Answer.of(client.call(Mutate.touchVersion(redisKey(key), entry.version(), accessNanos)));
        if (answer.status() == Answer.Status.APPLIED) {
            entry.touch(answer.deadlineNanos(sentNanos));
        }
    }

    @Override
    public Outcome<V> apply(Mutation<K, V> mutation) {
        return applyAll(List.of(mutation)).get(0);
    }

    @Override
    public List<Outcome<V>> applyAll(List<Mutation<K, V>> mutations) {
        List<Write<K, V>> writes = mutations.stream().map(this::write).toList();
        try {
            return outcomes(writes);
        } catch (RuntimeException | Error e) {
            // Nobody is told of those that were answered, so nothing is kept under any of the tickets.
            writes.forEach(Write::giveUp);
            throw e;
        }
    }

    private List<Outcome<V>> outcomes(List<Write<K, V>> writes) {
        Patience patience = new Patience(client.clock(), options.writeWait());
        List<Write<K, V>> pending = writes;
        while (true) {
            batches(pending).forEach(this::send);
            pending = pending.stream().filter(each -> each.outcome() == null).toList();
            if (pending.isEmpty()) {
                return writes.stream()
                        .map(each -> Objects.requireNonNull(each.outcome()))
                        .toList();
            }
            patience.pause(pending.get(0).key());
        }
    }

    private Write<K, V> write(Mutation<K, V> mutation) {
        byte[] redisKey = redisKey(mutation.key());
        V value = mutation.value();
        return new Write<>(mutation, redisKey, versions.next(), value == null ? null : values.encode(redisKey, value));
    }

    private void send(List<Write<K, V>> batch) {
        batch.forEach(each -> each.watch(client));
        long sentNanos = client.clock().nanos();
        List<List<@Nullable Object>> replies =
                client.callAll(batch.stream().map(Write::request).toList());
        for (int i = 0; i < replies.size(); i++) {
            batch.get(i).answered(Answer.of(replies.get(i)), sentNanos, reader);
        }
    }

    @Override
    public Outcome<V> fill(K key, FillTicket ticket, V value, long creationNanos) {
        return fillAll(List.of(new Fill<>(key, ticket, value, creationNanos))).get(0);
    }

    @Override
    public List<Outcome<V>> fillAll(List<Fill<K, V>> fills) {
        return batches(fills).flatMap(this::fillBatch).toList();
    }

    private Stream<Outcome<V>> fillBatch(List<Fill<K, V>> batch) {
        List<Filling<V>> all = batch.stream().map(this::filling).toList();
        // After the encoding, so that the tickets are looked at as late as can be.
        List<Filling<V>> wanted = all.stream().filter(Filling::isWanted).toList();
        if (!wanted.isEmpty()) {
            long sentNanos = client.clock().nanos();
            List<List<@Nullable Object>> replies =
                    client.callAll(wanted.stream().map(Filling::request).toList());
            for (int i = 0; i < replies.size(); i++) {
                wanted.get(i).answered(Answer.of(replies.get(i)), sentNanos, client);
            }
        }
        return all.stream().map(Filling::outcome);
    }

    private Filling<V> filling(Fill<K, V> fill) {
        byte[] redisKey = redisKey(fill.key());
        return new Filling<>(fill, redisKey, versions.next(), values.encode(redisKey, fill.value()));
    }

    @Override
    public Lease<K, V> lease(K key) {
        byte[] redisKey = redisKey(key);
        Patience patience = new Patience(client.clock(), options.writeWait());
        while (true) {
            Lease<K, V> lease = tryLease(redisKey);
            if (lease != null) {
                return lease;
            }
            patience.pause(key);
        }
    }

    private @Nullable Lease<K, V> tryLease(byte[] redisKey) {
        Version id = versions.next();
        List<byte[]> parameters = List.of(
                Cell.bytes(id),
                Answer.lifetime(options.writeLease().toNanos()),
                options.vanishing() ? VANISHING : STAYING);
        Answer answer;
        long sentNanos = client.clock().nanos();
        try {
            answer = Answer.of(client.call(
                    Request.run(Script.LEASE, false, redisKey, parameters).changing(redisKey, null, true)));
        } catch (CacheException e) {
            // Perhaps it was taken all the same.
            client.send(Mutate.release(redisKey, id, false));
            throw e;
        }
        if (answer.status() == Answer.Status.BUSY) {
            return null;
        }
        byte[] cell = answer.cell();
        Entry<V> before = cell == null ? null : reader.decode(redisKey, cell, answer.deadlineNanos(sentNanos));
        return new WriteLease<>(terms, redisKey, id, sentNanos, before, cell != null && before == null);
    }

    @Override
    public Iterator<Map.Entry<K, Entry<V>>> entries() {
        return new Scan<>(space, keys, reader);
    }

    @Override
    public void clear() {
        KeyBatches batches = new KeyBatches(client, space.pattern());
        while (batches.hasNext()) {
            List<byte[]> batch = batches.next();
            if (!batch.isEmpty()) {
                client.callAside(Request.unlink(batch));
            }
        }
        // Its answer comes behind the announcements of what was removed, which are late for none that follows.
        client.call(Request.time());
    }

    private byte[] redisKey(K key) {
        return space.redisKey(keys.encode(key));
    }

    private static <T> Stream<List<T>> batches(List<T> all) {
        return IntStream.iterate(0, from -> from < all.size(), from -> from + BATCH_MAX)
                .mapToObj(from -> all.subList(from, Math.min(all.size(), from + BATCH_MAX)));
    }
}
