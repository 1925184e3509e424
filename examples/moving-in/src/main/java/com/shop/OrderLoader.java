package com.shop;

import java.util.HashMap;
import java.util.Map;
import javax.cache.integration.CacheLoader;

/** The loader that the application has already: JCache's. */
public final class OrderLoader implements CacheLoader<String, Order> {
    /** For the file, which makes a loader by the name of its class. */
    public OrderLoader() {}

    @Override
    public Order load(String id) {
        return new Order(id, 4_700);
    }

    @Override
    public Map<String, Order> loadAll(Iterable<? extends String> ids) {
        Map<String, Order> orders = new HashMap<>();
        ids.forEach(id -> orders.put(id, load(id)));
        return orders;
    }
}
