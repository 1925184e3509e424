package io.github.tieredjcache.internal.framework;

import java.util.HashMap;
import java.util.Map;
import javax.cache.integration.CacheLoader;

/**
 * The loader of Hibernate's region of update timestamps: treats a table with no recorded update time as updated now.
 *
 * <p>Hibernate considers a query result current if it is younger than the last update of each of its tables, and also
 * if the update time of a table is not in the cache. So a timestamp that Redis has lost, evicted or removed on recovery
 * from an outage would make all older results of that table current again. With this loader these results are outdated:
 * each query reads the database once more, and results cached from then on are current.
 *
 * <p>The timestamps have the format of Hibernate's {@code SimpleTimestamper}, which {@code JCacheRegionFactory} uses.
 * Stateless; safe for use by many threads.
 */
public final class HibernateTimestampLoader implements CacheLoader<Object, Object> {
    /** The low bits of a timestamp, Hibernate's counter within one millisecond; the other bits are milliseconds. */
    private static final int COUNTER_BITS = 12;

    /** Creates the loader. */
    public HibernateTimestampLoader() {}

    /**
     * Returns a timestamp later than all timestamps that Hibernate has issued in this process.
     *
     * @param table the name of the table; not used
     */
    @Override
    public Object load(Object table) {
        return (System.currentTimeMillis() + 1) << COUNTER_BITS;
    }

    /** Returns the result of {@link #load} for each table. */
    @Override
    public Map<Object, Object> loadAll(Iterable<?> tables) {
        Map<Object, Object> timestamps = new HashMap<>();
        tables.forEach(table -> timestamps.put(table, load(table)));
        return timestamps;
    }
}
