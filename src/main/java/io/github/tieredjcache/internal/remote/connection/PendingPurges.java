package io.github.tieredjcache.internal.remote.connection;

import io.github.tieredjcache.internal.remote.wire.Epoch;
import io.github.tieredjcache.internal.remote.wire.KeySpace;
import io.github.tieredjcache.internal.remote.wire.RedisCommand;
import io.github.tieredjcache.internal.remote.wire.RedisKey;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The caches of which one Redis is to forget everything as soon as it can be reached: what they had missed there could not be
 * voided before they were closed. Outlives connections and clients of its provider. Safe for use by many threads.
 */
final class PendingPurges {
    private final Map<RedisKey, KeySpace> spaces = new ConcurrentHashMap<>();

    void add(KeySpace space) {
        spaces.put(new RedisKey(space.epochKey()), space);
    }

    boolean isEmpty() {
        return spaces.isEmpty();
    }

    /**
     * Sends all pending purges at once on a fresh connection, one command a cache, so that every later command comes after them.
     */
    void sendAll(RedisConnection connection) {
        spaces.forEach((key, space) -> {
            RedisCommand<byte[]> purge = RedisCommand.nextEpoch(space, Epoch.NONE);
            // As EVAL: the retry of an EVALSHA would come after later commands.
            RedisCommand<byte[]> text = Objects.requireNonNull(purge.withText());
            var unused = connection.sendReserved(text).whenComplete((answer, failure) -> {
                if (failure == null) {
                    spaces.remove(key, space);
                }
            });
        });
    }
}
