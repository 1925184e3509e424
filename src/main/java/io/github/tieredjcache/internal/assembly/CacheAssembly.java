package io.github.tieredjcache.internal.assembly;

import io.github.tieredjcache.OutagePolicy;
import io.github.tieredjcache.RefusedPolicy;
import io.github.tieredjcache.TieredConfiguration;
import io.github.tieredjcache.TieredSetting;
import io.github.tieredjcache.TieredSettings;
import io.github.tieredjcache.internal.codec.Codecs;
import io.github.tieredjcache.internal.codec.api.KeyCodec;
import io.github.tieredjcache.internal.codec.api.RefusedValues;
import io.github.tieredjcache.internal.codec.api.ValueCodec;
import io.github.tieredjcache.internal.coherence.CoherenceLease;
import io.github.tieredjcache.internal.engine.Engine;
import io.github.tieredjcache.internal.engine.Inspection;
import io.github.tieredjcache.internal.engine.WarmStart;
import io.github.tieredjcache.internal.engine.common.EngineComponents;
import io.github.tieredjcache.internal.engine.common.FetchResult;
import io.github.tieredjcache.internal.engine.common.InvocationBatch;
import io.github.tieredjcache.internal.engine.common.NearVerification;
import io.github.tieredjcache.internal.engine.common.NearVerification.Components;
import io.github.tieredjcache.internal.engine.common.Publisher;
import io.github.tieredjcache.internal.engine.common.StoreByValue;
import io.github.tieredjcache.internal.engine.load.LoadBulkhead;
import io.github.tieredjcache.internal.engine.load.LoadExecutor;
import io.github.tieredjcache.internal.engine.load.LoadOptions;
import io.github.tieredjcache.internal.event.Listeners;
import io.github.tieredjcache.internal.model.Expiry;
import io.github.tieredjcache.internal.model.Jitter;
import io.github.tieredjcache.internal.model.Versions;
import io.github.tieredjcache.internal.near.InMemoryTierOfRecord;
import io.github.tieredjcache.internal.near.KeyLocks;
import io.github.tieredjcache.internal.near.NearCapacity;
import io.github.tieredjcache.internal.near.NearStore;
import io.github.tieredjcache.internal.near.NearTier;
import io.github.tieredjcache.internal.near.SingleFlights;
import io.github.tieredjcache.internal.port.TierOfRecord;
import io.github.tieredjcache.internal.record.NearCachedTierOfRecord;
import io.github.tieredjcache.internal.record.OutageTolerantTierOfRecord;
import io.github.tieredjcache.internal.record.RecoveryJournal;
import io.github.tieredjcache.internal.remote.connection.ClientRegistry;
import io.github.tieredjcache.internal.remote.connection.CommandExecutor;
import io.github.tieredjcache.internal.remote.connection.RedisEndpoint;
import io.github.tieredjcache.internal.remote.connection.RemoteOptions;
import io.github.tieredjcache.internal.remote.connection.TlsFiles;
import io.github.tieredjcache.internal.remote.record.RedisCacheCodecs;
import io.github.tieredjcache.internal.remote.record.RedisCacheOptions;
import io.github.tieredjcache.internal.remote.record.RedisTierOfRecord;
import io.github.tieredjcache.internal.source.Source;
import io.github.tieredjcache.internal.stats.GaugeSources;
import io.github.tieredjcache.internal.stats.Latencies;
import io.github.tieredjcache.internal.stats.Statistics;
import io.github.tieredjcache.internal.stats.TierCounters;
import io.github.tieredjcache.internal.support.NanoClock;
import java.io.Closeable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.ToIntBiFunction;
import javax.cache.Cache;
import javax.cache.CacheException;
import javax.cache.configuration.Factory;
import javax.cache.integration.CacheLoader;
import javax.cache.integration.CacheWriter;
import org.jspecify.annotations.Nullable;

/** Assembles the tiers of a cache; the only class that uses all of them. */
public final class CacheAssembly {
    private static final Duration RECOVERY_INTERVAL = Duration.ofMillis(100);
    private static final Duration SWEEP_INTERVAL = Duration.ofSeconds(10);

    /** The number of checks for due renewals during one lease. */
    private static final int RENEWAL_CHECKS_PER_LEASE = 6;

