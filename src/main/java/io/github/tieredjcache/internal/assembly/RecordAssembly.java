package io.github.tieredjcache.internal.assembly;

import io.github.tieredjcache.OutagePolicy;
import io.github.tieredjcache.TieredSetting;
import io.github.tieredjcache.TieredSettings;
import io.github.tieredjcache.internal.engine.Inspection;
import io.github.tieredjcache.internal.engine.WarmStart;
import io.github.tieredjcache.internal.engine.load.LoadOptions;
import io.github.tieredjcache.internal.engine.verification.Verification;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Versions;
import io.github.tieredjcache.internal.near.Expiration;
import io.github.tieredjcache.internal.near.InMemoryTierOfRecord;
import io.github.tieredjcache.internal.near.NearCapacity;
import io.github.tieredjcache.internal.near.NearStore;
import io.github.tieredjcache.internal.near.NearTier;
import io.github.tieredjcache.internal.port.RemoteHealth;
import io.github.tieredjcache.internal.port.TierOfRecord;
import io.github.tieredjcache.internal.record.Failover;
import io.github.tieredjcache.internal.record.LocalFallback;
import io.github.tieredjcache.internal.record.NearCachedTierOfRecord;
import io.github.tieredjcache.internal.record.OutageTolerantTierOfRecord;
import io.github.tieredjcache.internal.record.PartitionedTierOfRecord;
import io.github.tieredjcache.internal.record.Recovery;
import io.github.tieredjcache.internal.record.RecoveryJournal;
import io.github.tieredjcache.internal.record.RecoveryReport;
import io.github.tieredjcache.internal.remote.connection.CommandExecutor;
import io.github.tieredjcache.internal.remote.record.PartitionCount;
import io.github.tieredjcache.internal.remote.record.RedisCacheCodecs;
import io.github.tieredjcache.internal.remote.record.RedisCacheOptions;
import io.github.tieredjcache.internal.remote.record.RedisTierOfRecord;
import io.github.tieredjcache.internal.remote.wire.KeySpace;
import io.github.tieredjcache.internal.source.Source;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.ToIntBiFunction;
import java.util.function.ToIntFunction;
import javax.cache.CacheException;
import org.jspecify.annotations.Nullable;

