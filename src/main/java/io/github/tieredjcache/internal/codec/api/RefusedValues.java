package io.github.tieredjcache.internal.codec.api;

import javax.cache.CacheException;

/** Decides whether a call fails whose value cannot be copied or encoded. Safe for use by many threads. */
public interface RefusedValues {
    /** Fails every call. */
    RefusedValues FAIL = new RefusedValues() {
        @Override
        public void drop(Object value, CacheException refusal) {
            throw refusal;
        }

        @Override
        public boolean hasDropped(Class<?> type) {
            return false;
        }
    };

    /**
     * Returns if the value is dropped, as if it had been stored and evicted at once; its key has no entry then.
     *
     * @param refusal names the part of the value and the reason
     * @throws CacheException the refusal, if the call shall fail
     */
    void drop(Object value, CacheException refusal);

    /** Returns whether a value of this class has been dropped. */
    boolean hasDropped(Class<?> type);
}
