package io.github.tieredjcache.internal.port;

import io.github.tieredjcache.LeaseLostException;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Exclusive access to one key, among all operations whose result depends on the entry; readers read the old value
 * meanwhile.
 *
 * <p>A lease ends with exactly one call of {@link #commit}, {@link #beginCommit}, {@link #release} or
 * {@link #abandon}, even if that call fails. Methods that change or end the lease are called by one thread at a time;
 * {@link #prepare} by any.
 *
 * @param <K> the type of the key
 * @param <V> the type of the value
 */
public interface Lease<K, V> {
    /**
     * Takes several leases, or none: if one cannot be taken, the others are released.
     *
     * @param how takes one lease
     * @return the leases, in the order of the keys
     */
    static <K, V> List<Lease<K, V>> allOrNone(List<K> keys, Function<K, Lease<K, V>> how) {
        return allOrNone(keys.size(), taken -> taken.add(how.apply(keys.get(taken.size()))));
    }

    /** As {@link #allOrNone(List, Function)}; {@code takeNext} adds one lease or several to the taken ones. */
    static <K, V> List<Lease<K, V>> allOrNone(int count, Consumer<List<Lease<K, V>>> takeNext) {
        List<Lease<K, V>> taken = new ArrayList<>(count);
        try {
            while (taken.size() < count) {
                takeNext.accept(taken);
            }
            return taken;
        } catch (RuntimeException | Error e) {
            taken.forEach(Lease::release);
            throw e;
        }
    }

    /** Returns the entry at the time when the lease was taken, null if there was none. */
    @Nullable
    Entry<V> before();

    /**
     * Checks that the lease has been exclusive until now, and that the value can be stored; to be called before an
     * action that cannot be undone.
     *
     * @param value the value to store; null for a removal
     * @return the value in the form that {@link #save} and {@link #commit} take
     * @throws LeaseLostException if the lease may have run out
     * @throws javax.cache.CacheException if the tier cannot take the value; names its class and the rule
     */
    Prepared<V> prepare(@Nullable V value);

    /**
     * As {@link #commit}, but keeps the lease. If the outcome is that the change was not applied, no later change
     * under the lease is applied either.
     */
    Outcome<V> save(Prepared<V> change, long lifetimeNanos);

    /**
     * Stores or removes the entry and releases the lease. Waits for the reply even if the thread is interrupted, and
     * leaves it interrupted.
     *
     * <p>{@link Outcome#applied} is false if the key was changed meanwhile by an operation that needs no lease.
     *
     * @param change the result of {@link #prepare} of this lease
     * @param lifetimeNanos of the stored value
     * @throws LeaseLostException if the lease ran out; then nothing was stored
     */
    default Outcome<V> commit(Prepared<V> change, long lifetimeNanos) {
        return beginCommit(change, lifetimeNanos).get();
    }

    /**
     * As {@link #commit}, but does not wait for the reply, so that the replies of many leases are one wait. Does not
     * throw.
     *
     * @return waits and returns the outcome, or throws, as {@link #commit}; to be called once, by the same thread
     */
    Supplier<Outcome<V>> beginCommit(Prepared<V> change, long lifetimeNanos);

    /** Releases the lease and changes nothing. Neither waits nor throws. */
    void release();

    /**
     * Removes the entry and releases the lease, when the source may have changed and the entry could not be changed
     * with it. Waits a bounded time and does not throw; if the tier is unavailable the entry is removed when the lease
     * runs out.
     */
    void abandon();

    /**
     * A value to store, in the form that the tier takes.
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
