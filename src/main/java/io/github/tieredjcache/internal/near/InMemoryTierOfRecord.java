package io.github.tieredjcache.internal.near;

import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Lifetime;
import io.github.tieredjcache.internal.model.Mutation;
import io.github.tieredjcache.internal.model.Outcome;
import io.github.tieredjcache.internal.model.Precondition;
import io.github.tieredjcache.internal.model.Version;
import io.github.tieredjcache.internal.port.Lease;
import io.github.tieredjcache.internal.port.LoadGrant;
import io.github.tieredjcache.internal.port.LoadLease;
import io.github.tieredjcache.internal.port.TierOfRecord;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.ToIntBiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The near tier as the tier of record: a cache without Redis.
 *
 * <p>A mutation is one {@code compute} of the map, in which nothing blocks and no user code runs. Entries are compared by
 * identity. An expired entry is noticed by whoever looks at it, and reported once.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
public final class InMemoryTierOfRecord<K, V> implements TierOfRecord<K, V> {
    private final NearStore<K, V> store;
    private final SingleFlights<K, ?> singleFlights;
    private final KeyLocks<K, ?> locks;
    private final ToIntBiFunction<K, V> weigher;
    private final long staleNanos;
    private final BiConsumer<K, Entry<V>> onExpired;
    // The leases that are out; changed inside the key's compute only, but for their ends.
    private final ConcurrentHashMap<K, Held> leases = new ConcurrentHashMap<>();

    /**
     * Creates the record of a store.
     *
     * @param store where the entries are
     * @param singleFlights the fetches that a mutation voids
     * @param locks the queues of exclusive access
     * @param weigher returns the length of an entry as bytes, where that bounds the store, else 0; may throw what refuses a
     *     mutation
     * @param staleNanos how long an entry is kept when it has ended
     * @param onExpired is told of each entry that was found expired, outside all locks, on the thread that found it; must
     *     not throw
     */
    public InMemoryTierOfRecord(
            NearStore<K, V> store,
            SingleFlights<K, ?> singleFlights,
            KeyLocks<K, ?> locks,
            ToIntBiFunction<K, V> weigher,
            long staleNanos,
            BiConsumer<K, Entry<V>> onExpired) {
        this.store = store;
        this.singleFlights = singleFlights;
        this.locks = locks;
        this.weigher = weigher;
        this.staleNanos = staleNanos;
        this.onExpired = onExpired;
    }

    @Override
    public @Nullable Entry<V> read(K key, FillTicket ticket, long accessNanos) {
        Entry<V> live = find(key);
        if (live != null && accessNanos != Lifetime.UNCHANGED) {
            touch(key, live, accessNanos);
        }
        return live;
    }

    @Override
    public Map<K, Entry<V>> readAll(Map<K, FillTicket> tickets, long accessNanos) {
        Map<K, Entry<V>> found = new HashMap<>();
        tickets.forEach((key, ticket) -> {
            Entry<V> entry = read(key, ticket, accessNanos);
            if (entry != null) {
                found.put(key, entry);
            }
        });
        return found;
    }

    @Override
    public boolean contains(K key) {
        return find(key) != null;
    }

    @Override
    public void touch(K key, Entry<V> entry, long accessNanos) {
        entry.touch(Lifetime.deadline(store.nowNanos(), accessNanos));
    }

    @Override
    public Outcome<V> apply(Mutation<K, V> mutation) {
        locks.refuseReentry(mutation.key());
        ComputedMutation<K, V> step = tryApply(mutation);
        if (step == null) {
            locks.lock(mutation.key());
            try {
                step = applyNow(mutation);
            } finally {
                locks.unlock(mutation.key());
            }
        }
        return told(mutation.key(), step);
    }

    @Override
    public List<Outcome<V>> applyAll(List<Mutation<K, V>> mutations) {
        mutations.forEach(each -> locks.refuseReentry(each.key()));
        return mutations.stream().map(this::apply).toList();
    }

    @Override
    public Map<K, LoadGrant<V>> loadGrants(Map<K, FillTicket> tickets, boolean takesOver) {
        Map<K, LoadGrant<V>> turns = new HashMap<>();
        tickets.keySet().forEach(key -> {
            Entry<V> entry = find(key);
            turns.put(
                    key,
                    entry == null
                            ? new LoadGrant.Granted<>(LoadLease.LOCAL, ended(key))
                            : new LoadGrant.Found<>(entry));
        });
        return turns;
    }

    /** Only a flight of this node loads, and others join it. */
    @Override
    public LoadGrant<V> awaitLoadGrant(K key, Supplier<FillTicket> tickets, long untilNanos) {
        return LoadGrant.Uncoordinated.forItself();
    }

    @Override
    public boolean mayRefresh(K key) {
        return true;
    }

