package io.github.tieredjcache.spring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.tieredjcache.TierStatistics;
import io.github.tieredjcache.jcache.TieredCachingProvider;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import javax.cache.CacheManager;
import org.junit.jupiter.api.Test;
import org.springframework.cache.Cache;

/** The cached methods of {@code @Cacheable(sync = true)} in the statistics. */
class SpringLoadsTest {

    @Test
    void aMethodThatIsCalledForAMissingKeyCountsAsALoad() {
        try (CacheManager below = new TieredCachingProvider().getCacheManager()) {
            TieredSpringCacheManager manager = new TieredSpringCacheManager(below);
            Cache cache = Objects.requireNonNull(manager.getCache("books"));
            TierStatistics statistics = below.getCache("books").unwrap(TierStatistics.class);
            cache.get("key", () -> "value");
            cache.get("key", () -> "value");
            cache.retrieve("other", () -> CompletableFuture.completedFuture("value"))
                    .join();
            assertEquals(2, statistics.loads());
            assertThrows(
                    Cache.ValueRetrievalException.class,
                    () -> cache.get("none", () -> {
                        throw new IllegalStateException("no source");
                    }));
            assertEquals(3, statistics.loads());
            assertEquals(1, statistics.loadFailures());
            manager.destroy();
        }
    }
}
