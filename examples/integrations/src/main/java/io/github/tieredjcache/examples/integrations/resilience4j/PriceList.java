package io.github.tieredjcache.examples.integrations.resilience4j;

import io.github.resilience4j.cache.Cache;
import java.util.function.ToIntFunction;
import javax.cache.CacheManager;

/** Prices, which are slow to get. Safe for use by many threads. */
public final class PriceList {
    private final Cache<String, Integer> prices;
    private final ToIntFunction<String> supplier;

    /**
     * Creates the list of a node.
     *
     * @param caches those of {@code resilience4j.conf}
     * @param supplier the slow one
     */
    public PriceList(CacheManager caches, ToIntFunction<String> supplier) {
        this.prices = Cache.of(caches.getCache("prices", String.class, Integer.class));
        this.supplier = supplier;
    }

    /** Returns the price of a product: from the cache, else from the supplier. */
    public int price(String product) throws Throwable {
        return Cache.decorateCheckedSupplier(prices, () -> supplier.applyAsInt(product))
                .apply(product);
    }

    Cache<String, Integer> cache() {
        return prices;
    }
}
