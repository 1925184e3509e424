package io.github.tieredjcache.messages;

import static io.github.tieredjcache.messages.Mistake.logged;

import io.github.tieredjcache.Crew;
import io.github.tieredjcache.TierStatistics;
import io.github.tieredjcache.TieredSetting;
import io.github.tieredjcache.integration.Node;
import io.github.tieredjcache.integration.RecordingLoader;
import io.github.tieredjcache.testkit.RedisServer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import javax.cache.Cache;

/** Mistakes that the comparison of Redis with the source finds. */
final class SourceMistakes {
    private static final int PER_MINUTE_MAX = 600;
    /** That of a lookup, two for each of three comparisons, and the next one. */
    private static final int LOADS_ENOUGH = 8;

    private SourceMistakes() {}

    static String changedDirectly() throws Exception {
        AtomicInteger row = new AtomicInteger();
        AtomicLong skippedNanos = new AtomicLong();
        return compared(key -> "row " + row.get(), skippedNanos, "another value than the source", cache -> {
            row.incrementAndGet();
            Crew.until(() -> cache.get("42") != null && numbers(cache).sourceMismatches1s() > 0);
            skippedNanos.addAndGet(Duration.ofSeconds(10).toNanos());
        });
    }

    static String neverEqual() throws Exception {
        AtomicInteger loads = new AtomicInteger();
        return compared(
                key -> "loaded " + loads.incrementAndGet(),
                new AtomicLong(),
                "cannot be compared",
                cache -> Crew.until(() -> cache.get("42") != null && loads.get() >= LOADS_ENOUGH));
    }

    private static String compared(Function<String, String> source, AtomicLong skippedNanos, String words, Step mistake)
            throws Exception {
        try (RedisServer redis = RedisServer.startLocal();
                Node node = new Node(redis, () -> System.nanoTime() + skippedNanos.get())) {
            Cache<String, String> cache = node.cache(
                    "orders",
                    String.class,
                    String.class,
                    settings -> settings.with(TieredSetting.LOAD_VERIFY_PER_MINUTE, PER_MINUTE_MAX)
                            .readThrough(() -> new RecordingLoader(source))
                            .statistics(true));
            return logged(words, () -> {
                cache.get("42");
                mistake.in(cache);
            });
        }
    }

    private interface Step {
        void in(Cache<String, String> cache);
    }

    private static TierStatistics numbers(Cache<?, ?> cache) {
        return cache.unwrap(TierStatistics.class);
    }
}
