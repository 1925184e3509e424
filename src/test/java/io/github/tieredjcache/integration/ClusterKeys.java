package io.github.tieredjcache.integration;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.testkit.RedisCluster;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import javax.cache.Cache;

/** In which slots of a Redis Cluster caches of the default namespace have their keys, as a person at {@code redis-cli} would find them. */
public final class ClusterKeys {
    private ClusterKeys() {}

    /** Returns the slots in which there is anything of a cache, or of others whose names begin with its name. */
    public static Set<Integer> slots(RedisCluster redis, String cache) {
        return new TreeSet<>(redis.keys("{tiered-jcache:*}" + cache + "*").values());
    }

    /** Returns the slots of those entries with these texts for keys that are there. No other cache has entries with such keys. */
    private static Map<String, Integer> slotsOf(RedisCluster redis, Collection<String> keys) {
        Set<String> wanted = new HashSet<>(keys);
        Map<String, Integer> slots = new HashMap<>();
        redis.keys("*tiered-jcache:*").forEach((redisKey, slot) -> {
            String key = redisKey.substring(redisKey.lastIndexOf(':') + 1);
            if (wanted.contains(key)) {
                slots.put(key, slot);
            }
        });
        return slots;
    }

    /** Stores a value for each key, until Redis has them all, and returns their slots. No other cache has entries with such keys. */
    public static <V> Map<String, Integer> store(
            RedisCluster redis, Cache<String, V> cache, Collection<String> keys, V value) {
        Map<String, Integer> slots = new HashMap<>();
        // By the policy local a busy machine may have an outage, of which nothing is in Redis.
        Crew.until(() -> {
            keys.forEach(key -> cache.put(key, value));
            slots.putAll(slotsOf(redis, keys));
            return slots.size() == keys.size();
        });
        return slots;
    }
}
