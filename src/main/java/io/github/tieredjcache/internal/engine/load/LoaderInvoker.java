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
 * Runs calls of the user's loader: on the caller's thread, or with a timeout on another one. Remembers how long they take. Safe
 * for use by many threads.
 */
public final class LoaderInvoker {
    private static final int SMOOTHING = 8;

    private final LoadOptions options;
    // A mean of the last few; threads that race lose a sample.
    private volatile long typicalNanos;

    public LoaderInvoker(LoadOptions options) {
        this.options = options;
    }

    /** Returns how long a call takes about, 0 as long as there was none. */
    long typicalNanos() {
        return typicalNanos;
    }

    /** Runs a call on this thread, when there is room for it, and takes its time. */
    <T extends @Nullable Object> T timed(Supplier<T> call) {
        return options.room().run(() -> timedInRoom(call));
    }

    private <T extends @Nullable Object> T timedInRoom(Supplier<T> call) {
        long began = System.nanoTime();
        T result = call.get();
        long took = System.nanoTime() - began;
        long before = typicalNanos;
        typicalNanos = before == 0 ? took : before + (took - before) / SMOOTHING;
        return result;
    }

    /**
     * Runs a call and waits for it, as long as the timeout allows.
     *
     * @throws CacheLoaderException if that is over
     */
    public <T extends @Nullable Object> T call(Supplier<T> call) {
        if (!options.hasTimeout()) {
            return timed(call);
        }
        UnderWay<T> load = begin(() -> timed(call));
        if (!load.endsWithin(options.timeout())) {
            throw load.abandon();
        }
        return load.result();
    }

    /** Begins work on another thread; on this one, and then it has ended, if there is none for it or if this is one of those. */
    <T extends @Nullable Object> UnderWay<T> begin(Supplier<T> work) {
        UnderWay<T> begun = new UnderWay<>(new FutureTask<>(work::get), options);
        if (options.executor().isLoadingHere()) {
            begun.task.run();
            return begun;
        }
        try {
            options.executor().execute(begun.task);
        } catch (RejectedExecutionException e) {
            begun.task.run();
        }
        return begun;
    }

    /** Waits for somebody else's load; one that runs on this thread lets others have its room and its thread meanwhile. */
    <T extends @Nullable Object> T whileOthersLoad(Supplier<T> othersEnd) {
        return options.executor().whileOthersLoad(() -> options.room().whileOthersLoad(othersEnd));
    }

    public LoadOptions options() {
        return options;
    }

    /**
     * Work under way.
     *
     * @param <T> what it brings
     */
    static final class UnderWay<T extends @Nullable Object> {
        private final FutureTask<T> task;
        private final LoadOptions options;

        private UnderWay(FutureTask<T> task, LoadOptions options) {
            this.task = task;
            this.options = options;
        }

        /**
         * Waits.
         *
         * @return whether it has ended, well or badly
         * @throws CacheException if the thread is interrupted; it stays so
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
         * Returns what it brought, once it has ended.
         *
         * @throws RuntimeException what it threw
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

        /** Interrupts it and returns the exception for those who waited. */
        CacheLoaderException abandon() {
            boolean unused = task.cancel(true);
            return timedOut();
        }

        private CacheLoaderException timedOut() {
            return new CacheLoaderException("the cache loader did not answer within "
                    + options.timeout().toMillis() + " ms (see load.timeout); what it brings is not cached");
        }

        private static RuntimeException thrown(ExecutionException failed) {
            Throwable cause = failed.getCause();
            if (cause instanceof Error error) {
                throw error;
            }
            if (cause instanceof CacheLoaderException loading) {
                Throwable users = loading.getCause();
                // With the stack of whoever waited, which is where a reader looks for the call.
                return new CacheLoaderException(loading.getMessage(), users == null ? loading : users);
            }
            return cause instanceof RuntimeException runtime ? runtime : new CacheLoaderException(cause);
        }
    }
}
