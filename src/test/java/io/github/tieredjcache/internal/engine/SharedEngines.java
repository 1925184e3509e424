package io.github.tieredjcache.internal.engine;

import io.github.tieredjcache.internal.coherence.CoherenceLease;
import io.github.tieredjcache.internal.coherence.CoherenceProof;
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
import io.github.tieredjcache.internal.near.Expiration;
import io.github.tieredjcache.internal.near.InMemoryTierOfRecord;
import io.github.tieredjcache.internal.near.KeyLocks;
import io.github.tieredjcache.internal.near.NearCapacity;
import io.github.tieredjcache.internal.near.NearStore;
import io.github.tieredjcache.internal.near.NearTier;
import io.github.tieredjcache.internal.near.SingleFlights;
import io.github.tieredjcache.internal.port.FakeHealth;
import io.github.tieredjcache.internal.port.TierOfRecord;
import io.github.tieredjcache.internal.record.Failover;
import io.github.tieredjcache.internal.record.LocalFallback;
import io.github.tieredjcache.internal.record.NearCachedTierOfRecord;
import io.github.tieredjcache.internal.record.OutageTolerantTierOfRecord;
import io.github.tieredjcache.internal.record.Recovery;
import io.github.tieredjcache.internal.record.RecoveryJournal;
import io.github.tieredjcache.internal.record.RecoveryReport;
import io.github.tieredjcache.internal.source.Source;
import io.github.tieredjcache.internal.stats.Statistics;
import io.github.tieredjcache.internal.stats.TierCounters;
import io.github.tieredjcache.internal.support.NanoClock;
import java.lang.reflect.Proxy;
import java.time.Duration;
import javax.cache.Cache;
import javax.cache.expiry.EternalExpiryPolicy;
import javax.cache.expiry.ExpiryPolicy;
import javax.cache.integration.CacheLoader;
import javax.cache.integration.CacheWriter;

/** Engines of caches whose tier of record lies beyond the near tier. */
public final class SharedEngines {
    private static final Duration NEAR_LIFETIME = Duration.ofSeconds(1);

    private SharedEngines() {}

    /** Returns an engine on a remote tier; loader and writer may be null. */
    public static Engine<String, String> engine(
            TierOfRecord<String, String> remote,
            TierCounters counters,
            NanoClock clock,
            ExpiryPolicy policy,
            CacheLoader<String, String> loader,
            CacheWriter<String, String> writer) {
        return engine(remote, null, NEAR_LIFETIME, StoreByValue.none(), 0, counters, clock, policy, loader, writer);
    }

    /** Returns an engine that runs one load at a time, and refuses a load that would have to wait for another. */
    static Engine<String, String> loadingOneAtATime(
            TierOfRecord<String, String> remote,
            TierCounters counters,
            NanoClock clock,
            CacheLoader<String, String> loader) {
        return engine(
                remote,
                null,
                NEAR_LIFETIME,
                StoreByValue.none(),
                1,
                counters,
                clock,
                new EternalExpiryPolicy(),
                loader,
                null);
    }

    /** Returns an engine with the outage policy {@code FAIL}, without recovery in the background. */
    static Engine<String, String> failing(
            TierOfRecord<String, String> remote,
            RecoveryJournal<String> journal,
            TierCounters counters,
            NanoClock clock,
            CacheWriter<String, String> writer) {
        return engine(
                remote,
                journal,
                NEAR_LIFETIME,
                StoreByValue.none(),
                0,
                counters,
                clock,
                new EternalExpiryPolicy(),
                null,
                writer);
    }

    /** Returns an engine that keeps nothing near. */
    static Engine<String, String> withoutNearCopies(
            TierOfRecord<String, String> remote,
            StoreByValue<String, String> storeByValue,
            TierCounters counters,
            NanoClock clock,
            CacheLoader<String, String> loader) {
        return engine(
                remote, null, Duration.ZERO, storeByValue, 0, counters, clock, new EternalExpiryPolicy(), loader, null);
    }

    private static Engine<String, String> engine(
            TierOfRecord<String, String> remote,
            RecoveryJournal<String> journal,
            Duration nearLifetime,
            StoreByValue<String, String> storeByValue,
            int loadsMax,
            TierCounters counters,
            NanoClock clock,
            ExpiryPolicy policy,
            CacheLoader<String, String> loader,
            CacheWriter<String, String> writer) {
        CoherenceProof proof = new CoherenceProof();
        proof.recordReply(clock.nanos());
        NearStore<String, String> store = new NearStore<>(
                NearCapacity.entries(1_000), clock, new CoherenceLease(proof, Long.MAX_VALUE), () -> {});
        SingleFlights<String, FetchResult<String>> singleFlights = new SingleFlights<>(clock, null);
        KeyLocks<String, InvocationBatch<String, String>> locks =
                new KeyLocks<>(Duration.ofMinutes(10).toNanos());
        NearTier<String, String> near = new NearTier<>(store, singleFlights, nearLifetime.toNanos());
        TierOfRecord<String, String> record = new NearCachedTierOfRecord<>(near, remote, locks);
        if (journal != null) {
            InMemoryTierOfRecord<String, String> local = new InMemoryTierOfRecord<>(
                    store, singleFlights, locks, (key, value) -> 0, new Expiration<>(true, 0, (key, expired) -> {}));
            FakeHealth health = new FakeHealth(clock);
            LocalFallback<String, String> fallback = new LocalFallback<>(local, near, journal, health, 0, key -> true);
            Recovery<String, String> recovery =
                    new Recovery<>("cache", record, fallback, journal, health, new RecoveryReport("cache", clock));
            Failover<String> failover =
                    new Failover<>(journal, health, recovery::removeFromRedis, counters, false, writer != null);
            record = new OutageTolerantTierOfRecord<>(record, fallback, failover, counters);
        }
        Statistics statistics = new Statistics(clock, true);
        Listeners<String, String> listeners = new Listeners<>(nobody(), Runnable::run, () -> {});
        EngineComponents<String, String> components = new EngineComponents<>(
                store,
                singleFlights,
                record,
                locks,
                true,
                !nearLifetime.isZero(),
                new Source<>(loader, writer, counters),
                new Expiry("cache", policy, Jitter.NONE, clock),
                storeByValue,
                new Publisher<>("cache", listeners, statistics, storeByValue, clock),
                statistics,
                counters,
                null);
        LoadBulkhead bulkhead = new LoadBulkhead("cache", loadsMax, Duration.ZERO, counters, clock);
        Duration unlimited = Duration.ofDays(36_500);
        LoadOptions loads = new LoadOptions(
                loader != null,
                Duration.ofMinutes(10),
                unlimited,
                unlimited,
                0,
                LoadExecutor.of(Runnable::run),
                bulkhead);
        return new Engine<>(components, loads, clock);
    }

    @SuppressWarnings("unchecked")
    private static Cache<String, String> nobody() {
        return (Cache<String, String>) Proxy.newProxyInstance(
                SharedEngines.class.getClassLoader(), new Class<?>[] {Cache.class}, (proxy, method, arguments) -> {
                    throw new AssertionError("called " + method);
                });
    }
}
