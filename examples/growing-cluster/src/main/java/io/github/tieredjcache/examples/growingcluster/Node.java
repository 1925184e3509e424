package io.github.tieredjcache.examples.growingcluster;

import io.github.tieredjcache.OutagePolicy;
import io.github.tieredjcache.TierStatistics;
import io.github.tieredjcache.TieredConfiguration;
import io.github.tieredjcache.jcache.TieredCachingProvider;
import java.time.Duration;
import javax.cache.Cache;

/** A node of a service: a cache of how often each customer has called, with a near tier of its own. */
final class Node implements AutoCloseable {

    static final Duration STALENESS_BOUND = Duration.ofSeconds(1);

    // In a service of one node for each JVM this is Caching.getCachingProvider().
    private final TieredCachingProvider provider = new TieredCachingProvider();
    private final Cache<String, Long> calls;

    Node(String redisUri, int nearEntries) {
        calls = provider.getCacheManager()
                .createCache(
                        "calls",
                        TieredConfiguration.builder(String.class, Long.class)
                                .redisUri(redisUri)
                                .nearMaximumSize(nearEntries)
                                .stalenessBound(STALENESS_BOUND)
                                // Nothing is answered locally: what is counted here is exact.
                                .outagePolicy(OutagePolicy.FAIL)
                                .statistics(true)
                                .build());
    }

    Cache<String, Long> calls() {
        return calls;
    }

    long nearHits() {
        return calls.unwrap(TierStatistics.class).nearHits();
    }

    @Override
    public void close() {
        provider.close();
    }
}
