package io.github.tieredjcache.spring;

import javax.cache.CacheManager;

/** Applies the customizers that the application has for a manager of JCache. */
@FunctionalInterface
interface ManagerCustomizer {
    void customize(CacheManager manager);
}
