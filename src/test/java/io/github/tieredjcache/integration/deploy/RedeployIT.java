package io.github.tieredjcache.integration.deploy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.github.tieredjcache.TieredConfiguration;
import io.github.tieredjcache.internal.codec.Versions;
import io.github.tieredjcache.jcache.TieredCachingProvider;
import io.github.tieredjcache.testkit.RedisServer;
import java.io.InputStream;
import java.lang.ref.WeakReference;
import java.net.URI;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.cache.Cache;
import javax.cache.CacheManager;
import javax.cache.Caching;
import javax.cache.spi.CachingProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An application whose values, keys, loaders, writers, listeners, processors, policies and exceptions are of its own class
 * loader is undeployed, and nothing of it stays: not on a connection that others share, on a thread or in a pool.
 */
class RedeployIT {
    private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(5);

    @TempDir
    private Path folder;

    private final RedisServer redis = RedisServer.start();
    private final TieredCachingProvider provider = new TieredCachingProvider();

    @AfterEach
    void closes() {
        provider.close();
        redis.close();
    }

    /** An application server: what gives the application its caches, and what takes them away. */
    private interface Server {
        CacheManager manager(ClassLoader loader);

        void undeploy(CacheManager manager);
    }

    /** Deploys, uses and undeploys the application, as a server does: on a thread whose context loader is its. */
    private WeakReference<ClassLoader> deployed(Server server) throws Exception {
        String source;
        try (InputStream in = RedeployIT.class.getResourceAsStream("/redeploy/Order.java.txt")) {
            source = new String(in.readAllBytes(), UTF_8);
        }
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try (Versions versions = Versions.ofApplications();
                URLClassLoader loader = versions.deploy(folder, source)) {
            thread.setContextClassLoader(loader);
            CacheManager manager = server.manager(loader);
            loader.loadClass("Order")
                    .getMethod("run", CacheManager.class, String.class)
                    .invoke(null, manager, redis.uri());
            server.undeploy(manager);
            return new WeakReference<>(loader);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    static void awaitCollected(WeakReference<ClassLoader> loader) {
        long began = System.nanoTime();
        while (loader.get() != null && System.nanoTime() - began < PATIENCE_NANOS) {
            System.gc();
            LockSupport.parkNanos(20_000_000);
        }
        assertNull(loader.get(), "the application's class loader is still reachable");
    }

    @Test
    void anApplicationWithAClosedManagerCanBeCollectedThoughAnotherManagerSharesItsConnection() throws Exception {
        // The other application's caches are made first, or last, and live on: on the same connection to Redis.
        WeakReference<ClassLoader> loader = deployed(new Server() {
            @Override
            public CacheManager manager(ClassLoader application) {
                return provider.getCacheManager(URI.create("application"), application);
            }

            @Override
            public void undeploy(CacheManager manager) {
                Cache<String, String> shared = strings();
                shared.put("key", "value");
                manager.close();
            }
        });
        awaitCollected(loader);
        Cache<String, String> shared = provider.getCacheManager(URI.create("other"), RedeployIT.class.getClassLoader())
                .getCache("shared");
        assertEquals("value", shared.get("key"));
    }

    private Cache<String, String> strings() {
        return provider.getCacheManager(URI.create("other"), RedeployIT.class.getClassLoader())
                .createCache(
                        "shared",
                        TieredConfiguration.builder(String.class, String.class)
                                .redisUri(redis.uri())
                                .build());
    }

    @Test
    void anApplicationWithAClosedProviderCanBeCollected() throws Exception {
        awaitCollected(deployed(new Server() {
            @Override
            public CacheManager manager(ClassLoader application) {
                return provider.getCacheManager(URI.create("application"), application);
            }

            @Override
            public void undeploy(CacheManager manager) {
                provider.close();
            }
        }));
    }

    @Test
    void anApplicationWithTheProviderOfCachingCanBeCollected() throws Exception {
        awaitCollected(deployed(new Server() {
            @Override
            public CacheManager manager(ClassLoader application) {
                CachingProvider own = Caching.getCachingProvider(application);
                return own.getCacheManager(own.getDefaultURI(), application);
            }

            @Override
            public void undeploy(CacheManager manager) {
                manager.getCachingProvider().close();
            }
        }));
    }
}
