package io.github.tieredjcache.internal.remote.record;

import io.github.tieredjcache.internal.codec.api.UndecodableException;

/** Is told of what one cache has found in Redis and could not read. Called by many threads; must be quick. */
@FunctionalInterface
public interface UndecodableListener {
    /**
     * Takes one find.
     *
     * @param redisKey the whole Redis key
     * @param why it could not be read
     */
    void found(byte[] redisKey, UndecodableException why);
}
