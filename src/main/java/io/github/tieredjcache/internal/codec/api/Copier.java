package io.github.tieredjcache.internal.codec.api;

/** Copies values for store by value. Safe for use by any number of threads. */
public interface Copier {
    /**
     * Returns the same instance if it is deeply immutable, else a deep copy that shares its immutable parts. Transient
     * fields are not copied, so that a copy equals the value that the remote tier would return.
     *
     * @throws javax.cache.CacheException if the object cannot be copied; the message names the class and the path to it
     */
    <T> T copy(T value);
}
