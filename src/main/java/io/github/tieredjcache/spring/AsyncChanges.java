package io.github.tieredjcache.spring;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.cache.CacheException;
import org.jspecify.annotations.Nullable;

/**
 * The changes of one cache that run on other threads than their callers', in order for each key; a change of all keys
 * is in order with each of them.
 */
final class AsyncChanges {
    private static final System.Logger LOG = System.getLogger("io.github.tieredjcache");
    private static final CompletableFuture<@Nullable Void> DONE = CompletableFuture.completedFuture(null);
    /** Stands for all keys. */
    private static final Object ALL = new Object();

    /** Longer than a change waits for its key by default, so that the change gives up first. */
    private static final long WAIT_MAX_SECONDS = 60;

    private final String cacheName;
    private final Executor threads;
    // The last change of each key that has not finished. None of them completes exceptionally.
    private final ConcurrentHashMap<Object, CompletableFuture<@Nullable Void>> pending = new ConcurrentHashMap<>();

    AsyncChanges(String cacheName, Executor threads) {
        this.cacheName = cacheName;
        this.threads = threads;
    }

    /** Returns a future that completes after the changes of a key that were submitted before. */
    CompletableFuture<@Nullable Void> pending(Object key) {
        if (pending.isEmpty()) {
            return DONE;
        }
        CompletableFuture<@Nullable Void> ofKey = pending.getOrDefault(key, DONE);
        CompletableFuture<@Nullable Void> ofAll = pending.getOrDefault(ALL, DONE);
        return ofAll.isDone() ? ofKey : CompletableFuture.allOf(ofKey, ofAll);
    }

    /** Returns a future that completes after all changes that were submitted before. */
    CompletableFuture<@Nullable Void> pendingOfAll() {
        return CompletableFuture.allOf(pending.values().toArray(CompletableFuture<?>[]::new));
    }

    /** Runs a change of a key after its earlier changes; an exception is logged. */
    void submit(Object key, Runnable change) {
        submit(key, pending.getOrDefault(ALL, DONE), change);
    }

    /** Runs a change of all keys after all earlier changes; an exception is logged. */
    void submitForAll(Runnable change) {
        submit(ALL, pendingOfAll(), change);
    }

    private void submit(Object key, CompletableFuture<@Nullable Void> before, Runnable change) {
        CompletableFuture<@Nullable Void> submitted = pending.compute(
                key,
                (same, last) -> CompletableFuture.allOf(before, last == null ? DONE : last)
                        .thenRunAsync(change, threads)
                        .exceptionally(this::log));
        var unused = submitted.thenRun(() -> pending.remove(key, submitted));
    }

    private @Nullable Void log(Throwable failure) {
        LOG.log(
                System.Logger.Level.WARNING,
                "an asynchronous change of the cache '" + cacheName + "' failed; its caller had already returned",
                failure);
        return null;
    }

    /**
     * Waits for pending changes, which may have failed. A thread that runs such changes does not wait.
     *
     * @throws CacheException if they take too long, or on interruption, which stays marked
     */
    void await(CompletableFuture<@Nullable Void> changes) {
        if (changes.isDone() || LookupThread.isCurrent()) {
            return;
        }
        try {
            var unused = changes.get(WAIT_MAX_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CacheException(
                    "interrupted while waiting for asynchronous changes of the cache '" + cacheName + "'", e);
        } catch (TimeoutException e) {
            throw new CacheException(
                    "gave up on the cache '" + cacheName + "' after waiting " + WAIT_MAX_SECONDS
                            + " s for asynchronous changes; a listener or writer may be waiting for this thread",
                    e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("a pending change must not complete exceptionally", e);
        }
    }
}
