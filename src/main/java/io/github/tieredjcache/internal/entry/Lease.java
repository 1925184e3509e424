package io.github.tieredjcache.internal.entry;

import org.jspecify.annotations.Nullable;

/**
 * Exclusive access to one key among all who answer from its entry; readers go on reading the old value.
 *
 * <p>Ends with exactly one call of {@link #commit}, {@link #release} or {@link #abandon}. What changes or ends it is called by one
 * thread at a time; {@link #prepare} by any.
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
     * @return the value in the form in which {@link #save} and {@link #commit} take it
     * @throws LeaseLostException if the first is not certain
     * @throws javax.cache.CacheException if the tier cannot take the value; names its class and the rule
     */
    Prepared<V> prepare(@Nullable V value);

    /**
     * As {@link #commit}, but keeps the lease; where the outcome is that it was not applied, nothing that is changed under the
     * lease from then on is applied either.
     */
    Outcome<V> save(Prepared<V> change, long lifetimeNanos);

    /**
     * Stores or removes the entry and gives the lease back. Waits for the answer even if the thread is interrupted, which it
     * stays.
     *
     * <p>{@link Outcome#applied} is false if the key was changed meanwhile by one who needs no lease.
     *
     * @param change what {@link #prepare} of this lease has returned
     * @param lifetimeNanos of what is stored
     * @throws LeaseLostException if the lease ran out; then nothing was stored
     */
    Outcome<V> commit(Prepared<V> change, long lifetimeNanos);

    /** Gives the lease back and changes nothing. Does not wait and does not throw. */
    void release();

    /**
     * Gives the lease back when the source may have changed and the entry could not be changed with it: the entry goes. Waits a
     * bounded time and does not throw; if the tier cannot be reached the entry goes when the lease runs out.
     */
    void abandon();

    /**
     * What is to be stored, in the form in which the tier takes it.
     *
     * @param <V> the type of the value
     */
    interface Prepared<V> {
        /** Returns the cache's own instance; null for a removal. */
        @Nullable
        V value();
    }
}
