package io.github.tieredjcache.internal.remote.record;

import io.github.tieredjcache.internal.codec.api.RefusedValues;
import io.github.tieredjcache.internal.codec.api.ValueCodec;
import javax.cache.CacheException;
import org.jspecify.annotations.Nullable;

/**
 * Encodes the values that a cache stores in Redis.
 *
 * @param values the codec of the values
 * @param refused decides about values that cannot be encoded
 */
record ValueEncoder<V>(ValueCodec<V> values, RefusedValues refused) {

    /**
     * Returns the encoded value; null for a removal, and for a value that is dropped instead of stored.
     *
     * @throws CacheException if the value cannot be encoded and is not dropped
     */
    byte @Nullable [] encode(byte[] redisKey, @Nullable V value) {
        if (value == null) {
            return null;
        }
        try {
            return values.encode(redisKey, value);
        } catch (CacheException e) {
            refused.drop(value, e);
            return null;
        }
    }
}
