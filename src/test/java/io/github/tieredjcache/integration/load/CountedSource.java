package io.github.tieredjcache.integration.load;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import javax.cache.integration.CacheLoader;

/**
 * A source whose loads are counted for all processes together, in Redis keys that are none of the cache's. What it answers is
 * the number of the load, so that a later load of the same key has another answer.
 */
final class CountedSource implements CacheLoader<String, String>, AutoCloseable {
    static final Duration LOAD_TIME = Duration.ofMillis(50);

    private final RedisClient client;
    private final RedisCommands<String, String> redis;

    CountedSource(String redisUri) {
        client = RedisClient.create(redisUri);
        redis = client.connect().sync();
    }

    /** Returns where the loads of a key are counted. */
    static String counter(String key) {
        return "loads-of-" + key;
    }

    @Override
    public String load(String key) {
        long number = redis.incr(counter(key));
        long end = System.nanoTime() + LOAD_TIME.toNanos();
        for (long left = LOAD_TIME.toNanos(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
        return "load " + number;
    }

    @Override
    public Map<String, String> loadAll(Iterable<? extends String> keys) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
    }
}
