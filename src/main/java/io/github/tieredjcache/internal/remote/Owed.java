package io.github.tieredjcache.internal.remote;

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The caches of which one Redis is to forget everything as soon as it can be reached: what they had missed there could not be
 * voided before they were closed. Outlives connections and clients of its provider. Safe for use by many threads.
 */
final class Owed {
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
    void pay(RedisStream stream) {
        spaces.forEach((key, space) -> {
            Request<byte[]> purge = Request.nextEpoch(space, Epoch.NONE);
            // As EVAL: the retry of an EVALSHA would come after later commands.
            Request<byte[]> text = Objects.requireNonNull(purge.withText());
            var unused = stream.sendKept(text).whenComplete((answer, failure) -> {
                if (failure == null) {
                    spaces.remove(key, space);
                }
            });
        });
    }
}
