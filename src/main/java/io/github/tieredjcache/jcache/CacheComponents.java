package io.github.tieredjcache.jcache;

import io.github.tieredjcache.internal.engine.Engine;
import io.github.tieredjcache.internal.engine.Inspection;
import io.github.tieredjcache.internal.engine.WarmStart;
import io.github.tieredjcache.internal.event.Listeners;
import io.github.tieredjcache.internal.stats.Statistics;
import io.github.tieredjcache.internal.stats.TierCounters;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The wired tiers of one cache.
 *
 * @param engine does the work
 * @param listeners the registered listeners
 * @param statistics JCache's counters
 * @param counters the counters by tier
 * @param inspection for a person on call
 * @param outside what people know the cache by
 * @param loadAll runs a {@code loadAll} soon, or throws {@link javax.cache.CacheException}
 * @param warm the warm start, null where there is none; ends before the rest
 * @param settling settles with Redis what it has missed; before the rest ends, too
 * @param closing what ends with the cache, in this order
 */
record CacheComponents<K, V>(
        Engine<K, V> engine,
        Listeners<K, V> listeners,
        Statistics statistics,
        TierCounters counters,
        Inspection<K, V> inspection,
        Outside<K> outside,
        Consumer<LoadAllTask> loadAll,
        @Nullable WarmStart<?> warm,
        AutoCloseable settling,
        List<AutoCloseable> closing) {

    /**
     * What people know a cache by.
     *
     * @param redis host and port, empty if there is none
     * @param redisKeyPrefix what its Redis keys begin with, empty if there are none
     * @param node the number of this node
     * @param keyTexts its keys as people write them
     * @param warm fills memory now and says what came of it
     */
    record Outside<K>(String redis, String redisKeyPrefix, long node, KeyParser<K> keyTexts, Supplier<String> warm) {}

    /** Ends the warm start: a cache that is closed writes its hot keys down, one that is destroyed never again. */
    void endWarmStart(boolean destroyed) {
        if (warm == null) {
            return;
        }
        if (!destroyed) {
            warm.save();
        }
        warm.close();
    }
}
