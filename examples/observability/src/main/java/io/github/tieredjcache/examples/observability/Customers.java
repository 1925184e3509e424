package io.github.tieredjcache.examples.observability;

import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import javax.cache.Cache;
import javax.cache.CacheException;

/** The traffic: on each node a thread that looks at orders, mostly the same ones, and changes one now and then. */
final class Customers implements AutoCloseable {
    private static final int HOT = 500;
    private static final int COLD = 50_000;
    private static final long PAUSE_NANOS = 1_000_000;

    private final AtomicLong failures = new AtomicLong();
    private final List<Thread> threads;
    private volatile boolean gone;

    Customers(List<ShopNode> nodes) {
        threads = nodes.stream().map(this::start).toList();
    }

    private Thread start(ShopNode node) {
        Thread thread = new Thread(() -> shop(node.orders()), "customers of " + node.address());
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** How many requests ended with an exception. */
    long failures() {
        return failures.get();
    }

    private void shop(Cache<String, Order> orders) {
        while (!gone) {
            int dice = ThreadLocalRandom.current().nextInt(100);
            String hot = "order-" + ThreadLocalRandom.current().nextInt(HOT);
            try {
                if (dice < 5) {
                    orders.put(hot, new Order(hot, "customer", dice));
                } else if (dice < 15) {
                    orders.get("order-" + ThreadLocalRandom.current().nextInt(COLD));
                } else {
                    orders.get(hot);
                }
            } catch (CacheException e) {
                failures.incrementAndGet();
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    @Override
    public void close() {
        gone = true;
        for (Thread each : threads) {
            try {
                each.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
