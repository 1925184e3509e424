package io.github.tieredjcache.internal.record;

import io.github.tieredjcache.LeaseLostException;
import io.github.tieredjcache.OutcomeUnknownException;
import io.github.tieredjcache.RemoteOutOfMemoryException;
import io.github.tieredjcache.RemoteUnavailableException;
import io.github.tieredjcache.RemoteUnavailableException.Kind;
import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Mutation;
import io.github.tieredjcache.internal.model.Outcome;
import io.github.tieredjcache.internal.near.InMemoryTierOfRecord;
import io.github.tieredjcache.internal.near.NearStore;
import io.github.tieredjcache.internal.near.NearTier;
import io.github.tieredjcache.internal.port.Lease;
import io.github.tieredjcache.internal.port.LoadGrant;
import io.github.tieredjcache.internal.port.LoadLease;
import io.github.tieredjcache.internal.port.RemoteHealth;
import io.github.tieredjcache.internal.port.TierOfRecord;
import io.github.tieredjcache.internal.stats.TierCounters;
import io.github.tieredjcache.internal.support.NanoClock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import javax.cache.CacheException;
import org.jspecify.annotations.Nullable;

/**
 * The tier of record of a shared cache; by the outage policy {@code local} it goes on while Redis is unavailable.
 *
 * <p>A call goes to the shared record. It goes to this node's local record if Redis is known to be unavailable, if
 * Redis fails the call, or if the key is in the journal. By the policy {@code fail} such calls throw instead, and the
 * journal holds only keys that were written to the source and could not be committed.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
public final class OutageTolerantTierOfRecord<K, V> implements TierOfRecord<K, V>, FailoverLease.Fallback<K, V> {
    private static final System.Logger LOG = System.getLogger("io.github.tieredjcache.outage");

    private final String cacheName;
    private final TierOfRecord<K, V> shared;
    private final LocalFallback<K, V> fallback;
    private final RecoveryJournal<K> journal;
    private final RemoteHealth health;
    private final TierCounters counters;
    private final Recovery<K, V> recovery;
    private final boolean fallsBack;
    private final boolean writes;

    /**
     * The components of this tier.
     *
     * @param cacheName named in the log
     * @param shared the record in Redis
     * @param local the record of this node, empty
     * @param copies the near copies of entries of Redis
     * @param near the near tier that {@code copies} belongs to
     * @param journal the keys of which Redis may hold an old entry
     * @param health of the Redis
     * @param clock of the node
     */
    public record Components<K, V>(
            String cacheName,
            TierOfRecord<K, V> shared,
            InMemoryTierOfRecord<K, V> local,
            NearStore<K, V> copies,
            NearTier<K, V> near,
            RecoveryJournal<K> journal,
            RemoteHealth health,
            NanoClock clock,
            TierCounters counters) {}

    /**
     * Creates the record.
     *
     * @param fallsBack whether this node goes on locally while Redis is unavailable
     * @param writes whether the cache writes to a source
     * @param copyNanos how long after the beginning of an outage near copies are returned
     */
    public OutageTolerantTierOfRecord(Components<K, V> parts, boolean fallsBack, boolean writes, long copyNanos) {
        this.cacheName = parts.cacheName();
        this.shared = parts.shared();
        this.journal = parts.journal();
        this.health = parts.health();
        this.counters = parts.counters();
        this.fallsBack = fallsBack;
        this.writes = writes;
        this.fallback = new LocalFallback<>(
                parts.local(), parts.copies(), parts.near(), journal, health, parts.clock(), copyNanos);
        this.recovery = new Recovery<>(cacheName, shared, fallback, journal, health, parts.clock());
    }

    /**
     * Removes journaled keys from Redis when it is available again. To be called a few times a second; may wait for
     * Redis, does not throw.
     */
    public void recover() {
        recovery.run();
    }

    /** Returns whether {@link #recover} has something to do now. */
    public boolean isRecoveryDue() {
        return fallback.isOutdated() || (!journal.isEmpty() && !health.isUnavailable());
    }

    /** Returns whether the key is in the journal: Redis may hold an old entry of it, and is not read. */
    public boolean hasJournaled(K key) {
        return journal.has(key);
    }

    /** Returns whether any key is in the journal. */
    public boolean hasJournaled() {
        return !journal.isEmpty();
    }

    /**
     * Returns whether this node answers for the key; by the policy {@code fail}, removes a journaled key from Redis
     * first.
     */
    private boolean answersLocally(K key) {
        if (journal.has(key)) {
            if (fallsBack) {
                return true;
            }
            recovery.removeFromRedis(key);
        }
        return fallsBack && health.isUnavailable();
    }

    /** Returns whether this node answers for all keys. */
    private boolean answersAllLocally() {
        return fallsBack && (health.isUnavailable() || journal.hasAll());
    }

    /** Returns whether Redis is available and has no old entry of the key. */
    private boolean isRemoteUsable(K key) {
        return !health.isUnavailable() && !journal.has(key);
    }

    /** Counts the failure; by the policy {@code fail}, throws it. */
    private void countAndMaybeRethrow(CacheException failure) {
        if (failure instanceof RemoteUnavailableException known) {
            counters.remoteCallFailed(known.kind());
        } else {
            counters.remoteCallFailed(Kind.REFUSAL);
        }
        if (!fallsBack) {
            throw failure;
        }
    }

    /**
     * Runs a call on Redis, or locally if this node answers for the key or Redis fails.
     *
     * @param local receives the near copy from before the call: a read of Redis drops it
     */
    private <T extends @Nullable Object> T remoteOrLocal(
            K key, Supplier<T> remote, Function<@Nullable Entry<V>, T> local) {
        Entry<V> lastCopy = lastKnownCopy(key);
        if (!answersLocally(key)) {
            try {
                return remote.get();
            } catch (RemoteUnavailableException | RemoteOutOfMemoryException e) {
                countAndMaybeRethrow(e);
            }
        }
        counters.answeredLocally();
        return local.apply(lastCopy);
    }

    private @Nullable Entry<V> lastKnownCopy(K key) {
        return fallsBack ? fallback.lastKnownCopy(key) : null;
    }

    @Override
    public @Nullable Entry<V> read(K key, FillTicket ticket, long accessNanos) {
        return this.<@Nullable Entry<V>>remoteOrLocal(
                key,
                () -> shared.read(key, ticket, accessNanos),
                lastCopy -> readLocally(key, lastCopy, ticket, accessNanos));
    }

    private @Nullable Entry<V> readLocally(K key, @Nullable Entry<V> lastCopy, FillTicket ticket, long accessNanos) {
        // The read of Redis tracks its ticket in place of the copy's, which is invalid since then; a change of the key
        // would have invalidated the ticket of the read.
        Entry<V> known = lastCopy != null && (lastCopy.isCurrent() || ticket.isValid()) ? lastCopy : null;
        ticket.markRemoteFailed();
        // A single failed reply is no outage: the copy stays in the near tier, where the next change invalidates it.
        Entry<V> found = isRemoteUsable(key)
                ? fallback.usableCopy(key, known)
                : fallback.recordFor(key, known).read(key, ticket, accessNanos);
        if (found != null && ticket.isOfLookup()) {
            counters.hitLocally();
        }
        return found;
    }

    @Override
    public Map<K, Entry<V>> readAll(Map<K, FillTicket> tickets, long accessNanos) {
        return remoteOrLocal(
                tickets, this::answersLocally, remote -> shared.readAll(remote, accessNanos), (key, lastCopy) -> {
                    counters.answeredLocally();
                    return readLocally(key, lastCopy, Objects.requireNonNull(tickets.get(key)), accessNanos);
                });
    }

    /**
     * Runs a call for many keys on Redis, and locally for the keys that this node answers for, and for all if Redis
     * fails.
     *
     * @param isLocal whether this node answers for a key
     * @param local receives a key and the near copy from before the call, as in {@link #remoteOrLocal(Object, Supplier,
     *     Function)}; returns null for no result
     */
    private <Q, R> Map<K, R> remoteOrLocal(
            Map<K, Q> requests,
            Predicate<K> isLocal,
            Function<Map<K, Q>, Map<K, R>> remote,
            BiFunction<K, @Nullable Entry<V>, @Nullable R> local) {
        awaitEndOfBriefOutage(requests.size());
        Map<K, Q> remotely = new LinkedHashMap<>();
        Map<K, @Nullable Entry<V>> lastCopies = new LinkedHashMap<>();
        requests.forEach((key, request) -> {
            lastCopies.put(key, lastKnownCopy(key));
            if (!isLocal.test(key)) {
                remotely.put(key, request);
            }
        });
        Map<K, R> results = new HashMap<>();
        if (!remotely.isEmpty()) {
            try {
                results.putAll(remote.apply(remotely));
                lastCopies.keySet().removeAll(remotely.keySet());
            } catch (RemoteUnavailableException | RemoteOutOfMemoryException e) {
                countAndMaybeRethrow(e);
            }
        }
        lastCopies.forEach((key, lastCopy) -> {
            R result = local.apply(key, lastCopy);
            if (result != null) {
                results.put(key, result);
            }
        });
        return results;
    }

    /**
     * Waits for the end of a brief outage before a call with many keys: without the wait, the following batches would
     * all be done locally during that outage, and be too many keys for the journal.
     */
    private void awaitEndOfBriefOutage(int keys) {
        if (keys > 1) {
            health.awaitBriefOutage();
        }
    }

    private Map<K, Entry<V>> lastCopies(Collection<K> keys) {
        Map<K, Entry<V>> lastCopies = new HashMap<>();
        for (K key : keys) {
            Entry<V> lastCopy = lastKnownCopy(key);
            if (lastCopy != null) {
                lastCopies.put(key, lastCopy);
            }
        }
        return lastCopies;
    }

    @Override
    public boolean contains(K key) {
        return remoteOrLocal(
                key,
                () -> shared.contains(key),
                lastCopy -> isRemoteUsable(key)
                        ? fallback.usableCopy(key, lastCopy) != null
                        : fallback.recordFor(key, lastCopy).contains(key));
    }

    @Override
    public void touch(K key, Entry<V> entry, long accessNanos) {
        if (answersLocally(key)) {
            fallback.recordFor(key, null).touch(key, entry, accessNanos);
            return;
        }
        try {
            shared.touch(key, entry, accessNanos);
        } catch (RemoteUnavailableException e) {
            countAndMaybeRethrow(e);
        }
    }

    @Override
    public Outcome<V> apply(Mutation<K, V> mutation) {
        return remoteOrLocal(
                mutation.key(),
                () -> shared.apply(mutation),
                lastCopy -> applyLocally(mutation, lastCopy, InMemoryTierOfRecord::apply));
    }

    private Outcome<V> applyLocally(
            Mutation<K, V> mutation,
            @Nullable Entry<V> lastCopy,
            BiFunction<InMemoryTierOfRecord<K, V>, Mutation<K, V>, Outcome<V>> how) {
        K key = mutation.key();
        InMemoryTierOfRecord<K, V> own = fallback.recordFor(key, lastCopy);
        fallback.beginChange(key);
        try {
            return how.apply(own, mutation);
        } finally {
            fallback.endChange(key);
        }
    }

    @Override
    public List<Outcome<V>> applyAll(List<Mutation<K, V>> mutations) {
        Map<K, Mutation<K, V>> requests = new LinkedHashMap<>();
        mutations.forEach(each -> requests.put(each.key(), each));
        Map<K, Outcome<V>> outcomes =
                remoteOrLocal(requests, this::answersLocally, this::applyRemotely, (key, lastCopy) -> {
                    counters.answeredLocally();
                    Mutation<K, V> mutation = Objects.requireNonNull(requests.get(key));
                    return applyLocally(mutation, lastCopy, InMemoryTierOfRecord::apply);
                });
        return mutations.stream()
                .map(each -> Objects.requireNonNull(outcomes.get(each.key())))
                .toList();
    }

    private Map<K, Outcome<V>> applyRemotely(Map<K, Mutation<K, V>> mutations) {
        Iterator<Outcome<V>> outcomes =
                shared.applyAll(List.copyOf(mutations.values())).iterator();
        Map<K, Outcome<V>> byKey = new HashMap<>();
        mutations.keySet().forEach(key -> byKey.put(key, outcomes.next()));
        return byKey;
    }

    @Override
    public Map<K, LoadGrant<V>> loadGrants(Map<K, FillTicket> tickets, boolean takesOver) {
        // A lookup waits for Redis only once.
        Predicate<K> isLocal = key -> answersLocally(key)
                || (fallsBack && Objects.requireNonNull(tickets.get(key)).hasRemoteFailed());
        return remoteOrLocal(
                tickets,
                isLocal,
                remote -> shared.loadGrants(remote, takesOver),
                (key, lastCopy) -> grantLocally(key, Objects.requireNonNull(tickets.get(key))));
    }

    private LoadGrant<V> grantLocally(K key, FillTicket ticket) {
        if (isRemoteUsable(key)) {
            return LoadGrant.Uncoordinated.withoutWait();
        }
        return Objects.requireNonNull(fallback.recordFor(key, null)
                .loadGrants(Map.of(key, ticket), false)
                .get(key));
    }

    @Override
    public LoadGrant<V> awaitLoadGrant(K key, Supplier<FillTicket> tickets, long untilNanos) {
        return remoteOrLocal(
                key,
                () -> shared.awaitLoadGrant(key, tickets, untilNanos),
                lastCopy -> grantLocally(key, tickets.get()));
    }

    @Override
    public boolean mayRefresh(K key) {
        return remoteOrLocal(key, () -> shared.mayRefresh(key), lastCopy -> false);
    }

    @Override
    public Outcome<V> fill(Fill<K, V> fill) {
        return fillAll(List.of(fill)).get(0);
    }

    @Override
    public List<Outcome<V>> fillAll(List<Fill<K, V>> fills) {
        List<Fill<K, V>> remote =
                fills.stream().filter(each -> each.lease() != LoadLease.LOCAL).toList();
        Iterator<Outcome<V>> shareds = remote.isEmpty()
                ? Collections.emptyIterator()
                : shared.fillAll(remote).iterator();
        return fills.stream()
                .map(each -> each.lease() == LoadLease.LOCAL ? fillLocally(each) : shareds.next())
                .toList();
    }

    private Outcome<V> fillLocally(Fill<K, V> fill) {
        K key = fill.key();
        return isRemoteUsable(key)
                ? new Outcome<>(false, false, null, null)
                : fallback.recordFor(key, null).fill(fill);
    }

    @Override
    public List<K> inLeasingOrder(Collection<K> keys) {
        return shared.inLeasingOrder(keys);
    }

    /**
     * Takes runs of keys that are all remote or all local together, so that all keys are taken in the order of the
     * list.
     */
    @Override
    public List<Lease<K, V>> leaseAll(List<K> keys) {
        awaitEndOfBriefOutage(keys.size());
        List<Lease<K, V>> leases = new ArrayList<>(keys.size());
        try {
            while (leases.size() < keys.size()) {
                List<K> left = keys.subList(leases.size(), keys.size());
                boolean local = answersLocally(left.get(0));
                int together = 1;
                while (together < left.size() && answersLocally(left.get(together)) == local) {
                    together++;
                }
                leases.addAll(leaseTogether(left.subList(0, together), local));
            }
            return leases;
        } catch (RuntimeException | Error e) {
            leases.forEach(Lease::release);
            throw e;
        }
    }

    private List<Lease<K, V>> leaseTogether(List<K> keys, boolean local) {
        Map<K, Entry<V>> lastCopies = lastCopies(keys);
        if (!local) {
            try {
                Iterator<Lease<K, V>> shareds = shared.leaseAll(keys).iterator();
                return keys.stream()
                        .<Lease<K, V>>map(key -> new FailoverLease<>(key, shareds.next(), this))
                        .toList();
            } catch (RemoteUnavailableException | RemoteOutOfMemoryException e) {
                countAndMaybeRethrow(e);
            }
        }
        return Lease.allOrNone(keys, key -> {
            counters.answeredLocally();
            return localLease(key, fallback.recordFor(key, lastCopies.get(key)).lease(key));
        });
    }

    @Override
    public Lease<K, V> leaseOfLocked(K key) {
        return remoteOrLocal(
                key,
                () -> new FailoverLease<>(key, shared.leaseOfLocked(key), this),
                lastCopy -> localLease(key, fallback.recordFor(key, lastCopy).leaseOfLocked(key)));
    }

    private Lease<K, V> localLease(K key, Lease<K, V> lease) {
        LocalLease<K, V> own = new LocalLease<>(key, lease, fallback);
        if (isRemoteUsable(key)) {
            // Redis is available: without the journal the next call would read the old entry there.
            own.journalKey();
        }
        return own;
    }

    @Override
    public Iterator<Map.Entry<K, Entry<V>>> entries() {
        return iteration(shared::entries, fallback::entries);
    }

    @Override
    public Iterator<Map.Entry<K, Entry<V>>> entriesToRemove() {
        return iteration(shared::entriesToRemove, fallback::beginRemoval);
    }

    private Iterator<Map.Entry<K, Entry<V>>> iteration(
            Supplier<Iterator<Map.Entry<K, Entry<V>>>> remote, Supplier<Iterator<Map.Entry<K, Entry<V>>>> local) {
        if (answersAllLocally()) {
            counters.answeredLocally();
            return local.get();
        }
        Function<CacheException, Iterator<Map.Entry<K, Entry<V>>>> rest = failure -> {
            countAndMaybeRethrow(failure);
            counters.answeredLocally();
            return local.get();
        };
        try {
            return new FailoverIterator<>(remote.get(), key -> fallback.lastKnownCopy(key) != null, rest);
        } catch (RemoteUnavailableException e) {
            return rest.apply(e);
        }
    }

    @Override
    public void clear() {
        if (!answersAllLocally()) {
            try {
                shared.clear();
                return;
            } catch (RemoteUnavailableException e) {
                countAndMaybeRethrow(e);
            }
        }
        counters.answeredLocally();
        fallback.clear();
    }

    /** Does not fail while Redis is unavailable: the keys are removed when it is available again. */
    @Override
    public void purge() {
        try {
            shared.purge();
        } catch (RemoteUnavailableException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "cache ''{0}'' was destroyed while Redis is unavailable; its keys are removed from Redis "
                            + "when it is available"
                            + " again, if this process still runs then: {1}",
                    cacheName,
                    e.getMessage());
        }
    }

    @Override
    public void markRemoteFailed(K key, CacheException failure, boolean committing) {
        boolean isRemoteFailure =
                failure instanceof RemoteUnavailableException || failure instanceof RemoteOutOfMemoryException;
        boolean isLostInOutage = failure instanceof LeaseLostException && health.isUnavailable();
        if (!isRemoteFailure && !isLostInOutage) {
            throw failure;
        }
        if (committing && writes && !fallsBack && !(failure instanceof OutcomeUnknownException)) {
            journalKey(key);
            throw new OutcomeUnknownException(
                    failure instanceof RemoteUnavailableException known ? known.kind() : Kind.REFUSAL,
                    "the source may have been changed, and the cache could not be; the key is removed from "
                            + "Redis when it is available again: "
                            + failure.getMessage(),
                    failure);
        }
        journalKey(key);
        countAndMaybeRethrow(failure);
        counters.answeredLocally();
    }

    @Override
    public void journalKey(K key) {
        if (fallsBack || writes) {
            journal.beginChange(key);
            journal.endChange(key);
        }
    }

    @Override
    public Outcome<V> applyHeld(Mutation<K, V> mutation) {
        return applyLocally(mutation, null, InMemoryTierOfRecord::applyHeld);
    }
}
