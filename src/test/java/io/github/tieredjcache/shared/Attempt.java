package io.github.tieredjcache.shared;

import javax.cache.CacheException;

/** An operation that may fail for want of a Redis. */
final class Attempt {
    private Attempt() {}

    /** Returns whether an operation does not throw a {@link CacheException}. */
    static boolean succeeds(Runnable operation) {
        try {
            operation.run();
            return true;
        } catch (CacheException e) {
            return false;
        }
    }
}
