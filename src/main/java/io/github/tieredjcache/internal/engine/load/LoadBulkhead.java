package io.github.tieredjcache.internal.engine.load;

import io.github.tieredjcache.internal.stats.TierCounters;
import io.github.tieredjcache.internal.support.NanoClock;
import io.github.tieredjcache.internal.support.ThrottledLog;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.cache.CacheException;
import javax.cache.integration.CacheLoaderException;
import org.jspecify.annotations.Nullable;

/**
 * The room for the loads of one cache on this node: how many calls of its loader run at a time. Whoever finds none waits for it,
 * first come, first served, and not for ever. Safe for use by many threads.
 *
 * <p>A loader may ask its own cache for other keys: what its thread loads for that is part of the same load. While that thread waits for
 * another thread's load it gives its room away, which the other may be waiting for; so loads that need each other's keys end,
 * however little room there is.
 */
public final class LoadBulkhead {
    private final String cacheName;
    private final int loadsMax;
    private final Duration wait;
    private final TierCounters counters;
    private final ThrottledLog log;
    // Fair, so that nobody starves.
    private final Semaphore room;
    private final Set<Thread> inside = ConcurrentHashMap.newKeySet();

    /**
     * Creates an empty room.
     *
     * @param cacheName named in messages
     * @param loadsMax how many loads run at a time; 0 for any number
     * @param wait how long a load waits for room
     * @param counters count those that wait, that run and that were refused
     * @param clock what logs are throttled by
     */
    public LoadBulkhead(String cacheName, int loadsMax, Duration wait, TierCounters counters, NanoClock clock) {
        this.cacheName = cacheName;
        this.loadsMax = loadsMax;
        this.wait = wait;
        this.counters = counters;
        this.log = new ThrottledLog(System.getLogger("io.github.tieredjcache.load"), cacheName, clock);
        this.room = new Semaphore(loadsMax == 0 ? Integer.MAX_VALUE : loadsMax, true);
    }

    /**
     * Runs a load on this thread when there is room.
     *
     * @throws CacheLoaderException if there is none in time
     * @throws CacheException if the thread is interrupted while it waits; it stays so
     */
    <T extends @Nullable Object> T run(Supplier<T> load) {
        if (isMine()) {
            return load.get();
        }
        enter();
        try {
            return load.get();
        } finally {
            leave();
        }
    }

    /** Runs a load on this thread if there is room that nobody waits for. */
    void runIfSpare(Runnable load) {
        if (isMine()) {
            load.run();
        } else if (takeSpare()) {
            try {
                load.run();
            } finally {
                leave();
            }
        }
    }

    /** Waits for another thread's load; one that has room lets others have it meanwhile, and then waits for room as they do. */
    <T extends @Nullable Object> T whileOthersLoad(Supplier<T> othersEnd) {
        if (!isMine()) {
            return othersEnd.get();
        }
        leave();
        try {
            return othersEnd.get();
        } finally {
            // Its loader may go on even after a failure.
            enter();
        }
    }

    private boolean isMine() {
        return inside.contains(Thread.currentThread());
    }

    private void enter() {
        // Without a look at the thread's interruption, which is the loader's to see if nobody needs to wait.
        if (!takeSpare()) {
            await();
            hasEntered();
        }
    }

    private boolean takeSpare() {
        boolean taken = !room.hasQueuedThreads() && room.tryAcquire();
        if (taken) {
            hasEntered();
        }
        return taken;
    }

    private void hasEntered() {
        inside.add(Thread.currentThread());
        counters.loadBegins();
    }

    private void leave() {
        // One that did not get its room back has none to give.
        if (inside.remove(Thread.currentThread())) {
            counters.loadEnds();
            room.release();
        }
    }

    private void await() {
        counters.loadBeginsToWait();
        try {
            if (!room.tryAcquire(wait.toNanos(), TimeUnit.NANOSECONDS)) {
                throw refused();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CacheException(
                    "interrupted while waiting for one of the " + loadsMax + " loads of cache '" + cacheName
                            + "' to end",
                    e);
        } finally {
            counters.loadEndsToWait();
        }
    }

    private CacheLoaderException refused() {
        counters.loadRefused();
        CacheLoaderException overloaded =
                new CacheLoaderException("overloaded: cache '" + cacheName + "' runs " + loadsMax
                        + " loads at a time (load.maximum-concurrent), and none of them ended for this one within "
                        + wait.toMillis() + " ms (load.queue-wait)");
        log.warn(overloaded.getMessage() + "; raise it if the source can take more, or make loads faster", overloaded);
        return overloaded;
    }
}
