package io.github.tieredjcache.benchmark;

import io.github.tieredjcache.jcache.TieredCachingProvider;
import io.github.tieredjcache.testkit.RedisServer;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.cache.Cache;
import javax.cache.CacheManager;
import javax.cache.Caching;
import javax.cache.configuration.MutableConfiguration;

/** The commands that Redis runs for several nodes which read the same keys, some often, and write one of a hundred. */
final class CommandsOfNodes {
    private static final int NODES = 4;
    private static final int KEYS = 10_000;
    private static final int OPERATIONS = 400_000;
    private static final double WRITES = 0.01;
    private static final Pattern CALLS = Pattern.compile("calls=(\\d+)");

    private CommandsOfNodes() {}

    static String measure(RedisServer redis) {
        List<CacheManager> managers = new ArrayList<>();
        try {
            List<Cache<String, Object>> caches = new ArrayList<>();
            for (int i = 0; i < NODES; i++) {
                CacheManager manager = Caching.getCachingProvider(TieredCachingProvider.class.getName())
                        .getCacheManager(URI.create("tiered:node" + i), null);
                managers.add(manager);
                caches.add(manager.createCache(
                        "nodes",
                        Provider.shared(
                                new MutableConfiguration<String, Object>().setTypes(String.class, Sample.ENTITY.type()),
                                redis.uri())));
            }
            for (int i = 0; i < KEYS; i++) {
                caches.get(0).put(Keys.key(i), Customer.numbered(i));
            }
            Keys keys = new Keys(KEYS, 1);
            run(caches, keys);
            long before = commands(redis);
            run(caches, keys);
            return String.format(
                    Locale.ROOT,
                    "%d nodes, Zipf over %,d keys, %.0f %% writes: %.1f commands of Redis for 1,000 operations%n",
                    NODES,
                    KEYS,
                    WRITES * 100,
                    1_000.0 * (commands(redis) - before) / OPERATIONS);
        } finally {
            managers.forEach(CacheManager::close);
            redis.command("FLUSHALL");
        }
    }

    private static void run(List<Cache<String, Object>> caches, Keys keys) {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < OPERATIONS; i++) {
            Cache<String, Object> cache = caches.get(i % NODES);
            String key = keys.next();
            if (random.nextDouble() < WRITES) {
                cache.put(key, Customer.numbered(i));
            } else {
                Check.that(cache.get(key) != null, "the key is there");
            }
        }
    }

    /** Returns the commands that the server has run, those of scripts included. */
    private static long commands(RedisServer redis) {
        Matcher matcher = CALLS.matcher(redis.command("INFO", "commandstats"));
        long calls = 0;
        while (matcher.find()) {
            calls += Long.parseLong(matcher.group(1));
        }
        return calls;
    }
}
