package io.github.tieredjcache.internal.remote.record;

import io.github.tieredjcache.internal.codec.api.KeyCodec;
import io.github.tieredjcache.internal.codec.api.RefusedValues;
import io.github.tieredjcache.internal.codec.api.ValueCodec;

/**
 * The codecs of one cache in Redis.
 *
 * @param keys the codec of the keys
 * @param values the codec of the values; receives whole Redis keys
 * @param undecodables is notified of each value or key that cannot be decoded, on the caller's thread
 * @param refused decides about values that cannot be encoded
 */
public record RedisCacheCodecs<K, V>(
        KeyCodec<K> keys, ValueCodec<V> values, UndecodableListener undecodables, RefusedValues refused) {}