    private final NanoClock clock;
    private final Codecs codecs;
    private final ClientRegistry clients;
    private final Versions versions;
    private final ManagerExecutors executors;
    private final LoadExecutor loadExecutor;
    private final StartLog startLog = new StartLog();

    public CacheAssembly(
            NanoClock clock, Codecs codecs, ClientRegistry clients, Versions versions, ManagerExecutors executors) {
        this.clock = clock;
        this.codecs = codecs;
        this.clients = clients;
        this.versions = versions;
        this.executors = executors;
        this.loadExecutor = LoadExecutor.of(executors.loadThreads().platform());
    }

    /**
     * Assembles the tiers of a configuration. If user code throws meanwhile, closes the parts that are open, and
     * rethrows.
     */
    public <K, V> CacheComponents<K, V> wire(Cache<K, V> cache, TieredConfiguration<K, V> configuration) {
        List<AutoCloseable> closeables = new ArrayList<>();
        try {
            return wire(cache, configuration, closeables);
        } catch (RuntimeException | Error e) {
            CloseSequence incomplete = new CloseSequence(cache.getName());
            closeables.forEach(incomplete::step);
            incomplete.failures().forEach(e::addSuppressed);
            throw e;
        }
    }

    private <K, V> CacheComponents<K, V> wire(
            Cache<K, V> cache, TieredConfiguration<K, V> configuration, List<AutoCloseable> closeables) {
        TieredSettings settings = configuration.settings();
        String redisUri = settings.get(TieredSetting.REDIS_URI);
        Statistics statistics = new Statistics(clock, configuration.isStatisticsEnabled());
        CommandExecutor executor = redisUri.isEmpty()
                ? null
                : client(options(redisUri, cache.getName(), configuration), statistics.latencies(), closeables);
        CoherenceLease lease = executor == null ? null : lease(executor, settings, closeables);
        RecoveryJournal<K> journal = new RecoveryJournal<>(settings.get(TieredSetting.OUTAGE_JOURNAL_KEYS));
        // With Redis an evicted near copy is not an eviction of the cache: Redis still holds the entry.
        NearStore<K, V> store =
                new NearStore<>(capacity(settings), clock, lease, executor == null ? statistics::evicted : () -> {});
        Gauges gauges = Gauges.ofNear(store);
        if (executor != null && lease != null) {
            gauges.withCoherence(lease, clock).withOutages(executor.health(), journal);
        }
        TierCounters counters =
                new TierCounters(new GaugeSources(cache.getName(), gauges.all()), statistics.latencies(), clock);
        Source<K, V> source = source(configuration, counters, closeables);
        Expiry expiry = new Expiry(
                cache.getName(), create(configuration.getExpiryPolicyFactory(), closeables), jitter(settings), clock);
        Listeners<K, V> listeners = new Listeners<>(cache, executors, counters::eventDropped);
        closeables.add(listeners::close);
        CacheCodecs<K, V> cacheCodecs = CacheCodecs.of(codecs, configuration, closeables);
        boolean drops = settings.get(TieredSetting.CODEC_REFUSED) == RefusedPolicy.DROP
                && settings.get(TieredSetting.OUTAGE_POLICY) == OutagePolicy.LOCAL;
        RefusedValues refused = drops ? new RefusalLog(counters) : RefusedValues.FAIL;
        StoreByValue<K, V> storeByValue = configuration.isStoreByValue()
                ? StoreByValue.byCopies(cacheCodecs.keyCopier(), cacheCodecs.valueCopier(), refused)
                : StoreByValue.none();
        Publisher<K, V> publisher = new Publisher<>(cache.getName(), listeners, statistics, storeByValue, clock);
        SingleFlights<K, FetchResult<V>> singleFlights = new SingleFlights<>(clock, lease);
        KeyLocks<K, InvocationBatch<K, V>> locks =
                new KeyLocks<>(settings.get(TieredSetting.WRITE_WAIT).toNanos());
        TierOfRecord<K, V> record;
        Inspection.Shared<K> sharedInspection = null;
        String keyPrefix = "";
        NearVerification<K, V> verification = null;
        WarmStart<?> warm = null;
        AutoCloseable finalRecovery = () -> {};
        if (executor == null) {
            var near = new InMemoryTierOfRecord<>(
                    store,
                    singleFlights,
                    locks,
                    weigher(settings, cacheCodecs, refused),
                    settings.get(TieredSetting.LOAD_STALE_FOR).toNanos(),
                    publisher::expired);
            closeables.add(near::clear);
            if (!expiry.isEternal()) {
                // removeExpired calls the users' listeners, so it must not run on the timer thread.
                closeables.add(executors.every(SWEEP_INTERVAL, () -> executors.execute(near::removeExpired)));
            }
            record = near;
        } else {
            var near = new NearTier<>(
                    store,
                    singleFlights,
                    settings.get(TieredSetting.NEAR_TIME_TO_LIVE).toNanos());
            closeables.add(near::dropAll);
            var remote = remote(cache.getName(), executor, settings, cacheCodecs, source, counters, refused);
            // Closed before the client.
            closeables.add(0, remote::close);
            remote.requirePermissions();
            closeables.add(executors.upkeepEvery(SWEEP_INTERVAL, near::sweep));
            closeables.add(executors.upkeepEvery(SWEEP_INTERVAL, remote::maintain));
            closeables.add(
                    executors.every(shortestLease(settings).dividedBy(RENEWAL_CHECKS_PER_LEASE), remote::renewLeases));
            var shared = new NearCachedTierOfRecord<>(near, remote, locks);
            var outage = new OutageTolerantTierOfRecord<>(
                    new OutageTolerantTierOfRecord.Components<>(
                            cache.getName(),
                            shared,
                            localFallback(settings, cacheCodecs, refused, singleFlights, locks),
                            store,
                            near,
                            journal,
                            executor.health(),
                            clock,
                            counters),
                    settings.get(TieredSetting.OUTAGE_POLICY) == OutagePolicy.LOCAL,
                    source.writes(),
                    settings.get(TieredSetting.OUTAGE_NEAR_TIME_TO_LIVE).toNanos());
            closeables.add(executors.upkeepEvery(RECOVERY_INTERVAL, outage::isRecoveryDue, outage::recover));
            finalRecovery = () -> {
                outage.recover();
                if (outage.hasJournaled()) {
                    remote.purgeLater();
                }
            };
            record = outage;
            sharedInspection = new Inspection.Shared<>(remote.inspector(), outage::hasJournaled, near::dropAll);
            keyPrefix = remote.keyPrefix();
            verification = NearVerification.of(
                    new Components<>(
                            cache.getName(), near, remote::holds, executor.health()::isUnavailable, executors::upkeep),
                    settings.get(TieredSetting.NEAR_VERIFY_SAMPLE),
                    counters,
                    clock);
            if (settings.get(TieredSetting.WARM_KEYS) > 0) {
                store.trackHotKeys();
                warm = new WarmStart<>(store, record, remote.hotKeys(), settings.get(TieredSetting.WARM_KEYS), clock);
                start(warm, settings, closeables);
            }
        }
        // Without near copies a read must not return the result of a fetch that began before the read.
        boolean joinsReads = executor != null
                && !settings.get(TieredSetting.NEAR_TIME_TO_LIVE).isZero();
        var components = new EngineComponents<>(
                store,
                singleFlights,
                record,
                locks,
                executor != null,
                joinsReads,
                source,
                expiry,
                storeByValue,
                publisher,
                statistics,
                counters,
                verification);
        Executor configuredExecutor = configuredLoadExecutor(configuration);
        var bulkhead = new LoadBulkhead(
                cache.getName(),
                settings.get(TieredSetting.LOAD_MAXIMUM_CONCURRENT),
                settings.get(TieredSetting.LOAD_QUEUE_WAIT),
                counters,
                clock);
        LoadOptions loads = loads(
                configuration,
                configuredExecutor == null ? executors.loadThreads().platform() : configuredExecutor,
                bulkhead);
        var engine = new Engine<>(components, loads, clock);
        var managementInfo = new CacheComponents.ManagementInfo<>(
                executor == null ? "" : executor.server(),
                keyPrefix,
                versions.node(),
                new KeyParser<>(cache.getName(), configuration.getKeyType(), cacheCodecs::keys),
                warmCommand(warm));
        startLog.started(cache.getName(), configuration, executor, expiry, source);
        return new CacheComponents<>(
                engine,
                listeners,
                statistics,
                counters,
                new Inspection<>(store, record, sharedInspection, clock),
                managementInfo,
                loadAll(configuredExecutor, loads),
                warm,
                finalRecovery,
                closeables);
    }

