package io.github.tieredjcache;

/**
 * The numbers of one cache on this node, tier by tier, since the creation of the cache.
 *
 * <pre>{@code
 * TierStatistics statistics = cache.unwrap(TierStatistics.class);
 * long loads = statistics.loads();
 * }</pre>
 *
 * <p>{@link TierNumber} describes the numbers and their units; each has a method of its name here. JMX and Micrometer
 * show the same numbers.
 *
 * <p>Each method returns the current number and may be called by any thread; two calls are not atomic together. The
 * numbers remain readable after the cache was closed.
 */
public interface TierStatistics {
    /**
     * Returns a number; 1 or 0 for a state.
     *
     * @throws IllegalArgumentException for a latency
     */
    long get(TierNumber number);

    /**
     * Returns a latency; measured while statistics are enabled.
     *
     * @throws IllegalArgumentException if the number is not a latency
     */
    TierLatency latency(TierNumber number);

    /** Returns the part of {@link #undecodableValues()} with this reason. */
    long undecodableValues(UndecodableReason reason);

    /** Returns what is wrong with the cache now, if anything. */
    TierStatus status();

    /** Returns the severity of {@link #status}: 0 is OK, 1 degraded, 2 failing. */
    default long severity() {
        return get(TierNumber.SEVERITY);
    }

    /** Returns the share of near and remote hits in the lookups of the last minute; -1 without lookups or while statistics are disabled. A cache without Redis whose entries never expire counts from the last reading, if that was longer ago. */
    default long recentHitPercentage() {
        return get(TierNumber.RECENT_HIT_PERCENTAGE);
    }

    default long recentLoadFailures() {
        return get(TierNumber.RECENT_LOAD_FAILURES);
    }

    default long nearHits() {
        return get(TierNumber.NEAR_HITS);
    }

    default long remoteHits() {
        return get(TierNumber.REMOTE_HITS);
    }

    default long remoteMisses() {
        return get(TierNumber.REMOTE_MISSES);
    }

    default long coalescedLookups() {
        return get(TierNumber.COALESCED_LOOKUPS);
    }

    default long staleServed() {
        return get(TierNumber.STALE_SERVED);
    }

    default TierLatency nearLatency() {
        return latency(TierNumber.NEAR_LATENCY);
    }

    /** Returns the duration of calls to Redis, as their callers waited for them. Failed calls count, too. */
    default TierLatency remoteLatency() {
        return latency(TierNumber.REMOTE_LATENCY);
    }

    default TierLatency sourceLatency() {
        return latency(TierNumber.SOURCE_LATENCY);
    }

    default long loads() {
        return get(TierNumber.LOADS);
    }

    default long loadFailures() {
        return get(TierNumber.LOAD_FAILURES);
    }

    default long loadsRunning() {
        return get(TierNumber.LOADS_RUNNING);
    }

    default long loadsWaiting() {
        return get(TierNumber.LOADS_WAITING);
    }

    default long loadsRefused() {
        return get(TierNumber.LOADS_REFUSED);
    }

    default long loadsAwaited() {
        return get(TierNumber.LOADS_AWAITED);
    }

    default long refreshes() {
        return get(TierNumber.REFRESHES);
    }

    default long fillsRefused() {
        return get(TierNumber.FILLS_REFUSED);
    }

    default long nearEntries() {
        return get(TierNumber.NEAR_ENTRIES);
    }

    default long nearWeightBytes() {
        return get(TierNumber.NEAR_WEIGHT_BYTES);
    }

    default long nearEvictions() {
        return get(TierNumber.NEAR_EVICTIONS);
    }

    default long nearChecks() {
        return get(TierNumber.NEAR_CHECKS);
    }

    /** Returns the number of near copies that Redis no longer held although no invalidation had arrived. Each of them was dropped. A number above 0 means that invalidations get lost. */
    default long nearMismatches() {
        return get(TierNumber.NEAR_MISMATCHES);
    }

    /** Returns the number of hits that were compared with the source and had a result: the n of "k of n reads were older". */
    default long sourceChecks() {
        return get(TierNumber.SOURCE_CHECKS);
    }

