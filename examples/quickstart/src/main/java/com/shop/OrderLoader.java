package com.shop;

import java.util.HashMap;
import java.util.Map;
import javax.cache.integration.CacheLoader;

/** Reads from the database what the cache does not have. */
public final class OrderLoader implements CacheLoader<String, Order> {
    private final OrderTable database;

    /** For the configuration file, which makes a loader by the name of its class. */
    public OrderLoader() {
        this(OrderTable.DATABASE);
    }

    OrderLoader(OrderTable database) {
        this.database = database;
    }

    @Override
    public Order load(String id) {
        return database.find(id);
    }

    @Override
    public Map<String, Order> loadAll(Iterable<? extends String> ids) {
        Map<String, Order> orders = new HashMap<>();
        ids.forEach(id -> orders.put(id, load(id)));
        return orders;
    }
}
