package io.github.tieredjcache.benchmark;

import io.github.tieredjcache.TieredConfiguration;
import io.github.tieredjcache.jcache.TieredCachingProvider;
import io.github.tieredjcache.testkit.RedisServer;
import java.util.Arrays;
import java.util.Locale;
import javax.cache.Cache;
import javax.cache.CacheManager;
import javax.cache.Caching;

/** How long a clear takes, by what the cache holds, in a Redis that holds a million keys of others. */
final class ClearTime {
    private static final int FOREIGN = 1_000_000;
    private static final int[] ENTRIES = {0, 1_000, 1_000_000};
    private static final int ROUNDS = 5;
    private static final int BATCH = 10_000;
    private static final String COPIES =
            "for i = ARGV[2], ARGV[3] do redis.call('SET', ARGV[1] .. i, redis.call('GET', KEYS[1])) end";

    private final RedisServer redis;

    private ClearTime(RedisServer redis) {
        this.redis = redis;
    }

    static String measure(RedisServer redis) {
        return new ClearTime(redis).measure();
    }

    private String measure() {
        redis.command("SET", "foreign:", "x".repeat(50));
        copy("foreign:", "foreign:", FOREIGN);
        StringBuilder table = new StringBuilder();
        try (CacheManager manager = Caching.getCachingProvider(TieredCachingProvider.class.getName())
                .getCacheManager()) {
            Cache<String, String> cache = manager.createCache(
                    "cleared",
                    TieredConfiguration.builder(String.class, String.class)
                            .redisUri(redis.uri())
                            .namespace("benchmark")
                            .build());
            for (int entries : ENTRIES) {
                double[] micros = new double[ROUNDS];
                for (int round = 0; round < ROUNDS; round++) {
                    cache.put("key", "value");
                    String prefix = "benchmark:cleared:" + redis.command("GET", "benchmark:cleared:epoch") + ":";
                    copy(prefix + "key", prefix, entries);
                    long began = System.nanoTime();
                    cache.clear();
                    micros[round] = (System.nanoTime() - began) / 1_000.0;
                }
                Arrays.sort(micros);
                table.append(String.format(
                        Locale.ROOT,
                        "clear() of %,9d entries beside %,d keys of others: median %.0f µs, longest %.0f µs%n",
                        entries,
                        FOREIGN,
                        micros[ROUNDS / 2],
                        micros[ROUNDS - 1]));
            }
        }
        redis.command("FLUSHALL");
        return table.toString();
    }

    private void copy(String original, String prefix, int count) {
        for (int from = 1; from <= count; from += BATCH) {
            int to = Math.min(count, from + BATCH - 1);
            redis.command("EVAL", COPIES, "1", original, prefix, Integer.toString(from), Integer.toString(to));
        }
    }
}
