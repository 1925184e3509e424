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
 * Bounds the concurrent loads of one cache on this node: each call of its loader needs a permit. A caller that finds
 * none waits for one, in the order of arrival and for a bounded time. Safe for use by many threads.
 *
 * <p>A loader may read other keys of its own cache: the loads of its thread for those keys are part of the same load,
 * and need no permit. While that thread waits for another thread's load it returns its permit, for which the other
 * thread may be waiting. So loads that need each other's keys end, however few permits there are.
 */
public final class LoadBulkhead {
    private final String cacheName;
    private final int loadsMax;
    private final Duration waitMax;
    private final TierCounters counters;
    private final ThrottledLog log;
    // Fair, so that no load starves.
    private final Semaphore permits;
    private final Set<Thread> holders = ConcurrentHashMap.newKeySet();

    /**
     * Creates a bulkhead.
     *
     * @param cacheName named in messages
     * @param loadsMax how many loads run at a time; 0 for any number
     * @param waitMax how long a load waits for a permit
     * @param counters count the waiting, running and refused loads
     * @param clock throttles the log
     */
    public LoadBulkhead(String cacheName, int loadsMax, Duration waitMax, TierCounters counters, NanoClock clock) {
        this.cacheName = cacheName;
        this.loadsMax = loadsMax;
        this.waitMax = waitMax;
        this.counters = counters;
        this.log = new ThrottledLog(System.getLogger("io.github.tieredjcache.load"), cacheName, clock);
        this.permits = new Semaphore(loadsMax == 0 ? Integer.MAX_VALUE : loadsMax, true);
    }

    String cacheName() {
        return cacheName;
    }

    /**
     * Runs a load on this thread when it has a permit.
     *
     * @throws CacheLoaderException if there is no permit in time
     * @throws CacheException if the thread is interrupted while it waits; the thread stays interrupted
     */
    <T extends @Nullable Object> T run(Supplier<T> load) {
        if (hasPermit()) {
            return load.get();
        }
        acquire();
        try {
            return load.get();
        } finally {
            release();
        }
    }

    /**
     * Runs a load on this thread if there is a permit that no other load waits for.
     *
     * @return whether the load has run
     */
    public boolean runIfFree(Runnable load) {
        if (hasPermit()) {
            load.run();
            return true;
        }
        if (!tryAcquireSpare()) {
            return false;
        }
        try {
            load.run();
            return true;
        } finally {
            release();
        }
    }

    /** Waits for another thread's load; a thread with a permit returns it meanwhile, and then waits for one again. */
    <T extends @Nullable Object> T whileOthersLoad(Supplier<T> wait) {
        if (!hasPermit()) {
            return wait.get();
        }
        release();
        try {
            return wait.get();
        } finally {
            // Also after a failure: the loader of this thread may catch it and go on.
            acquire();
        }
    }

    private boolean hasPermit() {
        return holders.contains(Thread.currentThread());
    }

    private void acquire() {
        // Acquires without a check of the interruption if no wait is needed: the interruption is the loader's to see.
        if (!tryAcquireSpare()) {
            await();
            acquired();
        }
    }

    private boolean tryAcquireSpare() {
        boolean taken = !permits.hasQueuedThreads() && permits.tryAcquire();
        if (taken) {
            acquired();
        }
        return taken;
    }

    private void acquired() {
        holders.add(Thread.currentThread());
        counters.loadStarted();
    }

    private void release() {
        // A thread that did not get its permit back has none to return.
        if (holders.remove(Thread.currentThread())) {
            counters.loadEnded();
            permits.release();
        }
    }

    private void await() {
        counters.loadWaitStarted();
        try {
            if (!permits.tryAcquire(waitMax.toNanos(), TimeUnit.NANOSECONDS)) {
                throw refused();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CacheException(
                    "interrupted while waiting for one of the " + loadsMax + " loads of cache '" + cacheName
                            + "' to end",
                    e);
        } finally {
            counters.loadWaitEnded();
        }
    }

    private CacheLoaderException refused() {
        counters.loadRefused();
        CacheLoaderException overloaded =
                new CacheLoaderException("overloaded: cache '" + cacheName + "' runs " + loadsMax
                        + " loads at a time (load.maximum-concurrent), and none of them ended for this one within "
                        + waitMax.toMillis() + " ms (load.queue-wait)");
        log.warn(overloaded.getMessage() + "; raise it if the source can take more, or make loads faster", overloaded);
        return overloaded;
    }
}
