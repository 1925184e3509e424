package io.github.tieredjcache.examples.bucket4j;

import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.distributed.proxy.ProxyManager;
import io.github.bucket4j.grid.jcache.Bucket4jJCache;
import javax.cache.CacheManager;

/** Limits how often a client may call, over all nodes together. Safe for use by many threads. */
public final class RateLimits {
    private final ProxyManager<String> buckets;
    private final BucketConfiguration limit;

    /**
     * Creates limits.
     *
     * @param caches has a cache {@code buckets}; see {@code tiered-jcache.conf}
     * @param limit of each client
     */
    public RateLimits(CacheManager caches, BucketConfiguration limit) {
        this.buckets = Bucket4jJCache.entryProcessorBasedBuilder(caches.getCache("buckets", String.class, byte[].class))
                .build();
        this.limit = limit;
    }

    /**
     * Takes a token of the client's bucket, if one is left.
     *
     * @return whether the client may call
     * @throws javax.cache.CacheException if Redis does not answer; whether the token was taken is unknown, so it is not granted
     */
    public boolean tryAcquire(String client) {
        return buckets.getProxy(client, () -> limit).tryConsume(1);
    }
}
