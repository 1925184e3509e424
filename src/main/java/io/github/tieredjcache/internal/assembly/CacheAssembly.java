package io.github.tieredjcache.internal.assembly;

import io.github.tieredjcache.OutagePolicy;
import io.github.tieredjcache.RefusedPolicy;
import io.github.tieredjcache.TieredConfiguration;
import io.github.tieredjcache.TieredSetting;
import io.github.tieredjcache.TieredSettings;
import io.github.tieredjcache.internal.codec.Codecs;
import io.github.tieredjcache.internal.codec.api.RefusedValues;
import io.github.tieredjcache.internal.codec.api.ValueCodec;
import io.github.tieredjcache.internal.coherence.CoherenceLease;
import io.github.tieredjcache.internal.engine.Engine;
import io.github.tieredjcache.internal.engine.Inspection;
import io.github.tieredjcache.internal.engine.WarmStart;
import io.github.tieredjcache.internal.engine.common.EngineComponents;
import io.github.tieredjcache.internal.engine.common.FetchResult;
import io.github.tieredjcache.internal.engine.common.InvocationBatch;
import io.github.tieredjcache.internal.engine.common.Publisher;
import io.github.tieredjcache.internal.engine.common.StoreByValue;
import io.github.tieredjcache.internal.engine.load.LoadBulkhead;
import io.github.tieredjcache.internal.engine.load.LoadExecutor;
import io.github.tieredjcache.internal.engine.load.LoadOptions;
import io.github.tieredjcache.internal.event.Listeners;
import io.github.tieredjcache.internal.model.Expiry;
import io.github.tieredjcache.internal.model.Jitter;
import io.github.tieredjcache.internal.model.Versions;
import io.github.tieredjcache.internal.near.KeyLocks;
import io.github.tieredjcache.internal.near.NearStore;
import io.github.tieredjcache.internal.near.SingleFlights;
import io.github.tieredjcache.internal.record.RecoveryJournal;
import io.github.tieredjcache.internal.remote.connection.ClientRegistry;
import io.github.tieredjcache.internal.remote.connection.CommandExecutor;
import io.github.tieredjcache.internal.remote.connection.RedisEndpoint;
import io.github.tieredjcache.internal.remote.connection.RemoteOptions;
import io.github.tieredjcache.internal.remote.connection.TlsFiles;
import io.github.tieredjcache.internal.source.Source;
import io.github.tieredjcache.internal.stats.GaugeSources;
import io.github.tieredjcache.internal.stats.Latencies;
import io.github.tieredjcache.internal.stats.Statistics;
import io.github.tieredjcache.internal.stats.TierCounters;
import io.github.tieredjcache.internal.support.NanoClock;
import java.io.Closeable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.cache.Cache;
import javax.cache.CacheException;
import javax.cache.configuration.Factory;
import javax.cache.integration.CacheLoader;
import javax.cache.integration.CacheWriter;
import org.jspecify.annotations.Nullable;

/** Assembles a cache: its tiers, source, listeners and engine. */
public final class CacheAssembly {
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
        NearStore<K, V> store = new NearStore<>(
                RecordAssembly.capacity(settings), clock, lease, executor == null ? statistics::evicted : () -> {});
        Gauges gauges = Gauges.ofNear(store);
        if (executor != null && lease != null) {
            gauges.withCoherence(lease, clock).withOutages(executor.health(), journal);
        }
        TierCounters counters = new TierCounters(
                new GaugeSources(cache.getName(), gauges.all(), remote(executor, settings)),
                statistics.latencies(),
                clock);
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
                ? StoreByValue.byCopies(
                        cacheCodecs.keyCopier(),
                        cacheCodecs.valueCopier(),
                        refused,
                        encodingTrial(cache.getName(), settings, cacheCodecs))
                : StoreByValue.none();
        Publisher<K, V> publisher = new Publisher<>(cache.getName(), listeners, statistics, storeByValue, clock);
        SingleFlights<K, FetchResult<V>> singleFlights = new SingleFlights<>(clock, lease);
        KeyLocks<K, InvocationBatch<K, V>> locks =
                new KeyLocks<>(settings.get(TieredSetting.WRITE_WAIT).toNanos());
        RecordAssembly<K, V> records = new RecordAssembly<>(new RecordAssembly.Parts<>(
                cache.getName(),
                settings,
                store,
                singleFlights,
                locks,
                cacheCodecs,
                refused,
                counters,
                clock,
                executors,
                closeables));
        RecordChain<K, V> chain = executor == null
                ? records.nearOnly(publisher::expired, !expiry.isEternal())
                : records.shared(executor, versions, journal, source.writes());
        // Without near copies a read must not return the result of a fetch that began before the read.
        boolean joinsReads = executor != null
                && !settings.get(TieredSetting.NEAR_TIME_TO_LIVE).isZero();
        var components = new EngineComponents<>(
                store,
                singleFlights,
                chain.record(),
                locks,
                executor != null,
                joinsReads,
                source,
                expiry,
                storeByValue,
                publisher,
                statistics,
                counters,
                chain.verification());
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
                executor == null ? "" : executor.address().toString(),
                chain.keyPrefix(),
                versions.node(),
                executor == null ? "" : NodeName.of(settings),
                new KeyParser<>(cache.getName(), configuration.getKeyType(), cacheCodecs::keys),
                warmCommand(chain.warm()));
        startLog.started(cache.getName(), configuration, executor, versions.node(), expiry, source);
        return new CacheComponents<>(
                engine,
                listeners,
                statistics,
                counters,
                new Inspection<>(store, chain.record(), chain.inspection(), clock),
                managementInfo,
                loadAll(configuredExecutor, loads),
                chain.warm(),
                chain.finalRecovery(),
                closeables);
    }

    /** Returns the trial of a cache for which nobody has decided that it has no Redis. */
    private static Consumer<Object> encodingTrial(
            String cacheName, TieredSettings settings, CacheCodecs<?, ?> cacheCodecs) {
        ValueCodec<?> codec = settings.isSet(TieredSetting.REDIS_URI) ? null : cacheCodecs.ownValues();
        return codec == null ? stored -> {} : new EncodingTrial<>(cacheName, codec);
    }

    private static GaugeSources.@Nullable Remote remote(@Nullable CommandExecutor executor, TieredSettings settings) {
        return executor == null
                ? null
                : new GaugeSources.Remote(
                        executor.address().toString(),
                        executor.health(),
                        settings.get(TieredSetting.OUTAGE_POLICY) == OutagePolicy.FAIL);
    }

    private static Supplier<String> warmCommand(@Nullable WarmStart<?> warm) {
        return () -> {
            if (warm == null) {
                throw new IllegalStateException("the cache has no warm start; set warm.keys and redis.uri");
            }
            return warm.refill();
        };
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

    private static CoherenceLease lease(
            CommandExecutor executor, TieredSettings settings, List<AutoCloseable> closeables) {
        CoherenceLease lease = new CoherenceLease(
                executor.trackedKeys().proof(),
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
                new RedisEndpoint(redisUri, tls, configuration.factories().redisPassword())
                        .named(NodeName.of(settings)),
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
