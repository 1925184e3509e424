package io.github.tieredjcache.internal.port;

import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Outcome;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Exclusive access to one key among all who answer from its entry; readers go on reading the old value.
 *
 * <p>Ends with exactly one call of {@link #commit}, {@link #beginCommit}, {@link #release} or {@link #abandon}. What changes or
 * ends it is called by one thread at a time; {@link #prepare} by any.
 *
 * @param <K> the type of the key
 * @param <V> the type of the value
 */
public interface Lease<K, V> {
    /**
     * Takes several leases, or none: those that were taken are released when one cannot be.
     *
     * @param how takes one
     * @return the leases, in the order of the keys
     */
    static <K, V> List<Lease<K, V>> allOrNone(Collection<K> keys, Function<K, Lease<K, V>> how) {
        List<Lease<K, V>> taken = new ArrayList<>(keys.size());
        try {
            keys.forEach(key -> taken.add(how.apply(key)));
            return taken;
        } catch (RuntimeException | Error e) {
            taken.forEach(Lease::release);
            throw e;
        }
    }

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
    default Outcome<V> commit(Prepared<V> change, long lifetimeNanos) {
        return beginCommit(change, lifetimeNanos).get();
    }

    /**
     * As {@link #commit}, but does not wait for the answer: that of many leases is one wait. Does not throw.
     *
     * @return gives the outcome, or throws, as {@link #commit}; to be asked once, by the same thread
     */
    Supplier<Outcome<V>> beginCommit(Prepared<V> change, long lifetimeNanos);

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

        /** Returns how many bytes the change sends to the tier. */
        default int bytes() {
            return 0;
        }
    }
}
