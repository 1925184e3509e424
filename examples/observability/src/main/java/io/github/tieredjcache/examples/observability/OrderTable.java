package io.github.tieredjcache.examples.observability;

import java.util.HashMap;
import java.util.Map;
import javax.cache.integration.CacheLoader;

/** The source: a table that takes a millisecond for an order, and fails for those that are called so. */
final class OrderTable implements CacheLoader<String, Order> {
    /** An order that cannot be read. */
    static final String BROKEN = "broken";

    private static final int FIND_MILLIS = 1;

    @Override
    public Order load(String id) {
        if (id.equals(BROKEN)) {
            throw new IllegalStateException("the row of this order cannot be read");
        }
        try {
            Thread.sleep(FIND_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while reading an order", e);
        }
        return new Order(id, "customer " + id.hashCode() % 100, 4711);
    }

    @Override
    public Map<String, Order> loadAll(Iterable<? extends String> ids) {
        Map<String, Order> orders = new HashMap<>();
        ids.forEach(id -> orders.put(id, load(id)));
        return orders;
    }
}
