package io.github.tieredjcache.internal.assembly;

import io.github.tieredjcache.internal.codec.api.PlainValues;
import io.github.tieredjcache.internal.codec.api.ValueCodec;
import io.github.tieredjcache.internal.support.Lazy;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import javax.cache.CacheException;

/**
 * Warns of each class whose first value could be copied but not be stored in Redis: a cache that has no Redis here may
 * have one in production. Safe for use by many threads.
 *
 * @param <V> the type of the values
 */
final class EncodingTrial<V> implements Consumer<Object> {
    private static final System.Logger LOG = System.getLogger("io.github.tieredjcache.codec");
    /** A bound for applications that generate classes. */
    private static final int CLASSES_MAX = 1_000;

    private static final byte[] NO_KEY = {};

    private final String cacheName;
    private final Lazy<ValueCodec<V>> codec;
    private final Set<String> tried = ConcurrentHashMap.newKeySet();

    EncodingTrial(String cacheName, Lazy<ValueCodec<V>> codec) {
        this.cacheName = cacheName;
        this.codec = codec;
    }

    @Override
    @SuppressWarnings("unchecked") // The values of the cache are of its value type.
    public void accept(Object stored) {
        if (PlainValues.contain(stored)) {
            return;
        }
        String type = stored.getClass().getName();
        if (tried.contains(type) || tried.size() >= CLASSES_MAX || !tried.add(type)) {
            return;
        }
        try {
            var unused = codec.get().encode(NO_KEY, (V) stored);
        } catch (CacheException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "cache ''{0}'' keeps values of {1}, which it could not store in Redis: {2}; store another class, or"
                            + " set redis.uri empty if the cache is to have no Redis anywhere",
                    cacheName,
                    type,
                    e.getMessage());
        }
    }
}
