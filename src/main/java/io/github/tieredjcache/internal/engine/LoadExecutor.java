package io.github.tieredjcache.internal.engine;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Where loads run that their callers do not run. Knows which threads are loading, so that a load which needs another one does not
 * wait for a thread that only its own end would free.
 */
public final class LoadExecutor {
    private final Executor threads;
    private final Set<Thread> loading;

    private LoadExecutor(Executor threads, Set<Thread> loading) {
        this.threads = threads;
        this.loading = loading;
    }

    /** Returns an executor that knows of its own threads only. */
    public static LoadExecutor of(Executor threads) {
        return new LoadExecutor(threads, ConcurrentHashMap.newKeySet());
    }

    /** Returns one with other threads that may be the same: an executor can serve several caches. */
    public LoadExecutor with(Executor others) {
        return new LoadExecutor(others, loading);
    }

    /**
     * Runs a load soon.
     *
     * @throws RejectedExecutionException if the threads refuse it
     */
    void execute(Runnable load) {
        threads.execute(() -> {
            Thread me = Thread.currentThread();
            boolean outermost = loading.add(me);
            try {
                load.run();
            } finally {
                if (outermost) {
                    loading.remove(me);
                }
            }
        });
    }

    /** Returns whether the current thread runs a load. */
    boolean isLoadingHere() {
        return loading.contains(Thread.currentThread());
    }
}
