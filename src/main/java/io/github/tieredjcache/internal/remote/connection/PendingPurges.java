package io.github.tieredjcache.internal.remote.connection;

import io.github.tieredjcache.internal.remote.wire.CacheCommands;
import io.github.tieredjcache.internal.remote.wire.Epoch;
import io.github.tieredjcache.internal.remote.wire.KeySpace;
import io.github.tieredjcache.internal.remote.wire.RedisCommand;
import io.github.tieredjcache.internal.remote.wire.RedisKey;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The caches whose entries must all be removed from one Redis as soon as it can be reached: they were closed during an
 * outage, before their journaled keys could be removed. Outlives connections, and the clients of its provider. Safe for
 * use by many threads.
 */
final class PendingPurges {
    private final Map<RedisKey, KeySpace> spaces = new ConcurrentHashMap<>();

    void add(KeySpace space) {
        spaces.put(new RedisKey(space.epochKey()), space);
    }

    boolean isEmpty() {
        return spaces.isEmpty();
    }

    /** Sends all pending purges at once on a new connection, one command for each cache, before any other command. */
    void sendAll(RedisConnection connection) {
        spaces.forEach((key, space) -> {
            RedisCommand<byte[]> purge = CacheCommands.nextEpoch(space, Epoch.NONE);
            // Sent as EVAL: the retry of an EVALSHA would come after later commands.
            RedisCommand<byte[]> text = Objects.requireNonNull(purge.withText());
            var unused = connection.sendReserved(text).whenComplete((reply, failure) -> {
                if (failure == null) {
                    spaces.remove(key, space);
                }
            });
        });
    }
}
