package io.github.tieredjcache.internal.engine.load;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import javax.cache.CacheException;
import javax.cache.integration.CacheLoaderException;
import org.jspecify.annotations.Nullable;

/**
 * Runs calls of the user's loader: on the caller's thread, or with a timeout on another one. Measures their time. Safe
 * for use by many threads.
 */
public final class LoaderInvoker {
    private static final int SMOOTHING = 8;

    private final LoadOptions options;
    // A moving mean; a race of threads may lose a sample.
    private volatile long typicalNanos;

    public LoaderInvoker(LoadOptions options) {
        this.options = options;
    }

    /** Returns the typical time of a call, 0 if there was none yet. */
    long typicalNanos() {
        return typicalNanos;
    }

    /** Runs a call on this thread, when the bulkhead permits, and measures its time. */
    <T extends @Nullable Object> T timed(Supplier<T> call) {
        return options.bulkhead().run(() -> timedWithPermit(call));
    }

    private <T extends @Nullable Object> T timedWithPermit(Supplier<T> call) {
        long began = System.nanoTime();
        T result = options.executor().inLoader(call);
        long took = System.nanoTime() - began;
        long before = typicalNanos;
        typicalNanos = before == 0 ? took : before + (took - before) / SMOOTHING;
        return result;
    }

    /**
     * Runs a call and waits for it at most for the timeout.
     *
     * @throws CacheLoaderException if the timeout is over
     */
    public <T extends @Nullable Object> T call(Supplier<T> call) {
        if (!options.hasTimeout()) {
            return timed(call);
        }
        RunningLoad<T> load = begin(() -> timed(call));
        if (!load.endsWithin(options.timeout())) {
            throw load.abandon();
        }
        return load.result();
    }

    /**
     * Begins work on another thread. If no thread is free, or this is a load thread, runs it on this thread before it
     * returns.
     */
    <T extends @Nullable Object> RunningLoad<T> begin(Supplier<T> work) {
        RunningLoad<T> running = new RunningLoad<>(new FutureTask<>(work::get), options);
        if (options.executor().isLoadThread()) {
            running.task.run();
            return running;
        }
        try {
            options.executor().execute(running.task);
        } catch (RejectedExecutionException e) {
            running.task.run();
        }
        return running;
    }

    /**
     * Waits for another thread's load; a load on this thread returns its permit and lets queued loads run meanwhile.
     */
    <T extends @Nullable Object> T whileOthersLoad(Supplier<T> wait) {
        return options.executor().whileOthersLoad(() -> options.bulkhead().whileOthersLoad(wait));
    }

    public LoadOptions options() {
        return options;
    }

    /**
     * A load in progress.
     *
     * @param <T> the type of the result
     */
    static final class RunningLoad<T extends @Nullable Object> {
        private final FutureTask<T> task;
        private final LoadOptions options;

        private RunningLoad(FutureTask<T> task, LoadOptions options) {
            this.task = task;
            this.options = options;
        }

        /**
         * Waits for the end of the load.
         *
         * @return whether the load has ended, successfully or not
         * @throws CacheException if the thread is interrupted; the thread stays interrupted
         */
        boolean endsWithin(Duration time) {
            try {
                T unused = task.get(time.toNanos(), TimeUnit.NANOSECONDS);
                return true;
            } catch (TimeoutException e) {
                return false;
            } catch (CancellationException | ExecutionException e) {
                return true;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CacheException("interrupted while waiting for a load", e);
            }
        }

        /**
         * Returns the result of the load, once it has ended.
         *
         * @throws RuntimeException the exception of the load
         */
        T result() {
            try {
                return task.get();
            } catch (CancellationException e) {
                throw timedOut();
            } catch (ExecutionException e) {
                throw thrown(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CacheException("interrupted while waiting for a load", e);
            }
        }

        /** Interrupts the load and returns the exception for its waiting callers. */
        CacheLoaderException abandon() {
            boolean unused = task.cancel(true);
            return timedOut();
        }

        private CacheLoaderException timedOut() {
            return new CacheLoaderException("cache '" + options.bulkhead().cacheName()
                    + "': the loader did not return within "
                    + options.timeout().toMillis()
                    + " ms (load.timeout); its value is not cached; make the loader faster, or raise the timeout");
        }

        private static RuntimeException thrown(ExecutionException failed) {
            Throwable cause = failed.getCause();
            if (cause instanceof Error error) {
                throw error;
            }
            if (cause instanceof CacheLoaderException loading) {
                Throwable users = loading.getCause();
                // A new exception with the stack of the waiting caller, since a reader looks for the call there.
                return new CacheLoaderException(loading.getMessage(), users == null ? loading : users);
            }
            return cause instanceof RuntimeException runtime ? runtime : new CacheLoaderException(cause);
        }
    }
}
