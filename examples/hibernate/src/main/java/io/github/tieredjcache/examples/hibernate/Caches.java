package io.github.tieredjcache.examples.hibernate;

import io.github.tieredjcache.TierStatistics;
import java.util.Map;
import java.util.TreeMap;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;
import javax.cache.Cache;
import javax.cache.CacheManager;
import javax.cache.Caching;

/** The caches that Hibernate's regions of this JVM are. */
final class Caches {
    static final String QUERIES = "default-query-results-region";
    static final String TIMESTAMPS = "default-update-timestamps-region";

    private static final Logger POOL = Logger.getLogger("org.hibernate.orm.connections.pooling");

    private Caches() {}

    /** Logs warnings only, and not that Hibernate's own connection pool is for examples only. */
    static void beQuiet() {
        LogManager.getLogManager().getLogger("").setLevel(Level.WARNING);
        POOL.setLevel(Level.SEVERE);
    }

    /** What the tiers of a region have counted. */
    static TierStatistics of(String region) {
        Cache<Object, Object> cache =
                Caching.getCachingProvider().getCacheManager().getCache(region);
        if (cache == null) {
            throw new IllegalArgumentException("there is no region " + region);
        }
        return cache.unwrap(TierStatistics.class);
    }

    /** What the tiers of each region have counted. */
    static Map<String, TierStatistics> all() {
        CacheManager manager = Caching.getCachingProvider().getCacheManager();
        Map<String, TierStatistics> all = new TreeMap<>();
        manager.getCacheNames().forEach(name -> all.put(name, of(name)));
        return all;
    }

    /** Whether Redis is unavailable for one of the caches, or the recovery from an outage has not finished. */
    static boolean areCutOff() {
        return all().values().stream().anyMatch(each -> each.isRemoteUnavailable() || each.journaledKeys() != 0);
    }
}
