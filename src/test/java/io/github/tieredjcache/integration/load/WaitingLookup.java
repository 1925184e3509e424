package io.github.tieredjcache.integration.load;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.TierStatistics;
import io.github.tieredjcache.testkit.RedisServer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.cache.Cache;

/** A lookup that waits for another node's load, and sends Redis nothing more until an invalidation. */
final class WaitingLookup {
    private static final long BETWEEN_LOOKS_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private WaitingLookup() {}

    /** Starts one; nobody else may be about anything. */
    static Crew.Member<String> of(String key, Cache<String, String> cache, RedisServer redis) {
        TierStatistics statistics = cache.unwrap(TierStatistics.class);
        long before = statistics.loadsAwaited();
        Crew.Member<String> lookup = Crew.start(() -> cache.get(key));
        Crew.until(() -> statistics.loadsAwaited() > before);
        long[] seen = {-1};
        Crew.until(() -> {
            long last = seen[0];
            seen[0] = scripts(redis);
            LockSupport.parkNanos(BETWEEN_LOOKS_NANOS);
            return seen[0] == last;
        });
        return lookup;
    }

    private static long scripts(RedisServer redis) {
        return String.valueOf(redis.command("INFO", "commandstats"))
                .lines()
                .filter(line -> line.startsWith("cmdstat_evalsha:"))
                .mapToLong(line -> Long.parseLong(line.substring(line.indexOf('=') + 1, line.indexOf(','))))
                .sum();
    }
}
