package io.github.tieredjcache.internal.assembly;

import java.lang.reflect.InvocationTargetException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The threads of one manager for loads that do not run on the threads of their callers: refreshes, loads with a
 * timeout, and {@code loadAll} calls of loaders and listeners. There is no queue: if {@value #LOADS_MAX} platform threads are busy, the
 * executor rejects a load, and the caller runs the load. No thread is left after {@link #close}.
 */
final class LoadThreads implements AutoCloseable {
    private static final int LOADS_MAX = 256;

    private final ClassLoader loader;
    private final ExecutorService platform;
    private @Nullable ExecutorService virtual;

    LoadThreads(ClassLoader loader, ThreadFactory threads) {
        this.loader = loader;
        this.platform = new ThreadPoolExecutor(0, LOADS_MAX, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), threads);
    }

    /** Returns the executor on platform threads. */
    Executor platform() {
        return platform;
    }

    /** Runs a load on a platform thread, or on this one if all are busy. */
    void execute(Runnable load) {
        try {
            platform.execute(load);
        } catch (RejectedExecutionException e) {
            load.run();
        }
    }

    /**
     * Returns an executor that starts a virtual thread for each load.
     *
     * @throws IllegalArgumentException if this JDK has no virtual threads
     */
    synchronized Executor virtual() {
        if (virtual == null) {
            virtual = newVirtual();
        }
        ExecutorService threads = virtual;
        return task -> threads.execute(() -> {
            // The submitting thread may belong to another application, so its context class loader is not inherited.
            Thread.currentThread().setContextClassLoader(loader);
            task.run();
        });
    }

    private static ExecutorService newVirtual() {
        try {
            // By reflection, because the library is compiled for JDK 17.
            return (ExecutorService)
                    Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        } catch (NoSuchMethodException e) {
            throw new IllegalArgumentException(
                    "load.threads must be platform on JDK " + Runtime.version().feature()
                            + ": virtual threads need JDK 21 or later",
                    e);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("this JDK cannot create virtual threads; set load.threads = platform", e);
        }
    }

    @Override
    public synchronized void close() {
        platform.shutdown();
        if (virtual != null) {
            virtual.shutdown();
        }
    }
}
