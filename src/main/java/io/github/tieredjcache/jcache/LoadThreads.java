package io.github.tieredjcache.jcache;

import java.lang.reflect.InvocationTargetException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The threads of one manager for loads that their callers do not run: refreshes, and loads with a timeout. None waits in a queue:
 * beyond {@value #LOADS_MAX} the caller runs his load himself. No thread is left after {@link #close}.
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

    /** Returns threads as the JDK has had them from the beginning. */
    Executor platform() {
        return platform;
    }

    /**
     * Returns a virtual thread for each load.
     *
     * @throws IllegalArgumentException if this JDK has none
     */
    synchronized Executor virtual() {
        if (virtual == null) {
            virtual = newVirtual();
        }
        ExecutorService threads = virtual;
        return task -> threads.execute(() -> {
            // As on all threads of the manager: the one that began the load may be of another application.
            Thread.currentThread().setContextClassLoader(loader);
            task.run();
        });
    }

    private static ExecutorService newVirtual() {
        try {
            // By its name, because this is compiled for JDK 17.
            return (ExecutorService)
                    Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        } catch (NoSuchMethodException e) {
            throw new IllegalArgumentException(
                    "load.threads must be platform on JDK " + Runtime.version().feature()
                            + ": virtual threads need JDK 21 or later",
                    e);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("this JDK does not give virtual threads", e);
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
