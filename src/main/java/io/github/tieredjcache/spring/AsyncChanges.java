package io.github.tieredjcache.spring;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** The changes of one cache that run on other threads than their callers', in order for each key. */
final class AsyncChanges {
    private static final System.Logger LOG = System.getLogger("io.github.tieredjcache");
    private static final CompletableFuture<@Nullable Void> DONE = CompletableFuture.completedFuture(null);
    /** Stands for all keys. */
    private static final Object ALL = new Object();

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
        CompletableFuture<@Nullable Void> ofKey = pending.getOrDefault(key, DONE);
        CompletableFuture<@Nullable Void> ofAll = pending.getOrDefault(ALL, DONE);
        return ofAll.isDone() ? ofKey : CompletableFuture.allOf(ofKey, ofAll);
    }

    /** Runs a change of a key after its earlier changes; an exception is logged. */
    void submit(Object key, Runnable change) {
        submit(key, DONE, change);
    }

    /** Runs a change of all keys after all earlier changes; an exception is logged. */
    void submitForAll(Runnable change) {
        submit(ALL, CompletableFuture.allOf(pending.values().toArray(CompletableFuture<?>[]::new)), change);
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
}
