package io.github.tieredjcache.internal.assembly;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.github.tieredjcache.TierNumber;
import io.github.tieredjcache.internal.coherence.CoherenceLease;
import io.github.tieredjcache.internal.coherence.CoherenceProof;
import io.github.tieredjcache.internal.near.NearStore;
import io.github.tieredjcache.internal.port.RemoteHealth;
import io.github.tieredjcache.internal.record.RecoveryJournal;
import io.github.tieredjcache.internal.stats.Statistics;
import io.github.tieredjcache.internal.support.NanoClock;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/** The numbers that the components of one cache know, so that nothing else counts them. */
final class Gauges {
    private final Map<TierNumber, LongSupplier> all = new EnumMap<>(TierNumber.class);

    /** Returns the numbers of a near tier, without a coherence proof. */
    static Gauges ofNear(NearStore<?, ?> store, Statistics statistics) {
        Gauges gauges = new Gauges();
        gauges.all.put(TierNumber.NEAR_HITS, statistics::nearHits);
        gauges.all.put(TierNumber.NEAR_ENTRIES, store::size);
        gauges.all.put(TierNumber.NEAR_WEIGHT_BYTES, store::weightBytes);
        gauges.all.put(TierNumber.NEAR_EVICTIONS, store::evicted);
        gauges.all.put(TierNumber.COHERENCE_PROOF_AGE_MILLIS, () -> -1);
        return gauges;
    }

    /** Adds the numbers of the coherence of a near tier with Redis. */
    Gauges withCoherence(CoherenceLease lease, NanoClock clock) {
        all.put(TierNumber.STALENESS_BOUND_MILLIS, () -> NANOSECONDS.toMillis(lease.boundNanos()));
        all.put(TierNumber.COHERENCE_PROOF_AGE_MILLIS, () -> {
            long ageNanos = lease.proofAgeNanos(clock.nanos());
            return ageNanos == CoherenceProof.NEVER ? -1 : NANOSECONDS.toMillis(ageNanos);
        });
        all.put(TierNumber.COHERENCE_LAPSES, lease::lapses);
        return this;
    }

    /** Adds the numbers of the outages of Redis. */
    Gauges withOutages(RemoteHealth health, List<? extends RecoveryJournal<?>> journals) {
        all.put(TierNumber.REMOTE_UNAVAILABLE, () -> health.isUnavailable() ? 1 : 0);
        all.put(TierNumber.REMOTE_OUTAGES, health::outages);
        all.put(TierNumber.REMOTE_DOWNTIME_MILLIS, () -> NANOSECONDS.toMillis(health.unavailableNanos()));
        all.put(TierNumber.JOURNALED_KEYS, () -> journaledKeys(journals));
        all.put(
                TierNumber.JOURNAL_OVERFLOWS,
                () -> journals.stream().mapToLong(RecoveryJournal::overflows).sum());
        all.put(
                TierNumber.RECOVERY_REMOVALS,
                () -> journals.stream().mapToLong(RecoveryJournal::removedCount).sum());
        return this;
    }

    /** Returns the number of journaled keys of all partitions; -1 if the journal of one stands for all of its keys. */
    private static long journaledKeys(List<? extends RecoveryJournal<?>> journals) {
        long keys = 0;
        for (RecoveryJournal<?> each : journals) {
            int size = each.size();
            if (size < 0) {
                return size;
            }
            keys += size;
        }
        return keys;
    }

    Map<TierNumber, LongSupplier> all() {
        return all;
    }
}
