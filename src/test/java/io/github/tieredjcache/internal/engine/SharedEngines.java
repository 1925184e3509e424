package io.github.tieredjcache.internal.engine;

import io.github.tieredjcache.internal.entry.CoherenceLease;
import io.github.tieredjcache.internal.entry.CoherenceProof;
import io.github.tieredjcache.internal.entry.Expiry;
import io.github.tieredjcache.internal.entry.Jitter;
import io.github.tieredjcache.internal.entry.NanoClock;
import io.github.tieredjcache.internal.entry.TierOfRecord;
import io.github.tieredjcache.internal.event.Listeners;
import io.github.tieredjcache.internal.near.Flights;
import io.github.tieredjcache.internal.near.KeyLocks;
import io.github.tieredjcache.internal.near.NearCapacity;
import io.github.tieredjcache.internal.near.NearStore;
import io.github.tieredjcache.internal.near.NearTier;
import io.github.tieredjcache.internal.source.Source;
import io.github.tieredjcache.internal.stats.Statistics;
import io.github.tieredjcache.internal.stats.TierCounters;
import java.lang.reflect.Proxy;
import java.time.Duration;
import javax.cache.Cache;
import javax.cache.expiry.ExpiryPolicy;
import javax.cache.integration.CacheLoader;
import javax.cache.integration.CacheWriter;

/** Engines of caches whose tier of record lies beyond the near tier. */
final class SharedEngines {
    private SharedEngines() {}

    /** An engine on a remote tier; loader and writer may be null. */
    static Engine<String, String> engine(
            TierOfRecord<String, String> remote,
            TierCounters counters,
            NanoClock clock,
            ExpiryPolicy policy,
            CacheLoader<String, String> loader,
            CacheWriter<String, String> writer) {
        CoherenceProof proof = new CoherenceProof();
        proof.answeredRequestOf(clock.nanos());
        NearStore<String, String> store = new NearStore<>(
                NearCapacity.entries(1_000), clock, new CoherenceLease(proof, Long.MAX_VALUE), () -> {});
        Flights<String, Fetched<String>> flights = new Flights<>(clock, null);
        KeyLocks<String, Batch<String, String>> locks =
                new KeyLocks<>(Duration.ofMinutes(10).toNanos());
        NearTier<String, String> near =
                new NearTier<>(store, flights, Duration.ofSeconds(1).toNanos());
        Statistics statistics = new Statistics(clock, true);
        Isolation<String, String> isolation = Isolation.none();
        Listeners<String, String> listeners = new Listeners<>(nobody(), Runnable::run, () -> {});
        Parts<String, String> parts = new Parts<>(
                store,
                flights,
                new TieredRecord<>(near, remote, locks),
                locks,
                true,
                true,
                new Source<>(loader, writer, counters),
                new Expiry("cache", policy, Jitter.NONE, clock),
                isolation,
                new Publisher<>("cache", listeners, statistics, isolation, clock),
                statistics,
                counters,
                null);
        LoadRoom room = new LoadRoom("cache", 0, Duration.ZERO, counters, clock);
        return new Engine<>(parts, LoadOptions.plain(loader != null, Duration.ofMinutes(10), room), clock);
    }

    @SuppressWarnings("unchecked")
    private static Cache<String, String> nobody() {
        return (Cache<String, String>) Proxy.newProxyInstance(
                SharedEngines.class.getClassLoader(), new Class<?>[] {Cache.class}, (proxy, method, arguments) -> {
                    throw new AssertionError("called " + method);
                });
    }
}
