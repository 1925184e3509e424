package io.github.tieredjcache.internal.entry;

import org.jspecify.annotations.Nullable;

/**
 * Exclusive access to one key among all who answer from its entry; readers go on reading the old value.
 *
 * <p>Ends with exactly one call of {@link #commit} or {@link #release}. Used by one thread at a time.
 *
 * @param <K> the type of the key
 * @param <V> the type of the value
 */
public interface Lease<K, V> {
    /** Returns the entry when the lease was taken, null if there was none. */
    @Nullable
    Entry<V> before();

    /**
     * Checks that nobody else can have decided on the entry until now, and that the value can be stored; to be called before
     * something is done that cannot be undone.
     *
     * @param value what will be stored; null for a removal
     * @throws LeaseLostException if the first is not certain
     * @throws javax.cache.CacheException if the tier cannot take the value; names its class and the rule
     */
    void prepare(@Nullable V value);

    /** As {@link #commit}, but keeps the lease. */
    Outcome<V> save(Mutation<K, V> mutation);

    /**
     * Applies the mutation and gives the lease back.
     *
     * <p>{@link Outcome#applied} is false if the key was changed meanwhile by one who needs no lease. The mutation's guard is
     * not asked: the lease is the guard.
     *
     * @throws LeaseLostException if the lease ran out; then nothing was stored
     */
    Outcome<V> commit(Mutation<K, V> mutation);

    /** Gives the lease back and changes nothing. Does not wait and does not throw. */
    void release();
}
