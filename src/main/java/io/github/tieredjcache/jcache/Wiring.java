package io.github.tieredjcache.jcache;

import io.github.tieredjcache.OutagePolicy;
import io.github.tieredjcache.TieredConfiguration;
import io.github.tieredjcache.TieredSettings;
import io.github.tieredjcache.internal.codec.Codecs;
import io.github.tieredjcache.internal.codec.KeyCodec;
import io.github.tieredjcache.internal.codec.ValueCodec;
import io.github.tieredjcache.internal.engine.Batch;
import io.github.tieredjcache.internal.engine.Engine;
import io.github.tieredjcache.internal.engine.Fetched;
import io.github.tieredjcache.internal.engine.Inspection;
import io.github.tieredjcache.internal.engine.Isolation;
import io.github.tieredjcache.internal.engine.LoadExecutor;
import io.github.tieredjcache.internal.engine.LoadOptions;
import io.github.tieredjcache.internal.engine.LoadRoom;
import io.github.tieredjcache.internal.engine.NearSampling;
import io.github.tieredjcache.internal.engine.NearSampling.Looking;
import io.github.tieredjcache.internal.engine.Parts;
import io.github.tieredjcache.internal.engine.Publisher;
import io.github.tieredjcache.internal.engine.TieredRecord;
import io.github.tieredjcache.internal.engine.WarmStart;
import io.github.tieredjcache.internal.entry.CoherenceLease;
import io.github.tieredjcache.internal.entry.Expiry;
import io.github.tieredjcache.internal.entry.Jitter;
import io.github.tieredjcache.internal.entry.NanoClock;
import io.github.tieredjcache.internal.entry.TierOfRecord;
import io.github.tieredjcache.internal.entry.Versions;
import io.github.tieredjcache.internal.event.Listeners;
import io.github.tieredjcache.internal.near.Flights;
import io.github.tieredjcache.internal.near.KeyLocks;
import io.github.tieredjcache.internal.near.NearCapacity;
import io.github.tieredjcache.internal.near.NearRecord;
import io.github.tieredjcache.internal.near.NearStore;
import io.github.tieredjcache.internal.near.NearTier;
import io.github.tieredjcache.internal.outage.Journal;
import io.github.tieredjcache.internal.outage.OutageRecord;
import io.github.tieredjcache.internal.remote.RecordCodecs;
import io.github.tieredjcache.internal.remote.RecordOptions;
import io.github.tieredjcache.internal.remote.RedisAccess;
import io.github.tieredjcache.internal.remote.RemoteClient;
import io.github.tieredjcache.internal.remote.RemoteClients;
import io.github.tieredjcache.internal.remote.RemoteOptions;
import io.github.tieredjcache.internal.remote.RemoteRecord;
import io.github.tieredjcache.internal.remote.TlsFiles;
import io.github.tieredjcache.internal.source.Source;
import io.github.tieredjcache.internal.stats.Latencies;
import io.github.tieredjcache.internal.stats.NearGauges;
import io.github.tieredjcache.internal.stats.Observed;
import io.github.tieredjcache.internal.stats.OutageGauges;
import io.github.tieredjcache.internal.stats.Statistics;
import io.github.tieredjcache.internal.stats.TierCounters;
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
final class Wiring {
    private static final Duration RECOVERY_INTERVAL = Duration.ofMillis(100);
    private static final Duration SWEEP_INTERVAL = Duration.ofSeconds(10);

    /** How often in its length it is looked whether a lease must be renewed. */
    private static final int RENEWALS = 6;

    private final NanoClock clock;
    private final Codecs codecs;
    private final RemoteClients clients;
    private final Versions versions;
    private final Background background;
    private final LoadExecutor loadExecutor;

    Wiring(NanoClock clock, Codecs codecs, RemoteClients clients, Versions versions, Background background) {
        this.clock = clock;
        this.codecs = codecs;
        this.clients = clients;
        this.versions = versions;
        this.background = background;
        this.loadExecutor = LoadExecutor.of(background.loadThreads().platform());
    }

    /** Wires the tiers that the configuration asks for. If user code fails in between, nothing is left open. */
    <K, V> Tiers<K, V> wire(Cache<K, V> cache, TieredConfiguration<K, V> configuration) {
        List<AutoCloseable> closing = new ArrayList<>();
        try {
            return wire(cache, configuration, closing);
        } catch (RuntimeException | Error e) {
            Closing halfWired = new Closing(cache.getName());
            closing.forEach(halfWired::step);
            halfWired.failures().forEach(e::addSuppressed);
            throw e;
        }
    }