    private static Supplier<String> warmCommand(@Nullable WarmStart<?> warm) {
        return () -> {
            if (warm == null) {
                throw new IllegalStateException("the cache has no warm start; set warm.keys and redis.uri");
            }
            return warm.refill();
        };
    }

    /** Returns the tier of record of the local fallback, with the capacity of the near tier. */
    private <K, V> InMemoryTierOfRecord<K, V> localFallback(
            TieredSettings settings,
            CacheCodecs<K, V> cacheCodecs,
            RefusedValues refused,
            SingleFlights<K, FetchResult<V>> singleFlights,
            KeyLocks<K, InvocationBatch<K, V>> locks) {
        return new InMemoryTierOfRecord<>(
                new NearStore<>(capacity(settings), clock, null, () -> {}),
                singleFlights,
                locks,
                weigher(settings, cacheCodecs, refused),
                settings.get(TieredSetting.LOAD_STALE_FOR).toNanos(),
                (key, expired) -> {});
    }

    private void start(WarmStart<?> warm, TieredSettings settings, List<AutoCloseable> closeables) {
        executors.upkeep(warm::fill);
        closeables.add(executors.upkeepEvery(settings.get(TieredSetting.WARM_INTERVAL), () -> {
            warm.fill();
            warm.save();
        }));
    }

