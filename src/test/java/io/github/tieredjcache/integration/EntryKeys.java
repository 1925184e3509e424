package io.github.tieredjcache.integration;

import io.github.tieredjcache.testkit.RedisServer;

/** Where Redis has the entries of caches of the default namespace, and until when, as a person at {@code redis-cli} would find them. */
public final class EntryKeys {
    /** What PEXPIRETIME is from Redis 7.0 on: the clock may go on between two commands, so both are read within one millisecond. */
    private static final String EXPIRY_MILLIS = """
            local function clock()
              local time = redis.call('TIME')
              return time[1] * 1000 + math.floor(time[2] / 1000)
            end
            local now, left
            repeat
              now = clock()
              left = redis.call('PTTL', KEYS[1])
            until left < 0 or clock() == now
            return left < 0 and left or now + left
            """;

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

    /** Returns when Redis removes a key, by its own clock in ms; -1 for never, -2 if there is no such key. */
    public static long expiryMillis(RedisServer redis, String redisKey) {
        return redis.number("EVAL", EXPIRY_MILLIS, "1", redisKey);
    }
}
