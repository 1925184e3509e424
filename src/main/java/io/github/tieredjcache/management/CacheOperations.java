package io.github.tieredjcache.management;

import java.util.Map;

/**
 * The operations of {@code TieredCacheMXBean}, and its attributes that are not in {@link
 * io.github.tieredjcache.TierNumber}.
 *
 * <p>No attribute and no result contains a value of the cache or a password. Operations wait for Redis like calls of the
 * cache, and throw the same exceptions.
 */
public interface CacheOperations {
    @Description("Name of the cache")
    String getCacheName();

    @Description("What is wrong with the cache on this node, for how long and why; OK if nothing is")
    String getStatus();

    @Description("Host and port of Redis, or of its sentinels; empty for a cache without Redis")
    String getRedis();

    @Description("Prefix of the Redis keys of the cache; empty for a cache without Redis")
    String getRedisKeyPrefix();

    @Description("Name of this node (node.name), which its connections to Redis have; empty for a cache without Redis")
    String getNodeName();

    @Description(
            "Behaviour while Redis is unavailable (outage.policy): LOCAL continues with memory and source, FAIL throws")
    String getOutagePolicy();

    @Description(
            "Whether statistics are enabled (CacheManager.enableStatistics): lookups, near hits and latencies are counted")
    boolean isStatisticsEnabled();

    @Description(
            value = "Lookups that found a value in the near tier or in Redis; counted while statistics are enabled",
            unit = "lookups")
    long getHits();

    @Description(value = "Lookups that found no value; counted while statistics are enabled", unit = "lookups")
    long getMisses();

    @Description(value = "Share of hits in all lookups; 0 without lookups", unit = "%")
    double getHitPercentage();

    @Description(
            value = "Values in Redis that could not be decoded and counted as missing, by reason; the log has the cure",
            unit = "values")
    Map<String, Long> getUndecodableValuesByReason();

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
     * Returns what the verifications have found on this node: how many near hits Redis no longer held ({@code
     * near.verify-sample}), how many values in Redis were older than the source's, and for how long ({@code
     * load.verify-per-minute}); and a line for each key that differs now, with its age and its last writer.
     */
    @Description(
            "Returns how many of the compared reads were older than Redis or the source, and the keys that differ now with age and last writer; never their values")
    String[] verificationReport();

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
