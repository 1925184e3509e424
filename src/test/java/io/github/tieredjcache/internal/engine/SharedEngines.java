package io.github.tieredjcache.internal.engine;

import io.github.tieredjcache.internal.entry.CoherenceLease;
import io.github.tieredjcache.internal.entry.CoherenceProof;
import io.github.tieredjcache.internal.entry.Expiry;
import io.github.tieredjcache.internal.entry.Jitter;
import io.github.tieredjcache.internal.entry.NanoClock;
import io.github.tieredjcache.internal.entry.RemoteHealth;
import io.github.tieredjcache.internal.entry.TierOfRecord;
import io.github.tieredjcache.internal.event.Listeners;
import io.github.tieredjcache.internal.near.Flights;
import io.github.tieredjcache.internal.near.KeyLocks;
import io.github.tieredjcache.internal.near.NearCapacity;
import io.github.tieredjcache.internal.near.NearRecord;
import io.github.tieredjcache.internal.near.NearStore;
import io.github.tieredjcache.internal.near.NearTier;
import io.github.tieredjcache.internal.outage.Journal;
import io.github.tieredjcache.internal.outage.OutageRecord;
import io.github.tieredjcache.internal.source.Source;
import io.github.tieredjcache.internal.stats.Statistics;
import io.github.tieredjcache.internal.stats.TierCounters;
import java.lang.reflect.Proxy;
import java.time.Duration;
import javax.cache.Cache;
import javax.cache.expiry.EternalExpiryPolicy;
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
        return engine(remote, null, counters, clock, policy, loader, writer);
    }

    /** As above, with the outage policy {@code FAIL}; nothing in the journal is voided in the background. */
    static Engine<String, String> failing(
            TierOfRecord<String, String> remote,
            Journal<String> journal,
            TierCounters counters,
            NanoClock clock,
            CacheWriter<String, String> writer) {
        return engine(remote, journal, counters, clock, new EternalExpiryPolicy(), null, writer);
    }

    private static Engine<String, String> engine(
            TierOfRecord<String, String> remote,
            Journal<String> journal,
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
        TierOfRecord<String, String> record = new TieredRecord<>(near, remote, locks);
        if (journal != null) {
            NearRecord<String, String> local =
                    new NearRecord<>(store, flights, locks, (key, value) -> 0, 0, (key, expired) -> {});
            record = new OutageRecord<>(
                    new OutageRecord.Parts<>(
                            "cache", record, local, store, near, journal, new Available(), clock, counters),
                    false,
                    writer != null,
                    0);
        }
        Statistics statistics = new Statistics(clock, true);
        Isolation<String, String> isolation = Isolation.none();
        Listeners<String, String> listeners = new Listeners<>(nobody(), Runnable::run, () -> {});
        Parts<String, String> parts = new Parts<>(
                store,
                flights,
                record,
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

    /** The health of a Redis that is never unavailable. */
    private static final class Available implements RemoteHealth {
        @Override
        public void awaitEndOfHiccup() {}

        @Override
        public boolean isAway() {
            return false;
        }

        @Override
        public long awaySinceNanos() {
            return 0;
        }

        @Override
        public int changes() {
            return 0;
        }

        @Override
        public long outages() {
            return 0;
        }

        @Override
        public long awayNanos() {
            return 0;
        }
    }
}
