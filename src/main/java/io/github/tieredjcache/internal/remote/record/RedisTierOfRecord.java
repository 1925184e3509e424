package io.github.tieredjcache.internal.remote.record;

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
import io.github.tieredjcache.internal.port.OutcomeUnknownException;
import io.github.tieredjcache.internal.port.RemoteInspector;
import io.github.tieredjcache.internal.port.RemoteOutOfMemoryException;
import io.github.tieredjcache.internal.port.RemoteUnavailableException;
import io.github.tieredjcache.internal.port.TierOfRecord;
import io.github.tieredjcache.internal.remote.connection.CommandExecutor;
import io.github.tieredjcache.internal.remote.connection.ExceptionTranslator;
import io.github.tieredjcache.internal.remote.wire.EntryKey;
import io.github.tieredjcache.internal.remote.wire.Epoch;
import io.github.tieredjcache.internal.remote.wire.Flush;
import io.github.tieredjcache.internal.remote.wire.KeySpace;
import io.github.tieredjcache.internal.remote.wire.RedisCommand;
import io.github.tieredjcache.internal.remote.wire.Script;
import io.github.tieredjcache.internal.remote.wire.ScriptReply;
import io.github.tieredjcache.internal.remote.wire.StoredEntryHeader;
import io.github.tieredjcache.internal.stats.TierCounters;
import io.github.tieredjcache.internal.support.ThrottledLog;
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
 * <p>A read is one command, a mutation one script, many of either one flush. Keys and values are encoded and decoded on the
 * caller's thread. What cannot be decoded is counted and absent.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
public final class RedisTierOfRecord<K, V> implements TierOfRecord<K, V> {
    /** What stands around a value that is as large as it may be. */
    private static final long AROUND_VALUE_BYTES = 1_024;

    private static final byte[] MARK = {};

    private final CommandExecutor executor;
    private final RedisCacheOptions options;
    private final KeySpace space;
    private final EpochTracker epochs;
    private final AclCheck permissions;
    private final Reclaimer reclaimer;
    private final KeyCodec<K> keys;
    private final ValueCodec<V> values;
    private final Versions versions;
    private final TierCounters counters;
    private final EntryDecoder<V> reader;
    private final HeaderReads cells;
    private final HeldLeases leases;
    private final WriteLeases<K, V> writeLeases;
    private final LoadLeases<K, V> loads;
    private final ThrottledLog full;

    /**
     * Creates the record; touches nothing in Redis.
     *
     * @param executor shared with other caches; not closed by this
     * @param options what is particular to this cache
     * @param codecs how it is written
     * @param versions shared by all caches of this node
     * @param counters count what this meets
     */
    public RedisTierOfRecord(
            CommandExecutor executor,
            RedisCacheOptions options,
            RecordCodecs<K, V> codecs,
            Versions versions,
            TierCounters counters) {
        this.executor = executor;
        this.options = options;
        this.space = new KeySpace(
                options.namespace(),
                options.cacheName(),
                options.staleFor().toMillis(),
                options.valueBytesMax() + AROUND_VALUE_BYTES,
                executor.address().isOfCluster());
        this.permissions = new AclCheck(executor, space, options.namespace());
        this.epochs = new EpochTracker(executor, space, options.failoverRepair(), counters);
        this.reclaimer = new Reclaimer(executor, space, versions.next());
        this.keys = codecs.keys();
        this.values = codecs.values();
        this.counters = counters;
        this.versions = versions;
        this.reader = new EntryDecoder<>(executor, values, codecs.undecodables());
        this.cells = new HeaderReads(space.cellBytesMax(), reader::sawTooLarge);
        this.leases = new HeldLeases(executor);
        this.full = new ThrottledLog(
                System.getLogger("io.github.tieredjcache.remote"), options.cacheName(), executor.clock());
        this.loads = new LoadLeases<>(epochs, keys, versions, reader, leases, options.loadLease());
        this.writeLeases = new WriteLeases<>(
                keys,
                reader,
                leases,
                new WriteLease.Terms<>(epochs, values, versions, options.writeLease(), options.vanishing()),
                options.writeWait(),
                counters);
    }

