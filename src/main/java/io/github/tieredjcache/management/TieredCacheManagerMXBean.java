package io.github.tieredjcache.management;

/**
 * One cache manager of this node: {@code io.github.tieredjcache:type=CacheManager,CacheManager=<URI>}. The bean is
 * registered while the bean of one of its caches is. If another manager of this JVM has the URI, a number follows in the
 * names of this bean and of those of the caches: {@code <URI>-2}.
 */
@Description("One cache manager of this node")
public interface TieredCacheManagerMXBean {
    @Description("URI of the manager")
    String getUri();

    @Description("Class loader of the manager's application")
    String getClassLoader();

    @Description("Number of this node, which explain shows as the last writer of an entry")
    String getNode();

    @Description("The most severe status of the open caches, with the name of the cache; OK if nothing is wrong")
    String getStatus();

    @Description("Names of the open caches")
    String[] getCacheNames();

    @Description(
            value =
                    "Lookups of all caches that found a value in the near tier or in Redis; counted while statistics are enabled",
            unit = "lookups")
    long getHits();

    @Description(
            value = "Lookups of all caches that found no value; counted while statistics are enabled",
            unit = "lookups")
    long getMisses();

    @Description(value = "Share of hits in all lookups; 0 without lookups", unit = "%")
    double getHitPercentage();

    @Description(value = "Keys that the CacheLoaders were called for", unit = "keys")
    long getLoads();

    @Description(value = "Entries in the near tiers (an estimate), expired ones included", unit = "entries")
    long getNearEntries();

    @Description("Names of the caches whose Redis is unavailable")
    String[] getCachesWithoutRemote();
}
