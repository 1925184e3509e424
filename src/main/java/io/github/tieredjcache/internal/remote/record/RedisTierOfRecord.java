package io.github.tieredjcache.internal.remote.record;

import io.github.tieredjcache.OutcomeUnknownException;
import io.github.tieredjcache.RemoteOutOfMemoryException;
import io.github.tieredjcache.RemoteUnavailableException;
import io.github.tieredjcache.internal.codec.api.KeyCodec;
import io.github.tieredjcache.internal.codec.api.ValueCodec;
import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Lifetime;
import io.github.tieredjcache.internal.model.Mutation;
import io.github.tieredjcache.internal.model.Outcome;
import io.github.tieredjcache.internal.model.Version;
import io.github.tieredjcache.internal.model.Versions;
import io.github.tieredjcache.internal.port.HotKeys;
import io.github.tieredjcache.internal.port.Lease;
import io.github.tieredjcache.internal.port.LoadGrant;
import io.github.tieredjcache.internal.port.RemoteInspector;
import io.github.tieredjcache.internal.port.TierOfRecord;
import io.github.tieredjcache.internal.remote.connection.CommandExecutor;
import io.github.tieredjcache.internal.remote.connection.ExceptionTranslator;
import io.github.tieredjcache.internal.remote.wire.CacheCommands;
import io.github.tieredjcache.internal.remote.wire.EntryKey;
import io.github.tieredjcache.internal.remote.wire.Epoch;
import io.github.tieredjcache.internal.remote.wire.Flush;
import io.github.tieredjcache.internal.remote.wire.KeySpace;
import io.github.tieredjcache.internal.remote.wire.RedisCommand;
import io.github.tieredjcache.internal.remote.wire.Script;
import io.github.tieredjcache.internal.remote.wire.ScriptReply;
import io.github.tieredjcache.internal.remote.wire.StoredEntryHeader;
import io.github.tieredjcache.internal.stats.TierCounters;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import javax.cache.CacheException;
import org.jspecify.annotations.Nullable;

