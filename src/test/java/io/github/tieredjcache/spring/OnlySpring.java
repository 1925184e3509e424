package io.github.tieredjcache.spring;

import java.util.Objects;
import java.util.concurrent.Callable;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

/** Starts an application in a class loader that lacks optional libraries, and uses a cache. */
public final class OnlySpring implements Callable<String> {
    /** Creates the call. */
    public OnlySpring() {}

    @EnableCaching
    @EnableAutoConfiguration
    static class Caching {}

    @Override
    public String call() {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(getClass().getClassLoader());
        try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext(Caching.class)) {
            CacheManager manager = context.getBean(CacheManager.class);
            Objects.requireNonNull(manager.getCache("books")).put("key", "value");
            return manager.getClass().getSimpleName() + " "
                    + Objects.requireNonNull(manager.getCache("books")).get("key", String.class) + " "
                    + context.containsBean("tieredCacheMetrics")
                    + context.containsBean("tieredCachesEndpoint")
                    + context.containsBean("tieredJcacheHealthIndicator");
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}
