package io.github.tieredjcache.hibernate;

import java.util.HashMap;
import java.util.Map;
import javax.cache.integration.CacheLoader;

/**
 * The loader of Hibernate's region of update timestamps: a table of which nobody knows when it was changed was changed now.
 *
 * <p>Hibernate takes a query result for current if it is younger than the last change of each of its tables, and also if the
 * time of that change is not in the cache. So a timestamp that Redis has lost, evicted, or was made to forget after an outage
 * would make all older results of that table current again. With this loader they are out of date instead: each is read from
 * the database once more, and those that are cached from then on are current.
 *
 * <pre>{@code
 * "default-update-timestamps-region" {
 *   near.time-to-live = 0s
 *   loader = io.github.tieredjcache.hibernate.TieredTimestampLoader
 * }
 * }</pre>
 *
 * <p>Its timestamps are those of Hibernate's own {@code SimpleTimestamper}, which {@code JCacheRegionFactory} uses. Stateless;
 * safe for use by many threads.
 */
public final class TieredTimestampLoader implements CacheLoader<Object, Object> {
    /** Of a timestamp; above them it is milliseconds. Below them Hibernate counts what it gave out in one millisecond. */
    private static final int COUNTER_BITS = 12;

    /** Creates the loader. */
    public TieredTimestampLoader() {}

    /**
     * Returns a timestamp behind all that Hibernate has given out here.
     *
     * @param table whose time is asked for
     */
    @Override
    public Object load(Object table) {
        return (System.currentTimeMillis() + 1) << COUNTER_BITS;
    }

    /** As {@link #load}, for each table. */
    @Override
    public Map<Object, Object> loadAll(Iterable<?> tables) {
        Map<Object, Object> timestamps = new HashMap<>();
        tables.forEach(table -> timestamps.put(table, load(table)));
        return timestamps;
    }
}
