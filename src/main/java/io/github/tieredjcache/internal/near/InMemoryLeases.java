package io.github.tieredjcache.internal.near;

import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Mutation;
import io.github.tieredjcache.internal.model.Outcome;
import io.github.tieredjcache.internal.model.Precondition;
import io.github.tieredjcache.internal.port.Lease;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.function.ToIntBiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The leases of a cache without Redis: the lock of the key makes a lease exclusive, and a lease is lost only to a
 * mutation that overtakes it.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
final class InMemoryLeases<K, V> {
    private final ExpiringEntries<K, V> entries;
    private final NearStore<K, V> store;
    private final SingleFlights<K, ?> singleFlights;
    private final KeyLocks<K, ?> locks;
    private final ToIntBiFunction<K, V> weigher;
    // Added inside the key's compute only.
    private final ConcurrentHashMap<K, KeyLease> taken = new ConcurrentHashMap<>();

    InMemoryLeases(
            ExpiringEntries<K, V> entries,
            SingleFlights<K, ?> singleFlights,
            KeyLocks<K, ?> locks,
            ToIntBiFunction<K, V> weigher) {
        this.entries = entries;
        this.store = entries.store();
        this.singleFlights = singleFlights;
        this.locks = locks;
        this.weigher = weigher;
    }

    /** Locks the key and takes its lease. */
    Lease<K, V> take(K key) {
        locks.lock(key);
        try {
            return takeLocked(key);
        } catch (RuntimeException | Error e) {
            locks.unlock(key);
            throw e;
        }
    }

    /** Takes the lease of a key that the caller has locked; the end of the lease unlocks it. */
    Lease<K, V> takeLocked(K key) {
        KeyLease lease = new KeyLease(key);
        lease.beforeIsHere = true;
        // In a compute, so that a mutation comes either before the lease, and is seen, or after it, and sees the lease.
        store.map().compute(key, (k, current) -> {
            lease.before = current != null && current.isExpiredAt(entries.nowNanos()) ? null : current;
            taken.put(key, lease);
            return current;
        });
        return lease;
    }

    /**
     * Takes the lease of a key that the caller has locked and leased in another tier, where it has found the entry; the key
     * stays locked until both leases have ended.
     */
    Lease<K, V> takeWith(K key, @Nullable Entry<V> before) {
        KeyLease lease = new KeyLease(key);
        lease.before = before;
        store.map().compute(key, (k, current) -> {
            taken.put(key, lease);
            return current;
        });
        locks.lockAgain(key);
        return lease;
    }

    /** Returns whether the key is leased; to be called inside the key's compute. */
    boolean isTaken(K key) {
        return taken.containsKey(key);
    }

    /** Makes a lease of the key change nothing from now on; to be called inside the key's compute. */
    void overtake(K key) {
        KeyLease lease = taken.get(key);
        if (lease != null) {
            lease.overtaken = true;
        }
    }

    private final class KeyLease implements Lease<K, V> {
        private final K key;
        // All are written and read inside the key's compute, except for the holder's call of before().
        private @Nullable Entry<V> before;
        private boolean beforeIsHere;
        private boolean overtaken;

        KeyLease(K key) {
            this.key = key;
        }

        @Override
        public @Nullable Entry<V> before() {
            return before;
        }

        /** Checks nothing but the size: this lease never runs out. */
        @Override
        public Prepared<V> prepare(@Nullable V value) {
            return Weighed.of(key, value, weigher);
        }

        /** Commits when the outcome is asked for: there is no reply to wait for. */
        @Override
        public Supplier<Outcome<V>> beginCommit(Prepared<V> change, long lifetimeNanos) {
            return () -> {
                ComputedMutation<K, V> computed;
                try {
                    computed = change(change, lifetimeNanos);
                } finally {
                    release();
                }
                return entries.outcome(computed);
            };
        }

        @Override
        public Outcome<V> save(Prepared<V> change, long lifetimeNanos) {
            return entries.outcome(change(change, lifetimeNanos));
        }

        private ComputedMutation<K, V> change(Prepared<V> change, long lifetimeNanos) {
            if (!(change instanceof Weighed<V> weighed)) {
                throw new IllegalArgumentException("prepared by another tier: " + change);
            }
            Mutation<K, V> mutation = new Mutation<>(
                    key, Precondition.ALWAYS, weighed.value(), lifetimeNanos, lifetimeNanos, true, false);
            ComputedMutation<K, V> computed = entries.computed(mutation, weighed);
            store.map().compute(key, (k, current) -> {
                if (overtaken || isGone(current)) {
                    return current;
                }
                singleFlights.invalidateKey(key);
                before = computed.commit(current, before);
                beforeIsHere = true;
                return before;
            });
            return computed;
        }

        /**
         * Returns whether the entry that was decided on was cleared or evicted since; its expiry does not matter, nor an
         * entry of another tier.
         */
        private boolean isGone(@Nullable Entry<V> current) {
            return beforeIsHere && before != null && current != before && !before.isExpiredAt(entries.nowNanos());
        }

        @Override
        public void release() {
            taken.remove(key, this);
            locks.unlock(key);
        }

        /** Releases only: a change that was not applied here was overtaken by another, which stays. */
        @Override
        public void abandon() {
            release();
        }
    }
}
