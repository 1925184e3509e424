package io.github.tieredjcache.internal.port;

import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Lifetime;
import io.github.tieredjcache.internal.model.Mutation;
import io.github.tieredjcache.internal.model.Outcome;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The tier that decides what a cache holds: Redis where there is one, else this process's memory.
 *
 * <p>Every method may be called by many threads at once. What an answer depends on is atomic for each key. A tier that
 * cannot answer throws {@link javax.cache.CacheException}; unavailable is never absent.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
public interface TierOfRecord<K, V> {
    /**
     * Reads one entry.
     *
     * @param key the key
     * @param ticket taken before this call; decides whether the near tier may keep what is read
     * @param accessNanos the lifetime from now that this access gives to the entry, {@link Lifetime#UNCHANGED} for none
     * @return the live entry, or null
     */
    @Nullable
    Entry<V> read(K key, FillTicket ticket, long accessNanos);

    /**
     * Reads many entries in few round trips.
     *
     * @param tickets the keys, each with the ticket that was taken for it
     * @param accessNanos as in {@link #read}
     * @return the live entries; a key without one is left out
     */
    Map<K, Entry<V>> readAll(Map<K, FillTicket> tickets, long accessNanos);

    /** Returns whether the key has a live entry; keeps and extends nothing. */
    boolean contains(K key);

    /** Gives a new lifetime to an entry that was read, if it is still there. */
    void touch(K key, Entry<V> entry, long accessNanos);

    /**
     * As {@link #entries}, and has loads that are under way store nothing: what they bring may be older than this. Removes what is
     * kept of entries that have ended.
     */
    Iterator<Map.Entry<K, Entry<V>>> entriesToRemove();

    /** Applies one mutation. */
    Outcome<V> apply(Mutation<K, V> mutation);

    /** Applies many mutations of distinct keys in few round trips; not atomic as a whole. The outcomes are in order. */
    List<Outcome<V>> applyAll(List<Mutation<K, V>> mutations);

    /**
     * Removes keys because what they hold may be wrong. This is no write of the caller: a thread that holds a key exclusively may
     * call it for that key, too.
     */
    default void discardAll(Collection<K> keys) {
        var unused = applyAll(keys.stream().map(Mutation::<K, V>removal).toList());
    }

    /**
     * Asks for keys that a lookup has not found who is to load them.
     *
     * @param tickets the keys, each with the ticket that was taken for it
     * @param takesOver whether the right to load is taken from others who have it: what they bring is not stored then
     * @return an answer for each key
     */
    Map<K, LoadGrant<V>> loadGrants(Map<K, FillTicket> tickets, boolean takesOver);

    /**
     * As {@link #loadGrants}, for a key that another is loading: waits until that is over.
     *
     * @param tickets gives a fresh ticket for each look
     * @param untilNanos when the wait is over, by the node's monotonic clock; then it is {@link LoadGrant.Uncoordinated}
     * @return anything but {@link LoadGrant.HeldElsewhere}
     */
    LoadGrant<V> awaitLoadGrant(K key, Supplier<FillTicket> tickets, long untilNanos);

    /** Returns whether the caller is the one node that loads a key again before its entry ends; nobody else is for a while. */
    boolean mayRefresh(K key);

    /**
     * Stores a value that was loaded from the source, if the right to do so still holds.
     *
     * @return the outcome; not applied if the load came too late
     */
    Outcome<V> fill(Fill<K, V> fill);

    /** Stores values that were loaded from the source, as {@link #fill}. The outcomes are in the order of the list. */
    List<Outcome<V>> fillAll(List<Fill<K, V>> fills);

    /** Returns the keys in the order in which all who take several leases take them, so that no two wait for each other. */
    List<K> inLeasingOrder(Collection<K> keys);

    /** Takes the key for exclusive access, waiting a bounded time for another who has it. */
    default Lease<K, V> lease(K key) {
        return leaseAll(List.of(key)).get(0);
    }

    /**
     * Takes keys for exclusive access in few round trips, waiting a bounded time for others who have them. Takes all or, where it
     * throws, none; while it waits for one it holds none behind that.
     *
     * @param keys distinct, as {@link #inLeasingOrder} orders them
     * @return the leases, in the order of the keys
     */
    List<Lease<K, V>> leaseAll(List<K> keys);

    /**
     * As {@link #lease}, for a caller who has locked the key on this node already. Whoever ends the lease unlocks the key, and
     * must have it.
     */
    default Lease<K, V> leaseOfLocked(K key) {
        return lease(key);
    }

    /**
     * Iterates over the live entries, each key once, as of some moment between the call and the step.
     *
     * <p>The iterator's {@code remove} is not supported.
     */
    Iterator<Map.Entry<K, Entry<V>>> entries();

    /** Removes all entries, in the same time however many there are if the tier is shared. */
    void clear();

    /** Removes all entries and whatever else this keeps of the cache where others could see it. */
    default void purge() {
        clear();
    }

    /**
     * One loaded value on its way into the cache.
     *
     * @param key the key
     * @param right to load it, which this tier gave
     * @param ticket taken before the load began; decides whether the near tier may keep what is stored
     * @param value the cache's own instance
     * @param creationNanos the lifetime
     */
    record Fill<K, V>(K key, LoadLease right, FillTicket ticket, V value, long creationNanos) {}
}
