package io.github.tieredjcache.internal.assembly;

import io.github.tieredjcache.internal.codec.api.RefusedValues;
import io.github.tieredjcache.internal.stats.TierCounters;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.cache.CacheException;

/** Drops the values of one cache that cannot be stored: counts them, and logs the first one of each class. */
final class RefusalLog implements RefusedValues {
    private static final System.Logger LOGGER = System.getLogger("io.github.tieredjcache.codec");
    /** A bound for applications that generate classes. */
    private static final int CLASSES_MAX = 1_000;

    private final TierCounters counters;
    private final Set<String> dropped = ConcurrentHashMap.newKeySet();

    RefusalLog(TierCounters counters) {
        this.counters = counters;
    }

    @Override
    public void drop(Object value, CacheException refusal) {
        counters.valueRefused();
        String type = value.getClass().getName();
        if (dropped.size() < CLASSES_MAX && dropped.add(type)) {
            LOGGER.log(
                    System.Logger.Level.WARNING,
                    "cache ''{0}'': values of {1} are not stored, and the entries that they would replace are removed: "
                            + "{2}; store another class, configure a codec for it, or set codec.refused = throw to let "
                            + "such calls fail",
                    counters.cacheName(),
                    type,
                    refusal.getMessage());
        }
    }

    @Override
    public boolean hasDropped(Class<?> type) {
        return dropped.contains(type.getName());
    }
}
