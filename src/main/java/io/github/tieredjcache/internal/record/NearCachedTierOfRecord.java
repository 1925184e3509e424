package io.github.tieredjcache.internal.record;

import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Mutation;
import io.github.tieredjcache.internal.model.Outcome;
import io.github.tieredjcache.internal.near.KeyLocks;
import io.github.tieredjcache.internal.near.NearTier;
import io.github.tieredjcache.internal.near.NearTier.WriteTicket;
import io.github.tieredjcache.internal.port.Lease;
import io.github.tieredjcache.internal.port.Lease.Prepared;
import io.github.tieredjcache.internal.port.LoadGrant;
import io.github.tieredjcache.internal.port.ReadResult;
import io.github.tieredjcache.internal.port.TierOfRecord;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The remote tier as the tier of record; entries that are read and written pass through the near tier.
 *
 * <p>A read fills the near tier under the reader's ticket, a write under a ticket that spans it. Threads of this node
 * that need the same key exclusively queue for its local lock first, so that only one of them asks Redis.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
public final class NearCachedTierOfRecord<K, V> implements TierOfRecord<K, V> {
    private final NearTier<K, V> near;
    private final TierOfRecord<K, V> remote;
    private final KeyLocks<K, ?> locks;

    public NearCachedTierOfRecord(NearTier<K, V> near, TierOfRecord<K, V> remote, KeyLocks<K, ?> locks) {
        this.near = near;
        this.remote = remote;
        this.locks = locks;
    }

    @Override
    public ReadResult<V> read(K key, FillTicket ticket, long accessNanos) {
        return reconciled(key, ticket, remote.read(key, ticket, accessNanos));
    }

    @Override
    public Supplier<Map<K, ReadResult<V>>> beginReadAll(Map<K, FillTicket> tickets, long accessNanos) {
        Supplier<Map<K, ReadResult<V>>> begun = remote.beginReadAll(tickets, accessNanos);
        return () -> {
            Map<K, ReadResult<V>> results = begun.get();
            tickets.forEach(
                    (key, ticket) -> results.computeIfPresent(key, (same, read) -> reconciled(key, ticket, read)));
            return results;
        };
    }

    private ReadResult<V> reconciled(K key, FillTicket ticket, ReadResult<V> read) {
        return new ReadResult<>(near.reconcile(key, ticket, read.entry()), read.local());
    }

    @Override
    public boolean contains(K key) {
        return remote.contains(key);
    }

    @Override
    public void touch(K key, Entry<V> entry, long accessNanos) {
        remote.touch(key, entry, accessNanos);
    }

    @Override
    public Outcome<V> apply(Mutation<K, V> mutation) {
        K key = mutation.key();
        locks.refuseReentry(key);
        if (!mutation.returnsResult() || !locks.isHeldByOther(key)) {
            return write(key, () -> remote.apply(mutation));
        }
        locks.lock(key);
        try {
            return write(key, () -> remote.apply(mutation));
        } finally {
            locks.unlock(key);
        }
    }

    @Override
    public Supplier<List<Outcome<V>>> beginApplyAll(List<Mutation<K, V>> mutations) {
        mutations.forEach(each -> locks.refuseReentry(each.key()));
        return beginWrite(mutations);
    }

    @Override
    public void discardAll(Collection<K> keys) {
        Map<K, WriteTicket> tickets = new HashMap<>();
        keys.forEach(key -> tickets.put(key, near.beginWrite(key)));
        try {
            remote.discardAll(keys);
        } finally {
            tickets.forEach((key, ticket) -> near.endWrite(key, ticket, null));
        }
    }

    private Supplier<List<Outcome<V>>> beginWrite(List<Mutation<K, V>> mutations) {
        List<WriteTicket> tickets = new ArrayList<>(mutations.size());
        mutations.forEach(each -> tickets.add(near.beginWrite(each.key())));
        Supplier<Supplier<List<Outcome<V>>>> begun = Attempt.of(() -> remote.beginApplyAll(mutations));
        return () -> {
            List<Outcome<V>> outcomes = List.of();
            try {
                outcomes = begun.get().get();
                return outcomes;
            } finally {
                endWrite(mutations, tickets, outcomes);
            }
        };
    }

    /** Ends a write of many keys; without outcomes it has failed. */
    private void endWrite(List<Mutation<K, V>> mutations, List<WriteTicket> tickets, List<Outcome<V>> outcomes) {
        for (int i = 0; i < tickets.size(); i++) {
            Entry<V> after = i < outcomes.size() ? held(outcomes.get(i)) : null;
            near.endWrite(mutations.get(i).key(), tickets.get(i), after);
        }
    }

    @Override
    public Supplier<Map<K, LoadGrant<V>>> beginLoadGrants(
            Map<K, FillTicket> tickets, Set<K> localKeys, boolean takesOver) {
        Supplier<Map<K, LoadGrant<V>>> begun = remote.beginLoadGrants(tickets, localKeys, takesOver);
        return () -> {
            Map<K, LoadGrant<V>> grants = begun.get();
            tickets.forEach(
                    (key, ticket) -> grants.computeIfPresent(key, (same, grant) -> reconciled(key, ticket, grant)));
            return grants;
        };
    }

    @Override
    public LoadGrant<V> awaitLoadGrant(K key, Supplier<FillTicket> tickets, long untilNanos) {
        FillTicket[] last = new FillTicket[1];
        Supplier<FillTicket> remembered = () -> last[0] = tickets.get();
        LoadGrant<V> grant = remote.awaitLoadGrant(key, remembered, untilNanos);
        return reconciled(key, last[0], grant);
    }

