package io.github.tieredjcache.jcache;

import io.github.tieredjcache.OutagePolicy;
import io.github.tieredjcache.TieredConfiguration;
import io.github.tieredjcache.TieredSettings;
import io.github.tieredjcache.internal.codec.Codecs;
import io.github.tieredjcache.internal.codec.api.KeyCodec;
import io.github.tieredjcache.internal.codec.api.ValueCodec;
import io.github.tieredjcache.internal.coherence.CoherenceLease;
import io.github.tieredjcache.internal.engine.Engine;
import io.github.tieredjcache.internal.engine.Inspection;
import io.github.tieredjcache.internal.engine.WarmStart;
import io.github.tieredjcache.internal.engine.common.EngineComponents;
import io.github.tieredjcache.internal.engine.common.FetchResult;
import io.github.tieredjcache.internal.engine.common.InvocationBatch;
import io.github.tieredjcache.internal.engine.common.NearVerification;
import io.github.tieredjcache.internal.engine.common.NearVerification.Looking;
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
import io.github.tieredjcache.internal.remote.record.RecordCodecs;
import io.github.tieredjcache.internal.remote.record.RedisCacheOptions;
import io.github.tieredjcache.internal.remote.record.RedisTierOfRecord;
import io.github.tieredjcache.internal.source.Source;
import io.github.tieredjcache.internal.stats.GaugeSources;
import io.github.tieredjcache.internal.stats.Latencies;
import io.github.tieredjcache.internal.stats.NearGauges;
import io.github.tieredjcache.internal.stats.OutageGauges;
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

/** Puts the tiers of a cache together; the one place that knows them all. */
final class CacheAssembly {
    private static final Duration RECOVERY_INTERVAL = Duration.ofMillis(100);
    private static final Duration SWEEP_INTERVAL = Duration.ofSeconds(10);

    /** How often in its length it is looked whether a lease must be renewed. */
    private static final int RENEWALS = 6;

    private final NanoClock clock;
    private final Codecs codecs;
    private final ClientRegistry clients;
    private final Versions versions;
    private final ManagerExecutors executors;
    private final LoadExecutor loadExecutor;

    CacheAssembly(
            NanoClock clock, Codecs codecs, ClientRegistry clients, Versions versions, ManagerExecutors executors) {
        this.clock = clock;
        this.codecs = codecs;
        this.clients = clients;
        this.versions = versions;
        this.executors = executors;
        this.loadExecutor = LoadExecutor.of(executors.loadThreads().platform());
    }

    /** Wires the tiers that the configuration asks for. If user code fails in between, nothing is left open. */
    <K, V> CacheComponents<K, V> wire(Cache<K, V> cache, TieredConfiguration<K, V> configuration) {
        List<AutoCloseable> closing = new ArrayList<>();
        try {
            return wire(cache, configuration, closing);
        } catch (RuntimeException | Error e) {
            CloseSequence halfWired = new CloseSequence(cache.getName());
            closing.forEach(halfWired::step);
            halfWired.failures().forEach(e::addSuppressed);
            throw e;
        }
    }