    /** Returns the configured executor of loads, null for the threads of the manager. */
    private @Nullable Executor configuredLoadExecutor(TieredConfiguration<?, ?> configuration) {
        Factory<? extends Executor> configuredExecutor =
                configuration.factories().loadExecutor();
        if (configuredExecutor != null) {
            return configuredExecutor.create();
        }
        return configuration.settings().get(TieredSetting.LOAD_THREADS).equals("virtual")
                ? executors.loadThreads().virtual()
                : null;
    }

    /**
     * Returns the executor of {@code loadAll} tasks. With a timeout a task waits for a call of the loader on another
     * thread; so it must not run on the configured executor, which may have a single thread.
     */
    private Consumer<LoadAllTask> loadAll(@Nullable Executor configuredExecutor, LoadOptions loads) {
        if (configuredExecutor == null || loads.hasTimeout()) {
            return executors::load;
        }
        return load -> {
            try {
                configuredExecutor.execute(load);
            } catch (RejectedExecutionException e) {
                throw new CacheException(
                        "loadAll was rejected by the configured loadExecutor; give the executor more threads or a longer queue",
                        e);
            }
        };
    }

    private LoadOptions loads(TieredConfiguration<?, ?> configuration, Executor executor, LoadBulkhead bulkhead) {
        TieredSettings settings = configuration.settings();
        return new LoadOptions(
                configuration.isReadThrough(),
                settings.get(TieredSetting.LOAD_WAIT),
                settings.get(TieredSetting.LOAD_TIMEOUT),
                settings.get(TieredSetting.LOAD_SOFT_TIMEOUT),
                settings.get(TieredSetting.LOAD_REFRESH_AHEAD),
                loadExecutor.with(executor),
                bulkhead);
    }

    private static Jitter jitter(TieredSettings settings) {
        return new Jitter(
                settings.get(TieredSetting.EXPIRY_JITTER),
                () -> ThreadLocalRandom.current().nextDouble());
    }

    private static Duration shortestLease(TieredSettings settings) {
        Duration write = settings.get(TieredSetting.WRITE_LEASE);
        Duration load = settings.get(TieredSetting.LOAD_LEASE);
        return write.compareTo(load) < 0 ? write : load;
    }

    private static NearCapacity capacity(TieredSettings settings) {
        return settings.get(TieredSetting.NEAR_MAXIMUM_WEIGHT) == 0
                ? NearCapacity.entries(settings.get(TieredSetting.NEAR_MAXIMUM_SIZE))
                : NearCapacity.bytes(
                        settings.get(TieredSetting.NEAR_MAXIMUM_WEIGHT), TieredSettings.ENTRY_OVERHEAD_BYTES);
    }

