package io.github.tieredjcache.management;

/**
 * One cache on this node, tier by tier: {@code io.github.tieredjcache:type=Cache,CacheManager=<URI>,Cache=<name>}. The
 * bean is registered while management or statistics of the cache are enabled. URI and name are escaped as in JCache's
 * own beans; a number may follow the URI, see {@link TieredCacheManagerMXBean}.
 *
 * <p>Here are the numbers of {@link io.github.tieredjcache.TierNumber}, which describes them; {@link CacheOperations}
 * has the other attributes, and the operations. Numbers count from the creation of the cache on this node.
 */
@Description("One cache on this node, tier by tier. Counters count from the creation of the cache on this node")
public interface TieredCacheMXBean extends CacheOperations {
    // Status

    long getSeverity();

    long getRecentHitPercentage();

    long getRecentLoadFailures();

    // Lookups

    long getNearHits();

    long getRemoteHits();

    long getRemoteMisses();

    long getCoalescedLookups();

    long getStaleServed();

    LatencyData getNearLatency();

    LatencyData getRemoteLatency();

    LatencyData getSourceLatency();

    // Loads

    long getLoads();

    long getLoadFailures();

    long getLoadsRunning();

    long getLoadsWaiting();

    long getLoadsRefused();

    long getLoadsAwaited();

    long getRefreshes();

    long getFillsRefused();

    // Near tier

    long getNearEntries();

    long getNearWeightBytes();

    long getNearEvictions();

    long getNearChecks();

    long getNearMismatches();

    // Verification of the source

    long getSourceChecks();

    long getSourceMismatches();

    long getSourceMismatches1s();

    long getSourceMismatches10s();

    long getSourceMismatches60s();

    // Coherence

    long getInvalidations();

    long getOwnInvalidations();

    long getStalenessBoundMillis();

    long getCoherenceProofAgeMillis();

    long getCoherenceLapses();

    // Writes and listeners

    long getConflicts();

    long getWritesAwaited();

    long getWritesVoided();

    long getValuesRefused();

    long getEventsDropped();

    // Redis

    long getUndecodableValues();

    long getRemoteTimeouts();

    long getRemoteDisconnections();

    long getRemoteRefusals();

    boolean isRemoteUnavailable();

    boolean isRemoteOutOfMemory();

    long getRemoteOutages();

    long getRemoteDowntimeMillis();

    long getLocalOperations();

    long getJournaledKeys();

    long getJournalOverflows();

    long getRecoveryRemovals();
}
