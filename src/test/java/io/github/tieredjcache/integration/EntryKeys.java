package io.github.tieredjcache.integration;

import io.github.tieredjcache.testkit.RedisServer;

/** Where Redis has the entries of caches of the default namespace, as a person at {@code redis-cli} would find them. */
public final class EntryKeys {
    private EntryKeys() {}

    /** Returns the number of the cache's epoch, null if there is none. */
    public static String epoch(RedisServer redis, String cache) {
        return redis.command("GET", epochKey(cache));
    }

    /** Returns where that number stands. */
    public static String epochKey(String cache) {
        return "tiered-jcache:" + cache + ":epoch";
    }

    /** Returns the Redis key of an entry with a text for a key, in the epoch that is current now. */
    public static String redisKey(RedisServer redis, String cache, String key) {
        return "tiered-jcache:" + cache + ":" + epoch(redis, cache) + ":" + key;
    }
}
