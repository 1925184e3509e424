package io.github.tieredjcache.integration.history;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.OutagePolicy;
import io.github.tieredjcache.integration.Node;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import javax.cache.Cache;
import javax.cache.CacheException;
import org.jspecify.annotations.Nullable;

/** Reads what Redis holds: without a loader, without near copies, and again while Redis is unavailable. */
final class RedisReader {
    private final Map<String, Cache<String, String>> caches = new HashMap<>();

    RedisReader(Node node, String... names) {
        for (String name : names) {
            caches.put(
                    name,
                    node.cache(
                            name,
                            String.class,
                            String.class,
                            settings -> settings.nearTimeToLive(Duration.ZERO).outagePolicy(OutagePolicy.FAIL)));
        }
    }

    Map<String, @Nullable String> look(String name, Collection<String> keys) {
        return look(caches.get(name), keys);
    }

    /** Returns what lookups of the keys return, null for nothing, as soon as Redis is available to all of them. */
    static Map<String, @Nullable String> look(Cache<String, String> cache, Collection<String> keys) {
        Map<String, @Nullable String> seen = new HashMap<>();
        Crew.until(() -> {
            try {
                keys.forEach(key -> seen.put(key, cache.get(key)));
                return true;
            } catch (CacheException e) {
                return false;
            }
        });
        return seen;
    }
}
