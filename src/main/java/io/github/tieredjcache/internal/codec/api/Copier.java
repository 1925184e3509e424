package io.github.tieredjcache.internal.codec.api;

/** Copies for store by value. Safe for use by any number of threads. */
public interface Copier {
    /**
     * The same instance if it is deeply immutable, else a deep copy that shares its immutable parts. Transient
     * fields are not copied, so that a copy is what the remote tier would give back.
     *
     * @throws javax.cache.CacheException if the object cannot be copied; names the class and the path to it
     */
    <T> T copy(T value);
}
