package io.github.tieredjcache.management;

import io.github.tieredjcache.TierStatistics;
import java.util.Map;

/**
 * One cache on this node, tier by tier: {@code io.github.tieredjcache:type=Cache,CacheManager=<URI>,Cache=<name>}. The
 * bean is registered while management or statistics of the cache are enabled. URI and name are escaped as in JCache's
 * own beans.
 *
 * <p>Numbers count from the creation of the cache on this node and are those of {@link TierStatistics}. No attribute
 * and no result contains a value of the cache or a password. Operations wait for Redis like calls of the cache, and
 * throw the same exceptions.
 */
@Description("One cache on this node, tier by tier. Counters count from the creation of the cache on this node")
public interface TieredCacheMXBean {
    @Description("Name of the cache")
    String getCacheName();

    @Description("Host and port of Redis, or of its sentinels; empty for a cache without Redis")
    String getRedis();

    @Description("Prefix of the Redis keys of the cache; empty for a cache without Redis")
    String getRedisKeyPrefix();

    @Description(
            "Behaviour while Redis is unavailable (outage.policy): LOCAL continues with memory and source, FAIL throws")
    String getOutagePolicy();

    @Description(
            "Whether statistics are enabled (CacheManager.enableStatistics): lookups, near hits and latencies are counted")
    boolean isStatisticsEnabled();

    // Reads

    @Description(
            value = "Lookups that found a value in the near tier or in Redis; counted while statistics are enabled",
            unit = "lookups")
    long getHits();

    @Description(value = "Lookups that found no value; counted while statistics are enabled", unit = "lookups")
    long getMisses();

    @Description(value = "Share of hits in all lookups; 0 without lookups", unit = "%")
    double getHitPercentage();

    @Description(value = "Lookups that the near tier answered; counted while statistics are enabled", unit = "lookups")
    long getNearHits();

    @Description(value = "Lookups that Redis answered with a value", unit = "lookups")
    long getRemoteHits();

    @Description(value = "Lookups that found no value in the near tier and none in Redis", unit = "lookups")
    long getRemoteMisses();

    @Description(
            value =
                    "Duration of near hits (the first 1,000 and then one in 32 are measured); percentiles of the last one to two minutes",
            unit = "us")
    LatencyData getNearLatency();

    @Description(
            value =
                    "Duration of calls to Redis (one command, or many in one flush); percentiles of the last one to two minutes",
            unit = "us")
    LatencyData getRemoteLatency();

    @Description(
            value = "Duration of calls of the CacheLoader; percentiles of the last one to two minutes",
            unit = "us")
    LatencyData getSourceLatency();

    // Loads

    @Description(value = "Keys that the CacheLoader was called for", unit = "keys")
    long getLoads();

    @Description(value = "Calls of the CacheLoader that threw an exception", unit = "calls")
    long getLoadFailures();

    @Description(value = "Loads that run now; see load.maximum-concurrent", unit = "loads")
    long getLoadsRunning();

    @Description(value = "Loads that wait now because load.maximum-concurrent loads run", unit = "loads")
    long getLoadsWaiting();

    @Description(value = "Loads refused because no running load finished within load.queue-wait", unit = "loads")
    long getLoadsRefused();

    @Description(value = "Lookups that waited for another thread's fetch of the key (single flight)", unit = "lookups")
    long getCoalescedLookups();

    @Description(value = "Lookups that waited for another node's load of the key", unit = "lookups")
    long getLoadsAwaited();

    @Description(
            value = "Lookups that returned an expired value because the source failed or was slow; see load.stale-for",
            unit = "lookups")
    long getStaleServed();

    @Description(value = "Entries loaded again before they expired; see load.refresh-ahead", unit = "entries")
    long getRefreshes();

    @Description(
            value = "Loaded values that were returned but not kept: the key had changed, or no tier stored them",
            unit = "values")
    long getFillsVoided();

    // Coherence

    @Description(
            value = "Near copies and fetches invalidated because another node changed the key",
            unit = "announcements")
    long getInvalidations();

    @Description(value = "Invalidations of this node's own changes, which drop nothing", unit = "announcements")
    long getOwnEchoes();

    @Description(
            value = "Maximum staleness of a near hit (near.staleness-bound); 0 for a cache without Redis",
            unit = "ms")
    long getStalenessBoundMillis();

    @Description(
            value =
                    "Age of the last coherence proof; above the bound the near tier does not answer; -1 without a proof",
            unit = "ms")
    long getLeaseAgeMillis();

    @Description(
            value = "How often the near tier stopped answering because its coherence proof was older than the bound",
            unit = "times")
    long getLeaseLapses();

    @Description(
            value =
                    "Near copies that Redis no longer held although no invalidation had arrived; see near.verify-sample",
            unit = "keys")
    long getNearMismatches();

