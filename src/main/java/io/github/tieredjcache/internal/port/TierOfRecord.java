package io.github.tieredjcache.internal.port;

import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Expiry;
import io.github.tieredjcache.internal.model.Lifetime;
import io.github.tieredjcache.internal.model.Mutation;
import io.github.tieredjcache.internal.model.Outcome;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The tier that decides what a cache holds: Redis where there is one, else this process's memory.
 *
 * <p>Every method may be called by many threads at once. Each operation is atomic for each key. A tier that is
 * unavailable throws {@link javax.cache.CacheException}; unavailable is never absent.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
public interface TierOfRecord<K, V> {
    /**
     * Reads one entry.
     *
     * @param key the key
     * @param ticket taken before this call; decides whether the near tier may keep the entry
     * @param accessNanos the lifetime from now that this access gives to the entry, {@link Lifetime#UNCHANGED} for none
     */
    ReadResult<V> read(K key, FillTicket ticket, long accessNanos);

    /**
     * Reads many entries in few round trips.
     *
     * @param tickets the keys, each with the ticket that was taken for it
     * @param accessNanos as in {@link #read}
     * @return a result for each key
     */
    default Map<K, ReadResult<V>> readAll(Map<K, FillTicket> tickets, long accessNanos) {
        return beginReadAll(tickets, accessNanos).get();
    }

    /**
     * As {@link #readAll}, but leaves the wait to the caller, who may begin calls of other tiers before. The same holds
     * for each method whose name begins with {@code begin}.
     *
     * @return waits, and returns the results or throws; to be called once and in any case, by the same thread. A tier
     *     that does not wait has done all its work before
     */
    Supplier<Map<K, ReadResult<V>>> beginReadAll(Map<K, FillTicket> tickets, long accessNanos);

    /** Returns whether the key has a live entry; fills no tier and moves no deadline. */
    boolean contains(K key);

    /** Gives a new lifetime to an entry that was read, if it is still there. */
    void touch(K key, Entry<V> entry, long accessNanos);

    /** Gives an entry that was read the lifetime after an access, unless the policy keeps its deadline. */
    default void touch(K key, Entry<V> entry, Expiry expiry) {
        long accessNanos = expiry.accessNanos();
        if (accessNanos != Lifetime.UNCHANGED) {
            touch(key, entry, accessNanos);
        }
    }

    /**
     * As {@link #touch(Object, Entry, Expiry)}, for a caller that has read the clock since its own call began.
     *
     * @param nowNanos the reading, by the node's monotonic clock
     */
    default void touch(K key, Entry<V> entry, Expiry expiry, long nowNanos) {
        touch(key, entry, expiry);
    }

    /**
     * As {@link #entries}; loads in progress store nothing, since their values may be older than this call. Removes
     * expired entries that are kept.
     */
    Iterator<Map.Entry<K, Entry<V>>> entriesToRemove();

    /** Applies one mutation. */
    default Outcome<V> apply(Mutation<K, V> mutation) {
        return applyAll(List.of(mutation)).get(0);
    }

    /** Applies many mutations of distinct keys in few round trips; not atomic as a whole. The outcomes are in order. */
    default List<Outcome<V>> applyAll(List<Mutation<K, V>> mutations) {
        return beginApplyAll(mutations).get();
    }

    /** Begins {@link #applyAll}; see {@link #beginReadAll}. */
    Supplier<List<Outcome<V>>> beginApplyAll(List<Mutation<K, V>> mutations);

    /**
     * Removes keys whose entries may be wrong; leased changes in progress are not stored then. This is no write of the
     * caller: a thread that holds a key exclusively may call it for that key, too.
     */
    default void discardAll(Collection<K> keys) {
        var unused = applyAll(keys.stream().map(Mutation::<K, V>removal).toList());
    }

    /**
     * Decides for keys that a lookup has not found which caller loads them.
     *
     * @param tickets the keys, each with the ticket that was taken for it
     * @param localKeys the keys whose read in the same call was answered locally: Redis is not waited for once more
     * @param takesOver whether load leases are taken over from other holders, whose values are not stored then
     * @return a grant for each key
     */
    default Map<K, LoadGrant<V>> loadGrants(Map<K, FillTicket> tickets, Set<K> localKeys, boolean takesOver) {
        return beginLoadGrants(tickets, localKeys, takesOver).get();
    }

    /** Begins {@link #loadGrants}; see {@link #beginReadAll}. */
    Supplier<Map<K, LoadGrant<V>>> beginLoadGrants(Map<K, FillTicket> tickets, Set<K> localKeys, boolean takesOver);

    /**
     * As {@link #loadGrants}, for a key that another caller is loading: waits for the end of that load.
     *
     * @param tickets returns a fresh ticket for each read
     * @param untilNanos the end of the wait, by the node's monotonic clock; then the grant is
     *     {@link LoadGrant.Uncoordinated}
     * @return anything but {@link LoadGrant.HeldElsewhere}
     */
    LoadGrant<V> awaitLoadGrant(K key, Supplier<FillTicket> tickets, long untilNanos);

    /**
     * Returns whether this node may load a key again before its entry expires; true for one node only, in a span of
     * time.
     */
    boolean mayRefresh(K key);

    /**
     * Stores values that were loaded from the source, each if its load lease still holds.
     *
     * @return the outcomes, in order; not applied if the load came too late
     */
    default List<Outcome<V>> fillAll(List<Fill<K, V>> fills) {
        return beginFillAll(fills).get();
    }

    /** Begins {@link #fillAll}; see {@link #beginReadAll}. */
    Supplier<List<Outcome<V>>> beginFillAll(List<Fill<K, V>> fills);

    /**
     * Sends the queries that the next call would wait for before it begins. A caller that begins calls on several tiers
     * prepares all of them first, so that it waits for their queries once. Neither waits nor throws.
     */
    default void prepare() {}

    /**
     * Returns the keys in the order in which every caller takes several leases, so that no two callers wait for each
     * other.
     */
    List<K> inLeasingOrder(Collection<K> keys);

    /** Takes the key for exclusive access, waiting a bounded time for another holder. */
    default Lease<K, V> lease(K key) {
        return leaseAll(List.of(key)).get(0);
    }

    /**
     * Takes keys for exclusive access in few round trips, waiting a bounded time for other holders. Takes all keys or,
     * if it throws, none; while it waits for one key it holds none of the keys behind.
     *
     * @param keys distinct, as {@link #inLeasingOrder} orders them
     * @return the leases, in the order of the keys
     */
    List<Lease<K, V>> leaseAll(List<K> keys);

    /**
     * As {@link #lease}, for a caller that has locked the key on this node already. The thread that ends the lease
     * unlocks the key, and must hold that lock.
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

    /** Removes all entries; in a shared tier the time does not depend on their number. */
    default void clear() {
        beginClear().run();
    }

    /** Begins {@link #clear}; see {@link #beginReadAll}. */
    Runnable beginClear();

    /**
     * Removes all entries and all other data of the cache that other nodes can see.
     *
     * @throws io.github.tieredjcache.RemoteUnavailableException if Redis is unavailable; the entries are cleared when
     *     this process is connected to it again
     */
    default void purge() {
        clear();
    }

    /**
     * A loaded value that is to be stored.
     *
     * @param key the key
     * @param lease the load lease that this tier granted
     * @param ticket taken before the load began; decides whether the near tier may keep the value
     * @param value the cache's own instance
     * @param creationNanos the lifetime
     */
    record Fill<K, V>(K key, LoadLease lease, FillTicket ticket, V value, long creationNanos) {}
}
