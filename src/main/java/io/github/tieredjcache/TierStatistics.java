package io.github.tieredjcache;

/**
 * The numbers of one cache on this node, tier by tier, since the creation of the cache.
 *
 * <pre>{@code
 * TierStatistics statistics = cache.unwrap(TierStatistics.class);
 * long loads = statistics.sourceLoads();
 * }</pre>
 *
 * <p>Each method returns the current number and may be called by any thread; two calls are not atomic together. The
 * numbers remain readable after the cache was closed. JMX and Micrometer show the same numbers with the same
 * descriptions.
 */
public interface TierStatistics {
    /** Returns the number of lookups that the near tier answered; counted while statistics are enabled. */
    long nearHits();

    /** Returns the number of lookups that Redis answered with a value. */
    long remoteHits();

    /** Returns the number of lookups that found no value in the near tier and none in Redis. */
    long misses();

    /** Returns the number of keys that the {@code CacheLoader} was called for. */
    long sourceLoads();

    /** Returns the number of calls of the {@code CacheLoader} that threw an exception. */
    long sourceLoadFailures();

    /** Returns the number of loads that run now; see {@link TieredSettings#maximumConcurrentLoads}. */
    long loadsRunning();

    /** Returns the number of loads that wait now because {@link TieredSettings#maximumConcurrentLoads} loads run. */
    long loadsWaiting();

    /**
     * Returns the number of loads refused because no running load finished within {@link TieredSettings#loadQueueWait}.
     */
    long loadsRefused();

    /** Returns the number of lookups that waited for another thread's fetch of the key (single flight). */
    long coalescedLookups();

    /** Returns the number of lookups that waited for another node's load of the key. */
    long loadsAwaited();

    /**
     * Returns the number of lookups that returned an expired value because the source failed or was slow; see {@link
     * TieredSettings#staleFor}.
     */
    long staleServed();

    /** Returns the number of entries loaded again before they expired; see {@link TieredSettings#refreshAhead}. */
    long refreshes();

    /** Returns the duration of near hits; measured while statistics are enabled. */
    TierLatency nearLatency();

    /**
     * Returns the duration of calls to Redis, as their callers waited for them: one command each, or many in one flush.
     * Failed calls count, too. Measured while statistics are enabled.
     */
    TierLatency remoteLatency();

    /** Returns the duration of calls of the {@code CacheLoader}; measured while statistics are enabled. */
    TierLatency sourceLatency();

    /** Returns the number of entries in the near tier (an estimate), expired ones included. */
    long nearEntries();

    /** Returns the weight of the entries in the near tier, in bytes; -1 without {@code near.maximum-weight}. */
    long nearWeightBytes();

    /** Returns the number of entries evicted from the near tier for lack of room. */
    long nearEvictions();

    /**
     * Returns the number of near copies and fetches invalidated because another node changed the key. Now and then it
     * includes a key of this node, whose load lease was released after a failed load.
     */
    long invalidations();

    /** Returns the number of invalidations of this node's own changes, which drop nothing. */
    long ownEchoes();

    /** Returns the number of writes that waited because another call, of any node, had leased the key. */
    long writesAwaited();

    /** Returns the number of events dropped because an asynchronous listener was too slow. */
    long eventsDropped();

    /**
     * Returns the number of loaded values that were returned but not kept: the key had changed, or no tier stored them.
     */
    long fillsRefused();

    /**
     * Returns the number of entries removed because a write took longer than its write lease. The writer had changed
     * the source by then, and another node may have changed Redis meanwhile; so the next read loads from the source.
     */
    long writesVoided();

    /**
     * Returns the number of values in Redis that could not be decoded and counted as missing; keys that an iteration
     * could not decode are included.
     */
    long undecodableValues();

    /** Returns the part of {@link #undecodableValues()} with this reason. */
    long undecodableValues(UndecodableReason reason);

    /**
     * Returns the maximum staleness of a near hit ({@code near.staleness-bound}), in milliseconds; 0 for a cache
     * without Redis, whose near tier is the tier of record.
     */
    long stalenessBoundMillis();

    /**
     * Returns the age of the last coherence proof, in milliseconds; -1 if there is none, or no Redis. The proof is a
     * request that Redis has answered on the connection that carries the invalidations; its age counts from the sending
     * of the request. Above the bound the near tier does not answer.
     */
    long coherenceProofAgeMillis();

    /** Returns how often the near tier stopped answering because its coherence proof was older than the bound. */
    long coherenceLapses();

    /**
     * Returns the number of near copies that Redis no longer held although no invalidation had arrived; see {@link
     * TieredSettings#nearVerifySample}. Each of them was dropped. A number above 0 means that invalidations get lost.
     */
    long nearMismatches();

    /** Returns the number of write attempts that lost against another writer and were decided again. */
    long conflicts();

    /** Returns whether Redis is unavailable: the circuit breaker is open, and no call waits for Redis. */
    boolean isRemoteAway();

    /** Returns how often Redis became unavailable since the first connection of this node. */
    long remoteOutages();

    /** Returns how long Redis was unavailable, in milliseconds: all outages together, the current one included. */
    long remoteAwayMillis();

    /** Returns the number of calls to Redis without a reply in time. */
    long remoteTimeouts();

    /** Returns the number of calls to Redis that failed because there was no connection or the connection closed. */
    long remoteDisconnections();

    /**
     * Returns the number of calls that Redis refused: it is loading, read-only or out of memory, or its user lacks a
     * permission.
     */
    long remoteRefusals();

    /**
     * Returns the number of operations that this node answered locally because Redis was unavailable or the key was in
     * the recovery journal; an operation on many keys counts once for each key.
     */
    long localOperations();

    /**
     * Returns the number of keys in the recovery journal, of which Redis has missed a change; -1 for the whole cache. A
     * key in the journal is not read from Redis until it has been removed there.
     */
    long journaledKeys();

    /**
     * Returns how often the recovery journal exceeded {@link TieredSettings#outageJournalKeys}, so that Redis has to
     * drop the whole cache.
     */
    long journalOverflows();

    /** Returns the number of keys removed from Redis because it had missed a change. */
    long journalVoided();
}