    @Override
    public @Nullable Entry<V> read(K key, FillTicket ticket, long accessNanos) {
        byte[] encoded = keys.encode(key);
        return epochs.<@Nullable Entry<V>>read(epoch -> read(epoch.key(encoded), ticket, accessNanos));
    }

    private @Nullable Entry<V> read(EntryKey key, FillTicket ticket, long accessNanos) {
        executor.watch(key, ticket);
        if (accessNanos != Lifetime.UNCHANGED) {
            return readAndTouch(List.of(key), List.of(ticket), accessNanos).get(0);
        }
        try {
            byte[] cell = executor.call(RedisCommand.head(key.bytes(), cells.cellBytesMax() + 1));
            if (cell.length > cells.cellBytesMax()) {
                return readOnly(List.of(key)).get(0);
            }
            return cell.length == 0 ? null : reader.find(key, cell);
        } catch (ExceptionTranslator.ForeignTypeException e) {
            reader.sawForeign(key);
            return null;
        }
    }

    @Override
    public Map<K, Entry<V>> readAll(Map<K, FillTicket> tickets, long accessNanos) {
        List<Map.Entry<K, FillTicket>> asked = List.copyOf(tickets.entrySet());
        List<byte[]> encoded =
                asked.stream().map(each -> keys.encode(each.getKey())).toList();
        List<@Nullable Entry<V>> entries = epochs.read(epoch -> readAll(epoch, encoded, asked, accessNanos));
        Map<K, Entry<V>> found = new LinkedHashMap<>();
        for (int i = 0; i < asked.size(); i++) {
            Entry<V> entry = entries.get(i);
            if (entry != null) {
                found.put(asked.get(i).getKey(), entry);
            }
        }
        return found;
    }

    private List<@Nullable Entry<V>> readAll(
            Epoch epoch, List<byte[]> encoded, List<Map.Entry<K, FillTicket>> asked, long accessNanos) {
        List<EntryKey> entryKeys = encoded.stream().map(epoch::key).toList();
        for (int i = 0; i < asked.size(); i++) {
            executor.watch(entryKeys.get(i), asked.get(i).getValue());
        }
        List<FillTicket> tickets = asked.stream().map(Map.Entry::getValue).toList();
        return accessNanos == Lifetime.UNCHANGED ? readOnly(entryKeys) : readAndTouch(entryKeys, tickets, accessNanos);
    }

    private List<@Nullable Entry<V>> readOnly(List<EntryKey> entryKeys) {
        List<byte @Nullable []> read =
                cells.read(entryKeys.stream().map(EntryKey::bytes).toList(), executor::callAll);
        List<@Nullable Entry<V>> entries = new ArrayList<>(read.size());
        for (int i = 0; i < read.size(); i++) {
            byte[] cell = read.get(i);
            entries.add(cell == null ? null : reader.find(entryKeys.get(i), cell));
        }
        return entries;
    }

    private List<@Nullable Entry<V>> readAndTouch(
            List<EntryKey> entryKeys, List<FillTicket> tickets, long accessNanos) {
        List<byte[]> parameters = List.of(ScriptReply.lifetime(accessNanos));
        List<RedisCommand<List<@Nullable Object>>> requests = new ArrayList<>(entryKeys.size());
        for (int i = 0; i < entryKeys.size(); i++) {
            EntryKey each = entryKeys.get(i);
            requests.add(MutateScript.echoed(
                    RedisCommand.run(Script.READ_TOUCH, false, each, parameters), each, tickets.get(i), false));
        }
        long sentNanos = executor.clock().nanos();
        List<List<@Nullable Object>> replies = executor.callAll(requests);
        List<@Nullable Entry<V>> entries = new ArrayList<>(replies.size());
        for (int i = 0; i < replies.size(); i++) {
            entries.add(touched(entryKeys.get(i), ScriptReply.of(replies.get(i)), sentNanos));
        }
        return entries;
    }

