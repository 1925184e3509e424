package io.github.tieredjcache.internal.record;

import io.github.tieredjcache.RemoteUnavailableException;
import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Mutation;
import io.github.tieredjcache.internal.model.Outcome;
import io.github.tieredjcache.internal.port.Lease;
import io.github.tieredjcache.internal.port.LoadGrant;
import io.github.tieredjcache.internal.port.LoadLease;
import io.github.tieredjcache.internal.port.ReadResult;
import io.github.tieredjcache.internal.port.TierOfRecord;
import io.github.tieredjcache.internal.stats.TierCounters;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The tier of record of a shared cache; by the outage policy {@code local} it goes on while Redis is unavailable.
 *
 * <p>A call goes to the tier in Redis. It goes to this node's local entries if Redis is known to be unavailable, if
 * Redis fails the call, or if the key is in the journal. By the policy {@code fail} such calls throw instead, and the
 * journal holds only keys that were written to the source and could not be committed.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
public final class OutageTolerantTierOfRecord<K, V> implements TierOfRecord<K, V> {
    private final TierOfRecord<K, V> remote;
    private final LocalFallback<K, V> fallback;
    private final LocalAnswers<K, V> local;
    private final Failover<K> failover;

    /**
     * Creates the tier.
     *
     * @param remote the tier in Redis
     * @param fallback the entries of this node
     * @param failover the outage policy
     * @param counters counts the calls that are answered locally
     */
    public OutageTolerantTierOfRecord(
            TierOfRecord<K, V> remote, LocalFallback<K, V> fallback, Failover<K> failover, TierCounters counters) {
        this.remote = remote;
        this.fallback = fallback;
        this.local = new LocalAnswers<>(fallback, counters);
        this.failover = failover;
    }

    private @Nullable Entry<V> lastKnownCopy(K key) {
        return failover.fallsBack() ? fallback.lastKnownCopy(key) : null;
    }

    /** Returns the last known copies of those keys that have one. */
    private Map<K, Entry<V>> lastKnownCopies(Collection<K> keys) {
        Map<K, Entry<V>> copies = new HashMap<>();
        for (K key : keys) {
            Entry<V> copy = lastKnownCopy(key);
            if (copy != null) {
                copies.put(key, copy);
            }
        }
        return copies;
    }

    @Override
    public ReadResult<V> read(K key, FillTicket ticket, long accessNanos) {
        Entry<V> lastCopy = lastKnownCopy(key);
        return failover.remoteOrLocal(
                key, () -> remote.read(key, ticket, accessNanos), () -> local.read(key, lastCopy, ticket, accessNanos));
    }

    @Override
    public Supplier<Map<K, ReadResult<V>>> beginReadAll(Map<K, FillTicket> tickets, long accessNanos) {
        failover.awaitEndOfBriefOutage(tickets.size());
        Map<K, Entry<V>> lastCopies = lastKnownCopies(tickets.keySet());
        return failover.beginRemoteOrLocal(
                tickets,
                failover::answersLocally,
                left -> remote.beginReadAll(left, accessNanos),
                (key, ticket) -> local.read(key, lastCopies.get(key), ticket, accessNanos));
    }

    @Override
    public boolean contains(K key) {
        Entry<V> lastCopy = lastKnownCopy(key);
        return failover.remoteOrLocal(key, () -> remote.contains(key), () -> local.contains(key, lastCopy));
    }

    @Override
    public void touch(K key, Entry<V> entry, long accessNanos) {
        if (failover.answersLocally(key)) {
            local.touch(key, entry, accessNanos);
            return;
        }
        try {
            remote.touch(key, entry, accessNanos);
        } catch (RemoteUnavailableException e) {
            failover.countAndMaybeRethrow(e);
        }
    }

    @Override
    public Outcome<V> apply(Mutation<K, V> mutation) {
        Entry<V> lastCopy = lastKnownCopy(mutation.key());
        return failover.remoteOrLocal(
                mutation.key(), () -> remote.apply(mutation), () -> local.apply(mutation, lastCopy));
    }

    @Override
    public Supplier<List<Outcome<V>>> beginApplyAll(List<Mutation<K, V>> mutations) {
        failover.awaitEndOfBriefOutage(mutations.size());
        Map<K, Mutation<K, V>> requests = new LinkedHashMap<>();
        mutations.forEach(each -> requests.put(each.key(), each));
        Map<K, Entry<V>> lastCopies = lastKnownCopies(requests.keySet());
        Supplier<Map<K, Outcome<V>>> begun = failover.beginRemoteOrLocal(
                requests,
                failover::answersLocally,
                this::beginApplyRemotely,
                (key, mutation) -> local.apply(mutation, lastCopies.get(key)));
        return () -> {
            Map<K, Outcome<V>> outcomes = begun.get();
            return mutations.stream()
                    .map(each -> Objects.requireNonNull(outcomes.get(each.key())))
                    .toList();
        };
    }

    private Supplier<Map<K, Outcome<V>>> beginApplyRemotely(Map<K, Mutation<K, V>> mutations) {
        Supplier<List<Outcome<V>>> begun = remote.beginApplyAll(List.copyOf(mutations.values()));
        return () -> {
            Iterator<Outcome<V>> outcomes = begun.get().iterator();
            Map<K, Outcome<V>> byKey = new HashMap<>();
            mutations.keySet().forEach(key -> byKey.put(key, outcomes.next()));
            return byKey;
        };
    }

    @Override
    public Supplier<Map<K, LoadGrant<V>>> beginLoadGrants(
            Map<K, FillTicket> tickets, Set<K> localKeys, boolean takesOver) {
        failover.awaitEndOfBriefOutage(tickets.size());
        return failover.beginRemoteOrLocal(
                tickets,
                key -> localKeys.contains(key) || failover.answersLocally(key),
                left -> remote.beginLoadGrants(left, Set.of(), takesOver),
                local::loadGrant);
    }

