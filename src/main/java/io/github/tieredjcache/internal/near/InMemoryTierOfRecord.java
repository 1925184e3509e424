package io.github.tieredjcache.internal.near;

import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Expiry;
import io.github.tieredjcache.internal.model.Lifetime;
import io.github.tieredjcache.internal.model.Mutation;
import io.github.tieredjcache.internal.model.Outcome;
import io.github.tieredjcache.internal.model.Precondition;
import io.github.tieredjcache.internal.model.Version;
import io.github.tieredjcache.internal.port.Lease;
import io.github.tieredjcache.internal.port.LoadGrant;
import io.github.tieredjcache.internal.port.LoadLease;
import io.github.tieredjcache.internal.port.ReadResult;
import io.github.tieredjcache.internal.port.TierOfRecord;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.ToIntBiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The near tier as the tier of record: a cache without Redis.
 *
 * <p>A mutation is one {@code compute} of the map, in which nothing blocks and no user code runs. Entries are compared
 * by identity. An expired entry is noticed by the next access to it, and reported once.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
public final class InMemoryTierOfRecord<K, V> implements TierOfRecord<K, V> {
    /** The size of a value that is dropped instead of stored. */
    public static final int DROPPED = Weighed.DROPPED;

    private final NearStore<K, V> store;
    private final SingleFlights<K, ?> singleFlights;
    private final KeyLocks<K, ?> locks;
    private final ToIntBiFunction<K, V> weigher;
    private final ExpiringEntries<K, V> entries;
    private final InMemoryLeases<K, V> leases;

    /**
     * Creates the record of a store.
     *
     * @param store holds the entries
     * @param singleFlights the fetches that a mutation invalidates
     * @param locks the locks of the keys
     * @param weigher returns the size of an entry in bytes, where bytes bound the store, else 0; {@link #DROPPED} makes
     *     a mutation a removal; may throw to refuse the mutation
     * @param expiration how the entries expire
     */
    public InMemoryTierOfRecord(
            NearStore<K, V> store,
            SingleFlights<K, ?> singleFlights,
            KeyLocks<K, ?> locks,
            ToIntBiFunction<K, V> weigher,
            Expiration<K, V> expiration) {
        this.store = store;
        this.singleFlights = singleFlights;
        this.locks = locks;
        this.weigher = weigher;
        this.entries = new ExpiringEntries<>(store, expiration);
        this.leases = new InMemoryLeases<>(entries, singleFlights, locks, weigher);
    }

    @Override
    public ReadResult<V> read(K key, FillTicket ticket, long accessNanos) {
        Entry<V> live = entries.find(key);
        if (live != null && accessNanos != Lifetime.UNCHANGED) {
            touch(key, live, accessNanos);
        }
        return new ReadResult<>(live, true);
    }

    @Override
    public Supplier<Map<K, ReadResult<V>>> beginReadAll(Map<K, FillTicket> tickets, long accessNanos) {
        Map<K, ReadResult<V>> results = new HashMap<>();
        tickets.forEach((key, ticket) -> results.put(key, read(key, ticket, accessNanos)));
        return () -> results;
    }

    @Override
    public boolean contains(K key) {
        return entries.find(key) != null;
    }

    @Override
    public void touch(K key, Entry<V> entry, long accessNanos) {
        touch(entry, accessNanos, entries.nowNanos());
    }

    @Override
    public void touch(K key, Entry<V> entry, Expiry expiry, long nowNanos) {
        long accessNanos = expiry.accessNanos();
        if (accessNanos != Lifetime.UNCHANGED) {
            touch(entry, accessNanos, nowNanos);
        }
    }

    private static void touch(Entry<?> entry, long accessNanos, long nowNanos) {
        if (Lifetime.isLocalTouchDue(entry.deadlineNanos(), nowNanos, accessNanos)) {
            entry.touch(Lifetime.deadline(nowNanos, accessNanos));
        }
    }

    @Override
    public Outcome<V> apply(Mutation<K, V> mutation) {
        locks.refuseReentry(mutation.key());
        ComputedMutation<K, V> computed = tryApply(mutation);
        if (computed == null) {
            locks.lock(mutation.key());
            try {
                computed = applyNow(mutation);
            } finally {
                locks.unlock(mutation.key());
            }
        }
        return entries.outcome(computed);
    }

    @Override
    public Supplier<List<Outcome<V>>> beginApplyAll(List<Mutation<K, V>> mutations) {
        mutations.forEach(each -> locks.refuseReentry(each.key()));
        List<Outcome<V>> outcomes = mutations.stream().map(this::apply).toList();
        return () -> outcomes;
    }

    @Override
    public Supplier<Map<K, LoadGrant<V>>> beginLoadGrants(
            Map<K, FillTicket> tickets, Set<K> localKeys, boolean takesOver) {
        Map<K, LoadGrant<V>> grants = new HashMap<>();
        tickets.keySet().forEach(key -> {
            Entry<V> entry = entries.find(key);
            grants.put(
                    key,
                    entry == null
                            ? new LoadGrant.Granted<>(LoadLease.LOCAL, entries.findKept(key))
                            : new LoadGrant.Found<>(entry, true));
        });
        return () -> grants;
    }

    /** Does not wait: only this node loads, and its single flight is joined by other callers. */
    @Override
    public LoadGrant<V> awaitLoadGrant(K key, Supplier<FillTicket> tickets, long untilNanos) {
        return LoadGrant.Uncoordinated.withoutWait();
    }

    @Override
    public boolean mayRefresh(K key) {
        return true;
    }

