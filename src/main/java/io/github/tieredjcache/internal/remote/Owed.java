package io.github.tieredjcache.internal.remote;

import java.util.Map;
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

    /** Pays on a fresh connection; what is sent on it after this call comes after the payment. */
    void pay(RedisStream stream) {
        spaces.forEach((key, space) -> {
            var unused = stream.send(Request.nextEpoch(space, Epoch.NONE)).whenComplete((answer, failure) -> {
                if (failure == null) {
                    spaces.remove(key, space);
                }
            });
        });
    }
}