    @Override
    public LoadGrant<V> awaitLoadGrant(K key, Supplier<FillTicket> tickets, long untilNanos) {
        return failover.remoteOrLocal(
                key,
                () -> remote.awaitLoadGrant(key, tickets, untilNanos),
                () -> local.awaitLoadGrant(key, tickets.get()));
    }

    @Override
    public boolean mayRefresh(K key) {
        return failover.remoteOrLocal(key, () -> remote.mayRefresh(key), local::mayRefresh);
    }

    @Override
    public Supplier<List<Outcome<V>>> beginFillAll(List<Fill<K, V>> fills) {
        List<Fill<K, V>> remotely =
                fills.stream().filter(each -> each.lease() != LoadLease.LOCAL).toList();
        Supplier<Supplier<List<Outcome<V>>>> begun =
                Attempt.of(() -> remotely.isEmpty() ? List::of : remote.beginFillAll(remotely));
        return () -> {
            Iterator<Outcome<V>> outcomes = stored(begun, remotely).iterator();
            return fills.stream()
                    .map(each -> each.lease() == LoadLease.LOCAL ? local.fill(each) : outcomes.next())
                    .toList();
        };
    }

    /**
     * Returns the outcomes of fills; if Redis has failed, none is applied and the leases are given up, since a fill concerns
     * nobody but the next reader.
     */
    private List<Outcome<V>> stored(Supplier<Supplier<List<Outcome<V>>>> begun, List<Fill<K, V>> fills) {
        try {
            return begun.get().get();
        } catch (RemoteUnavailableException e) {
            failover.countFailure(e);
            fills.forEach(each -> each.lease().giveUp());
            return Collections.nCopies(fills.size(), new Outcome<>(false, false, null, null));
        }
    }

    @Override
    public void prepare() {
        remote.prepare();
    }

    @Override
    public List<K> inLeasingOrder(Collection<K> keys) {
        return remote.inLeasingOrder(keys);
    }

    /**
     * Takes runs of keys that are all remote or all local together, so that all keys are taken in the order of the
     * list.
     */
    @Override
    public List<Lease<K, V>> leaseAll(List<K> keys) {
        failover.awaitEndOfBriefOutage(keys.size());
        return Lease.allOrNone(keys.size(), taken -> {
            List<K> left = keys.subList(taken.size(), keys.size());
            boolean isLocal = failover.answersLocally(left.get(0));
            int together = 1;
            while (together < left.size() && failover.answersLocally(left.get(together)) == isLocal) {
                together++;
            }
            taken.addAll(leaseTogether(left.subList(0, together), isLocal));
        });
    }

    /** Takes leases; none if this node has begun to answer for one of the keys while leases of Redis were awaited. */
    private List<Lease<K, V>> leaseTogether(List<K> keys, boolean isLocal) {
        Map<K, Entry<V>> lastCopies = lastKnownCopies(keys);
        return failover.remoteOrLocal(
                isLocal,
                () -> {
                    Iterator<Lease<K, V>> next = remote.leaseAll(keys).iterator();
                    List<Lease<K, V>> leases = keys.stream()
                            .<Lease<K, V>>map(key -> failoverLease(key, next.next()))
                            .toList();
                    // A change that fails from now on overtakes these leases.
                    if (keys.stream().anyMatch(failover::hasBecomeLocal)) {
                        leases.forEach(Lease::release);
                        return List.of();
                    }
                    return leases;
                },
                () -> Lease.allOrNone(keys, key -> local.lease(key, lastCopies.get(key))));
    }

    @Override
    public Lease<K, V> leaseOfLocked(K key) {
        Entry<V> lastCopy = lastKnownCopy(key);
        return failover.remoteOrLocal(
                key, () -> failoverLease(key, remote.leaseOfLocked(key)), () -> local.leaseOfLocked(key, lastCopy));
    }

    private Lease<K, V> failoverLease(K key, Lease<K, V> lease) {
        return new FailoverLease<>(key, lease, local.leaseBeside(key, lease), failover);
    }

    @Override
    public Iterator<Map.Entry<K, Entry<V>>> entries() {
        return iteration(remote::entries, local::entries);
    }

    @Override
    public Iterator<Map.Entry<K, Entry<V>>> entriesToRemove() {
        return iteration(remote::entriesToRemove, local::entriesToRemove);
    }

    private Iterator<Map.Entry<K, Entry<V>>> iteration(
            Supplier<Iterator<Map.Entry<K, Entry<V>>>> remotely, Supplier<Iterator<Map.Entry<K, Entry<V>>>> locally) {
        Supplier<Iterator<Map.Entry<K, Entry<V>>>> journaled =
                () -> failover.answersAllLocally() ? locally.get() : fallback.journaledEntries();
        return failover.remoteOrLocal(
                failover.answersAllLocally(),
                () -> new FailoverIterator<>(remotely.get(), failover::isJournaled, journaled, failure -> {
                    failover.countAndMaybeRethrow(failure);
                    return locally.get();
                }),
                locally);
    }

    @Override
    public Runnable beginClear() {
        if (failover.answersAllLocally()) {
            return local::clear;
        }
        Supplier<Runnable> begun = Attempt.of(remote::beginClear);
        return () -> {
            try {
                begun.get().run();
                fallback.dropAll();
            } catch (RemoteUnavailableException e) {
                failover.countAndMaybeRethrow(e);
                local.clear();
            }
        };
    }

    @Override
    public void purge() {
        remote.purge();
    }
}
