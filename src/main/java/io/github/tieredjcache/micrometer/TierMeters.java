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

/** All meters of a cache: one for each number of {@link TierStatistics}. */
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
        String description = "Lookups, by the tier that had the key";
        String result = "result";
        return List.of(
                TierMeter.counter(gets, description, TierStatistics::nearHits, TIER, NEAR, result, "hit"),
                TierMeter.counter(gets, description, TierStatistics::remoteHits, TIER, REMOTE, result, "hit"),
                TierMeter.counter(gets, description, TierStatistics::misses, TIER, "none", result, "miss"),
                TierMeter.counter(
                        "tiered.cache.lookups.coalesced",
                        "Lookups that waited for another thread's fetch of the key",
                        TierStatistics::coalescedLookups),
                TierMeter.counter(
                        "tiered.cache.stale.served",
                        "Lookups answered with a value that had ended, because the source failed or was slow",
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
                        "tiered.cache.loads", "Keys that the loader was asked for", TierStatistics::sourceLoads),
                TierMeter.counter(
                        "tiered.cache.load.failures",
                        "Calls of the loader that threw",
                        TierStatistics::sourceLoadFailures),
                TierMeter.gauge("tiered.cache.loads.running", "Loads that run", TierStatistics::loadsRunning),
                TierMeter.gauge(
                        "tiered.cache.loads.waiting",
                        "Loads that wait because so many run",
                        TierStatistics::loadsWaiting),
                TierMeter.counter(
                        "tiered.cache.loads.refused",
                        "Loads refused because none of those that ran had ended in time",
                        TierStatistics::loadsRefused),
                TierMeter.counter(
                        "tiered.cache.loads.awaited",
                        "Lookups that waited for another node's load of the key",
                        TierStatistics::loadsAwaited),
                TierMeter.counter(
                        "tiered.cache.refreshes", "Entries loaded again before they ended", TierStatistics::refreshes),
                TierMeter.counter(
                        "tiered.cache.fills.refused",
                        "Loaded values that were returned but not kept",
                        TierStatistics::fillsRefused));
    }

    private static List<TierMeter> near() {
        return List.of(
                TierMeter.gauge("tiered.cache.near.entries", "Entries in memory, about", TierStatistics::nearEntries),
                TierMeter.bytes(
                        "tiered.cache.near.weight",
                        "What these weigh; not a number where their number is bounded instead",
                        statistics -> orNaN(statistics.nearWeightBytes())),
                TierMeter.counter(
                        "tiered.cache.near.evictions",
                        "Entries dropped from memory for want of room",
                        TierStatistics::nearEvictions),
                TierMeter.counter(
                        "tiered.cache.near.mismatches",
                        "Copies in memory that Redis did not hold any more and had not announced",
                        TierStatistics::nearMismatches));
    }

    private static List<TierMeter> coherence() {
        return List.of(
                TierMeter.counter(
                        "tiered.cache.invalidations",
                        "Copies and fetches that ended because another node changed the key",
                        TierStatistics::invalidations),
                TierMeter.counter(
                        "tiered.cache.own.echoes",
                        "Announcements of changes that this node made itself",
                        TierStatistics::ownEchoes),
                TierMeter.time(
                        "tiered.cache.coherence.bound",
                        "How stale a value from memory may be at most",
                        MILLISECONDS,
                        TierStatistics::stalenessBoundMillis),
                TierMeter.time(
                        "tiered.cache.coherence.proof.age",
                        "Age of the last proof that Redis announces changes; not a number if there was none",
                        MILLISECONDS,
                        statistics -> orNaN(statistics.coherenceProofAgeMillis())),
                TierMeter.counter(
                        "tiered.cache.coherence.lapses",
                        "How often memory ceased to answer because no proof was young enough",
                        TierStatistics::coherenceLapses));
    }

    private static List<TierMeter> writes() {
        return List.of(
                TierMeter.counter(
                        "tiered.cache.conflicts",
                        "Attempts to write that lost against another writer and were decided again",
                        TierStatistics::conflicts),
                TierMeter.counter(
                        "tiered.cache.writes.awaited",
                        "Writes that waited because another call had the key for itself",
                        TierStatistics::writesAwaited),
                TierMeter.counter(
                        "tiered.cache.writes.voided",
                        "Entries removed because the writer outlived its lease",
                        TierStatistics::writesVoided),
                TierMeter.counter(
                        "tiered.cache.events.dropped",
                        "Events that a slow asynchronous listener missed",
                        TierStatistics::eventsDropped));
    }

    private static List<TierMeter> undecodable() {
        return Stream.of(UndecodableReason.values())
                .map(reason -> TierMeter.counter(
                        "tiered.cache.undecodable",
                        "Values in Redis that could not be read and counted as missing",
                        statistics -> statistics.undecodableValues(reason),
                        "reason",
                        reason.name().toLowerCase(Locale.ROOT)))
                .toList();
    }

    private static List<TierMeter> remote() {
        String errors = "tiered.cache.remote.errors";
        String description = "Calls to Redis that failed";
        String kind = "kind";
        return List.of(
                TierMeter.counter(errors, description, TierStatistics::remoteTimeouts, kind, "timeout"),
                TierMeter.counter(errors, description, TierStatistics::remoteDisconnections, kind, "disconnection"),
                TierMeter.counter(errors, description, TierStatistics::remoteRefusals, kind, "refusal"),
                TierMeter.gauge(
                        "tiered.cache.remote.away",
                        "1 while Redis is away and no call waits for it",
                        statistics -> statistics.isRemoteAway() ? 1 : 0),
                TierMeter.timer(
                        "tiered.cache.remote.outages",
                        "How often Redis was away, and how long",
                        TierStatistics::remoteOutages,
                        MILLISECONDS,
                        TierStatistics::remoteAwayMillis),
                TierMeter.counter(
                        "tiered.cache.local.operations",
                        "Operations answered by this node because Redis was away or had missed a change of the key",
                        TierStatistics::localOperations));
    }

    private static List<TierMeter> journal() {
        return List.of(
                TierMeter.gauge(
                        "tiered.cache.journal.keys",
                        "Keys of which Redis has missed a change; -1 is the whole cache",
                        TierStatistics::journaledKeys),
                TierMeter.counter(
                        "tiered.cache.journal.overflows",
                        "How often those were too many, so that Redis had to forget the whole cache",
                        TierStatistics::journalOverflows),
                TierMeter.counter(
                        "tiered.cache.journal.voided",
                        "Keys that Redis was made to forget because it had missed a change",
                        TierStatistics::journalVoided));
    }

    private static double orNaN(long number) {
        return number < 0 ? Double.NaN : number;
    }
}