    private <K, V> Tiers<K, V> wire(
            Cache<K, V> cache, TieredConfiguration<K, V> configuration, List<AutoCloseable> closing) {
        TieredSettings settings = configuration.settings();
        String redisUri = settings.redisUri();
        Statistics statistics = new Statistics(clock, configuration.isStatisticsEnabled());
        RemoteClient client = redisUri == null
                ? null
                : client(options(redisUri, cache.getName(), configuration), statistics.latencies(), closing);
        CoherenceLease lease = client == null ? null : lease(client, settings, closing);
        Journal<K> journal = new Journal<>(settings.outageJournalKeys());
        // What is evicted near is lost only where near is all there is.
        NearStore<K, V> store =
                new NearStore<>(capacity(settings), clock, lease, client == null ? statistics::evicted : () -> {});
        TierCounters counters = new TierCounters(
                new Observed(cache.getName(), lease, client == null ? null : gauges(client, journal), gauges(store)),
                statistics.latencies(),
                clock);
        Source<K, V> source = source(configuration, counters, closing);
        Expiry expiry = new Expiry(
                cache.getName(), create(configuration.getExpiryPolicyFactory(), closing), jitter(settings), clock);
        Listeners<K, V> listeners = new Listeners<>(cache, background, counters::eventDropped);
        closing.add(listeners::close);
        CacheCodecs<K, V> coding = CacheCodecs.of(codecs, configuration, closing);
        Isolation<K, V> isolation = configuration.isStoreByValue()
                ? Isolation.byCopies(coding.keyCopier(), coding.valueCopier())
                : Isolation.none();
        Publisher<K, V> publisher = new Publisher<>(cache.getName(), listeners, statistics, isolation, clock);
        Flights<K, Fetched<V>> flights = new Flights<>(clock, lease);
        KeyLocks<K, Batch<K, V>> locks = new KeyLocks<>(settings.writeWait().toNanos());
        TierOfRecord<K, V> record;
        Inspection.Shared<K> sharing = null;
        String keyPrefix = "";
        NearSampling<K, V> sampling = null;
        WarmStart<?> warm = null;
        AutoCloseable settling = () -> {};
        if (client == null) {
            var near = new NearRecord<>(
                    store,
                    flights,
                    locks,
                    weigher(settings, coding),
                    settings.staleFor().toNanos(),
                    publisher::expired);
            closing.add(near::clear);
            if (!expiry.isEternal()) {
                // It tells the users' listeners, for which nothing else must wait.
                closing.add(background.every(SWEEP_INTERVAL, () -> background.execute(near::removeExpired)));
            }
            record = near;
        } else {
            var near = new NearTier<>(store, flights, settings.nearTimeToLive().toNanos());
            closing.add(near::forgetAll);
            var remote = remote(cache.getName(), client, settings, coding, source, counters);
            // Before the client.
            closing.add(0, remote::close);
            remote.requirePermissions();
            closing.add(background.upkeepEvery(SWEEP_INTERVAL, near::sweep));
            closing.add(background.upkeepEvery(SWEEP_INTERVAL, remote::maintain));
            closing.add(background.every(shortestLease(settings).dividedBy(RENEWALS), remote::renewLeases));
            var shared = new TieredRecord<>(near, remote, locks);
            var outage = new OutageRecord<>(
                    new OutageRecord.Parts<>(
                            cache.getName(),
                            shared,
                            island(settings, coding, flights, locks),
                            store,
                            near,
                            journal,
                            client.health(),
                            clock,
                            counters),
                    settings.outagePolicy() == OutagePolicy.LOCAL,
                    source.writes(),
                    settings.outageNearTimeToLive().toNanos());
            closing.add(background.upkeepEvery(RECOVERY_INTERVAL, outage::isRecoveryDue, outage::recover));
            settling = () -> {
                outage.recover();
                if (outage.hasMissed()) {
                    remote.forgetLater();
                }
            };
            record = outage;
            sharing = new Inspection.Shared<>(remote.inspector(), outage::hasMissed, near::forgetAll);
            keyPrefix = remote.keyPrefix();
            sampling = NearSampling.of(
                    new Looking<>(cache.getName(), near, remote::holds, client.health()::isAway, background::upkeep),
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
        boolean joinsReads = client != null && !settings.nearTimeToLive().isZero();
        var parts = new Parts<>(
                store,
                flights,
                record,
                locks,
                client != null,
                joinsReads,
                source,
                expiry,
                isolation,
                publisher,
                statistics,
                counters,
                sampling);
        Executor own = ownLoadExecutor(configuration);
        var room = new LoadRoom(
                cache.getName(), settings.maximumConcurrentLoads(), settings.loadQueueWait(), counters, clock);
        LoadOptions loads =
                loads(configuration, own == null ? background.loadThreads().platform() : own, room);
        var engine = new Engine<>(parts, loads, clock);
        var outside = new Tiers.Outside<>(
                client == null ? "" : client.server(),
                keyPrefix,
                versions.node(),
                new KeyTexts<>(cache.getName(), configuration.getKeyType(), coding::keys),
                warming(warm));
        return new Tiers<>(
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

    private static OutageGauges gauges(RemoteClient client, Journal<?> journal) {
        return new OutageGauges(client.health(), journal::size, journal::overflows, journal::voided);
    }

    private static NearGauges gauges(NearStore<?, ?> store) {
        return new NearGauges(store::size, store::weightBytes, store::evicted);
    }

    /** What a shared cache has for itself while Redis is away, within the same bound. */
    private <K, V> NearRecord<K, V> island(
            TieredSettings settings,
            CacheCodecs<K, V> coding,
            Flights<K, Fetched<V>> flights,
            KeyLocks<K, Batch<K, V>> locks) {
        return new NearRecord<>(
                new NearStore<>(capacity(settings), clock, null, () -> {}),
                flights,
                locks,
                weigher(settings, coding),
                settings.staleFor().toNanos(),
                (key, expired) -> {});
    }

    private void start(WarmStart<?> warm, TieredSettings settings, List<AutoCloseable> closing) {
        background.upkeep(warm::fill);
        closing.add(background.upkeepEvery(settings.warmInterval(), () -> {
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
                ? background.loadThreads().virtual()
                : null;
    }

    /** With a timeout a call of the loader has a thread of its own; what waits for it must not keep the only one that there is. */
    private Consumer<Loading> loadAll(@Nullable Executor own, LoadOptions loads) {
        if (own == null || loads.hasTimeout()) {
            return background::load;
        }
        return load -> {
            try {
                own.execute(load);
            } catch (RejectedExecutionException e) {
                throw new CacheException("loadAll was refused by the executor that the configuration names", e);
            }
        };
    }

    private LoadOptions loads(TieredConfiguration<?, ?> configuration, Executor executor, LoadRoom room) {
        TieredSettings settings = configuration.settings();
        return new LoadOptions(
                configuration.isReadThrough(),
                settings.loadWait(),
                settings.loadTimeout(),
                settings.loadSoftTimeout(),
                settings.refreshAhead(),
                loadExecutor.with(executor),
                room);
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

    private static CoherenceLease lease(RemoteClient client, TieredSettings settings, List<AutoCloseable> closing) {
        CoherenceLease lease =
                new CoherenceLease(client.proof(), settings.stalenessBound().toNanos());
        closing.add(lease::close);
        return lease;
    }

    private static RemoteOptions options(String redisUri, String cacheName, TieredConfiguration<?, ?> configuration) {
        TieredSettings settings = configuration.settings();
        TlsFiles tls = new TlsFiles(settings.tlsCaFile(), settings.tlsCertificateFile(), settings.tlsKeyFile());
        return RemoteOptions.forCache(
                new RedisAccess(redisUri, tls, configuration.redisPasswordFactory()),
                settings.namespace(),
                cacheName,
                settings.commandTimeout(),
                settings.connectTimeout());
    }

    private RemoteClient client(RemoteOptions options, Latencies latencies, List<AutoCloseable> closing) {
        RemoteClient client = clients.acquire(options, latencies);
        closing.add(client);
        clients.awaitFirstAttempt(client, options);
        return client;
    }

    private <K, V> RemoteRecord<K, V> remote(
            String cacheName,
            RemoteClient client,
            TieredSettings settings,
            CacheCodecs<K, V> coding,
            Source<K, V> source,
            TierCounters counters) {
        return new RemoteRecord<>(
                client,
                new RecordOptions(
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
