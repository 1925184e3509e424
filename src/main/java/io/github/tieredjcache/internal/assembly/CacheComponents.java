package io.github.tieredjcache.internal.assembly;

import io.github.tieredjcache.RemoteUnavailableException;
import io.github.tieredjcache.internal.engine.Engine;
import io.github.tieredjcache.internal.engine.Inspection;
import io.github.tieredjcache.internal.engine.WarmStart;
import io.github.tieredjcache.internal.event.Listeners;
import io.github.tieredjcache.internal.stats.Statistics;
import io.github.tieredjcache.internal.stats.TierCounters;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The assembled components of one cache.
 *
 * @param engine implements the operations
 * @param listeners the registered listeners
 * @param statistics JCache's counters
 * @param counters the counters by tier
 * @param inspection reads the state of single keys for JMX
 * @param managementInfo the names and commands that JMX shows
 * @param loadAll submits a {@code loadAll} task, or throws {@link javax.cache.CacheException}
 * @param warm the warm start, null if there is none; closed before the other components
 * @param finalRecovery removes the journaled keys from Redis; closed before the other components
 * @param closeables the components to close with the cache, in this order
 */
public record CacheComponents<K, V>(
        Engine<K, V> engine,
        Listeners<K, V> listeners,
        Statistics statistics,
        TierCounters counters,
        Inspection<K, V> inspection,
        ManagementInfo<K> managementInfo,
        Consumer<LoadAllTask> loadAll,
        @Nullable WarmStart<?> warm,
        AutoCloseable finalRecovery,
        List<AutoCloseable> closeables) {
    private static final System.Logger LOG = System.getLogger("io.github.tieredjcache.outage");

    /**
     * The names and commands of a cache that JMX shows.
     *
     * @param redis host and port of Redis, empty without Redis
     * @param redisKeyPrefix the prefix of the Redis keys of the cache, empty without Redis
     * @param node returns the number of this node
     * @param keyParser parses and formats keys
     * @param warm fills the near tier now, and returns a sentence on the result
     */
    public record ManagementInfo<K>(
            String redis,
            String redisKeyPrefix,
            LongSupplier node,
            String nodeName,
            KeyParser<K> keyParser,
            Supplier<String> warm) {}

    /**
     * Closes the components.
     *
     * @param isDestroyed whether the entries of the cache are removed from all tiers; else the cache saves its most-read
     *     keys, and removes the journaled keys from Redis
     * @param sequence the steps before
     * @throws javax.cache.CacheException if a component or an earlier step failed to close; the others are closed
     */
    public void close(boolean isDestroyed, CloseSequence sequence) {
        sequence.step(() -> endWarmStart(isDestroyed));
        sequence.step(isDestroyed ? this::purge : finalRecovery);
        closeables.forEach(sequence::step);
        sequence.end(counters.cacheName());
    }

    /** Does not fail while Redis is unavailable: the entries are cleared on the next connection. */
    private void purge() {
        try {
            engine.purge();
        } catch (RemoteUnavailableException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "cache ''{0}'' was destroyed while Redis is unavailable; its entries there are cleared when a cache of"
                            + " this process is connected to Redis again: {1}",
                    counters.cacheName(),
                    e.getMessage());
        }
    }

    private void endWarmStart(boolean isDestroyed) {
        if (warm == null) {
            return;
        }
        if (!isDestroyed) {
            warm.save();
        }
        warm.close();
    }
}