    /**
     * Returns the weigher of a cache without Redis: the encoded size of an entry, or 0 if the number of entries is
     * bounded.
     */
    private static <K, V> ToIntBiFunction<K, V> weigher(
            TieredSettings settings, CacheCodecs<K, V> cacheCodecs, RefusedValues refused) {
        if (settings.get(TieredSetting.NEAR_MAXIMUM_WEIGHT) == 0) {
            return (key, value) -> 0;
        }
        KeyCodec<K> keys = cacheCodecs.keys();
        ValueCodec<V> values = cacheCodecs.values();
        return (key, value) -> {
            byte[] encoded = keys.encode(key);
            try {
                return encoded.length + values.encode(encoded, value).length;
            } catch (CacheException e) {
                refused.drop(value, e);
                return InMemoryTierOfRecord.DROPPED;
            }
        };
    }

    private static CoherenceLease lease(
            CommandExecutor executor, TieredSettings settings, List<AutoCloseable> closeables) {
        CoherenceLease lease = new CoherenceLease(
                executor.proof(),
                settings.get(TieredSetting.NEAR_STALENESS_BOUND).toNanos());
        closeables.add(lease::close);
        return lease;
    }

    private static RemoteOptions options(String redisUri, String cacheName, TieredConfiguration<?, ?> configuration) {
        TieredSettings settings = configuration.settings();
        TlsFiles tls = new TlsFiles(
                file(settings, TieredSetting.REDIS_TLS_CA_FILE),
                file(settings, TieredSetting.REDIS_TLS_CERTIFICATE_FILE),
                file(settings, TieredSetting.REDIS_TLS_KEY_FILE));
        return RemoteOptions.forCache(
                new RedisEndpoint(redisUri, tls, configuration.factories().redisPassword()),
                settings.get(TieredSetting.REDIS_NAMESPACE),
                cacheName,
                settings.get(TieredSetting.REDIS_COMMAND_TIMEOUT),
                settings.get(TieredSetting.REDIS_CONNECT_TIMEOUT));
    }

    private static @Nullable String file(TieredSettings settings, TieredSetting<String> setting) {
        String path = settings.get(setting);
        return path.isEmpty() ? null : path;
    }

    private CommandExecutor client(RemoteOptions options, Latencies latencies, List<AutoCloseable> closeables) {
        CommandExecutor executor = clients.acquire(options, latencies);
        closeables.add(executor);
        clients.awaitFirstAttempt(executor, options);
        return executor;
    }

    private <K, V> RedisTierOfRecord<K, V> remote(
            String cacheName,
            CommandExecutor executor,
            TieredSettings settings,
            CacheCodecs<K, V> cacheCodecs,
            Source<K, V> source,
            TierCounters counters,
            RefusedValues refused) {
        return new RedisTierOfRecord<>(
                executor,
                new RedisCacheOptions(
                        settings.get(TieredSetting.REDIS_NAMESPACE),
                        cacheName,
                        settings.get(TieredSetting.CODEC_MAXIMUM_VALUE_SIZE),
                        settings.get(TieredSetting.WRITE_LEASE),
                        source.writes(),
                        settings.get(TieredSetting.WRITE_WAIT),
                        settings.get(TieredSetting.LOAD_LEASE),
                        settings.get(TieredSetting.LOAD_STALE_FOR),
                        settings.get(TieredSetting.OUTAGE_POLICY) == OutagePolicy.LOCAL,
                        settings.get(TieredSetting.OUTAGE_FAILOVER_REPAIR)),
                new RedisCacheCodecs<>(
                        cacheCodecs.keys(),
                        cacheCodecs.values(),
                        new UndecodableLog(cacheName, counters, clock),
                        refused),
                versions,
                counters);
    }

    private static <K, V> Source<K, V> source(
            TieredConfiguration<K, V> configuration, TierCounters counters, List<AutoCloseable> closeables) {
        Factory<CacheLoader<K, V>> loader = configuration.getCacheLoaderFactory();
        Factory<CacheWriter<? super K, ? super V>> writer =
                configuration.isWriteThrough() ? configuration.getCacheWriterFactory() : null;
        return new Source<>(
                loader == null ? null : create(loader, closeables),
                writer == null ? null : create(writer, closeables),
                counters);
    }

    private static <T> T create(Factory<T> factory, List<AutoCloseable> closeables) {
        T created = factory.create();
        if (created instanceof Closeable closeable) {
            closeables.add(closeable);
        }
        return created;
    }
}
