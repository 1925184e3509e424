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
import io.github.tieredjcache.internal.remote.connection.ClientRegistry;
import io.github.tieredjcache.internal.source.Source;
import io.github.tieredjcache.internal.stats.GaugeSources;
import io.github.tieredjcache.internal.stats.Statistics;
import io.github.tieredjcache.internal.stats.TierCounters;
import io.github.tieredjcache.internal.support.Lazy;
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
    private final Lazy<ClientRegistry> clients;
    private final Versions versions;
    private final ManagerExecutors executors;
    private final LoadExecutor loadExecutor;
    private final StartLog startLog = new StartLog();

    public CacheAssembly(
            NanoClock clock,
            Codecs codecs,
            Lazy<ClientRegistry> clients,
            Versions versions,
            ManagerExecutors executors) {
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
            return new Wiring<>(cache, configuration, closeables).components();
        } catch (Throwable e) {
            CloseSequence incomplete = new CloseSequence();
            closeables.forEach(incomplete::step);
            incomplete.failures().forEach(e::addSuppressed);
            throw e;
        }
    }

    /** The assembly of one cache; the constructor creates its parts, except for the tier of record and the engine. */
    private final class Wiring<K, V> {
        private final String cacheName;
        private final TieredConfiguration<K, V> configuration;
        private final TieredSettings settings;
        private final List<AutoCloseable> closeables;
        private final Statistics statistics;
        private final @Nullable RemotePartitions<K> remote;
        private final @Nullable CoherenceLease lease;
        private final NearStore<K, V> store;
        private final TierCounters counters;
        private final Source<K, V> source;
        private final Expiry expiry;
        private final Listeners<K, V> listeners;
        private final CacheCodecs<K, V> cacheCodecs;
        private final RefusedValues refused;
        private final StoreByValue<K, V> storeByValue;
        private final Publisher<K, V> publisher;
        private final SingleFlights<K, FetchResult<V>> singleFlights;
        private final KeyLocks<K, InvocationBatch<K, V>> locks;

        Wiring(Cache<K, V> cache, TieredConfiguration<K, V> configuration, List<AutoCloseable> closeables) {
            this.cacheName = cache.getName();
            this.configuration = configuration;
            this.settings = configuration.settings();
            this.closeables = closeables;
            this.statistics = new Statistics(clock, configuration.isStatisticsEnabled());
            this.remote = remote();
            this.lease = remote == null ? null : lease(remote);
            // With Redis an evicted near copy is not an eviction of the cache: Redis still holds the entry.
            Runnable onEviction = remote == null ? statistics::evicted : () -> {};
            this.store = new NearStore<>(RecordAssembly.capacity(settings), clock, lease, onEviction);
            this.counters = new TierCounters(gauges(), statistics.latencies(), clock);
            this.source = source();
            this.expiry = new Expiry(cacheName, create(configuration.getExpiryPolicyFactory()), jitter(), clock);
            this.listeners = new Listeners<>(cache, executors, counters::eventDropped);
            closeables.add(listeners::close);
            this.cacheCodecs = CacheCodecs.of(codecs, configuration, closeables);
            boolean drops = settings.get(TieredSetting.CODEC_REFUSED) == RefusedPolicy.DROP
                    && settings.get(TieredSetting.OUTAGE_POLICY) == OutagePolicy.LOCAL;
            this.refused = drops ? new RefusalLog(counters) : RefusedValues.FAIL;
            this.storeByValue = storeByValue();
            this.publisher = new Publisher<>(cacheName, listeners, statistics, storeByValue, clock);
            this.singleFlights = new SingleFlights<>(clock, lease);
            this.locks = new KeyLocks<>(settings.get(TieredSetting.WRITE_WAIT).toNanos());
        }

        CacheComponents<K, V> components() {
            Executor configuredExecutor = configuredLoadExecutor();
            LoadOptions loads = loads(configuredExecutor);
            RecordChain<K, V> chain = chain(loads);
            Engine<K, V> engine = engine(chain, loads);
            startLog.started(
                    cacheName, configuration, remote == null ? null : remote.first(), versions, expiry, source);
            return new CacheComponents<>(
                    engine,
                    listeners,
                    statistics,
                    counters,
                    new Inspection<>(store, chain.record(), chain.inspection(), clock),
                    new CacheComponents.ManagementInfo<>(
                            remote == null ? "" : remote.first().address().toString(),
                            chain.keyPrefix(),
                            versions::node,
                            remote == null ? "" : NodeName.of(settings),
                            new KeyParser<>(cacheName, configuration.getKeyType(), cacheCodecs::keys),
                            warmCommand(chain.warm())),
                    loadAll(configuredExecutor, loads),
                    chain.warm(),
                    chain.finalRecovery(),
                    closeables);
        }

        private RecordChain<K, V> chain(LoadOptions loads) {
            RecordAssembly<K, V> records = new RecordAssembly<>(new RecordParts<>(
                    cacheName,
                    settings,
                    store,
                    singleFlights,
                    locks,
                    storeByValue,
                    cacheCodecs,
                    refused,
                    counters,
                    clock,
                    executors,
                    closeables));
            return remote == null
                    ? records.nearOnly(publisher::expired, !expiry.isEternal())
                    : records.shared(remote, versions, source, loads);
        }

        private Engine<K, V> engine(RecordChain<K, V> chain, LoadOptions loads) {
            boolean shared = remote != null;
            // Without near copies a read must not return the result of a fetch that began before the read.
            boolean joinsReads =
                    shared && !settings.get(TieredSetting.NEAR_TIME_TO_LIVE).isZero();
            var components = new EngineComponents<>(
                    store,
                    singleFlights,
                    chain.record(),
                    locks,
                    shared,
                    joinsReads,
                    source,
                    expiry,
                    storeByValue,
                    publisher,
                    statistics,
                    counters,
                    chain.verification());
            return new Engine<>(components, loads, clock);
        }

        private StoreByValue<K, V> storeByValue() {
            return configuration.isStoreByValue()
                    ? StoreByValue.byCopies(
                            cacheCodecs.keyCopier(), cacheCodecs.valueCopier(), refused, encodingTrial())
                    : StoreByValue.none();
        }

        /** Returns the trial of a cache for which nobody has decided that it has no Redis. */
        private Consumer<Object> encodingTrial() {
            Lazy<ValueCodec<V>> codec = settings.isSet(TieredSetting.REDIS_URI) ? null : cacheCodecs.ownValues();
            return codec == null ? stored -> {} : new EncodingTrial<>(cacheName, codec);
        }

        private GaugeSources gauges() {
            Gauges gauges = Gauges.ofNear(store, statistics);
            GaugeSources.Remote redis = null;
            if (remote != null && lease != null) {
                gauges.withCoherence(lease, clock).withOutages(remote.health(), remote.journals());
                redis = new GaugeSources.Remote(
                        remote.first().address().toString(),
                        remote.health(),
                        settings.get(TieredSetting.OUTAGE_POLICY) == OutagePolicy.FAIL);
            }
            return new GaugeSources(cacheName, gauges.all(), redis);
        }

        private Supplier<String> warmCommand(@Nullable WarmStart<?> warm) {
            return () -> {
                if (warm == null) {
                    throw new IllegalStateException("the cache has no warm start; set warm.keys and redis.uri");
                }
                return warm.refill();
            };
        }

        /** Returns the configured executor of loads, null for the threads of the manager. */
        private @Nullable Executor configuredLoadExecutor() {
            Factory<? extends Executor> configured = configuration.factories().loadExecutor();
            if (configured != null) {
                return configured.create();
            }
            return settings.get(TieredSetting.LOAD_THREADS).equals("virtual")
                    ? executors.loadThreads().virtual()
                    : null;
        }

        /**
         * Returns the executor of {@code loadAll} tasks. With a timeout a task waits for a call of the loader on
         * another thread; so it must not run on the configured executor, which may have a single thread. A task that a
         * loader submits is not queued.
         */
        private Consumer<LoadAllTask> loadAll(@Nullable Executor configuredExecutor, LoadOptions loads) {
            Consumer<LoadAllTask> queue = configuredExecutor == null || loads.hasTimeout()
                    ? executors::load
                    : load -> execute(configuredExecutor, load);
            return load -> {
                if (!loads.executor().executeIfNested(load)) {
                    queue.accept(load);
                }
            };
        }

        private static void execute(Executor configuredExecutor, LoadAllTask load) {
            try {
                configuredExecutor.execute(load);
            } catch (RejectedExecutionException e) {
                throw new CacheException(
                        "loadAll was rejected by the configured loadExecutor; give the executor more threads or a longer queue",
                        e);
            }
        }

        private LoadOptions loads(@Nullable Executor configuredExecutor) {
            LoadBulkhead bulkhead = new LoadBulkhead(
                    cacheName,
                    settings.get(TieredSetting.LOAD_MAXIMUM_CONCURRENT),
                    settings.get(TieredSetting.LOAD_QUEUE_WAIT),
                    counters,
                    clock);
            return new LoadOptions(
                    configuration.isReadThrough(),
                    settings.get(TieredSetting.LOAD_WAIT),
                    settings.get(TieredSetting.LOAD_TIMEOUT),
                    settings.get(TieredSetting.LOAD_SOFT_TIMEOUT),
                    settings.get(TieredSetting.LOAD_REFRESH_AHEAD),
                    configuredExecutor == null ? loadExecutor : loadExecutor.with(configuredExecutor),
                    bulkhead);
        }

        private Jitter jitter() {
            return new Jitter(
                    settings.get(TieredSetting.EXPIRY_JITTER),
                    () -> ThreadLocalRandom.current().nextDouble());
        }

        private CoherenceLease lease(RemotePartitions<K> partitions) {
            CoherenceLease created = partitions.lease(settings);
            closeables.add(created::close);
            return created;
        }

        private @Nullable RemotePartitions<K> remote() {
            if (settings.get(TieredSetting.REDIS_URI).isEmpty()) {
                return null;
            }
            RemotePartitions<K> opened = RemotePartitions.open(new RemotePartitions.Opening(
                    clients.get(),
                    cacheName,
                    settings,
                    configuration.factories().redisPassword(),
                    statistics.latencies(),
                    closeables));
            // Beside the first connection.
            executors.upkeep(codecs::prepare);
            return opened;
        }

        private Source<K, V> source() {
            Factory<CacheLoader<K, V>> loader = configuration.getCacheLoaderFactory();
            Factory<CacheWriter<? super K, ? super V>> writer =
                    configuration.isWriteThrough() ? configuration.getCacheWriterFactory() : null;
            return new Source<>(
                    loader == null ? null : create(loader), writer == null ? null : create(writer), counters);
        }

        private <T> T create(Factory<T> factory) {
            T created = factory.create();
            if (created instanceof Closeable closeable) {
                closeables.add(closeable);
            }
            return created;
        }
    }
}
