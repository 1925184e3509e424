package io.github.tieredjcache.spring;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.cache.CacheException;
import javax.cache.CacheManager;
import javax.cache.configuration.MutableConfiguration;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.cache.Cache;
import org.springframework.cache.jcache.JCacheCacheManager;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * A cache manager of Spring over a manager of Tiered JCache. Spring Boot creates one by itself; without Spring Boot it
 * is a bean:
 *
 * <pre>{@code
 * @Bean
 * TieredSpringCacheManager cacheManager() {
 *     return new TieredSpringCacheManager(Caching.getCachingProvider().getCacheManager());
 * }
 * }</pre>
 *
 * <p>Beyond {@link JCacheCacheManager}: methods that return a {@code CompletableFuture} or a {@code Mono} are cached
 * without a blocked thread of an event loop, and a cache that has no name in any configuration is created when it is
 * first used.
 *
 * <p>Safe for use by many threads. Owns the threads of asynchronous calls, which {@link #destroy} ends; does not close
 * the manager below.
 */
public final class TieredSpringCacheManager extends JCacheCacheManager implements DisposableBean {
    /** Lookups wait for Redis only, so that a few threads suffice; further lookups are queued. */
    private static final int LOOKUP_THREADS = 32;

    private static final long IDLE_SECONDS = 20;

    /** As long as the manager below waits for its tasks. */
    private static final Duration CLOSE_WAIT = Duration.ofSeconds(2);

    private final CacheManager manager;
    private final boolean createsCaches;
    private final Duration closeWait;
    private final List<SpringCache> caches = new CopyOnWriteArrayList<>();
    private final ExecutorService lookupThreads;
    private final ExecutorService loadThreads;

    /** Creates the manager; a cache that does not exist is created on first use. */
    public TieredSpringCacheManager(CacheManager manager) {
        this(manager, true);
    }

    /**
     * Creates the manager.
     *
     * @param manager an open manager of Tiered JCache
     * @param createsCaches whether a cache that does not exist is created on first use; if not, {@link #getCache}
     *     returns null for it
     */
    public TieredSpringCacheManager(CacheManager manager, boolean createsCaches) {
        this(manager, createsCaches, CLOSE_WAIT);
    }

    /** @param closeWait the maximum time that {@link #destroy} waits for changes */
    TieredSpringCacheManager(CacheManager manager, boolean createsCaches, Duration closeWait) {
        super(manager);
        this.manager = Objects.requireNonNull(manager, "manager must not be null");
        this.createsCaches = createsCaches;
        this.closeWait = closeWait;
        AtomicInteger lookupThread = new AtomicInteger();
        ThreadPoolExecutor lookups = new ThreadPoolExecutor(
                LOOKUP_THREADS,
                LOOKUP_THREADS,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                tasks -> new LookupThread(tasks, "tiered-jcache-spring-lookup-" + lookupThread.incrementAndGet()));
        lookups.allowCoreThreadTimeOut(true);
        this.lookupThreads = lookups;
        // A load may wait for another load: with a bound, all threads could wait for loads that have none.
        this.loadThreads = Executors.newCachedThreadPool(daemons());
    }

    private static ThreadFactory daemons() {
        CustomizableThreadFactory threads = new CustomizableThreadFactory("tiered-jcache-spring-");
        threads.setDaemon(true);
        return threads;
    }

    /** Returns the manager below. */
    @Override
    public CacheManager getCacheManager() {
        return manager;
    }

    @Override
    protected Collection<Cache> loadCaches() {
        List<Cache> caches = new ArrayList<>();
        for (String name : manager.getCacheNames()) {
            Cache cache = find(name);
            if (cache != null) {
                caches.add(cache);
            }
        }
        return caches;
    }

    @Override
    protected @Nullable Cache getMissingCache(String name) {
        if (createsCaches) {
            createCaches(List.of(name));
        }
        return find(name);
    }

    private @Nullable Cache find(String name) {
        javax.cache.Cache<Object, Object> below = manager.getCache(name);
        if (below == null) {
            return null;
        }
        SpringCache cache = new SpringCache(below, isAllowNullValues(), lookupThreads, loadThreads);
        caches.add(cache);
        return cache;
    }

    /** Creates the caches that do not exist, with the settings that the configuration has for their names. */
    void createCaches(List<String> names) {
        for (String name : names) {
            if (manager.getCache(name) == null) {
                try {
                    manager.createCache(name, new MutableConfiguration<>());
                } catch (CacheException e) {
                    // Another thread may have been first.
                    if (manager.getCache(name) == null) {
                        throw e;
                    }
                }
            }
        }
    }

    /**
     * Ends the threads of asynchronous calls: interrupts loads, and waits for the queued changes for at most 2 s, or
     * until this thread is interrupted, which stays marked. Changes that take longer, and queued lookups, end later.
     */
    @Override
    public void destroy() {
        // First, because a change may wait for the write lease of a load.
        loadThreads.shutdownNow();
        // The thread of a change would wait for itself.
        if (!LookupThread.isCurrent()) {
            awaitChanges();
        }
        // A queued change that never ran would leave the calls behind it waiting.
        lookupThreads.shutdown();
    }

    private void awaitChanges() {
        CompletableFuture<?>[] pending =
                caches.stream().map(SpringCache::pendingChanges).toArray(CompletableFuture<?>[]::new);
        try {
            var unused = CompletableFuture.allOf(pending).get(closeWait.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            // A change that fails because the manager below is closed meanwhile is logged by itself.
        }
    }
}
