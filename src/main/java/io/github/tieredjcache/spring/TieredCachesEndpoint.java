package io.github.tieredjcache.spring;

import io.github.tieredjcache.management.KeyExplanation;
import io.github.tieredjcache.management.TieredCacheMXBean;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import javax.cache.CacheManager;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;

/**
 * The endpoint {@code tieredjcache} of Spring Boot's Actuator: the caches, and the state of a key in the tiers. Shows no
 * value of a cache and no password.
 *
 * <pre>
 * GET /actuator/tieredjcache
 * GET /actuator/tieredjcache/books/4711
 * </pre>
 */
@Endpoint(id = "tieredjcache")
public final class TieredCachesEndpoint {
    private static final Set<String> ABSENT = Set.of("absent", "none");
    private static final Pattern INTEGER = Pattern.compile("-?\\d{1,9}");
    private static final Pattern LONG = Pattern.compile("-?\\d{1,18}");
    private static final Pattern UUID = Pattern.compile("\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}");

    private final CacheManager manager;

    TieredCachesEndpoint(CacheManager manager) {
        this.manager = manager;
    }

    /** Returns the caches of this node by name. */
    @ReadOperation
    public Map<String, Object> caches() {
        Map<String, Object> caches = new TreeMap<>();
        for (TieredCacheMXBean cache : TieredCaches.of(manager)) {
            caches.put(cache.getCacheName(), state(cache));
        }
        return caches;
    }

    /** Returns the state of a cache, what is wrong first. */
    private static Map<String, Object> state(TieredCacheMXBean cache) {
        Map<String, Object> state = new LinkedHashMap<>();
        state.put("status", cache.getStatus());
        state.put("redis", cache.getRedis());
        state.put("redisKeyPrefix", cache.getRedisKeyPrefix());
        state.put("redisUnavailable", cache.isRemoteUnavailable());
        state.put("nearEntries", cache.getNearEntries());
        state.put("hits", cache.getHits());
        state.put("misses", cache.getMisses());
        return state;
    }

    /**
     * Returns the state of a key in the tiers; null, for HTTP status 404, if there is no such cache. A whole number is
     * looked up as a {@code Long}, an {@code Integer} and a string, a UUID also as a string.
     *
     * @param key the key as text, or the part of the Redis key after the epoch; a slash separates two elements
     */
    @ReadOperation
    public @Nullable KeyExplanation explain(
            @Selector String cache, @Selector(match = Selector.Match.ALL_REMAINING) String... key) {
        TieredCacheMXBean found = TieredCaches.find(manager, cache);
        if (found == null) {
            return null;
        }
        String text = String.join("/", key);
        for (String form : forms(text)) {
            try {
                KeyExplanation explanation = found.explain(form);
                if (!ABSENT.contains(explanation.getNear()) || !ABSENT.contains(explanation.getRemote())) {
                    return explanation;
                }
            } catch (IllegalArgumentException e) {
                // The keys of this cache have another type.
            }
        }
        try {
            return found.explain(text);
        } catch (IllegalArgumentException e) {
            throw new InvalidEndpointRequestException(String.valueOf(e.getMessage()), "not a key of this cache");
        }
    }

    /** Returns the other texts that a key may have, as the Redis key has them. */
    private static List<String> forms(String text) {
        if (INTEGER.matcher(text).matches()) {
            return List.of("~L" + text, "~I" + text);
        }
        if (LONG.matcher(text).matches()) {
            return List.of("~L" + text);
        }
        return UUID.matcher(text).matches() ? List.of("~U" + text) : List.of();
    }
}
