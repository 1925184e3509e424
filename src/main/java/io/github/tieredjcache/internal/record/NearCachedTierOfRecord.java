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
import io.github.tieredjcache.internal.port.TierOfRecord;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The remote tier as the tier of record, with the near tier told of all that passes through.
 *
 * <p>What is read fills the near tier under the reader's ticket; what is written passes between the two ends of a write
 * ticket. Threads of this node that need the same key exclusively queue here first, so that only one of them asks Redis.
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
    public @Nullable Entry<V> read(K key, FillTicket ticket, long accessNanos) {
        return near.learn(key, ticket, remote.read(key, ticket, accessNanos));
    }

    @Override
    public Map<K, Entry<V>> readAll(Map<K, FillTicket> tickets, long accessNanos) {
        Map<K, Entry<V>> found = remote.readAll(tickets, accessNanos);
        Map<K, Entry<V>> learned = new LinkedHashMap<>();
        tickets.forEach((key, ticket) -> {
            Entry<V> entry = near.learn(key, ticket, found.get(key));
            if (entry != null) {
                learned.put(key, entry);
            }
        });
        return learned;
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
        if (!mutation.answers() || !locks.isHeldByOther(key)) {
            return written(key, () -> remote.apply(mutation));
        }
        locks.lock(key);
        try {
            return written(key, () -> remote.apply(mutation));
        } finally {
            locks.unlock(key);
        }
    }

    @Override
    public List<Outcome<V>> applyAll(List<Mutation<K, V>> mutations) {
        mutations.forEach(each -> locks.refuseReentry(each.key()));
        return written(mutations);
    }

    @Override
    public void discardAll(Collection<K> keys) {
        var unused = written(keys.stream().map(Mutation::<K, V>removal).toList());
    }

    private List<Outcome<V>> written(List<Mutation<K, V>> mutations) {
        List<WriteTicket> tickets = new ArrayList<>(mutations.size());
        mutations.forEach(each -> tickets.add(near.beginWrite(each.key())));
        List<Outcome<V>> outcomes = List.of();
        try {
            outcomes = remote.applyAll(mutations);
            return outcomes;
        } finally {
            for (int i = 0; i < tickets.size(); i++) {
                Entry<V> after = i < outcomes.size() ? held(outcomes.get(i)) : null;
                near.endWrite(mutations.get(i).key(), tickets.get(i), after);
            }
        }
    }

    @Override
    public Map<K, LoadGrant<V>> loadGrants(Map<K, FillTicket> tickets, boolean takesOver) {
        Map<K, LoadGrant<V>> turns = remote.loadGrants(tickets, takesOver);
        tickets.forEach((key, ticket) -> turns.computeIfPresent(key, (same, grant) -> learned(key, ticket, grant)));
        return turns;
    }

    @Override
    public LoadGrant<V> awaitLoadGrant(K key, Supplier<FillTicket> tickets, long untilNanos) {
        FillTicket[] last = new FillTicket[1];
        Supplier<FillTicket> remembered = () -> last[0] = tickets.get();
        LoadGrant<V> grant = remote.awaitLoadGrant(key, remembered, untilNanos);
        return learned(key, last[0], grant);
    }

    private LoadGrant<V> learned(K key, FillTicket ticket, LoadGrant<V> grant) {
        if (grant instanceof LoadGrant.Found<V> present) {
            Entry<V> entry = near.learn(key, ticket, present.entry());
            return entry == null ? grant : new LoadGrant.Found<>(entry);
        }
        return grant;
    }

    @Override
    public boolean mayRefresh(K key) {
        return remote.mayRefresh(key);
    }

    @Override
    public Outcome<V> fill(Fill<K, V> fill) {
        Outcome<V> outcome = remote.fill(fill);
        keep(fill, outcome);
        return outcome;
    }

    @Override
    public List<Outcome<V>> fillAll(List<Fill<K, V>> fills) {
        List<Outcome<V>> outcomes = remote.fillAll(fills);
        for (int i = 0; i < outcomes.size(); i++) {
            keep(fills.get(i), outcomes.get(i));
        }
        return outcomes;
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
                    .<Lease<K, V>>map(key -> new Held(key, leases.next()))
                    .toList();
        } catch (RuntimeException | Error e) {
            locked.forEach(locks::unlock);
            throw e;
        }
    }

    @Override
    public Lease<K, V> leaseOfLocked(K key) {
        return new Held(key, remote.lease(key));
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
    public void clear() {
        removingAll(remote::clear);
    }

    @Override
    public void purge() {
        removingAll(remote::purge);
    }

    private void removingAll(Runnable removal) {
        try {
            // Voids the tickets of what is near.
            removal.run();
        } finally {
            near.detachAll();
        }
    }

    private void keep(Fill<K, V> fill, Outcome<V> outcome) {
        Entry<V> after = outcome.after();
        if (after != null) {
            near.fill(fill.key(), fill.ticket(), after);
        }
    }

    private Outcome<V> written(K key, Supplier<Outcome<V>> write) {
        return new Writing(key).end(write);
    }

    /** Returns what the tier of record holds after an operation, as far as that is known: what it stored, or what it met. */
    private static <V> @Nullable Entry<V> held(Outcome<V> outcome) {
        return outcome.applied() ? outcome.after() : outcome.before();
    }

    /** A cache that stores by reference answers the instance that it was given, where it still has it. */
    private static <V> Outcome<V> withOwnInstance(Outcome<V> outcome, @Nullable Entry<V> copy) {
        Entry<V> before = outcome.before();
        if (copy == null || before == null || !copy.version().equals(before.version())) {
            return outcome;
        }
        return new Outcome<>(outcome.applied(), outcome.existed(), before.withInstanceOf(copy), outcome.after());
    }

    /** A write from before it is sent until its outcome is known. */
    private final class Writing {
        private final K key;
        private final @Nullable Entry<V> copy;
        private final WriteTicket ticket;

        Writing(K key) {
            this.key = key;
            this.copy = near.find(key);
            this.ticket = near.beginWrite(key);
        }

        Outcome<V> end(Supplier<Outcome<V>> answer) {
            Entry<V> after = null;
            try {
                Outcome<V> outcome = withOwnInstance(answer.get(), copy);
                after = held(outcome);
                return outcome;
            } finally {
                near.endWrite(key, ticket, after);
            }
        }
    }

    /** A lease of Redis behind the key's lock on this node. */
    private final class Held implements Lease<K, V> {
        private final K key;
        private final Lease<K, V> lease;

        Held(K key, Lease<K, V> lease) {
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
                // Whoever looks from now on must not get what somebody else is fetching since before.
                near.forget(key);
            }
        }

        @Override
        public Supplier<Outcome<V>> beginCommit(Prepared<V> change, long lifetimeNanos) {
            Writing writing = new Writing(key);
            Supplier<Outcome<V>> answer = lease.beginCommit(change, lifetimeNanos);
            return () -> {
                try {
                    return writing.end(answer);
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
                near.forget(key);
                locks.unlock(key);
            }
        }
    }
}
