package io.github.tieredjcache.internal.framework;

import java.util.Map;

/**
 * The settings that caches of frameworks need to be correct, as texts of a configuration file. Hibernate creates its
 * regions without any settings.
 */
public final class FrameworkCaches {
    /** The origin of these settings, for messages. */
    public static final String ORIGIN = "the defaults for Hibernate";

    private static final String TIMESTAMPS = "default-update-timestamps-region";
    private static final String QUERIES = "default-query-results-region";

    /**
     * A query result is as current as the timestamp that Hibernate compares it with. So a timestamp is read from Redis
     * each time, outlives the results, and counts as "now" if Redis has lost it.
     */
    private static final Map<String, String> OF_TIMESTAMPS = Map.of(
            "near.time-to-live", "0s",
            "outage.failover-repair", "on",
            "expiry.modified", "eternal",
            "loader", HibernateTimestampLoader.class.getName());

    /** A key consists of the SQL of the query and its parameters. */
    private static final Map<String, String> OF_QUERIES = Map.of("codec.maximum-key-size", "64KiB");

    private FrameworkCaches() {}

    /** Returns the settings and options that a cache needs, by name; empty if no framework creates it. */
    public static Map<String, String> section(String cacheName) {
        return isRegion(cacheName, TIMESTAMPS) ? OF_TIMESTAMPS : isRegion(cacheName, QUERIES) ? OF_QUERIES : Map.of();
    }

    /** A prefix comes from {@code hibernate.cache.region_prefix}. */
    private static boolean isRegion(String cacheName, String region) {
        return cacheName.equals(region) || cacheName.endsWith("." + region);
    }
}