    private @Nullable Entry<V> touched(EntryKey key, ScriptReply reply, long sentNanos) {
        noteEnd(key.epoch(), reply);
        byte[] cell = reply.cell();
        if (cell == null && reply.existed()) {
            return readOnly(List.of(key)).get(0);
        }
        Entry<V> entry = cell == null ? null : reader.find(key, cell);
        if (entry != null) {
            entry.touch(reply.deadlineNanos(sentNanos));
        }
        return entry;
    }

    @Override
    public boolean contains(K key) {
        byte[] encoded = keys.encode(key);
        return epochs.read(epoch -> contains(epoch.key(encoded)));
    }

    private boolean contains(EntryKey key) {
        try {
            byte[] head = executor.call(RedisCommand.head(key.bytes(), StoredEntryHeader.HEAD_MAX));
            return head.length > 0 && reader.hasEntry(key.bytes(), head);
        } catch (ExceptionTranslator.ForeignTypeException e) {
            reader.sawForeign(key);
            return false;
        }
    }

    /**
     * Returns whether Redis holds that version of the key's entry, without reading its value.
     *
     * @throws CacheException if Redis cannot be asked
     */
    public boolean holds(K key, Version version) {
        byte[] encoded = keys.encode(key);
        return epochs.read(epoch -> holds(epoch.key(encoded), version));
    }

    private boolean holds(EntryKey key, Version version) {
        try {
            byte[] head = executor.call(RedisCommand.head(key.bytes(), StoredEntryHeader.HEAD_MAX));
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
            RedisCommand<List<@Nullable Object>> command = MutateScript.echoed(
                    MutateScript.touchVersion(entryKey, entry.version(), accessNanos), entryKey, entry.ticket(), false);
            if (entry.ticket() != null && touch.onlyExtends(accessNanos)) {
                // What is near shows it until then; nobody waits for more.
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
                throw executor.partlyDone(outcomes.size(), mutations.size(), e);
            }
        }
        return outcomes;
    }