/**
 * Composes the tier of record of one cache: this process's memory, or Redis behind near copies behind the outage policy.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
final class RecordAssembly<K, V> {
    private static final Duration RECOVERY_INTERVAL = Duration.ofMillis(100);
    private static final Duration SWEEP_INTERVAL = Duration.ofSeconds(10);

    /** The number of checks for due renewals during one lease. */
    private static final int RENEWAL_CHECKS_PER_LEASE = 6;

    /** The maximum time until a release without a reply is sent again: until then others wait for the key, however long the lease. */
    private static final Duration RELEASE_INTERVAL_MAX = Duration.ofMillis(500);

    private final RecordParts<K, V> parts;
    private final TieredSettings settings;
    private final ManagerExecutors executors;
    private final List<AutoCloseable> closeables;
    private final RecoveryReport recoveryReport;

    RecordAssembly(RecordParts<K, V> parts) {
        this.parts = parts;
        this.settings = parts.settings();
        this.executors = parts.executors();
        this.closeables = parts.closeables();
        this.recoveryReport = new RecoveryReport(parts.cacheName(), parts.clock());
    }

    /**
     * Composes the tier of a cache without Redis.
     *
     * @param onExpired receives each entry that was found expired
     * @param expires whether entries can expire
     */
    RecordChain<K, V> nearOnly(BiConsumer<K, Entry<V>> onExpired, boolean expires) {
        InMemoryTierOfRecord<K, V> record = inMemory(parts.store(), expires, onExpired);
        closeables.add(record::clear);
        if (expires) {
            // removeExpired calls the users' listeners, so it must not run on the timer thread.
            closeables.add(executors.every(SWEEP_INTERVAL, () -> {
                parts.counters().sample();
                executors.execute(record::removeExpired);
            }));
        }
        return RecordChain.of(record);
    }

    /**
     * Composes the tiers of a cache with Redis.
     *
     * @param loads how the source is loaded
     * @throws CacheException if the Redis user lacks a permission
     */
    RecordChain<K, V> shared(RemotePartitions<K> remote, Versions versions, Source<K, V> source, LoadOptions loads) {
        NearTier<K, V> near = new NearTier<>(
                parts.store(),
                parts.singleFlights(),
                settings.get(TieredSetting.NEAR_TIME_TO_LIVE).toNanos());
        ToIntFunction<K> indexOf = remote.partitionOf(parts.codecs().keys());
        List<Partition<K, V>> partitions = partitions(remote, near, indexOf, versions, source.writes());
        Function<K, Partition<K, V>> partitionOf = key -> partitions.get(indexOf.applyAsInt(key));
        RedisTierOfRecord<K, V> first = partitions.get(0).redis();
        TierOfRecord<K, V> record = partitions.size() == 1
                ? partitions.get(0).record()
                : new PartitionedTierOfRecord<>(
                        partitions.stream().map(Partition::record).toList(), indexOf, remote.first()::partlyDone);
        maintain(near, partitions, remote.count());
        Verification<K, V> verification =
                new VerificationAssembly<>(parts, partitionOf).verification(near, source, loads, versions.node());
        // As late as possible: the clients connect beside what is done before.
        remote.awaitFirstAttempts();
        first.requirePermissions();
        return new RecordChain<>(
                record,
                new Inspection.Shared<>(
                        PartitionedInspector.of(
                                partitions.stream()
                                        .map(each -> each.redis().inspector())
                                        .toList(),
                                indexOf),
                        key -> partitionOf.apply(key).journal().has(key),
                        near::dropAll,
                        verification),
                partitions.size() == 1
                        ? first.keyPrefix()
                        : KeySpace.clusterPrefix(settings.get(TieredSetting.REDIS_NAMESPACE), parts.cacheName()),
                verification,
                warmStart(record, first),
                () -> recoverFinally(partitions));
    }

    /** Removes the journaled keys before the cache is closed, or has that done later. */
    private void recoverFinally(List<Partition<K, V>> partitions) {
        recover(partitions);
        partitions.stream()
                .filter(each -> !each.journal().isEmpty())
                .forEach(each -> each.redis().purgeLater());
    }

    private List<Partition<K, V>> partitions(
            RemotePartitions<K> remote,
            NearTier<K, V> near,
            ToIntFunction<K> partitionOf,
            Versions versions,
            boolean writes) {
        InMemoryTierOfRecord<K, V> localRecord = localRecord();
        List<Partition<K, V>> partitions = new ArrayList<>();
        for (int i = 0; i < remote.clients().size(); i++) {
            int index = i;
            CommandExecutor client = remote.clients().get(i);
            RecoveryJournal<K> journal = remote.journals().get(i);
            LocalFallback<K, V> fallback = new LocalFallback<>(
                    localRecord,
                    near,
                    journal,
                    client.health(),
                    settings.get(TieredSetting.OUTAGE_NEAR_TIME_TO_LIVE).toNanos(),
                    key -> partitionOf.applyAsInt(key) == index);
            RedisTierOfRecord<K, V> redis = redis(client, remote.count(), versions, writes);
            partitions.add(partition(near, redis, fallback, journal, client.health(), writes));
        }
        return partitions;
    }

    private Partition<K, V> partition(
            NearTier<K, V> near,
            RedisTierOfRecord<K, V> redis,
            LocalFallback<K, V> fallback,
            RecoveryJournal<K> journal,
            RemoteHealth health,
            boolean writes) {
        TierOfRecord<K, V> nearCached = new NearCachedTierOfRecord<>(near, redis, parts.locks());
        Recovery<K, V> recovery =
                new Recovery<>(parts.cacheName(), nearCached, fallback, journal, health, recoveryReport);
        Failover<K> failover =
                new Failover<>(journal, health, recovery::removeFromRedis, parts.counters(), fallsBack(), writes);
        return new Partition<>(
                redis,
                new OutageTolerantTierOfRecord<>(nearCached, fallback, failover, parts.counters()),
                recovery,
                journal,
                health);
    }

    private RedisTierOfRecord<K, V> redis(
            CommandExecutor executor, @Nullable PartitionCount count, Versions versions, boolean writes) {
        RedisCacheOptions options = new RedisCacheOptions(
                settings.get(TieredSetting.REDIS_NAMESPACE),
                parts.cacheName(),
                settings.get(TieredSetting.CODEC_MAXIMUM_VALUE_SIZE),
                settings.get(TieredSetting.WRITE_LEASE),
                writes,
                settings.get(TieredSetting.WRITE_WAIT),
                settings.get(TieredSetting.LOAD_LEASE),
                settings.get(TieredSetting.LOAD_STALE_FOR),
                fallsBack(),
                settings.get(TieredSetting.OUTAGE_FAILOVER_REPAIR));
        RedisCacheCodecs<K, V> codecs = new RedisCacheCodecs<>(
                parts.codecs().keys(),
                parts.codecs().values(),
                UndecodableLog.listener(parts.cacheName(), parts.counters(), parts.clock()),
                parts.refused());
        return new RedisTierOfRecord<>(executor, options, count, codecs, versions, parts.counters());
    }

    /** Returns the record of the local changes and loads of an outage, with the capacity of the near tier. */
    private InMemoryTierOfRecord<K, V> localRecord() {
        return inMemory(new NearStore<>(capacity(settings), parts.clock(), null, () -> {}), true, (key, expired) -> {});
    }

    /** Schedules the periodic work of the tiers, and has them closed with the cache. */
    private void maintain(NearTier<K, V> near, List<Partition<K, V>> partitions, @Nullable PartitionCount count) {
        closeables.add(near::dropAll);
        // Closed before the clients.
        closeables.add(0, () -> partitions.forEach(each -> each.redis().close()));
        RedisTierOfRecord<K, V> first = partitions.get(0).redis();
        closeables.add(executors.upkeepEvery(SWEEP_INTERVAL, () -> {
            parts.counters().sample();
            near.sweep();
        }));
        List<Runnable> upkeep = new ArrayList<>();
        partitions.forEach(each -> upkeep.add(each.redis()::reclaim));
        if (count != null) {
            upkeep.add(count::recheck);
        }
        UpkeepRounds rounds = new UpkeepRounds(upkeep);
        closeables.add(executors.upkeepEvery(SWEEP_INTERVAL, () -> {
            first.logMissingPermissions();
            rounds.next();
        }));
        closeables.add(executors.every(
                leaseInterval(), () -> partitions.forEach(each -> each.redis().renewLeases())));
        closeables.add(executors.upkeepEvery(
                RECOVERY_INTERVAL,
                () -> recoveryReport.isDue()
                        || partitions.stream().anyMatch(each -> each.recovery().isDue()),
                () -> recover(partitions)));
    }

    /** Removes journaled keys in all partitions, and logs the sum. */
    private void recover(List<Partition<K, V>> partitions) {
        partitions.forEach(each -> each.recovery().run());
        recoveryReport.log();
    }

    private @Nullable WarmStart<?> warmStart(TierOfRecord<K, V> record, RedisTierOfRecord<K, V> redis) {
        int keysMax = settings.get(TieredSetting.WARM_KEYS);
        if (keysMax == 0) {
            return null;
        }
        parts.store().trackHotKeys();
        WarmStart<K> warm = new WarmStart<>(parts.store(), record, redis.hotKeys(), keysMax, parts.clock());
        executors.upkeep(warm::fill);
        closeables.add(executors.upkeepEvery(settings.get(TieredSetting.WARM_INTERVAL), () -> {
            warm.fill();
            warm.save();
        }));
        return warm;
    }

    private InMemoryTierOfRecord<K, V> inMemory(
            NearStore<K, V> store, boolean expires, BiConsumer<K, Entry<V>> onExpired) {
        return new InMemoryTierOfRecord<>(
                store,
                parts.singleFlights(),
                parts.locks(),
                weigher(),
                new Expiration<>(
                        expires, settings.get(TieredSetting.LOAD_STALE_FOR).toNanos(), onExpired));
    }

    private boolean fallsBack() {
        return settings.get(TieredSetting.OUTAGE_POLICY) == OutagePolicy.LOCAL;
    }

    /** Returns how often leases are renewed that are due, and releases sent again. */
    private Duration leaseInterval() {
        Duration renewal = min(settings.get(TieredSetting.WRITE_LEASE), settings.get(TieredSetting.LOAD_LEASE))
                .dividedBy(RENEWAL_CHECKS_PER_LEASE);
        return min(renewal, RELEASE_INTERVAL_MAX);
    }

    private static Duration min(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /** Returns the capacity of the near tier. */
    static NearCapacity capacity(TieredSettings settings) {
        return settings.get(TieredSetting.NEAR_MAXIMUM_WEIGHT) == 0
                ? NearCapacity.entries(settings.get(TieredSetting.NEAR_MAXIMUM_SIZE))
                : NearCapacity.bytes(
                        settings.get(TieredSetting.NEAR_MAXIMUM_WEIGHT), TieredSettings.ENTRY_OVERHEAD_BYTES);
    }

    private ToIntBiFunction<K, V> weigher() {
        return settings.get(TieredSetting.NEAR_MAXIMUM_WEIGHT) == 0
                ? (key, value) -> 0
                : parts.codecs().weigher(parts.refused());
    }
}