    private <K, V> CacheComponents<K, V> wire(
            Cache<K, V> cache, TieredConfiguration<K, V> configuration, List<AutoCloseable> closing) {
        TieredSettings settings = configuration.settings();
        String redisUri = settings.redisUri();
        Statistics statistics = new Statistics(clock, configuration.isStatisticsEnabled());
        CommandExecutor executor = redisUri == null
                ? null
                : client(options(redisUri, cache.getName(), configuration), statistics.latencies(), closing);
        CoherenceLease lease = executor == null ? null : lease(executor, settings, closing);
        RecoveryJournal<K> journal = new RecoveryJournal<>(settings.outageJournalKeys());
        // What is evicted near is lost only where near is all there is.
        NearStore<K, V> store =
                new NearStore<>(capacity(settings), clock, lease, executor == null ? statistics::evicted : () -> {});
        TierCounters counters = new TierCounters(
                new GaugeSources(
                        cache.getName(), lease, executor == null ? null : gauges(executor, journal), gauges(store)),
                statistics.latencies(),
                clock);
        Source<K, V> source = source(configuration, counters, closing);
        Expiry expiry = new Expiry(
                cache.getName(), create(configuration.getExpiryPolicyFactory(), closing), jitter(settings), clock);
        Listeners<K, V> listeners = new Listeners<>(cache, executors, counters::eventDropped);
        closing.add(listeners::close);
        CacheCodecs<K, V> coding = CacheCodecs.of(codecs, configuration, closing);
        StoreByValue<K, V> storeByValue = configuration.isStoreByValue()
                ? StoreByValue.byCopies(coding.keyCopier(), coding.valueCopier())
                : StoreByValue.none();
        Publisher<K, V> publisher = new Publisher<>(cache.getName(), listeners, statistics, storeByValue, clock);
        SingleFlights<K, FetchResult<V>> singleFlights = new SingleFlights<>(clock, lease);
        KeyLocks<K, InvocationBatch<K, V>> locks =
                new KeyLocks<>(settings.writeWait().toNanos());
        TierOfRecord<K, V> record;
        Inspection.Shared<K> sharing = null;
        String keyPrefix = "";
        NearVerification<K, V> sampling = null;
        WarmStart<?> warm = null;
        AutoCloseable settling = () -> {};
        if (executor == null) {
            var near = new InMemoryTierOfRecord<>(
                    store,
                    singleFlights,
                    locks,
                    weigher(settings, coding),
                    settings.staleFor().toNanos(),
                    publisher::expired);
            closing.add(near::clear);
            if (!expiry.isEternal()) {
                // It tells the users' listeners, for which nothing else must wait.
                closing.add(executors.every(SWEEP_INTERVAL, () -> executors.execute(near::removeExpired)));
            }
            record = near;
        } else {
            var near = new NearTier<>(
                    store, singleFlights, settings.nearTimeToLive().toNanos());
            closing.add(near::forgetAll);
            var remote = remote(cache.getName(), executor, settings, coding, source, counters);
            // Before the client.
            closing.add(0, remote::close);
            remote.requirePermissions();
            closing.add(executors.upkeepEvery(SWEEP_INTERVAL, near::sweep));
            closing.add(executors.upkeepEvery(SWEEP_INTERVAL, remote::maintain));
            closing.add(executors.every(shortestLease(settings).dividedBy(RENEWALS), remote::renewLeases));
            var shared = new NearCachedTierOfRecord<>(near, remote, locks);
            var outage = new OutageTolerantTierOfRecord<>(
                    new OutageTolerantTierOfRecord.Parts<>(
                            cache.getName(),
                            shared,
                            island(settings, coding, singleFlights, locks),
                            store,
                            near,
                            journal,
                            executor.health(),
                            clock,
                            counters),
                    settings.outagePolicy() == OutagePolicy.LOCAL,
                    source.writes(),
                    settings.outageNearTimeToLive().toNanos());
            closing.add(executors.upkeepEvery(RECOVERY_INTERVAL, outage::isRecoveryDue, outage::recover));
            settling = () -> {
                outage.recover();
                if (outage.hasMissed()) {
                    remote.forgetLater();
                }
            };
            record = outage;
            sharing = new Inspection.Shared<>(remote.inspector(), outage::hasMissed, near::forgetAll);
            keyPrefix = remote.keyPrefix();
            sampling = NearVerification.of(
                    new Looking<>(
                            cache.getName(), near, remote::holds, executor.health()::isUnavailable, executors::upkeep),
                    settings.nearVerifySample(),
                    counters,
                    clock);
            if (settings.warmKeys() > 0) {
                store.rememberReads();
                warm = new WarmStart<>(store, record, remote.hotKeys(), settings.warmKeys(), clock);
                start(warm, settings, closing);
            }
        }
        // Where no copies are kept each read is to be of its own time.
        boolean joinsReads = executor != null && !settings.nearTimeToLive().isZero();
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
                sampling);
        Executor own = ownLoadExecutor(configuration);
        var bulkhead = new LoadBulkhead(
                cache.getName(), settings.maximumConcurrentLoads(), settings.loadQueueWait(), counters, clock);
        LoadOptions loads =
                loads(configuration, own == null ? executors.loadThreads().platform() : own, bulkhead);
        var engine = new Engine<>(components, loads, clock);
        var outside = new CacheComponents.Outside<>(
                executor == null ? "" : executor.server(),
                keyPrefix,
                versions.node(),
                new KeyParser<>(cache.getName(), configuration.getKeyType(), coding::keys),
                warming(warm));
        return new CacheComponents<>(
                engine,
                listeners,
                statistics,
                counters,
                new Inspection<>(store, record, sharing, clock),
                outside,
                loadAll(own, loads),
                warm,
                settling,
                closing);
    }

    private static Supplier<String> warming(@Nullable WarmStart<?> warm) {
        return () -> {
            if (warm == null) {
                throw new IllegalStateException("the cache has no hot keys to read: set warm.keys, and redis.uri");
            }
            return warm.refill();
        };
    }

    private static OutageGauges gauges(CommandExecutor executor, RecoveryJournal<?> journal) {
        return new OutageGauges(executor.health(), journal::size, journal::overflows, journal::voided);
    }

    private static NearGauges gauges(NearStore<?, ?> store) {
        return new NearGauges(store::size, store::weightBytes, store::evicted);
    }

    /** What a shared cache has for itself while Redis is away, within the same bound. */
    private <K, V> InMemoryTierOfRecord<K, V> island(
            TieredSettings settings,
            CacheCodecs<K, V> coding,
            SingleFlights<K, FetchResult<V>> singleFlights,
            KeyLocks<K, InvocationBatch<K, V>> locks) {
        return new InMemoryTierOfRecord<>(
                new NearStore<>(capacity(settings), clock, null, () -> {}),
                singleFlights,
                locks,
                weigher(settings, coding),
                settings.staleFor().toNanos(),
                (key, expired) -> {});
    }

    private void start(WarmStart<?> warm, TieredSettings settings, List<AutoCloseable> closing) {
        executors.upkeep(warm::fill);
        closing.add(executors.upkeepEvery(settings.warmInterval(), () -> {
            warm.fill();
            warm.save();
        }));
    }

    /** What the configuration names, null where the manager's own threads are meant. */
    private @Nullable Executor ownLoadExecutor(TieredConfiguration<?, ?> configuration) {
        Factory<? extends Executor> own = configuration.loadExecutorFactory();
        if (own != null) {
            return own.create();
        }
        return configuration.settings().loadThreads().equals("virtual")
                ? executors.loadThreads().virtual()
                : null;
    }

    /** With a timeout a call of the loader has a thread of its own; what waits for it must not keep the only one that there is. */
    private Consumer<LoadAllTask> loadAll(@Nullable Executor own, LoadOptions loads) {
        if (own == null || loads.hasTimeout()) {
            return executors::load;
        }
        return load -> {
            try {
                own.execute(load);
            } catch (RejectedExecutionException e) {
                throw new CacheException("loadAll was refused by the executor that the configuration names", e);
            }
        };
    }

    private LoadOptions loads(TieredConfiguration<?, ?> configuration, Executor executor, LoadBulkhead bulkhead) {
        TieredSettings settings = configuration.settings();
        return new LoadOptions(
                configuration.isReadThrough(),
                settings.loadWait(),
                settings.loadTimeout(),
                settings.loadSoftTimeout(),
                settings.refreshAhead(),
                loadExecutor.with(executor),
                bulkhead);
    }

    private static Jitter jitter(TieredSettings settings) {
        return new Jitter(
                settings.expiryJitterPercent(),
                () -> ThreadLocalRandom.current().nextDouble());
    }

    private static Duration shortestLease(TieredSettings settings) {
        Duration write = settings.writeLease();
        Duration load = settings.loadLease();
        return write.compareTo(load) < 0 ? write : load;
    }

    private static NearCapacity capacity(TieredSettings settings) {
        return settings.nearMaximumWeight() == 0
                ? NearCapacity.entries(settings.nearMaximumSize())
                : NearCapacity.bytes(settings.nearMaximumWeight(), TieredSettings.ENTRY_OVERHEAD_BYTES);
    }

    /** What Redis would hold of an entry, for a cache without Redis that is bounded by that. */
    private static <K, V> ToIntBiFunction<K, V> weigher(TieredSettings settings, CacheCodecs<K, V> coding) {
        if (settings.nearMaximumWeight() == 0) {
            return (key, value) -> 0;
        }
        KeyCodec<K> keys = coding.keys();
        ValueCodec<V> values = coding.values();
        return (key, value) -> {
            byte[] encoded = keys.encode(key);
            return encoded.length + values.encode(encoded, value).length;
        };
    }

    private static CoherenceLease lease(
            CommandExecutor executor, TieredSettings settings, List<AutoCloseable> closing) {
        CoherenceLease lease =
                new CoherenceLease(executor.proof(), settings.stalenessBound().toNanos());
        closing.add(lease::close);
        return lease;
    }

    private static RemoteOptions options(String redisUri, String cacheName, TieredConfiguration<?, ?> configuration) {
        TieredSettings settings = configuration.settings();
        TlsFiles tls = new TlsFiles(settings.tlsCaFile(), settings.tlsCertificateFile(), settings.tlsKeyFile());
        return RemoteOptions.forCache(
                new RedisEndpoint(redisUri, tls, configuration.redisPasswordFactory()),
                settings.namespace(),
                cacheName,
                settings.commandTimeout(),
                settings.connectTimeout());
    }

    private CommandExecutor client(RemoteOptions options, Latencies latencies, List<AutoCloseable> closing) {
        CommandExecutor executor = clients.acquire(options, latencies);
        closing.add(executor);
        clients.awaitFirstAttempt(executor, options);
        return executor;
    }

    private <K, V> RedisTierOfRecord<K, V> remote(
            String cacheName,
            CommandExecutor executor,
            TieredSettings settings,
            CacheCodecs<K, V> coding,
            Source<K, V> source,
            TierCounters counters) {
        return new RedisTierOfRecord<>(
                executor,
                new RedisCacheOptions(
                        settings.namespace(),
                        cacheName,
                        settings.maximumValueBytes(),
                        settings.writeLease(),
                        source.writes(),
                        settings.writeWait(),
                        settings.loadLease(),
                        settings.staleFor(),
                        settings.outagePolicy() == OutagePolicy.LOCAL,
                        settings.failoverRepair()),
                new RecordCodecs<>(coding.keys(), coding.values(), new UndecodableLog(cacheName, counters, clock)),
                versions,
                counters);
    }

    private static <K, V> Source<K, V> source(
            TieredConfiguration<K, V> configuration, TierCounters counters, List<AutoCloseable> closing) {
        Factory<CacheLoader<K, V>> loader = configuration.getCacheLoaderFactory();
        Factory<CacheWriter<? super K, ? super V>> writer =
                configuration.isWriteThrough() ? configuration.getCacheWriterFactory() : null;
        return new Source<>(
                loader == null ? null : create(loader, closing),
                writer == null ? null : create(writer, closing),
                counters);
    }

    private static <T> T create(Factory<T> factory, List<AutoCloseable> closing) {
        T created = factory.create();
        if (created instanceof Closeable closeable) {
            closing.add(closeable);
        }
        return created;
    }
}