    @Override
    public Outcome<V> fill(Fill<K, V> fill) {
        K key = fill.key();
        FillTicket ticket = fill.ticket();
        ComputedMutation<K, V> step = step(new Mutation<>(
                key, Precondition.ABSENT, fill.value(), fill.creationNanos(), Lifetime.UNCHANGED, false, false));
        store.map().compute(key, (k, current) -> {
            // A lease means that the key is about to change: what was loaded before that must not get in between.
            if (!ticket.isValid() || leases.containsKey(key)) {
                return current;
            }
            Entry<V> next = step.change(current);
            return step.isApplied() && next != null ? next.under(ticket) : next;
        });
        return told(key, step);
    }

    @Override
    public List<Outcome<V>> fillAll(List<Fill<K, V>> fills) {
        return fills.stream().map(this::fill).toList();
    }

    @Override
    public List<K> inLeasingOrder(Collection<K> keys) {
        return keys.stream().sorted(InMemoryTierOfRecord::compare).toList();
    }

    /** Those that hash alike are in an order of their own, if they have one; else the bounded wait for a key must do. */
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
        return Lease.allOrNone(keys, this::leaseNow);
    }

    private Lease<K, V> leaseNow(K key) {
        locks.lock(key);
        try {
            return leaseOfLocked(key);
        } catch (RuntimeException | Error e) {
            locks.unlock(key);
            throw e;
        }
    }

    @Override
    public Lease<K, V> leaseOfLocked(K key) {
        Held lease = new Held(key);
        // In a compute, so that a mutation is either before it and seen, or after it and sees the lease.
        store.map().compute(key, (k, current) -> {
            lease.before = current != null && current.isExpiredAt(store.nowNanos()) ? null : current;
            leases.put(key, lease);
            return current;
        });
        return lease;
    }

    @Override
    public Iterator<Map.Entry<K, Entry<V>>> entries() {
        return store.map().keySet().stream()
                .map(this::live)
                .filter(Objects::nonNull)
                .map(Objects::requireNonNull)
                .iterator();
    }

    @Override
    public Iterator<Map.Entry<K, Entry<V>>> entriesToRemove() {
        singleFlights.voidAll();
        store.map().forEach((key, entry) -> {
            if (entry.isExpiredAt(store.nowNanos()) && store.map().remove(key, entry)) {
                tellExpired(key, entry);
            }
        });
        return entries();
    }

    @Override
    public void clear() {
        Map<K, FillTicket> fetching = singleFlights.voidAll();
        store.map().clear();
        // A fill that found its ticket valid may be putting its entry behind the clearing. A compute waits for it, and
        // takes
        // back that entry only: whatever else has come since comes after the clearing.
        fetching.forEach((key, ticket) -> store.map()
                .compute(key, (k, current) -> current != null && current.ticket() == ticket ? null : current));
    }

    /** Applies a mutation of one who has the key exclusively already, wherever. */
    public Outcome<V> applyHeld(Mutation<K, V> mutation) {
        return told(mutation.key(), applyNow(mutation));
    }

    /** Takes an entry that another tier had, if this one has none of the key and the other still has one then. */
    public void adopt(K key, Supplier<@Nullable Entry<V>> other) {
        if (!store.map().containsKey(key)) {
            var unused = store.map().compute(key, (k, current) -> current == null ? other.get() : current);
        }
    }

    /** Drops the key, and what is being fetched of it; tells nobody. */
    public void forget(K key) {
        singleFlights.voidKey(key);
        var unused = store.map().remove(key);
    }

    /** Drops all that was adopted; tells nobody. */
    public void forgetAdopted() {
        store.map().values().removeIf(entry -> !entry.version().equals(Version.LOCAL));
    }

    /** Has nothing that is being fetched now be kept. */
    public void voidFetches() {
        singleFlights.voidAll();
    }

    /** Drops all keys but some; tells nobody. */
    public void forgetAllBut(Predicate<K> kept) {
        store.map().keySet().removeIf(key -> !kept.test(key));
    }

    /** Removes and reports the entries whose deadline has come, so that what nobody reads does not stay. */
    public void removeExpired() {
        store.map().keySet().forEach(this::find);
    }

    /** Applies a mutation unless it answers and the key is leased; then returns null. */
    private @Nullable ComputedMutation<K, V> tryApply(Mutation<K, V> mutation) {
        ComputedMutation<K, V> step = step(mutation);
        boolean[] busy = new boolean[1];
        store.map().compute(mutation.key(), (key, current) -> {
            Held lease = leases.get(key);
            busy[0] = lease != null && mutation.answers();
            if (busy[0]) {
                return current;
            }
            Entry<V> next = change(step, key, current);
            if (lease != null && step.isApplied()) {
                lease.overtaken = true;
            }
            return next;
        });
        return busy[0] ? null : step;
    }

    private ComputedMutation<K, V> applyNow(Mutation<K, V> mutation) {
        ComputedMutation<K, V> step = step(mutation);
        store.map().compute(mutation.key(), (key, current) -> change(step, key, current));
        return step;
    }

    private @Nullable Entry<V> change(ComputedMutation<K, V> step, K key, @Nullable Entry<V> current) {
        Entry<V> next = step.change(current);
        if (step.isApplied()) {
            singleFlights.voidKey(key);
        }
        return next;
    }

    private ComputedMutation<K, V> step(Mutation<K, V> mutation) {
        V value = mutation.value();
        int encodedBytes = value == null ? 0 : weigher.applyAsInt(mutation.key(), value);
        return new ComputedMutation<>(mutation, encodedBytes, store.nowNanos());
    }

    private Outcome<V> told(K key, ComputedMutation<K, V> step) {
        tellExpired(key, step.expired());
        return step.outcome();
    }

    private @Nullable Entry<V> find(K key) {
        Entry<V> entry = store.map().get(key);
        long nowNanos = entry == null || entry.isEternal() ? 0 : store.nowNanos();
        if (entry == null || !entry.isExpiredAt(nowNanos)) {
            return entry;
        }
        // What has ended may be kept for those who load it and have nothing better.
        if (isKept(entry, nowNanos) || store.map().remove(key, entry)) {
            tellExpired(key, entry);
        }
        return null;
    }

    private void tellExpired(K key, @Nullable Entry<V> expired) {
        if (expired != null && expired.beginEnd()) {
            onExpired.accept(key, expired);
        }
    }

    private boolean isKept(Entry<V> expired, long nowNanos) {
        return staleNanos > 0 && nowNanos - expired.deadlineNanos() < staleNanos;
    }

    private @Nullable Entry<V> ended(K key) {
        Entry<V> entry = store.map().get(key);
        return entry != null && isKept(entry, store.nowNanos()) ? entry : null;
    }

    private Map.@Nullable Entry<K, Entry<V>> live(K key) {
        Entry<V> entry = find(key);
        return entry == null ? null : Map.entry(key, entry);
    }

    /** A lease whose exclusivity is the key's lock; lost only to a mutation that overtook it. */
    private final class Held implements Lease<K, V> {
        private final K key;
        // Both are written and read inside the key's compute, but for the holder's own look at what was before.
        private @Nullable Entry<V> before;
        private boolean overtaken;

        Held(K key) {
            this.key = key;
        }

        @Override
        public @Nullable Entry<V> before() {
            return before;
        }

        /** It has no end but its holder's. */
        @Override
        public Prepared<V> prepare(@Nullable V value) {
            return new Weighed<>(value, value == null ? 0 : weigher.applyAsInt(key, value));
        }

        /** There is no answer to wait for. */
        @Override
        public Supplier<Outcome<V>> beginCommit(Prepared<V> change, long lifetimeNanos) {
            return () -> commit(change, lifetimeNanos);
        }

        @Override
        public Outcome<V> commit(Prepared<V> change, long lifetimeNanos) {
            ComputedMutation<K, V> step;
            try {
                step = change(change, lifetimeNanos);
            } finally {
                release();
            }
            return told(key, step);
        }

        @Override
        public Outcome<V> save(Prepared<V> change, long lifetimeNanos) {
            return told(key, change(change, lifetimeNanos));
        }

        private ComputedMutation<K, V> change(Prepared<V> change, long lifetimeNanos) {
            if (!(change instanceof Weighed<V> weighed)) {
                throw new IllegalArgumentException("prepared by another tier: " + change);
            }
            Mutation<K, V> mutation = new Mutation<>(
                    key, Precondition.ALWAYS, weighed.value(), lifetimeNanos, lifetimeNanos, true, false);
            ComputedMutation<K, V> step = new ComputedMutation<>(mutation, weighed.encodedBytes(), store.nowNanos());
            store.map().compute(key, (k, current) -> {
                if (overtaken || isGone(current)) {
                    return current;
                }
                singleFlights.voidKey(key);
                before = step.commit(current, before);
                return before;
            });
            return step;
        }

        /** Returns whether what was decided on was cleared or evicted; that it expired in the meantime is no matter. */
        private boolean isGone(@Nullable Entry<V> current) {
            return before != null && current != before && !before.isExpiredAt(store.nowNanos());
        }

        @Override
        public void release() {
            leases.remove(key, this);
            locks.unlock(key);
        }

        /** A change of this tier that was not applied was overtaken; what overtook it stays. */
        @Override
        public void abandon() {
            release();
        }
    }

    /** A value and its length as bytes, where that bounds the store. */
    private record Weighed<V>(@Nullable V value, int encodedBytes) implements Lease.Prepared<V> {}
}
