package com.shop;

import java.util.concurrent.atomic.AtomicInteger;

/** Stands for a database: a query takes 20 ms. */
final class OrderTable {
    /** That of the shop, for what is made by name only, such as a loader that the configuration file names. */
    static final OrderTable DATABASE = new OrderTable();

    private static final int QUERY_MILLIS = 20;
    private final AtomicInteger queries = new AtomicInteger();

    Order find(String id) {
        queries.incrementAndGet();
        try {
            Thread.sleep(QUERY_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while reading order " + id, e);
        }
        return new Order(id, "customer of " + id, 4_700);
    }

    /** How many queries there have been. */
    int queries() {
        return queries.get();
    }
}
