package io.github.tieredjcache.internal.remote.record;

import io.github.tieredjcache.internal.codec.api.UndecodableException;

/** Receives the Redis keys of one cache that cannot be decoded. Called by many threads; must be quick. */
@FunctionalInterface
public interface UndecodableListener {
    /**
     * Receives one Redis key.
     *
     * @param redisKey the whole Redis key
     * @param why the reason, with a message
     */
    void onUndecodable(byte[] redisKey, UndecodableException why);
}
