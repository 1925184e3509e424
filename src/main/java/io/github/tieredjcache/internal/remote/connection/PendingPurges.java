package io.github.tieredjcache.internal.remote.connection;

import io.github.tieredjcache.internal.remote.wire.CacheCommands;
import io.github.tieredjcache.internal.remote.wire.Epoch;
import io.github.tieredjcache.internal.remote.wire.KeySpace;
import io.github.tieredjcache.internal.remote.wire.RedisCommand;
import io.github.tieredjcache.internal.remote.wire.RedisKey;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The caches whose entries must all be removed from one Redis as soon as it can be reached: they were destroyed during an
 * outage, or closed before their journaled keys could be removed. Outlives connections, and the clients of its provider.
 * Safe for use by many threads.
 */
final class PendingPurges {
    private final Map<RedisKey, KeySpace> spaces = new HashMap<>();
    // The latest, which has all pending purges; null before the first, and once it has failed one.
    private @Nullable RedisConnection latest;

    /** Adds a cache. If there is a connection, the purge comes before any later command on it. */
    synchronized void add(KeySpace space) {
        RedisKey key = new RedisKey(space.epochKey());
        spaces.put(key, space);
        if (latest != null) {
            send(key, space, latest);
        }
    }

    synchronized boolean isEmpty() {
        return spaces.isEmpty();
    }

    /** Sends all pending purges at once on a new connection, one command for each cache, before any other command. */
    synchronized void sendAll(RedisConnection connection) {
        latest = connection;
        Map.copyOf(spaces).forEach((key, space) -> send(key, space, connection));
    }

    /** Sends them again if the latest connection has failed one; a server that loads its data refuses them, for one. */
    synchronized void sendFailed(RedisConnection connection) {
        if (latest == null && !spaces.isEmpty()) {
            sendAll(connection);
        }
    }

    private void send(RedisKey key, KeySpace space, RedisConnection connection) {
        RedisCommand<byte[]> purge = CacheCommands.nextEpoch(space, Epoch.NONE);
        // Sent as EVAL: the retry of an EVALSHA would come after later commands.
        RedisCommand<byte[]> text = Objects.requireNonNull(purge.withText());
        var unused = connection.sendReserved(text).whenComplete((reply, failure) -> {
            synchronized (this) {
                if (failure == null) {
                    spaces.remove(key, space);
                } else if (latest == connection) {
                    latest = null;
                }
            }
        });
    }
}
