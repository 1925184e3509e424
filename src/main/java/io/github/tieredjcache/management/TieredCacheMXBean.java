package io.github.tieredjcache.management;

import io.github.tieredjcache.TierStatistics;
import java.util.Map;

/**
 * One cache on this node, tier by tier: {@code io.github.tieredjcache:type=Cache,CacheManager=<URI>,Cache=<name>}, shown while the cache's
 * management or its statistics are enabled. URI and name are written as in JCache's own beans.
 *
 * <p>Numbers count from the creation of the cache on this node and are those of {@link TierStatistics}. Nothing shows a value or
 * a password. Operations wait for Redis as calls of the cache do, and throw as these do.
 */
@Description("One cache on this node, tier by tier. Counters count from the cache's creation on this node.")
public interface TieredCacheMXBean {
    @Description("Name of the cache")
    String getCacheName();

    @Description("Host and port of Redis, or its sentinels; empty for a cache in memory only")
    String getRedis();

    @Description("What Redis keys of the cache begin with; empty for a cache in memory only")
    String getRedisKeyPrefix();

    @Description("What operations do while Redis is away: LOCAL goes on with memory and source, FAIL throws")
    String getOutagePolicy();

    @Description("Whether lookups, near hits and latencies are counted (CacheManager.enableStatistics)")
    boolean isStatisticsEnabled();

    // Reads

    @Description(
            value = "Lookups that found a value in memory or Redis; counted while statistics are enabled",
            unit = "lookups")
    long getHits();

    @Description(value = "Lookups that found none; counted while statistics are enabled", unit = "lookups")
    long getMisses();

    @Description(value = "Share of the hits in all lookups; 0 if there were none", unit = "%")
    double getHitPercentage();

    @Description(value = "Lookups that memory answered; counted while statistics are enabled", unit = "lookups")
    long getNearHits();

    @Description(value = "Lookups that Redis answered with a value", unit = "lookups")
    long getRemoteHits();

    @Description(value = "Lookups that found nothing in memory and nothing in Redis", unit = "lookups")
    long getRemoteMisses();

    @Description(
            value = "Time of near hits (the first 1,000 and one in 32 are measured); percentiles of the last minutes",
            unit = "us")
    LatencyData getNearLatency();

    @Description(
            value = "Time of calls to Redis, one command or many in one flush; percentiles of the last minutes",
            unit = "us")
    LatencyData getRemoteLatency();

    @Description(value = "Time of calls of the CacheLoader; percentiles of the last minutes", unit = "us")
    LatencyData getSourceLatency();

    // Loads

    @Description(value = "Keys that the CacheLoader was asked for", unit = "keys")
    long getLoads();

    @Description(value = "Calls of the CacheLoader that threw", unit = "calls")
    long getLoadFailures();

    @Description(value = "Loads that run now; see load.maximum-concurrent", unit = "loads")
    long getLoadsRunning();

    @Description(value = "Loads that wait now because so many run", unit = "loads")
    long getLoadsWaiting();

    @Description(value = "Loads refused because none that ran ended within load.queue-wait", unit = "loads")
    long getLoadsRefused();

    @Description(
            value =
                    "Lookups that waited for another thread's fetch of the key instead of making one: stampedes prevented here",
            unit = "lookups")
    long getCoalescedLookups();

    @Description(
            value =
                    "Lookups that waited for another node's load of the key instead of making one: stampedes prevented in the cluster",
            unit = "lookups")
    long getLoadsAwaited();

    @Description(
            value =
                    "Lookups answered with a value that had ended, because the source failed or was slow; see load.stale-for",
            unit = "lookups")
    long getStaleServed();

    @Description(value = "Entries loaded again before they ended; see load.refresh-ahead", unit = "entries")
    long getRefreshes();

    @Description(
            value =
                    "Loaded values that went to their callers and were not kept: the key had changed, or no tier took them",
            unit = "values")
    long getFillsVoided();

    // Coherence

    @Description(
            value = "Copies and fetches that ended because Redis announced another node's change",
            unit = "announcements")
    long getInvalidations();

    @Description(value = "Announcements of this node's own changes, which end nothing", unit = "announcements")
    long getOwnEchoes();

    @Description(value = "How old a near hit may be at most; 0 for a cache in memory only", unit = "ms")
    long getStalenessBoundMillis();

    @Description(
            value =
                    "Age of the last proof that announcements arrive; above the bound memory is not asked; -1 if there is none",
            unit = "ms")
    long getLeaseAgeMillis();