    @Override
    public Supplier<List<Outcome<V>>> beginFillAll(List<Fill<K, V>> fills) {
        List<Outcome<V>> outcomes = fills.stream().map(this::fill).toList();
        return () -> outcomes;
    }

    private Outcome<V> fill(Fill<K, V> fill) {
        K key = fill.key();
        FillTicket ticket = fill.ticket();
        ComputedMutation<K, V> computed = computedMutation(new Mutation<>(
                key, Precondition.ABSENT, fill.value(), fill.creationNanos(), Lifetime.UNCHANGED, false, false));
        store.map().compute(key, (k, current) -> {
            // A lease means that the key is about to change: a value that was loaded before the change must not be
            // stored.
            if (!ticket.isValid() || leases.isTaken(key)) {
                return current;
            }
            Entry<V> next = computed.change(current);
            return computed.isApplied() && next != null ? next.withTicket(ticket) : next;
        });
        return entries.outcome(computed);
    }

    @Override
    public List<K> inLeasingOrder(Collection<K> keys) {
        return keys.stream().sorted(InMemoryTierOfRecord::compare).toList();
    }

    /**
     * Orders keys by hash, then by class, then by their natural order; without one, the bounded wait for a key must do.
     */
    @SuppressWarnings({"unchecked", "rawtypes"})
    private static int compare(Object one, Object other) {
        int byHash = Integer.compare(one.hashCode(), other.hashCode());
        if (byHash != 0 || one.getClass() != other.getClass()) {
            return byHash != 0
                    ? byHash
                    : one.getClass().getName().compareTo(other.getClass().getName());
        }
        return one instanceof Comparable comparable ? comparable.compareTo(other) : 0;
    }

    @Override
    public List<Lease<K, V>> leaseAll(List<K> keys) {
        return Lease.allOrNone(keys, leases::take);
    }

    @Override
    public Lease<K, V> leaseOfLocked(K key) {
        return leases.takeLocked(key);
    }

    @Override
    public Iterator<Map.Entry<K, Entry<V>>> entries() {
        return entries.live();
    }

    @Override
    public Iterator<Map.Entry<K, Entry<V>>> entriesToRemove() {
        singleFlights.invalidateAll();
        entries.dropExpired();
        return entries();
    }

    @Override
    public Runnable beginClear() {
        Map<K, FillTicket> detached = singleFlights.invalidateAll();
        store.map().clear();
        // A fill that found its ticket valid may be putting its entry into the map after it was cleared. The compute
        // waits for that fill and removes its entry only: any other entry was stored after the clear.
        detached.forEach((key, ticket) -> store.map()
                .compute(key, (k, current) -> current != null && current.ticket() == ticket ? null : current));
        return () -> {};
    }

    /**
     * Takes the lease of a key beside one in another tier, which has locked the key on this node: until it ends, an
     * operation here either waits for the lock or overtakes the lease.
     *
     * @param before the entry that the other tier has
     */
    public Lease<K, V> leaseWith(K key, @Nullable Entry<V> before) {
        return leases.takeWith(key, before);
    }

    /**
     * Copies an entry from another tier, if this tier has no entry of the key and the other tier has one at that
     * moment.
     */
    public void adopt(K key, Supplier<@Nullable Entry<V>> other) {
        if (!store.map().containsKey(key)) {
            var unused = store.map().compute(key, (k, current) -> current == null ? other.get() : current);
        }
    }

    /** Drops the key and its fetch in progress; calls no listener. */
    public void drop(K key) {
        singleFlights.invalidateKey(key);
        var unused = store.map().remove(key);
    }

    /** Drops the adopted entries of the keys that the predicate selects; calls no listener. */
    public void dropAdopted(Predicate<K> selected) {
        store.map()
                .entrySet()
                .removeIf(each -> !each.getValue().version().equals(Version.LOCAL) && selected.test(each.getKey()));
    }

    /** Drops all keys that the predicate does not keep; calls no listener. */
    public void dropAllExcept(Predicate<K> kept) {
        store.map().keySet().removeIf(key -> !kept.test(key));
    }

    /** Removes and reports expired entries, so that entries without readers do not stay. */
    public void removeExpired() {
        store.map().keySet().forEach(entries::find);
    }

    /**
     * Applies a mutation; returns null, and applies nothing, if its result depends on the entry and the key is leased.
     */
    private @Nullable ComputedMutation<K, V> tryApply(Mutation<K, V> mutation) {
        ComputedMutation<K, V> computed = computedMutation(mutation);
        boolean[] leased = new boolean[1];
        store.map().compute(mutation.key(), (key, current) -> {
            leased[0] = mutation.returnsResult() && leases.isTaken(key);
            if (leased[0]) {
                return current;
            }
            Entry<V> next = change(computed, key, current);
            if (computed.isApplied()) {
                leases.overtake(key);
            }
            return next;
        });
        return leased[0] ? null : computed;
    }

    private ComputedMutation<K, V> applyNow(Mutation<K, V> mutation) {
        ComputedMutation<K, V> computed = computedMutation(mutation);
        store.map().compute(mutation.key(), (key, current) -> change(computed, key, current));
        return computed;
    }

    private @Nullable Entry<V> change(ComputedMutation<K, V> computed, K key, @Nullable Entry<V> current) {
        Entry<V> next = computed.change(current);
        if (computed.isApplied()) {
            singleFlights.invalidateKey(key);
        }
        return next;
    }

    private ComputedMutation<K, V> computedMutation(Mutation<K, V> mutation) {
        return entries.computed(mutation, Weighed.of(mutation.key(), mutation.value(), weigher));
    }
}
