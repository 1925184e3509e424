package io.github.tieredjcache.internal.remote.record;

import io.github.tieredjcache.internal.codec.api.KeyCodec;
import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Lifetime;
import io.github.tieredjcache.internal.model.Version;
import io.github.tieredjcache.internal.port.ReadResult;
import io.github.tieredjcache.internal.remote.connection.CommandExecutor;
import io.github.tieredjcache.internal.remote.connection.ExceptionTranslator;
import io.github.tieredjcache.internal.remote.wire.CacheCommands;
import io.github.tieredjcache.internal.remote.wire.EntryKey;
import io.github.tieredjcache.internal.remote.wire.RedisCommand;
import io.github.tieredjcache.internal.remote.wire.Script;
import io.github.tieredjcache.internal.remote.wire.ScriptReply;
import io.github.tieredjcache.internal.remote.wire.StoredEntryHeader;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Reads the entries of one cache: one entry by one command, many in one flush. Safe for use by many threads. */
final class EntryReads<K, V> {
    private static final byte[] NO_ENTRY = {};

    private final CommandExecutor executor;
    private final EpochTracker epochs;
    private final KeyCodec<K> keys;
    private final EntryDecoder<V> decoder;
    private final StoredEntryReader storedEntryReader;

    EntryReads(EpochTracker epochs, KeyCodec<K> keys, EntryDecoder<V> decoder, StoredEntryReader storedEntryReader) {
        this.executor = epochs.executor();
        this.epochs = epochs;
        this.keys = keys;
        this.decoder = decoder;
        this.storedEntryReader = storedEntryReader;
    }

    ReadResult<V> read(K key, FillTicket ticket, long accessNanos) {
        byte[] encoded = keys.encode(key);
        return new ReadResult<>(
                epochs.<@Nullable Entry<V>>read(epoch -> read(EntryKey.of(epoch, encoded), ticket, accessNanos)),
                false);
    }

    private @Nullable Entry<V> read(EntryKey key, FillTicket ticket, long accessNanos) {
        executor.watch(key, ticket);
        if (accessNanos != Lifetime.UNCHANGED) {
            return beginReadAndTouch(List.of(key), List.of(ticket), accessNanos)
                    .get()
                    .get(0);
        }
        byte[] stored = head(key, storedEntryReader.storedEntryBytesMax() + 1);
        if (stored.length > storedEntryReader.storedEntryBytesMax()) {
            return beginReadOnly(List.of(key)).get().get(0);
        }
        return stored.length == 0 ? null : decoder.find(key, stored);
    }

    /** Returns the first bytes of a stored entry; none if there is no entry, or a value of another type. */
    private byte[] head(EntryKey key, long bytes) {
        try {
            return executor.call(RedisCommand.head(key.bytes(), bytes));
        } catch (ExceptionTranslator.ForeignTypeException e) {
            decoder.reportForeignType(key);
            return NO_ENTRY;
        }
    }

    /** Begins to read many entries; the result waits for the replies. */
    Supplier<Map<K, ReadResult<V>>> beginReadAll(Map<K, FillTicket> requested, long accessNanos) {
        List<byte[]> encoded = requested.keySet().stream().map(keys::encode).toList();
        List<FillTicket> tickets = List.copyOf(requested.values());
        Supplier<List<@Nullable Entry<V>>> begun = epochs.beginRead(epoch -> beginReadAll(
                encoded.stream().map(each -> EntryKey.of(epoch, each)).toList(), tickets, accessNanos));
        return () -> {
            Map<K, ReadResult<V>> results = new LinkedHashMap<>();
            Iterator<@Nullable Entry<V>> next = begun.get().iterator();
            requested.keySet().forEach(key -> results.put(key, new ReadResult<>(next.next(), false)));
            return results;
        };
    }

    private Supplier<List<@Nullable Entry<V>>> beginReadAll(
            List<EntryKey> entryKeys, List<FillTicket> tickets, long accessNanos) {
        for (int i = 0; i < tickets.size(); i++) {
            executor.watch(entryKeys.get(i), tickets.get(i));
        }
        return accessNanos == Lifetime.UNCHANGED
                ? beginReadOnly(entryKeys)
                : beginReadAndTouch(entryKeys, tickets, accessNanos);
    }

    private Supplier<List<@Nullable Entry<V>>> beginReadOnly(List<EntryKey> entryKeys) {
        Supplier<List<byte @Nullable []>> begun =
                storedEntryReader.begin(entryKeys.stream().map(EntryKey::bytes).toList(), executor::beginAll);
        return () -> {
            List<byte @Nullable []> read = begun.get();
            List<@Nullable Entry<V>> entries = new ArrayList<>(read.size());
            for (int i = 0; i < read.size(); i++) {
                byte[] stored = read.get(i);
                entries.add(stored == null ? null : decoder.find(entryKeys.get(i), stored));
            }
            return entries;
        };
    }

    private Supplier<List<@Nullable Entry<V>>> beginReadAndTouch(
            List<EntryKey> entryKeys, List<FillTicket> tickets, long accessNanos) {
        List<byte[]> parameters = List.of(ScriptReply.lifetime(accessNanos));
        List<RedisCommand<List<@Nullable Object>>> commands = new ArrayList<>(entryKeys.size());
        for (int i = 0; i < entryKeys.size(); i++) {
            EntryKey each = entryKeys.get(i);
            commands.add(CacheCommands.run(Script.READ_TOUCH, false, each, parameters)
                    .observedBy(new OwnEcho(each, tickets.get(i), false)::replied));
        }
        long sentNanos = executor.clock().nanos();
        Supplier<List<List<@Nullable Object>>> begun = executor.beginAll(commands);
        return () -> {
            List<List<@Nullable Object>> replies = begun.get();
            List<@Nullable Entry<V>> entries = new ArrayList<>(replies.size());
            for (int i = 0; i < replies.size(); i++) {
                entries.add(touched(entryKeys.get(i), ScriptReply.of(replies.get(i)), sentNanos));
            }
            return entries;
        };
    }

    private @Nullable Entry<V> touched(EntryKey key, ScriptReply reply, long sentNanos) {
        epochs.noteIfOver(key.epoch(), reply);
        byte[] stored = reply.storedEntry();
        if (stored == null && reply.existed()) {
            return beginReadOnly(List.of(key)).get().get(0);
        }
        Entry<V> entry = stored == null ? null : decoder.find(key, stored);
        if (entry != null) {
            entry.touch(reply.deadlineNanos(sentNanos));
        }
        return entry;
    }

    boolean contains(K key) {
        return hasHead(key, (entryKey, head) -> head.length > 0 && decoder.hasEntry(entryKey.bytes(), head));
    }

    boolean holds(K key, Version version) {
        return hasHead(
                key, (entryKey, head) -> StoredEntryHeader.of(head).version().equals(version));
    }

    private boolean hasHead(K key, BiPredicate<EntryKey, byte[]> expected) {
        byte[] encoded = keys.encode(key);
        return epochs.read(epoch -> {
            EntryKey entryKey = EntryKey.of(epoch, encoded);
            return expected.test(entryKey, head(entryKey, StoredEntryHeader.BYTES_MAX));
        });
    }
}
