package io.github.tieredjcache;

/**
 * What happens to a call with a value that cannot be stored, such as a lambda, chosen by the setting {@code
 * codec.refused}.
 */
public enum RefusedPolicy {
    /**
     * The call succeeds, and the value counts as stored and evicted at once: its key has no entry in any tier. A writer
     * still gets the value, and so do the callers of a load. The log names each class once, and {@link
     * TierStatistics#valuesRefused} counts. The default, but by {@link OutagePolicy#FAIL} the call throws.
     */
    DROP,
    /** The call throws a {@link javax.cache.CacheException}, and the cache is unchanged. */
    THROW
}
