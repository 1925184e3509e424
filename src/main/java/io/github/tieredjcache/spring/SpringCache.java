package io.github.tieredjcache.spring;

import io.netty.util.concurrent.FastThreadLocalThread;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import javax.cache.Cache;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.jcache.JCacheCache;
import reactor.core.scheduler.Schedulers;

/**
 * A cache of Spring over a cache of JCache.
 *
 * <p>Lookups and loads of methods that return a {@code CompletableFuture} or a {@code Mono} run on threads of the
 * manager. A put, an eviction or a clear on a thread that must not block, such as one of an event loop, is queued and
 * runs on these threads, too; on any other thread it is complete when the call returns.
 *
 * <p>A call runs after the changes of its key that were queued before. There are two exceptions: {@code get} on a thread
 * that must not block does not wait for them; and on a thread of the manager's lookups, where code of the application
 * may run as a listener or after a lookup, a put, an eviction or a clear is queued behind them, and calls with a result
 * do not wait.
 */
final class SpringCache extends JCacheCache {
    private final Executor lookupThreads;
    private final Executor loadThreads;
    private final AsyncChanges changes;
    private final ConcurrentHashMap<Object, CompletableFuture<?>> loads = new ConcurrentHashMap<>();

    /**
     * Creates the cache.
     *
     * @param lookupThreads run lookups and changes, and no code of the application
     * @param loadThreads run loads, which wait for the application; must not have a bound
     */
    SpringCache(Cache<Object, Object> cache, boolean allowNullValues, Executor lookupThreads, Executor loadThreads) {
        super(cache, allowNullValues);
        this.lookupThreads = lookupThreads;
        this.loadThreads = loadThreads;
        this.changes = new AsyncChanges(cache.getName(), lookupThreads);
    }

    /** Returns a future of the value in a wrapper, or of null if there is no entry. */
    @Override
    public CompletableFuture<?> retrieve(Object key) {
        return lookUp(key);
    }

    private CompletableFuture<@Nullable ValueWrapper> lookUp(Object key) {
        return changes.pending(key).thenApplyAsync(done -> get(key), lookupThreads);
    }

    /**
     * Returns a future of the value. If there is no entry, one caller of all nodes loads it, under the write lease of
     * the key.
     */
    @Override
    @SuppressWarnings("unchecked") // The value is of the type of the cached method, as for each cache of Spring.
    public <T> CompletableFuture<T> retrieve(Object key, Supplier<CompletableFuture<T>> valueLoader) {
        return lookUp(key)
                .thenCompose(found -> found == null
                        ? load(key, valueLoader)
                        : (CompletableFuture<T>) CompletableFuture.completedFuture(found.get()));
    }

    @SuppressWarnings("unchecked")
    private <T> CompletableFuture<T> load(Object key, Supplier<CompletableFuture<T>> valueLoader) {
        CompletableFuture<T> own = new CompletableFuture<>();
        CompletableFuture<?> running = loads.putIfAbsent(key, own);
        if (running != null) {
            return (CompletableFuture<T>) running.copy();
        }
        try {
            loadThreads.execute(() -> complete(own, key, valueLoader));
        } catch (Throwable e) {
            // Without a thread the load never ends, and later callers of the key would wait for it.
            fail(own, key, e);
        }
        return own.copy();
    }

    private <T> void complete(CompletableFuture<T> load, Object key, Supplier<CompletableFuture<T>> valueLoader) {
        try {
            // By get(), since join() cannot be interrupted.
            T value = get(key, () -> valueLoader.get().get());
            loads.remove(key, load);
            load.complete(value);
        } catch (ValueRetrievalException e) {
            fail(load, key, cause(e));
        } catch (Throwable e) {
            fail(load, key, e);
        }
    }

    private void fail(CompletableFuture<?> load, Object key, Throwable failure) {
        loads.remove(key, load);
        load.completeExceptionally(failure);
    }

    /** Returns the exception of the application's own code. */
    private static Throwable cause(ValueRetrievalException failure) {
        Throwable cause = failure.getCause();
        Throwable own = cause instanceof ExecutionException ? cause.getCause() : cause;
        return own == null ? failure : own;
    }

    @Override
    protected @Nullable Object lookup(Object key) {
        if (!mustNotBlock()) {
            changes.await(changes.pending(key));
        }
        return super.lookup(key);
    }

    @Override
    public <T> @Nullable T get(Object key, Callable<T> valueLoader) {
        changes.await(changes.pending(key));
        return super.get(key, valueLoader);
    }

    @Override
    public @Nullable ValueWrapper putIfAbsent(Object key, @Nullable Object value) {
        changes.await(changes.pending(key));
        return super.putIfAbsent(key, value);
    }

    @Override
    public boolean evictIfPresent(Object key) {
        changes.await(changes.pending(key));
        return super.evictIfPresent(key);
    }

    @Override
    public boolean invalidate() {
        changes.await(changes.pendingOfAll());
        return super.invalidate();
    }

    @Override
    public void put(Object key, @Nullable Object value) {
        change(key, () -> super.put(key, value));
    }

    @Override
    public void evict(Object key) {
        change(key, () -> super.evict(key));
    }

    private void change(Object key, Runnable change) {
        CompletableFuture<@Nullable Void> earlier = changes.pending(key);
        if (mustNotAwait(earlier)) {
            changes.submit(key, change);
        } else {
            changes.await(earlier);
            change.run();
        }
    }

    @Override
    public void clear() {
        CompletableFuture<@Nullable Void> earlier = changes.pendingOfAll();
        if (mustNotAwait(earlier)) {
            changes.submitForAll(super::clear);
        } else {
            changes.await(earlier);
            super.clear();
        }
    }

    /** Returns a future that completes after all changes that were queued before. */
    CompletableFuture<@Nullable Void> pendingChanges() {
        return changes.pendingOfAll();
    }

    private static boolean mustNotAwait(CompletableFuture<?> earlier) {
        return mustNotBlock() || (LookupThread.isCurrent() && !earlier.isDone());
    }

    /** Returns whether this is a thread of Reactor or Netty that serves many calls. */
    private static boolean mustNotBlock() {
        return Schedulers.isInNonBlockingThread() || Thread.currentThread() instanceof FastThreadLocalThread;
    }
}