    private LoadGrant<V> reconciled(K key, FillTicket ticket, LoadGrant<V> grant) {
        if (grant instanceof LoadGrant.Found<V> found) {
            Entry<V> entry = near.reconcile(key, ticket, found.entry());
            return entry == null ? grant : new LoadGrant.Found<>(entry, found.local());
        }
        return grant;
    }

    @Override
    public boolean mayRefresh(K key) {
        return remote.mayRefresh(key);
    }

    @Override
    public Supplier<List<Outcome<V>>> beginFillAll(List<Fill<K, V>> fills) {
        Supplier<List<Outcome<V>>> begun = remote.beginFillAll(fills);
        return () -> {
            List<Outcome<V>> outcomes = begun.get();
            for (int i = 0; i < outcomes.size(); i++) {
                Entry<V> after = outcomes.get(i).after();
                if (after != null) {
                    near.fill(fills.get(i).key(), fills.get(i).ticket(), after);
                }
            }
            return outcomes;
        };
    }

    @Override
    public void prepare() {
        remote.prepare();
    }

    @Override
    public List<K> inLeasingOrder(Collection<K> keys) {
        return remote.inLeasingOrder(keys);
    }

    @Override
    public List<Lease<K, V>> leaseAll(List<K> keys) {
        List<K> locked = new ArrayList<>(keys.size());
        try {
            keys.forEach(key -> {
                locks.lock(key);
                locked.add(key);
            });
            Iterator<Lease<K, V>> leases = remote.leaseAll(keys).iterator();
            return keys.stream()
                    .<Lease<K, V>>map(key -> new LockedLease(key, leases.next()))
                    .toList();
        } catch (RuntimeException | Error e) {
            locked.forEach(locks::unlock);
            throw e;
        }
    }

    @Override
    public Lease<K, V> leaseOfLocked(K key) {
        return new LockedLease(key, remote.lease(key));
    }

    @Override
    public Iterator<Map.Entry<K, Entry<V>>> entries() {
        return remote.entries();
    }

    @Override
    public Iterator<Map.Entry<K, Entry<V>>> entriesToRemove() {
        near.detachAll();
        return remote.entriesToRemove();
    }

    @Override
    public Runnable beginClear() {
        return removingAll(remote.beginClear());
    }

    @Override
    public void purge() {
        removingAll(remote::purge).run();
    }

    private Runnable removingAll(Runnable removal) {
        return () -> {
            try {
                // Invalidates the tickets of the near copies.
                removal.run();
            } finally {
                near.detachAll();
            }
        };
    }

    private Outcome<V> write(K key, Supplier<Outcome<V>> write) {
        return new OpenWrite(key).end(write);
    }

    /**
     * Returns the entry in the tier of record after an operation, as far as it is known: the stored one, or the one
     * found.
     */
    private static <V> @Nullable Entry<V> held(Outcome<V> outcome) {
        return outcome.applied() ? outcome.after() : outcome.before();
    }

    /**
     * Puts the caller's own instance into the outcome, if the near copy of the same version has it: a cache that stores
     * by reference returns the instance that it was given.
     */
    private static <V> Outcome<V> withOwnInstance(Outcome<V> outcome, @Nullable Entry<V> copy) {
        Entry<V> before = outcome.before();
        if (copy == null || before == null || !copy.version().equals(before.version())) {
            return outcome;
        }
        return new Outcome<>(outcome.applied(), outcome.existed(), before.withInstanceOf(copy), outcome.after());
    }

    /** A write, from before it is sent until its outcome is known. */
    private final class OpenWrite {
        private final K key;
        private final @Nullable Entry<V> copy;
        private final WriteTicket ticket;

        OpenWrite(K key) {
            this.key = key;
            this.copy = near.find(key);
            this.ticket = near.beginWrite(key);
        }

        Outcome<V> end(Supplier<Outcome<V>> reply) {
            Entry<V> after = null;
            try {
                Outcome<V> outcome = withOwnInstance(reply.get(), copy);
                after = held(outcome);
                return outcome;
            } finally {
                near.endWrite(key, ticket, after);
            }
        }
    }

    /** A lease in Redis, taken after the key's lock on this node. */
    private final class LockedLease implements Lease<K, V> {
        private final K key;
        private final Lease<K, V> lease;

        LockedLease(K key, Lease<K, V> lease) {
            this.key = key;
            this.lease = lease;
        }

        @Override
        public @Nullable Entry<V> before() {
            return lease.before();
        }

        @Override
        public Prepared<V> prepare(@Nullable V value) {
            return lease.prepare(value);
        }

        @Override
        public Outcome<V> save(Prepared<V> change, long lifetimeNanos) {
            try {
                return lease.save(change, lifetimeNanos);
            } finally {
                // A read from now on must not join a fetch that began before the save.
                near.drop(key);
            }
        }

        @Override
        public Supplier<Outcome<V>> beginCommit(Prepared<V> change, long lifetimeNanos) {
            OpenWrite write = new OpenWrite(key);
            Supplier<Outcome<V>> reply = lease.beginCommit(change, lifetimeNanos);
            return () -> {
                try {
                    return write.end(reply);
                } finally {
                    locks.unlock(key);
                }
            };
        }

        @Override
        public void release() {
            try {
                lease.release();
            } finally {
                locks.unlock(key);
            }
        }

        @Override
        public void abandon() {
            try {
                lease.abandon();
            } finally {
                near.drop(key);
                locks.unlock(key);
            }
        }
    }
}
