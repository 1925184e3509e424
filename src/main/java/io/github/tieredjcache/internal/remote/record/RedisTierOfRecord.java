package io.github.tieredjcache.internal.remote.record;

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
import io.github.tieredjcache.internal.port.ReadResult;
import io.github.tieredjcache.internal.port.RemoteInspector;
import io.github.tieredjcache.internal.port.TierOfRecord;
import io.github.tieredjcache.internal.remote.connection.CommandExecutor;
import io.github.tieredjcache.internal.remote.wire.EntryKey;
import io.github.tieredjcache.internal.remote.wire.Epoch;
import io.github.tieredjcache.internal.remote.wire.KeySpace;
import io.github.tieredjcache.internal.remote.wire.RedisCommand;
import io.github.tieredjcache.internal.stats.TierCounters;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
    private final EntryDecoder<V> decoder;
    private final StoredEntryReader storedEntryReader;
    private final HeldLeases heldLeases;
    private final WriteLeases<K, V> writeLeases;
    private final LoadLeases<K, V> loadLeases;
    private final OutOfMemoryLog outOfMemory;
    private final EntryReads<K, V> reads;
    private final EntryWrites<K, V> writes;

    /**
     * Creates the tier; sends nothing to Redis.
     *
     * @param executor shared with other caches; not closed by this tier
     * @param options the options of this cache
     * @param partitions the number of partitions of the cache, one of which this tier is; null without a cluster
     * @param codecs the codecs of keys and values
     * @param versions shared by all caches of this node
     * @param counters counts failures, waits and invalidations
     */
    public RedisTierOfRecord(
            CommandExecutor executor,
            RedisCacheOptions options,
            @Nullable PartitionCount partitions,
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
                executor.hashTag());
        this.aclCheck = new AclCheck(executor, space, options.namespace());
        this.epochs = new EpochTracker(executor, space, partitions, options.failoverRepair(), counters);
        this.reclaimer = new Reclaimer(executor, space, versions.next());
        this.keys = codecs.keys();
        this.values = codecs.values();
        this.encoder = new ValueEncoder<>(values, codecs.refused());
        this.versions = versions;
        this.decoder = new EntryDecoder<>(executor, values, codecs.undecodables());
        this.storedEntryReader = new StoredEntryReader(space.storedEntryBytesMax(), decoder::removeTooLarge);
        this.heldLeases = new HeldLeases(executor, options.writeLease(), options.loadLease());
        this.outOfMemory = new OutOfMemoryLog(counters, executor);
        executor.onOutOfMemory(outOfMemory::refused);
        this.loadLeases = new LoadLeases<>(epochs, keys, versions, decoder, heldLeases);
        this.writeLeases = new WriteLeases<>(
                keys,
                decoder,
                heldLeases,
                new WriteLease.Terms<>(epochs, encoder, versions, options.expiresWithLease()),
                options.writeWait(),
                counters);
        this.reads = new EntryReads<>(epochs, keys, decoder, storedEntryReader);
        this.writes = new EntryWrites<>(epochs, decoder, writeLeases, this::write, outOfMemory);
    }

    @Override
    public ReadResult<V> read(K key, FillTicket ticket, long accessNanos) {
        return reads.read(key, ticket, accessNanos);
    }

    @Override
    public Supplier<Map<K, ReadResult<V>>> beginReadAll(Map<K, FillTicket> tickets, long accessNanos) {
        return reads.beginReadAll(tickets, accessNanos);
    }

    @Override
    public boolean contains(K key) {
        return reads.contains(key);
    }

    /**
     * Returns whether Redis holds this version of the key's entry, without reading its value.
     *
     * @throws CacheException if Redis is unavailable
     */
    public boolean holds(K key, Version version) {
        return reads.holds(key, version);
    }

    @Override
    public void touch(K key, Entry<V> entry, long accessNanos) {
        long nowNanos = executor.clock().nanos();
        if (!Lifetime.isTouchDue(entry.deadlineNanos(), nowNanos, accessNanos) || !entry.beginTouch()) {
            return;
        }
        PendingTouch<V> touch = new PendingTouch<>(entry, nowNanos);
        try {
            EntryKey entryKey = EntryKey.of(epochs.current(), keys.encode(key));
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
    public Supplier<List<Outcome<V>>> beginApplyAll(List<Mutation<K, V>> mutations) {
        return writes.beginApplyAll(mutations);
    }

    @Override
    public void discardAll(Collection<K> discarded) {
        Invalidation.of(discarded.stream().map(keys::encode).toList(), epochs, executor::callAll);
    }

    private PendingWrite<K, V> write(Mutation<K, V> mutation, Epoch epoch) {
        return new PendingWrite<>(
                mutation, keys.encode(mutation.key()), encoder, versions.next(), epoch, options.dropsWhenFull());
    }

    @Override
    public Supplier<Map<K, LoadGrant<V>>> beginLoadGrants(
            Map<K, FillTicket> tickets, Set<K> localKeys, boolean takesOver) {
        Map<K, FillTicket> unreturned = new LinkedHashMap<>();
        Supplier<Map<K, LoadGrant<V>>> begun =
                loadLeases.beginGrants(List.copyOf(tickets.entrySet()), takesOver, unreturned);
        return () -> {
            Map<K, LoadGrant<V>> grants = begun.get();
            try {
                grants.putAll(found(unreturned));
                return grants;
            } catch (RuntimeException | Error e) {
                grants.values().forEach(LoadGrant::giveUp);
                throw e;
            }
        };
    }

    /** Reads the entries that did not fit into the reply of a request for load leases. */
    private Map<K, LoadGrant<V>> found(Map<K, FillTicket> unreturned) {
        Map<K, LoadGrant<V>> found = new HashMap<>();
        if (!unreturned.isEmpty()) {
            readAll(unreturned, Lifetime.UNCHANGED).forEach((key, read) -> {
                Entry<V> entry = read.entry();
                if (entry != null) {
                    found.put(key, new LoadGrant.Found<>(entry, false));
                }
            });
        }
        return found;
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
    public Supplier<List<Outcome<V>>> beginFillAll(List<Fill<K, V>> fills) {
        Supplier<List<Outcome<V>>> begun = loadLeases.beginFill(fills, encoder);
        return () -> {
            List<Outcome<V>> outcomes = begun.get();
            if (outcomes.stream().anyMatch(Outcome::applied)) {
                outOfMemory.stored();
            }
            return outcomes;
        };
    }

    @Override
    public void prepare() {
        epochs.prepare();
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
    public Runnable beginClear() {
        Runnable begun = epochs.sendNext();
        return () -> {
            try {
                begun.run();
            } catch (RemoteOutOfMemoryException e) {
                // Redis has no memory for the number of a new epoch. To remove all entries takes longer, but no memory.
                reclaimer.removeAll();
                // The reply comes after the invalidations of the removed entries.
                executor.call(RedisCommand.time());
            }
        };
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
     * Checks that the Redis user has the permissions that caches need. If Redis is unavailable, {@link
     * #logMissingPermissions} checks later.
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

    /** Checks the permissions if that is pending, and logs what is missing. */
    public void logMissingPermissions() {
        aclCheck.logMissing();
    }

    /** Removes the leftovers of clears from Redis; may take long. */
    public void reclaim() {
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
}