    /** Encodes as many as are to be in memory at a time. */
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
            // Nobody is told of those that were answered, so nothing is kept under any of the tickets.
            writes.forEach(PendingWrite::giveUp);
            Outcome<V> traced = e instanceof OutcomeUnknownException && writes.size() == 1
                    ? traced(writes.get(0), beganNanos)
                    : null;
            if (traced == null) {
                throw e;
            }
            return List.of(traced);
        }
    }

    /**
     * Looks for a write whose answer never came, if the connection is back in the time that its caller waits anyway: what is found
     * in the key has its version.
     */
    private @Nullable Outcome<V> traced(PendingWrite<K, V> write, long beganNanos) {
        try {
            byte[] head = executor.callBefore(
                    RedisCommand.head(write.entryKey().bytes(), StoredEntryHeader.HEAD_MAX), beganNanos);
            return head.length == 0 ? null : write.tracedIn(head);
        } catch (CacheException e) {
            return null;
        }
    }

    private List<Outcome<V>> outcomes(List<PendingWrite<K, V>> writes) {
        List<PendingWrite<K, V>> pending = writes;
        try (LeaseWait leaseWait = writeLeases.patience()) {
            while (true) {
                send(pending);
                pending =
                        pending.stream().filter(each -> each.outcome() == null).toList();
                if (pending.isEmpty()) {
                    return writes.stream()
                            .map(each -> Objects.requireNonNull(each.outcome()))
                            .toList();
                }
                // All are tried again then; those that are free meanwhile have not waited for longer than for one
                // lease.
                writeLeases.requireLeft(leaseWait, pending.get(0).key());
                pending.get(0).awaitOthers(leaseWait);
                Epoch epoch = epochs.currentToWriteIn();
                pending.forEach(each -> each.moveTo(epoch));
            }
        }
    }

    private PendingWrite<K, V> write(Mutation<K, V> mutation, Epoch epoch) {
        return new PendingWrite<>(
                mutation, keys.encode(mutation.key()), values, versions.next(), epoch, options.dropsWhenFull());
    }

    private void send(List<PendingWrite<K, V>> batch) {
        batch.forEach(each -> each.watch(executor));
        long sentNanos = executor.clock().nanos();
        List<List<@Nullable Object>> replies =
                executor.callAll(batch.stream().map(PendingWrite::request).toList());
        for (int i = 0; i < replies.size(); i++) {
            ScriptReply reply = ScriptReply.of(replies.get(i));
            batch.get(i).answered(reply, sentNanos, reader);
            if (reply.status() == ScriptReply.Status.DROPPED) {
                counters.failedRemotely(RemoteUnavailableException.Kind.REFUSAL);
                full.warn(
                        "Redis at " + executor.server()
                                + " is out of memory: what is put is not kept, and what it was to replace is"
                                + " gone; raise its maxmemory or give it an eviction policy",
                        null);
            }
            noteEnd(batch.get(i).epoch(), reply);
        }
    }

    @Override
    public Map<K, LoadGrant<V>> loadGrants(Map<K, FillTicket> tickets, boolean takesOver) {
        return loads.turns(List.copyOf(tickets.entrySet()), takesOver);
    }

    @Override
    public LoadGrant<V> awaitLoadGrant(K key, Supplier<FillTicket> tickets, long untilNanos) {
        return loads.await(key, tickets, untilNanos);
    }

    @Override
    public boolean mayRefresh(K key) {
        byte[] marker = space.refreshKey(keys.encode(key));
        return executor.call(RedisCommand.setIfAbsent(marker, MARK, options.loadLease())) != null;
    }

    @Override
    public Outcome<V> fill(Fill<K, V> fill) {
        return fillAll(List.of(fill)).get(0);
    }

    @Override
    public List<Outcome<V>> fillAll(List<Fill<K, V>> fills) {
        return loads.fill(fills);
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
        return writeLeases.take(all);
    }

    @Override
    public Iterator<Map.Entry<K, Entry<V>>> entries() {
        return new EntryScan<>(epochs, keys, reader, cells, false);
    }

    @Override
    public Iterator<Map.Entry<K, Entry<V>>> entriesToRemove() {
        return new EntryScan<>(epochs, keys, reader, cells, true);
    }

    @Override
    public void clear() {
        try {
            epochs.beginNext();
        } catch (RemoteOutOfMemoryException e) {
            // A new epoch takes a few bytes that Redis has not got; to remove what there is takes longer, but none.
            reclaimer.removeAll();
            // Its answer comes behind the announcements of what was removed.
            executor.call(RedisCommand.time());
        }
    }

    @Override
    public void purge() {
        try {
            clear();
            reclaimer.purge();
        } catch (RemoteUnavailableException e) {
            forgetLater();
            throw e;
        }
    }

    /** Has Redis forget this cache as soon as it can be reached, even when this is closed by then. */
    public void forgetLater() {
        executor.owe(space);
    }

    /** Returns the keys of this cache that nodes have read most. */
    public HotKeys<K> hotKeys() {
        return new RemoteHotKeys<>(executor, space, keys);
    }

    /** Returns what all Redis keys of this cache begin with. */
    public String keyPrefix() {
        return space + ":";
    }

    /** Returns what looks at this for people. */
    public RemoteInspector<K> inspector() {
        return new Inspector<>(epochs, keys, values);
    }

    /**
     * Makes sure that Redis lets its user do what caches need. If Redis cannot be asked now, {@link #maintain} looks later.
     *
     * @throws CacheException if it does not; names the commands and what helps
     */
    public void requirePermissions() {
        permissions.require();
    }

    /** Renews the leases that this node holds; to be called several times in the length of a lease. Neither waits nor throws. */
    public void renewLeases() {
        leases.renew();
    }

    /** Does what is to be done from time to time: removes from Redis what clears have left behind. May take long. */
    public void maintain() {
        permissions.look();
        reclaimer.run();
    }

    /**
     * Gives back the leases of calls that have changed nothing yet, and lets go of what is watched; leaves the client, with which what
     * runs in the background ends, and what Redis holds.
     */
    public void close() {
        leases.close();
        epochs.close();
    }

    private EntryKey entryKey(K key) {
        return epochs.current().key(keys.encode(key));
    }

    private void noteEnd(Epoch epoch, ScriptReply reply) {
        if (reply.status() == ScriptReply.Status.MOVED) {
            epochs.isOver(epoch);
        }
    }
}
