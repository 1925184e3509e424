package io.github.tieredjcache.integration;

import javax.cache.CacheException;

/** An operation that may fail for want of a Redis. */
public final class Attempt {
    private Attempt() {}

    /** Returns whether an operation does not throw a {@link CacheException}. */
    public static boolean succeeds(Runnable operation) {
        try {
            operation.run();
            return true;
        } catch (CacheException e) {
            return false;
        }
    }
}