    @Description(value = "Times that memory ceased to be asked because the proof was too old", unit = "times")
    long getLeaseLapses();

    @Description(
            value =
                    "Near hits of a sample that Redis contradicted although nobody had announced a change; see near.verify-sample",
            unit = "keys")
    long getNearMismatches();

    // Writes

    @Description(value = "Decisions that lost against another writer and were made again", unit = "decisions")
    long getConflicts();

    @Description(value = "Writes that waited because another call, of any node, had the key", unit = "writes")
    long getLeaseWaits();

    @Description(
            value =
                    "Entries removed because a write took longer than its lease: the source is right, and is read again",
            unit = "entries")
    long getWritesVoided();

    @Description(value = "Values in Redis that could not be read and counted as missing", unit = "values")
    long getUndecodableValues();

    @Description(value = "The same by reason; the log says what helps", unit = "values")
    Map<String, Long> getUndecodableValuesByReason();

    // Redis

    @Description("Whether Redis is known to be away, so that no call waits for it: the gate is shut")
    boolean isRemoteAway();

    @Description(value = "How long Redis was away, all times together", unit = "ms")
    long getRemoteAwayMillis();

    @Description(value = "Times that Redis went away", unit = "times")
    long getRemoteOutages();

    @Description(value = "Calls to Redis that failed, by kind: timeout, disconnection, refusal", unit = "calls")
    Map<String, Long> getRemoteErrors();

    @Description(value = "Operations, key by key, that this node answered in Redis's place", unit = "operations")
    long getLocalOperations();

    @Description(
            value = "Keys of which Redis has missed a change and must forget first; -1 for the whole cache",
            unit = "keys")
    long getJournaledKeys();

    @Description(
            value = "Times that these were more than outage.journal-keys, so that Redis had to forget the whole cache",
            unit = "times")
    long getJournalOverflows();

    @Description(value = "Keys that Redis was made to forget because it had missed a change", unit = "keys")
    long getJournalVoided();

    // Memory

    @Description(value = "Entries in memory, about", unit = "entries")
    long getNearEntries();

    @Description(value = "What they weigh if near.maximum-weight is set, else -1", unit = "bytes")
    long getNearWeightBytes();

    @Description(value = "Entries dropped from memory for want of room", unit = "entries")
    long getNearEvictions();

    @Description(value = "Events that an asynchronous listener missed because it was too slow", unit = "events")
    long getEventsDropped();

    // For a person on call

    /**
     * Says what the tiers hold of a key, without its value; changes and counts nothing.
     *
     * @throws IllegalArgumentException if the text is no key of this cache
     */
    @Description("Says which tiers have a key, its age, remaining life, version and last writer, never its value")
    KeyExplanation explain(@Description(name = "key", value = KeyExplanation.KEY) String key);

    /**
     * Removes a key from memory and Redis for all nodes; the next read loads it. Tells neither writer nor listeners.
     *
     * @return what was done, as a sentence
     * @throws IllegalArgumentException if the text is no key of this cache
     */
    @Description(
            "Removes a key from memory and Redis for all nodes, so that it is loaded again; tells neither CacheWriter nor listeners")
    String invalidate(@Description(name = "key", value = KeyExplanation.KEY) String key);

    /**
     * Drops what this node holds in memory; Redis is asked again.
     *
     * @throws IllegalStateException for a cache in memory only
     */
    @Description("Drops what this node holds in memory, so that Redis is asked again; not for a cache in memory only")
    String clearNear();

    /**
     * Fills memory with the keys that nodes have read most, now.
     *
     * @throws IllegalStateException without {@code warm.keys}
     */
    @Description("Fills memory with the keys that nodes have read most; needs the setting warm.keys")
    String warm();

    /**
     * Returns the keys that this node reads most.
     *
     * @param maximum 1 to 1,000
     */
    @Description(
            "The keys that this node reads most, hottest first; of meaning once memory is half full, or with warm.keys")
    String[] hottestKeys(@Description(name = "maximum", value = "How many at most, 1 to 1000") int maximum);

    /**
     * Counts the cache's keys in Redis by SCAN, for ten seconds at most.
     *
     * @param maximum when to stop, at least 1
     * @throws IllegalStateException for a cache in memory only
     */
    @Description("Counts the cache's keys in Redis by SCAN, for ten seconds at most; says whether it came to the end")
    String countRemoteKeys(@Description(name = "maximum", value = "When to stop, such as 1000000") long maximum);
}
