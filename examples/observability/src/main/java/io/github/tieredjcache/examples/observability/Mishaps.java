package io.github.tieredjcache.examples.observability;

import io.github.tieredjcache.TierStatistics;
import io.github.tieredjcache.testkit.RedisServer;
import java.util.concurrent.locks.LockSupport;
import javax.cache.Cache;
import javax.cache.integration.CacheLoaderException;

/** What goes wrong, so that it can be seen. */
final class Mishaps {
    private static final String DAMAGED = "damaged";

    private static final int ATTEMPTS_MAX = 1_000;
    private static final long PAUSE_NANOS = 1_000_000;

    private final ShopNode node;
    private final RedisServer redis;

    Mishaps(ShopNode node, RedisServer redis) {
        this.node = node;
        this.redis = redis;
    }

    /** The source fails for one order. */
    void failToLoad() {
        try {
            node.orders().get(OrderTable.BROKEN);
            throw new IllegalStateException("the table has what it cannot have");
        } catch (CacheLoaderException e) {
            // As it was meant.
        }
    }

    /** Something that is no entry is written over one; the node treats it as missing and loads the order. */
    void damageAValue() {
        Cache<String, Order> orders = node.orders();
        orders.put(DAMAGED, new Order(DAMAGED, "customer", 1));
        for (String key : redis.list("KEYS", "*:" + ShopNode.CACHE + ":*:" + DAMAGED)) {
            redis.command("SET", String.valueOf(key), "this is no entry");
        }
        TierStatistics statistics = orders.unwrap(TierStatistics.class);
        long before = statistics.undecodableValues();
        // From memory until the invalidation arrives.
        for (int attempt = 0; attempt < ATTEMPTS_MAX && statistics.undecodableValues() == before; attempt++) {
            orders.get(DAMAGED);
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /** Redis is gone. */
    void killRedis() {
        redis.kill();
    }

    /** It is back, and empty. */
    void restartRedis() {
        redis.restart();
    }
}