    /** Returns the number of compared hits whose value in Redis was older than the source's, for however short a time. */
    default long sourceMismatches() {
        return get(TierNumber.SOURCE_MISMATCHES);
    }

    default long sourceMismatches1s() {
        return get(TierNumber.SOURCE_MISMATCHES_1S);
    }

    default long sourceMismatches10s() {
        return get(TierNumber.SOURCE_MISMATCHES_10S);
    }

    default long sourceMismatches60s() {
        return get(TierNumber.SOURCE_MISMATCHES_60S);
    }

    /** Returns the number of near copies and fetches that another node's change invalidated. Now and then it includes a key of this node, whose load lease was released after a failed load. */
    default long invalidations() {
        return get(TierNumber.INVALIDATIONS);
    }

    default long ownInvalidations() {
        return get(TierNumber.OWN_INVALIDATIONS);
    }

    /** Returns {@code near.staleness-bound}; 0 for a cache without Redis, whose near tier is the tier of record. */
    default long stalenessBoundMillis() {
        return get(TierNumber.STALENESS_BOUND_MILLIS);
    }

    /** Returns the age of the last coherence proof; -1 if there is none, or no Redis. The proof is a request that Redis has answered on the connection that carries the invalidations; its age counts from the sending of the request. Above the bound the near tier does not answer. */
    default long coherenceProofAgeMillis() {
        return get(TierNumber.COHERENCE_PROOF_AGE_MILLIS);
    }

    default long coherenceLapses() {
        return get(TierNumber.COHERENCE_LAPSES);
    }

    default long conflicts() {
        return get(TierNumber.CONFLICTS);
    }

    default long writesAwaited() {
        return get(TierNumber.WRITES_AWAITED);
    }

    /** Returns the number of entries removed because a write took longer than its write lease. The writer had changed the source by then, and another node may have changed Redis meanwhile; so the next read loads from the source. */
    default long writesVoided() {
        return get(TierNumber.WRITES_VOIDED);
    }

    default long valuesRefused() {
        return get(TierNumber.VALUES_REFUSED);
    }

    default long eventsDropped() {
        return get(TierNumber.EVENTS_DROPPED);
    }

    /** Returns the number of values in Redis that could not be decoded; keys that an iteration could not decode are included. */
    default long undecodableValues() {
        return get(TierNumber.UNDECODABLE_VALUES);
    }

    default long remoteTimeouts() {
        return get(TierNumber.REMOTE_TIMEOUTS);
    }

    default long remoteDisconnections() {
        return get(TierNumber.REMOTE_DISCONNECTIONS);
    }

    default long remoteRefusals() {
        return get(TierNumber.REMOTE_REFUSALS);
    }

    /** Returns whether the circuit breaker of Redis is open, and no call waits for Redis. */
    default boolean isRemoteUnavailable() {
        return get(TierNumber.REMOTE_UNAVAILABLE) != 0;
    }

    /** Returns whether Redis is out of memory. It is known from the last value that this node wanted to store; reads and removals do not change it. */
    default boolean isRemoteOutOfMemory() {
        return get(TierNumber.REMOTE_OUT_OF_MEMORY) != 0;
    }

    /** Returns how often Redis became unavailable since the first connection of this node. */
    default long remoteOutages() {
        return get(TierNumber.REMOTE_OUTAGES);
    }

    default long remoteDowntimeMillis() {
        return get(TierNumber.REMOTE_DOWNTIME_MILLIS);
    }

    /** Returns the number of operations answered locally; an operation on many keys counts once for each key. */
    default long localOperations() {
        return get(TierNumber.LOCAL_OPERATIONS);
    }

    /** Returns the number of keys in the recovery journal; -1 for the whole cache. A key in the journal is not read from Redis until it has been removed there. */
    default long journaledKeys() {
        return get(TierNumber.JOURNALED_KEYS);
    }

    default long journalOverflows() {
        return get(TierNumber.JOURNAL_OVERFLOWS);
    }

    default long recoveryRemovals() {
        return get(TierNumber.RECOVERY_REMOVALS);
    }
}
