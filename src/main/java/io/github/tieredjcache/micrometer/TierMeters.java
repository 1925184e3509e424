package io.github.tieredjcache.micrometer;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.github.tieredjcache.TierLatency;
import io.github.tieredjcache.TierStatistics;
import io.github.tieredjcache.UndecodableReason;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/** The meters of a cache: one for each number of {@link TierStatistics}, with the description of the MXBean. */
final class TierMeters {
    private static final String TIER = "tier";
    private static final String NEAR = "near";
    private static final String REMOTE = "remote";
    private static final String SOURCE = "source";

    static final List<TierMeter> ALL = Stream.of(
                    lookups(), latencies(), loads(), near(), coherence(), writes(), undecodable(), remote(), journal())
            .flatMap(List::stream)
            .toList();

    private TierMeters() {}

    private static List<TierMeter> lookups() {
        String gets = "tiered.cache.gets";
        String description = "Lookups by the tier that had the key";
        String result = "result";
        return List.of(
                TierMeter.counter(gets, description, TierStatistics::nearHits, TIER, NEAR, result, "hit"),
                TierMeter.counter(gets, description, TierStatistics::remoteHits, TIER, REMOTE, result, "hit"),
                TierMeter.counter(gets, description, TierStatistics::misses, TIER, "none", result, "miss"),
                TierMeter.counter(
                        "tiered.cache.lookups.coalesced",
                        "Lookups that waited for another thread's fetch of the key (single flight)",
                        TierStatistics::coalescedLookups),
                TierMeter.counter(
                        "tiered.cache.stale.served",
                        "Lookups that returned an expired value because the source failed or was slow; see load.stale-for",
                        TierStatistics::staleServed));
    }

    private static List<TierMeter> latencies() {
        Map<String, Function<TierStatistics, TierLatency>> tiers = Map.of(
                NEAR, TierStatistics::nearLatency,
                REMOTE, TierStatistics::remoteLatency,
                SOURCE, TierStatistics::sourceLatency);
        Map<String, ToLongFunction<TierLatency>> percentiles = Map.of(
                "0.5", TierLatency::p50Nanos,
                "0.95", TierLatency::p95Nanos,
                "0.99", TierLatency::p99Nanos,
                "1", TierLatency::maxNanos);
        List<TierMeter> meters = new ArrayList<>();
        tiers.forEach((tier, latency) -> {
            meters.add(TierMeter.latency("tiered.cache.latency", tier, latency));
            percentiles.forEach((phi, percentile) -> meters.add(TierMeter.time(
                    "tiered.cache.latency.percentile",
                    "Percentiles of the last one to two minutes; phi 1 is the maximum",
                    NANOSECONDS,
                    statistics -> percentile.applyAsLong(latency.apply(statistics)),
                    TIER,
                    tier,
                    "phi",
                    phi)));
        });
        return meters;
    }

    private static List<TierMeter> loads() {
        return List.of(
                TierMeter.counter(
                        "tiered.cache.loads", "Keys that the CacheLoader was called for", TierStatistics::sourceLoads),
                TierMeter.counter(
                        "tiered.cache.load.failures",
                        "Calls of the CacheLoader that threw an exception",
                        TierStatistics::sourceLoadFailures),
                TierMeter.gauge(
                        "tiered.cache.loads.running",
                        "Loads that run now; see load.maximum-concurrent",
                        TierStatistics::loadsRunning),
                TierMeter.gauge(
                        "tiered.cache.loads.waiting",
                        "Loads that wait now because load.maximum-concurrent loads run",
                        TierStatistics::loadsWaiting),
                TierMeter.counter(
                        "tiered.cache.loads.refused",
                        "Loads refused because no running load finished within load.queue-wait",
                        TierStatistics::loadsRefused),
                TierMeter.counter(
                        "tiered.cache.loads.awaited",
                        "Lookups that waited for another node's load of the key",
                        TierStatistics::loadsAwaited),
                TierMeter.counter(
                        "tiered.cache.refreshes",
                        "Entries loaded again before they expired; see load.refresh-ahead",
                        TierStatistics::refreshes),
                TierMeter.counter(
                        "tiered.cache.fills.refused",
                        "Loaded values that were returned but not kept: the key had changed, or no tier stored them",
                        TierStatistics::fillsRefused));
    }