/**
 * Redis as the tier of record of one cache.
 *
 * <p>A read is one command, a mutation is one script, and many of either are one flush. Keys and values are encoded and
 * decoded on the caller's thread. An undecodable entry is counted, and counts as absent.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
public final class RedisTierOfRecord<K, V> implements TierOfRecord<K, V> {
    /** The maximum bytes of a stored entry besides its encoded value. */
    private static final long ENVELOPE_BYTES_MAX = 1_024;

    private static final byte[] REFRESH_MARKER = {};

    private final CommandExecutor executor;
    private final RedisCacheOptions options;
    private final KeySpace space;
    private final EpochTracker epochs;
    private final AclCheck aclCheck;
    private final Reclaimer reclaimer;
    private final KeyCodec<K> keys;
    private final ValueCodec<V> values;
    private final ValueEncoder<V> encoder;
    private final Versions versions;
    private final TierCounters counters;
    private final EntryDecoder<V> decoder;
    private final StoredEntryReader storedEntryReader;
    private final HeldLeases heldLeases;
    private final WriteLeases<K, V> writeLeases;
    private final LoadLeases<K, V> loadLeases;
    private final OutOfMemoryLog outOfMemory;

    /**
     * Creates the tier; sends nothing to Redis.
     *
     * @param executor shared with other caches; not closed by this tier
     * @param options the options of this cache
     * @param codecs the codecs of keys and values
     * @param versions shared by all caches of this node
     * @param counters counts failures, waits and invalidations
     */
    public RedisTierOfRecord(
            CommandExecutor executor,
            RedisCacheOptions options,
            RedisCacheCodecs<K, V> codecs,
            Versions versions,
            TierCounters counters) {
        this.executor = executor;
        this.options = options;
        this.space = new KeySpace(
                options.namespace(),
                options.cacheName(),
                options.staleFor().toMillis(),
                options.valueBytesMax() + ENVELOPE_BYTES_MAX,
                executor.address().isCluster());
        this.aclCheck = new AclCheck(executor, space, options.namespace());
        this.epochs = new EpochTracker(executor, space, options.failoverRepair(), counters);
        this.reclaimer = new Reclaimer(executor, space, versions.next());
        this.keys = codecs.keys();
        this.values = codecs.values();
        this.encoder = new ValueEncoder<>(values, codecs.refused());
        this.counters = counters;
        this.versions = versions;
        this.decoder = new EntryDecoder<>(executor, values, codecs.undecodables());
        this.storedEntryReader = new StoredEntryReader(space.storedEntryBytesMax(), decoder::removeTooLarge);
        this.heldLeases = new HeldLeases(executor);
        this.outOfMemory = new OutOfMemoryLog(counters, executor);
        executor.onOutOfMemory(outOfMemory::refused);
        this.loadLeases = new LoadLeases<>(epochs, keys, versions, decoder, heldLeases, options.loadLease());
        this.writeLeases = new WriteLeases<>(
                keys,
                decoder,
                heldLeases,
                new WriteLease.Terms<>(epochs, encoder, versions, options.writeLease(), options.expiresWithLease()),
                options.writeWait(),
                counters);
    }

    @Override
    public @Nullable Entry<V> read(K key, FillTicket ticket, long accessNanos) {
        byte[] encoded = keys.encode(key);
        return epochs.<@Nullable Entry<V>>read(epoch -> read(EntryKey.of(epoch, encoded), ticket, accessNanos));
    }

    private @Nullable Entry<V> read(EntryKey key, FillTicket ticket, long accessNanos) {
        executor.watch(key, ticket);
        if (accessNanos != Lifetime.UNCHANGED) {
            return readAndTouch(List.of(key), List.of(ticket), accessNanos).get(0);
        }
        try {
            byte[] stored = executor.call(RedisCommand.head(key.bytes(), storedEntryReader.storedEntryBytesMax() + 1));
            if (stored.length > storedEntryReader.storedEntryBytesMax()) {
                return readOnly(List.of(key)).get(0);
            }
            return stored.length == 0 ? null : decoder.find(key, stored);
        } catch (ExceptionTranslator.ForeignTypeException e) {
            decoder.reportForeignType(key);
            return null;
        }
    }

    @Override
    public Map<K, Entry<V>> readAll(Map<K, FillTicket> tickets, long accessNanos) {
        List<Map.Entry<K, FillTicket>> requested = List.copyOf(tickets.entrySet());
        List<byte[]> encoded =
                requested.stream().map(each -> keys.encode(each.getKey())).toList();
        List<@Nullable Entry<V>> entries = epochs.read(epoch -> readAll(epoch, encoded, requested, accessNanos));
        Map<K, Entry<V>> found = new LinkedHashMap<>();
        for (int i = 0; i < requested.size(); i++) {
            Entry<V> entry = entries.get(i);
            if (entry != null) {
                found.put(requested.get(i).getKey(), entry);
            }
        }
        return found;
    }

    private List<@Nullable Entry<V>> readAll(
            Epoch epoch, List<byte[]> encoded, List<Map.Entry<K, FillTicket>> requested, long accessNanos) {
        List<EntryKey> entryKeys =
                encoded.stream().map(each -> EntryKey.of(epoch, each)).toList();
        for (int i = 0; i < requested.size(); i++) {
            executor.watch(entryKeys.get(i), requested.get(i).getValue());
        }
        List<FillTicket> tickets = requested.stream().map(Map.Entry::getValue).toList();
        return accessNanos == Lifetime.UNCHANGED ? readOnly(entryKeys) : readAndTouch(entryKeys, tickets, accessNanos);
    }

    private List<@Nullable Entry<V>> readOnly(List<EntryKey> entryKeys) {
        List<byte @Nullable []> read =
                storedEntryReader.read(entryKeys.stream().map(EntryKey::bytes).toList(), executor::callAll);
        List<@Nullable Entry<V>> entries = new ArrayList<>(read.size());
        for (int i = 0; i < read.size(); i++) {
            byte[] stored = read.get(i);
            entries.add(stored == null ? null : decoder.find(entryKeys.get(i), stored));
        }
        return entries;
    }

    private List<@Nullable Entry<V>> readAndTouch(
            List<EntryKey> entryKeys, List<FillTicket> tickets, long accessNanos) {
        List<byte[]> parameters = List.of(ScriptReply.lifetime(accessNanos));
        List<RedisCommand<List<@Nullable Object>>> commands = new ArrayList<>(entryKeys.size());
        for (int i = 0; i < entryKeys.size(); i++) {
            EntryKey each = entryKeys.get(i);
            commands.add(CacheCommands.run(Script.READ_TOUCH, false, each, parameters)
                    .observedBy(new OwnEcho(each, tickets.get(i), false)::replied));
        }
        long sentNanos = executor.clock().nanos();
        List<List<@Nullable Object>> replies = executor.callAll(commands);
        List<@Nullable Entry<V>> entries = new ArrayList<>(replies.size());
        for (int i = 0; i < replies.size(); i++) {
            entries.add(touched(entryKeys.get(i), ScriptReply.of(replies.get(i)), sentNanos));
        }
        return entries;
    }

    private @Nullable Entry<V> touched(EntryKey key, ScriptReply reply, long sentNanos) {
        noteEpochOver(key.epoch(), reply);
        byte[] stored = reply.storedEntry();
        if (stored == null && reply.existed()) {
            return readOnly(List.of(key)).get(0);
        }
        Entry<V> entry = stored == null ? null : decoder.find(key, stored);
        if (entry != null) {
            entry.touch(reply.deadlineNanos(sentNanos));
        }
        return entry;
    }

    @Override
    public boolean contains(K key) {
        byte[] encoded = keys.encode(key);
        return epochs.read(epoch -> contains(EntryKey.of(epoch, encoded)));
    }

    private boolean contains(EntryKey key) {
        try {
            byte[] head = executor.call(RedisCommand.head(key.bytes(), StoredEntryHeader.BYTES_MAX));
            return head.length > 0 && decoder.hasEntry(key.bytes(), head);
        } catch (ExceptionTranslator.ForeignTypeException e) {
            decoder.reportForeignType(key);
            return false;
        }
    }

    /**
     * Returns whether Redis holds this version of the key's entry, without reading its value.
     *
     * @throws CacheException if Redis is unavailable
     */
    public boolean holds(K key, Version version) {
        byte[] encoded = keys.encode(key);
        return epochs.read(epoch -> holds(EntryKey.of(epoch, encoded), version));
    }

    private boolean holds(EntryKey key, Version version) {
        try {
            byte[] head = executor.call(RedisCommand.head(key.bytes(), StoredEntryHeader.BYTES_MAX));
            return StoredEntryHeader.of(head).version().equals(version);
        } catch (ExceptionTranslator.ForeignTypeException e) {
            return false;
        }
    }

    @Override
    public void touch(K key, Entry<V> entry, long accessNanos) {
        long nowNanos = executor.clock().nanos();
        if (!Lifetime.isTouchDue(entry.deadlineNanos(), nowNanos, accessNanos) || !entry.beginTouch()) {
            return;
        }
        PendingTouch<V> touch = new PendingTouch<>(entry, nowNanos);
        try {
            EntryKey entryKey = entryKey(key);
            RedisCommand<List<@Nullable Object>> command = EntryChange.touchVersion(
                            entryKey, entry.version(), accessNanos)
                    .expectingEcho(entry.ticket(), false)
                    .command();
            if (entry.ticket() != null && touch.onlyExtends(accessNanos)) {
                // The near copy stays valid until its old deadline, so no caller waits for the later one.
                executor.send(command, touch);
            } else {
                touch.accept(executor.call(command), null);
            }
        } catch (RuntimeException | Error e) {
            entry.endTouch();
            throw e;
        }
    }

    @Override
    public Outcome<V> apply(Mutation<K, V> mutation) {
        return applyAll(List.of(mutation)).get(0);
    }

    @Override
    public List<Outcome<V>> applyAll(List<Mutation<K, V>> mutations) {
        List<Outcome<V>> outcomes = new ArrayList<>(mutations.size());
        Iterator<Mutation<K, V>> left = mutations.iterator();
        while (left.hasNext()) {
            try {
                outcomes.addAll(apply(encoded(left)));
            } catch (RemoteUnavailableException e) {
                throw outcomes.isEmpty() ? e : executor.partlyDone(e);
            }
        }
        return outcomes;
    }

    /** Encodes the mutations of the next flush, so that a bounded amount is in memory at a time. */
    private List<PendingWrite<K, V>> encoded(Iterator<Mutation<K, V>> mutations) {
        Epoch epoch = epochs.currentToWriteIn();
        List<PendingWrite<K, V>> writes = new ArrayList<>();
        for (long bytes = 0;
                mutations.hasNext() && writes.size() < Flush.COMMANDS_MAX && bytes < Flush.BYTES_MAX;
                bytes += writes.get(writes.size() - 1).encodedBytes()) {
            writes.add(write(mutations.next(), epoch));
        }
        return writes;
    }

    private List<Outcome<V>> apply(List<PendingWrite<K, V>> writes) {
        long beganNanos = executor.clock().nanos();
        try {
            return outcomes(writes);
        } catch (RuntimeException | Error e) {
            // The caller gets none of the outcomes, so no entry is kept under any of the tickets.
            writes.forEach(PendingWrite::giveUp);
            Outcome<V> found = e instanceof OutcomeUnknownException && writes.size() == 1
                    ? findOutcome(writes.get(0), beganNanos)
                    : null;
            if (found == null) {
                throw e;
            }
            return List.of(found);
        }
    }

    /**
     * Finds out the outcome of a write whose reply was lost, by the version of the entry in Redis, if there is a
     * connection within the timeout of the call; returns null if the outcome stays unknown.
     */
    private @Nullable Outcome<V> findOutcome(PendingWrite<K, V> write, long beganNanos) {
        try {
            byte[] head = executor.callWithinTimeoutSince(
                    RedisCommand.head(write.entryKey().bytes(), StoredEntryHeader.BYTES_MAX), beganNanos);
            return head.length == 0 ? null : write.outcomeFrom(head);
        } catch (CacheException e) {
            return null;
        }
    }

    private List<Outcome<V>> outcomes(List<PendingWrite<K, V>> writes) {
        List<PendingWrite<K, V>> pending = writes;
        try (LeaseWait leaseWait = writeLeases.beginWait()) {
            while (true) {
                send(pending);
                pending =
                        pending.stream().filter(each -> each.outcome() == null).toList();
                if (pending.isEmpty()) {
                    return writes.stream()
                            .map(each -> Objects.requireNonNull(each.outcome()))
                            .toList();
                }
                // Waits for the first busy key only and then sends all again: no write waits for more than one lease
                // without a new attempt.
                writeLeases.requireTimeLeft(leaseWait, pending.get(0).key());
                pending.get(0).awaitHolder(leaseWait);
                Epoch epoch = epochs.currentToWriteIn();
                pending.forEach(each -> each.moveTo(epoch));
            }
        }
    }

    private PendingWrite<K, V> write(Mutation<K, V> mutation, Epoch epoch) {
        return new PendingWrite<>(
                mutation, keys.encode(mutation.key()), encoder, versions.next(), epoch, options.dropsWhenFull());
    }

    private void send(List<PendingWrite<K, V>> batch) {
        batch.forEach(each -> each.watch(executor));
        long sentNanos = executor.clock().nanos();
        List<ScriptReply> replies = ScriptReply.all(executor.callAll(
                EntryChange.commands(batch.stream().map(PendingWrite::change).toList())));
        for (int i = 0; i < replies.size(); i++) {
            ScriptReply reply = replies.get(i);
            batch.get(i).replied(reply, sentNanos, decoder);
            if (reply.status() == ScriptReply.Status.DROPPED) {
                counters.remoteCallFailed(RemoteUnavailableException.Kind.REFUSAL);
                outOfMemory.refused();
            } else if (reply.status() == ScriptReply.Status.APPLIED && reply.hasEntry()) {
                outOfMemory.stored();
            }
            noteEpochOver(batch.get(i).epoch(), reply);
        }
    }

    @Override
    public Map<K, LoadGrant<V>> loadGrants(Map<K, FillTicket> tickets, boolean takesOver) {
        Map<K, FillTicket> unreturned = new LinkedHashMap<>();
        Map<K, LoadGrant<V>> grants = loadLeases.grants(List.copyOf(tickets.entrySet()), takesOver, unreturned);
        if (!unreturned.isEmpty()) {
            readAll(unreturned, Lifetime.UNCHANGED)
                    .forEach((key, entry) -> grants.put(key, new LoadGrant.Found<>(entry, false)));
        }
        return grants;
    }

    @Override
    public LoadGrant<V> awaitLoadGrant(K key, Supplier<FillTicket> tickets, long untilNanos) {
        return loadLeases.await(key, tickets, untilNanos);
    }

    @Override
    public boolean mayRefresh(K key) {
        byte[] marker = space.refreshKey(keys.encode(key));
        return executor.call(RedisCommand.setIfAbsent(marker, REFRESH_MARKER, options.loadLease())) != null;
    }

    @Override
    public Outcome<V> fill(Fill<K, V> fill) {
        return fillAll(List.of(fill)).get(0);
    }

    @Override
    public List<Outcome<V>> fillAll(List<Fill<K, V>> fills) {
        List<Outcome<V>> outcomes = loadLeases.fill(fills, encoder);
        if (outcomes.stream().anyMatch(Outcome::applied)) {
            outOfMemory.stored();
        }
        return outcomes;
    }

    @Override
    public List<K> inLeasingOrder(Collection<K> all) {
        return all.stream()
                .map(key -> Map.entry(keys.encode(key), key))
                .sorted((one, other) -> Arrays.compareUnsigned(one.getKey(), other.getKey()))
                .map(Map.Entry::getValue)
                .toList();
    }

    @Override
    public List<Lease<K, V>> leaseAll(List<K> all) {
        List<Lease<K, V>> leases = writeLeases.take(all);
        outOfMemory.stored();
        return leases;
    }

    @Override
    public Iterator<Map.Entry<K, Entry<V>>> entries() {
        return new EntryScan<>(epochs, keys, decoder, storedEntryReader, false);
    }

    @Override
    public Iterator<Map.Entry<K, Entry<V>>> entriesToRemove() {
        return new EntryScan<>(epochs, keys, decoder, storedEntryReader, true);
    }

    @Override
    public void clear() {
        try {
            epochs.beginNext();
        } catch (RemoteOutOfMemoryException e) {
            // Redis has no memory for the number of a new epoch. To remove all entries takes longer, but no memory.
            reclaimer.removeAll();
            // The reply comes after the invalidations of the removed entries.
            executor.call(RedisCommand.time());
        }
    }

    @Override
    public void purge() {
        try {
            clear();
            reclaimer.purge();
        } catch (RemoteUnavailableException e) {
            purgeLater();
            throw e;
        }
    }

    /** Has the keys of this cache removed as soon as Redis is available, even if this tier is closed by then. */
    public void purgeLater() {
        executor.addPendingPurge(space);
    }

    /** Returns the hot keys of this cache. */
    public HotKeys<K> hotKeys() {
        return new RemoteHotKeys<>(executor, space, keys);
    }

    /** Returns the common prefix of all Redis keys of this cache. */
    public String keyPrefix() {
        return space + ":";
    }

    /** Returns the inspector of this cache, for diagnostics. */
    public RemoteInspector<K> inspector() {
        return new Inspector<>(epochs, keys, values);
    }

    /**
     * Checks that the Redis user has the permissions that caches need. If Redis is unavailable, {@link #maintain}
     * checks later.
     *
     * @throws CacheException if a permission is missing; names the commands and the cure
     */
    public void requirePermissions() {
        aclCheck.require();
    }

    /**
     * Renews the leases that this node holds; to be called several times in the length of a lease. Neither waits
     * nor throws.
     */
    public void renewLeases() {
        heldLeases.renew();
    }

    /**
     * Runs the periodic work: checks the permissions, if that is pending, and removes the leftovers of clears. May take
     * long.
     */
    public void maintain() {
        aclCheck.logMissing();
        reclaimer.run();
    }

    /**
     * Releases the leases of calls that have changed nothing yet, and ends the tracking generation. Leaves the entries
     * in Redis, and the executor open, because background work ends with the executor.
     */
    public void close() {
        heldLeases.close();
        epochs.close();
    }

    private EntryKey entryKey(K key) {
        return EntryKey.of(epochs.current(), keys.encode(key));
    }

    private void noteEpochOver(Epoch epoch, ScriptReply reply) {
        if (reply.status() == ScriptReply.Status.EPOCH_OVER) {
            epochs.markOver(epoch);
        }
    }
}