    // Writes

    @Description(value = "Write attempts that lost against another writer and were decided again", unit = "decisions")
    long getConflicts();

    @Description(value = "Writes that waited because another call, of any node, had leased the key", unit = "writes")
    long getLeaseWaits();

    @Description(
            value =
                    "Entries removed because a write took longer than its write lease; the next read loads from the source",
            unit = "entries")
    long getWritesVoided();

    @Description(value = "Values in Redis that could not be decoded and counted as missing", unit = "values")
    long getUndecodableValues();

    @Description(
            value = "Values in Redis that could not be decoded and counted as missing, by reason; the log has the cure",
            unit = "values")
    Map<String, Long> getUndecodableValuesByReason();

    // Redis

    @Description("Whether Redis is unavailable: the circuit breaker is open, and no call waits for Redis")
    boolean isRemoteAway();

    @Description(value = "How long Redis was unavailable: all outages together, the current one included", unit = "ms")
    long getRemoteAwayMillis();

    @Description(value = "How often Redis became unavailable", unit = "times")
    long getRemoteOutages();

    @Description(value = "Calls to Redis that failed, by kind: timeout, disconnection, refusal", unit = "calls")
    Map<String, Long> getRemoteErrors();

    @Description(
            value =
                    "Operations that this node answered locally because Redis was unavailable or the key was in the recovery journal",
            unit = "operations")
    long getLocalOperations();

    @Description(
            value = "Keys in the recovery journal, of which Redis has missed a change; -1 for the whole cache",
            unit = "keys")
    long getJournaledKeys();

    @Description(
            value =
                    "How often the recovery journal exceeded outage.journal-keys, so that Redis has to drop the whole cache",
            unit = "times")
    long getJournalOverflows();

    @Description(value = "Keys removed from Redis because it had missed a change", unit = "keys")
    long getJournalVoided();

    // Near tier and listeners

    @Description(value = "Entries in the near tier (an estimate), expired ones included", unit = "entries")
    long getNearEntries();

    @Description(value = "Weight of the entries in the near tier; -1 without near.maximum-weight", unit = "bytes")
    long getNearWeightBytes();

    @Description(value = "Entries evicted from the near tier for lack of room", unit = "entries")
    long getNearEvictions();

    @Description(value = "Events dropped because an asynchronous listener was too slow", unit = "events")
    long getEventsDropped();

    // Operations for a person on call

    /**
     * Returns the state of a key in the tiers, without its value. Changes and counts nothing.
     *
     * @throws IllegalArgumentException if the text is not a key of this cache
     */
    @Description("Shows which tiers have a key, its age, remaining lifetime, version and last writer; never its value")
    KeyExplanation explain(@Description(name = "key", value = KeyExplanation.KEY) String key);

    /**
     * Removes a key from the near tier and Redis for all nodes; the next read loads it. Writer and listeners are not
     * called.
     *
     * @return a sentence on the result
     * @throws IllegalArgumentException if the text is not a key of this cache
     */
    @Description(
            "Removes a key from the near tier and Redis for all nodes; the next read loads it. CacheWriter and listeners are not called")
    String invalidate(@Description(name = "key", value = KeyExplanation.KEY) String key);

    /**
     * Removes all near copies of this node, so that the next reads ask Redis.
     *
     * @return a sentence on the result
     * @throws IllegalStateException for a cache without Redis
     */
    @Description(
            "Removes all near copies of this node, so that the next reads ask Redis; not for a cache without Redis")
    String clearNear();

    /**
     * Fills the near tier now with the keys that nodes have read most.
     *
     * @return a sentence on the result
     * @throws IllegalStateException without {@code warm.keys}
     */
    @Description("Fills the near tier now with the keys that nodes have read most; needs the setting warm.keys")
    String warm();

    /**
     * Returns the keys that this node reads most, most-read first.
     *
     * @param maximum the maximum number of keys, 1 to 1,000
     */
    @Description(
            "Returns the keys that this node reads most, most-read first; meaningful once the near tier is half full, or with warm.keys")
    String[] hottestKeys(@Description(name = "maximum", value = "Maximum number of keys, 1 to 1000") int maximum);

    /**
     * Counts the cache's keys in Redis by SCAN, for at most ten seconds.
     *
     * @param maximum the count at which to stop, at least 1
     * @return the count, with "about" if it is complete, else with "at least"
     * @throws IllegalStateException for a cache without Redis
     */
    @Description(
            "Counts the cache's keys in Redis by SCAN, for at most ten seconds; the result states whether the count is complete")
    String countRemoteKeys(
            @Description(name = "maximum", value = "Count at which to stop, such as 1000000") long maximum);
}
