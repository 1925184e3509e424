package io.github.tieredjcache.internal.framework;

import java.util.Set;

/** The classes of frameworks that caches treat specially. */
public final class FrameworkClasses {
    /**
     * The names of the classes that frameworks store in caches around the keys and values of an application. Each cache
     * allows them without a rule. They only hold data, and the classes of what they hold are checked as those of any
     * part.
     */
    public static final Set<String> STORED = Set.of(
            // Spring's cache abstraction: the key of several arguments, and the null value.
            "org.springframework.cache.interceptor.SimpleKey",
            "org.springframework.cache.support.NullValue",
            // Hibernate 6.6 and 7: keys, entries and locks of the second-level cache and of the query cache.
            "org.hibernate.cache.internal.BasicCacheKeyImplementation",
            "org.hibernate.cache.internal.CacheKeyImplementation",
            "org.hibernate.cache.internal.NaturalIdCacheKey",
            "org.hibernate.cache.internal.QueryResultsCacheImpl$CacheItem",
            "org.hibernate.cache.spi.QueryKey",
            "org.hibernate.cache.spi.entry.CollectionCacheEntry",
            "org.hibernate.cache.spi.entry.StandardCacheEntryImpl",
            "org.hibernate.cache.spi.support.AbstractReadWriteAccess$Item",
            "org.hibernate.cache.spi.support.AbstractReadWriteAccess$SoftLockImpl",
            "org.hibernate.query.internal.QueryParameterBindingsImpl$ParameterBindingsMementoImpl",
            // Micronaut: the key of several arguments.
            "io.micronaut.cache.interceptor.ParametersKey",
            // Shiro: sessions, principals and permissions.
            "org.apache.shiro.authz.SimpleAuthorizationInfo",
            "org.apache.shiro.session.mgt.SimpleSession",
            "org.apache.shiro.subject.SimplePrincipalCollection",
            // JSR-107's annotations: the keys of the reference implementation, Commons JCS, Infinispan and Payara.
            "fish.payara.cdi.jsr107.implementation.PayaraGeneratedCacheKey",
            "org.apache.commons.jcs3.jcache.cdi.GeneratedCacheKeyImpl",
            "org.infinispan.jcache.annotation.DefaultCacheKey",
            "org.jsr107.ri.annotations.DefaultGeneratedCacheKey");

    private static final String SPRING_PROCESSOR =
            "org.springframework.cache.jcache.JCacheCache$ValueLoaderEntryProcessor";

    private FrameworkClasses() {}

    /**
     * Returns whether a class is the entry processor of Spring's {@code @Cacheable(sync = true)}, which only reads an
     * entry that exists, and computes a missing one.
     */
    public static boolean computesIfAbsent(Class<?> processor) {
        return processor.getName().equals(SPRING_PROCESSOR);
    }
}
