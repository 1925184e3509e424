package io.github.tieredjcache.management;

/**
 * One cache manager of this node: {@code io.github.tieredjcache:type=CacheManager,CacheManager=<URI>}, shown while one of its caches is.
 */
@Description("One cache manager of this node")
public interface TieredCacheManagerMXBean {
    @Description("URI of the manager")
    String getUri();

    @Description("Class loader of the manager's application")
    String getClassLoader();

    @Description("How this node is called where explain names the last writer of an entry")
    String getNode();

    @Description("Names of the open caches")
    String[] getCacheNames();

    @Description(
            value = "Lookups of all caches that found a value in memory or Redis; of those with statistics enabled",
            unit = "lookups")
    long getHits();

    @Description(value = "Lookups of all caches that found none; of those with statistics enabled", unit = "lookups")
    long getMisses();

    @Description(value = "Share of the hits in all lookups; 0 if there were none", unit = "%")
    double getHitPercentage();

    @Description(value = "Keys that CacheLoaders were asked for", unit = "keys")
    long getLoads();

    @Description(value = "Entries in memory, about", unit = "entries")
    long getNearEntries();

    @Description("Names of the caches whose Redis is known to be away")
    String[] getCachesWithoutRemote();
}
