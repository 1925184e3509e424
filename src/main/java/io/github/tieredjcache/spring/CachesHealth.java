package io.github.tieredjcache.spring;

import io.github.tieredjcache.management.TieredCacheMXBean;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import javax.cache.CacheManager;
import org.springframework.core.env.Environment;

/**
 * The health of the caches of a manager, for the health indicators of the lines of Spring Boot.
 *
 * @param status the status {@code UP}, {@code OUT_OF_SERVICE} or {@code DOWN}
 * @param details a sentence for each cache, by its name
 */
record CachesHealth(String status, Map<String, Object> details) {
    private static final String UP = "UP";
    private static final String DOWN = "DOWN";
    private static final Set<String> STATUSES = Set.of(UP, "OUT_OF_SERVICE", DOWN);

    /**
     * Returns the health now, without a call to Redis.
     *
     * @param statusWithoutRedis the status while Redis is unavailable and all caches continue locally
     */
    static CachesHealth of(CacheManager manager, String statusWithoutRedis) {
        Map<String, Object> details = new TreeMap<>();
        String status = UP;
        for (TieredCacheMXBean cache : TieredCaches.of(manager)) {
            if (cache.isRemoteUnavailable()) {
                boolean continues = cache.getOutagePolicy().equals("LOCAL");
                status = continues && !status.equals(DOWN) ? statusWithoutRedis : DOWN;
            }
            String detail = cache.getSeverity() > 0
                    ? cache.getStatus()
                    : cache.getRedis().isEmpty() ? "in memory only" : "Redis at " + cache.getRedis();
            details.put(cache.getCacheName(), detail);
        }
        return new CachesHealth(status, details);
    }

    /**
     * Returns the status that the environment has for caches that continue without Redis; {@code UP} if it has none.
     *
     * @throws InvalidPropertiesException if it is another word than {@code up}, {@code out-of-service} and {@code down}
     */
    static String statusWithoutRedis(Environment environment) {
        String property = EnvironmentSections.property(EnvironmentSections.HEALTH_WITHOUT_REDIS);
        String text = environment.getProperty(property, UP);
        String status = text.strip().toUpperCase(Locale.ROOT).replace('-', '_');
        if (!STATUSES.contains(status)) {
            throw new InvalidPropertiesException(property + " must be up, out-of-service or down, was " + text, null);
        }
        return status;
    }
}
