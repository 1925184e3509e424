package io.github.tieredjcache;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The numbers of one cache on this node: the one table for {@link TierStatistics}, JMX and Micrometer, which all have
 * the same names, units and descriptions.
 *
 * <p>For example {@code COHERENCE_PROOF_AGE_MILLIS} is {@link TierStatistics#coherenceProofAgeMillis}, the attribute
 * {@code CoherenceProofAgeMillis} of the MXBean, and the meter {@code tiered.cache.coherence.proof.age}.
 */
public enum TierNumber {
    // Status
    SEVERITY(
            Kind.GAUGE,
            "levels",
            "Severity of the status of the cache: 0 is OK, 1 degraded, 2 failing; see TierStatus"),
    RECENT_HIT_PERCENTAGE(
            Kind.GAUGE,
            "%",
            "Share of near and remote hits in the lookups of the last minute; -1, or NaN in a meter, without lookups or while statistics are disabled"),
    RECENT_LOAD_FAILURES(Kind.GAUGE, "calls", "Calls of the CacheLoader in the last minute that threw an exception"),
    // Lookups
    NEAR_HITS(Kind.COUNTER, "lookups", "Lookups that the near tier answered; counted while statistics are enabled"),
    REMOTE_HITS(Kind.COUNTER, "lookups", "Lookups that Redis answered with a value"),
    REMOTE_MISSES(Kind.COUNTER, "lookups", "Lookups that found no value in the near tier and none in Redis"),
    COALESCED_LOOKUPS(
            Kind.COUNTER, "lookups", "Lookups that waited for another thread's fetch of the key (single flight)"),
    STALE_SERVED(
            Kind.COUNTER,
            "lookups",
            "Lookups that returned an expired value because the source failed or was slow; see load.stale-for"),
    NEAR_LATENCY(
            Kind.LATENCY,
            "us",
            "Duration of near hits (the first 1,000 and then one in 32 are measured); percentiles of the last one to two minutes"),
    REMOTE_LATENCY(
            Kind.LATENCY,
            "us",
            "Duration of calls to Redis (one command, or many in one flush); percentiles of the last one to two minutes"),
    SOURCE_LATENCY(
            Kind.LATENCY, "us", "Duration of calls of the CacheLoader; percentiles of the last one to two minutes"),
    // Loads
    LOADS(Kind.COUNTER, "keys", "Keys that the CacheLoader was called for"),
    LOAD_FAILURES(Kind.COUNTER, "calls", "Calls of the CacheLoader that threw an exception"),
    LOADS_RUNNING(Kind.GAUGE, "loads", "Loads that run now; see load.maximum-concurrent"),
    LOADS_WAITING(Kind.GAUGE, "loads", "Loads that wait now because load.maximum-concurrent loads run"),
    LOADS_REFUSED(Kind.COUNTER, "loads", "Loads refused because no running load finished within load.queue-wait"),
    LOADS_AWAITED(Kind.COUNTER, "lookups", "Lookups that waited for another node's load of the key"),
    REFRESHES(Kind.COUNTER, "entries", "Entries loaded again before they expired; see load.refresh-ahead"),
    FILLS_REFUSED(
            Kind.COUNTER,
            "values",
            "Loaded values that were returned but not kept: the key had changed, or no tier stored them"),
    // Near tier
    NEAR_ENTRIES(Kind.GAUGE, "entries", "Entries in the near tier (an estimate), expired ones included"),
    NEAR_WEIGHT_BYTES(
            Kind.GAUGE,
            "bytes",
            "Weight of the entries in the near tier; -1, or NaN in a meter, without near.maximum-weight"),
    NEAR_EVICTIONS(Kind.COUNTER, "entries", "Entries evicted from the near tier for lack of room"),
    NEAR_CHECKS(Kind.COUNTER, "lookups", "Near hits that were compared with Redis; see near.verify-sample"),
    NEAR_MISMATCHES(
            Kind.COUNTER,
            "keys",
            "Near copies that Redis no longer held although no invalidation had arrived; see near.verify-sample"),
    // Verification of the source
    SOURCE_CHECKS(
            Kind.COUNTER,
            "lookups",
            "Hits whose value in Redis was compared with the source; see load.verify-per-minute"),
    SOURCE_MISMATCHES(
            Kind.COUNTER, "lookups", "Of the compared hits, those whose value in Redis was older than the source's"),
    SOURCE_MISMATCHES_1S(
            Kind.COUNTER,
            "lookups",
            "Of the compared hits, those whose value was older than the source's for at least a second"),
    SOURCE_MISMATCHES_10S(
            Kind.COUNTER,
            "lookups",
            "Of the compared hits, those whose value was older than the source's for at least 10 seconds"),
    SOURCE_MISMATCHES_60S(
            Kind.COUNTER,
            "lookups",
            "Of the compared hits, those whose value was older than the source's for at least 60 seconds"),
    // Coherence
    INVALIDATIONS(
            Kind.COUNTER, "invalidations", "Near copies and fetches invalidated because another node changed the key"),
    OWN_INVALIDATIONS(Kind.COUNTER, "invalidations", "Invalidations of this node's own changes, which drop nothing"),
    STALENESS_BOUND_MILLIS(
            Kind.GAUGE, "ms", "Maximum staleness of a near hit (near.staleness-bound); 0 for a cache without Redis"),
    COHERENCE_PROOF_AGE_MILLIS(
            Kind.GAUGE,
            "ms",
            "Age of the last coherence proof; above the bound the near tier does not answer; -1, or NaN in a meter, without a proof"),
    COHERENCE_LAPSES(
            Kind.COUNTER,
            "times",
            "How often the near tier stopped answering because its coherence proof was older than the bound, or the connection was lost"),
    // Writes and listeners
    CONFLICTS(Kind.COUNTER, "decisions", "Write attempts that lost against another writer and were decided again"),
    WRITES_AWAITED(Kind.COUNTER, "writes", "Writes that waited because another call, of any node, had leased the key"),
    WRITES_VOIDED(
            Kind.COUNTER,
            "entries",
            "Entries removed because a write took longer than its write lease; the next read loads from the source"),
    VALUES_REFUSED(
            Kind.COUNTER,
            "values",
            "Values that were dropped instead of stored because they cannot be copied or encoded; the log names their classes"),
    EVENTS_DROPPED(Kind.COUNTER, "events", "Events dropped because an asynchronous listener was too slow"),
    // Redis
    UNDECODABLE_VALUES(Kind.COUNTER, "values", "Values in Redis that could not be decoded and counted as missing"),
    REMOTE_TIMEOUTS(Kind.COUNTER, "calls", "Calls to Redis without a reply in time"),
    REMOTE_DISCONNECTIONS(
            Kind.COUNTER,
            "calls",
            "Calls to Redis that failed because there was no connection or the connection closed"),
    REMOTE_REFUSALS(
            Kind.COUNTER,
            "calls",
            "Calls that Redis refused: it is loading, read-only or out of memory, or its user lacks a permission"),
    REMOTE_UNAVAILABLE(
            Kind.STATE, "", "Whether Redis is unavailable: the circuit breaker is open, and no call waits for Redis"),
    REMOTE_OUT_OF_MEMORY(
            Kind.STATE, "", "Whether Redis is out of memory: it refused the last value that this node wanted to store"),
    REMOTE_OUTAGES(Kind.COUNTER, "times", "How often Redis became unavailable"),
    REMOTE_DOWNTIME_MILLIS(
            Kind.COUNTER, "ms", "How long Redis was unavailable: all outages together, the current one included"),
    LOCAL_OPERATIONS(
            Kind.COUNTER,
            "operations",
            "Operations that this node answered locally because Redis was unavailable or the key was in the recovery journal"),
    JOURNALED_KEYS(
            Kind.GAUGE,
            "keys",
            "Keys in the recovery journal, of which Redis has missed a change; -1 for the whole cache"),
    JOURNAL_OVERFLOWS(
            Kind.COUNTER,
            "times",
            "How often the recovery journal exceeded outage.journal-keys, so that Redis has to drop the whole cache"),
    RECOVERY_REMOVALS(Kind.COUNTER, "keys", "Keys removed from Redis because it had missed a change");

    private final Kind kind;
    private final String unit;
    private final String description;

    TierNumber(Kind kind, String unit, String description) {
        this.kind = kind;
        this.unit = unit;
        this.description = description;
    }

    /** The kind of a number. */
    public enum Kind {
        /** A number that only grows, from 0 at the creation of the cache. */
        COUNTER,
        /** A number that grows and shrinks. */
        GAUGE,
        /** 1 while the state holds, else 0; {@code boolean} in JMX. */
        STATE,
        /** A {@link TierLatency}; measured while statistics are enabled. */
        LATENCY
    }

    public Kind kind() {
        return kind;
    }

    /** Returns the unit: {@code ms}, {@code us}, {@code bytes}, {@code %}, or the counted noun; empty for a state and a severity. */
    public String unit() {
        return unit;
    }

    public String description() {
        return description;
    }

    /** Returns the name of the attribute in JMX, such as {@code NearHits}. */
    public String attributeName() {
        return Arrays.stream(name().split("_", -1))
                .map(word -> word.charAt(0) + word.substring(1).toLowerCase(Locale.ROOT))
                .collect(Collectors.joining());
    }

    /** Returns the name of the meter in Micrometer, such as {@code tiered.cache.near.hits}; it has no unit. */
    public String meterName() {
        String words = name().replaceFirst("_(MILLIS|BYTES)$", "").replace('_', '.');
        return "tiered.cache." + words.toLowerCase(Locale.ROOT);
    }
}
