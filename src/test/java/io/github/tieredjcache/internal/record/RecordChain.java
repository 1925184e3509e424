package io.github.tieredjcache.internal.record;

import io.github.tieredjcache.internal.coherence.CoherenceLease;
import io.github.tieredjcache.internal.coherence.CoherenceProof;
import io.github.tieredjcache.internal.model.Lifetime;
import io.github.tieredjcache.internal.near.Expiration;
import io.github.tieredjcache.internal.near.InMemoryTierOfRecord;
import io.github.tieredjcache.internal.near.KeyLocks;
import io.github.tieredjcache.internal.near.NearCapacity;
import io.github.tieredjcache.internal.near.NearStore;
import io.github.tieredjcache.internal.near.NearTier;
import io.github.tieredjcache.internal.near.SingleFlights;
import io.github.tieredjcache.internal.port.FakeRedis;
import io.github.tieredjcache.internal.stats.GaugeSources;
import io.github.tieredjcache.internal.stats.Statistics;
import io.github.tieredjcache.internal.stats.TierCounters;
import io.github.tieredjcache.internal.support.NanoClock;
import java.time.Duration;

/**
 * The tiers of record of one node as the assembly chains them, with {@link FakeRedis} in the place of Redis.
 */
final class RecordChain {
    static final Duration NEAR_TIME_TO_LIVE_IN_AN_OUTAGE = Duration.ofMinutes(5);
    static final int JOURNAL_KEYS = 3;

    private static final Duration STALENESS_BOUND = Duration.ofSeconds(2);
    private static final Duration LOCK_WAIT = Duration.ofSeconds(20);

    final FakeRedis redis;
    final CoherenceProof proof = new CoherenceProof();
    final NearTier<String, String> near;
    final NearCachedTierOfRecord<String, String> nearCached;
    final SingleFlights<String, String> singleFlights;
    final RecoveryJournal<String> journal;
    final RecoveryReport report;
    final Recovery<String, String> recovery;
    final OutageTolerantTierOfRecord<String, String> record;
    final TierCounters counters;

    RecordChain(NanoClock clock, boolean answersLocally, boolean writesToSource) {
        this(clock, answersLocally, writesToSource, JOURNAL_KEYS);
    }

    RecordChain(NanoClock clock, boolean answersLocally, boolean writesToSource, int journalKeys) {
        journal = new RecoveryJournal<>(journalKeys);
        report = new RecoveryReport("orders", clock);
        redis = new FakeRedis(clock);
        NearStore<String, String> copies = new NearStore<>(
                NearCapacity.entries(10_000), clock, new CoherenceLease(proof, STALENESS_BOUND.toNanos()), () -> {});
        KeyLocks<String, ?> locks = new KeyLocks<>(LOCK_WAIT.toNanos());
        singleFlights = new SingleFlights<>(clock, null);
        near = new NearTier<>(copies, singleFlights, Lifetime.ETERNAL);
        nearCached = new NearCachedTierOfRecord<>(near, redis, locks);
        LocalFallback<String, String> fallback = new LocalFallback<>(
                inMemory(clock, singleFlights, locks),
                near,
                journal,
                redis.health(),
                NEAR_TIME_TO_LIVE_IN_AN_OUTAGE.toNanos(),
                key -> true);
        recovery = new Recovery<>("orders", nearCached, fallback, journal, redis.health(), report);
        counters = new TierCounters(GaugeSources.none("orders"), new Statistics(clock, true).latencies(), clock);
        record = new OutageTolerantTierOfRecord<>(
                nearCached,
                fallback,
                new Failover<>(
                        journal, redis.health(), recovery::removeFromRedis, counters, answersLocally, writesToSource),
                counters);
    }

    private static InMemoryTierOfRecord<String, String> inMemory(
            NanoClock clock, SingleFlights<String, ?> singleFlights, KeyLocks<String, ?> locks) {
        return new InMemoryTierOfRecord<>(
                new NearStore<>(NearCapacity.entries(10_000), clock, null, () -> {}),
                singleFlights,
                locks,
                (key, value) -> 0,
                new Expiration<>(true, 0, (key, entry) -> {}));
    }
}
