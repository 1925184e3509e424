package io.github.tieredjcache.internal.remote.record;

import io.github.tieredjcache.internal.codec.api.KeyCodec;
import io.github.tieredjcache.internal.codec.api.ValueCodec;

/**
 * How one cache is written in Redis.
 *
 * @param keys the codec of the keys
 * @param values the codec of the values; sees whole Redis keys
 * @param undecodables is told of each value or key that could not be read, on the caller's thread
 */
public record RecordCodecs<K, V>(KeyCodec<K> keys, ValueCodec<V> values, UndecodableListener undecodables) {}