    private static List<TierMeter> near() {
        return List.of(
                TierMeter.gauge(
                        "tiered.cache.near.entries",
                        "Entries in the near tier (an estimate), expired ones included",
                        TierStatistics::nearEntries),
                TierMeter.bytes(
                        "tiered.cache.near.weight",
                        "Weight of the entries in the near tier; NaN without near.maximum-weight",
                        statistics -> orNaN(statistics.nearWeightBytes())),
                TierMeter.counter(
                        "tiered.cache.near.evictions",
                        "Entries evicted from the near tier for lack of room",
                        TierStatistics::nearEvictions),
                TierMeter.counter(
                        "tiered.cache.near.mismatches",
                        "Near copies that Redis no longer held although no invalidation had arrived; see near.verify-sample",
                        TierStatistics::nearMismatches));
    }

    private static List<TierMeter> coherence() {
        return List.of(
                TierMeter.counter(
                        "tiered.cache.invalidations",
                        "Near copies and fetches invalidated because another node changed the key",
                        TierStatistics::invalidations),
                TierMeter.counter(
                        "tiered.cache.own.echoes",
                        "Invalidations of this node's own changes, which drop nothing",
                        TierStatistics::ownEchoes),
                TierMeter.time(
                        "tiered.cache.coherence.bound",
                        "Maximum staleness of a near hit (near.staleness-bound); 0 for a cache without Redis",
                        MILLISECONDS,
                        TierStatistics::stalenessBoundMillis),
                TierMeter.time(
                        "tiered.cache.coherence.proof.age",
                        "Age of the last coherence proof; above the bound the near tier does not answer; NaN without a proof",
                        MILLISECONDS,
                        statistics -> orNaN(statistics.coherenceProofAgeMillis())),
                TierMeter.counter(
                        "tiered.cache.coherence.lapses",
                        "How often the near tier stopped answering because its coherence proof was older than the bound",
                        TierStatistics::coherenceLapses));
    }

    private static List<TierMeter> writes() {
        return List.of(
                TierMeter.counter(
                        "tiered.cache.conflicts",
                        "Write attempts that lost against another writer and were decided again",
                        TierStatistics::conflicts),
                TierMeter.counter(
                        "tiered.cache.writes.awaited",
                        "Writes that waited because another call, of any node, had leased the key",
                        TierStatistics::writesAwaited),
                TierMeter.counter(
                        "tiered.cache.writes.voided",
                        "Entries removed because a write took longer than its write lease; the next read loads from the source",
                        TierStatistics::writesVoided),
                TierMeter.counter(
                        "tiered.cache.events.dropped",
                        "Events dropped because an asynchronous listener was too slow",
                        TierStatistics::eventsDropped));
    }

    private static List<TierMeter> undecodable() {
        return Stream.of(UndecodableReason.values())
                .map(reason -> TierMeter.counter(
                        "tiered.cache.undecodable",
                        "Values in Redis that could not be decoded and counted as missing",
                        statistics -> statistics.undecodableValues(reason),
                        "reason",
                        reason.name().toLowerCase(Locale.ROOT)))
                .toList();
    }

    private static List<TierMeter> remote() {
        String errors = "tiered.cache.remote.errors";
        String description = "Calls to Redis that failed, by kind: timeout, disconnection, refusal";
        String kind = "kind";
        return List.of(
                TierMeter.counter(errors, description, TierStatistics::remoteTimeouts, kind, "timeout"),
                TierMeter.counter(errors, description, TierStatistics::remoteDisconnections, kind, "disconnection"),
                TierMeter.counter(errors, description, TierStatistics::remoteRefusals, kind, "refusal"),
                TierMeter.gauge(
                        "tiered.cache.remote.away",
                        "1 while Redis is unavailable: the circuit breaker is open, and no call waits for Redis",
                        statistics -> statistics.isRemoteAway() ? 1 : 0),
                TierMeter.timer(
                        "tiered.cache.remote.outages",
                        "How often Redis became unavailable, and how long it was: all outages together, the current one included",
                        TierStatistics::remoteOutages,
                        MILLISECONDS,
                        TierStatistics::remoteAwayMillis),
                TierMeter.counter(
                        "tiered.cache.local.operations",
                        "Operations that this node answered locally because Redis was unavailable or the key was in the recovery journal",
                        TierStatistics::localOperations));
    }

    private static List<TierMeter> journal() {
        return List.of(
                TierMeter.gauge(
                        "tiered.cache.journal.keys",
                        "Keys in the recovery journal, of which Redis has missed a change; -1 for the whole cache",
                        TierStatistics::journaledKeys),
                TierMeter.counter(
                        "tiered.cache.journal.overflows",
                        "How often the recovery journal exceeded outage.journal-keys, so that Redis has to drop the whole cache",
                        TierStatistics::journalOverflows),
                TierMeter.counter(
                        "tiered.cache.journal.voided",
                        "Keys removed from Redis because it had missed a change",
                        TierStatistics::journalVoided));
    }

    private static double orNaN(long number) {
        return number < 0 ? Double.NaN : number;
    }
}
