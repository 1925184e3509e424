package io.github.tieredjcache.internal.record;

import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Mutation;
import io.github.tieredjcache.internal.model.Outcome;
import io.github.tieredjcache.internal.near.InMemoryTierOfRecord;
import io.github.tieredjcache.internal.near.NearStore;
import io.github.tieredjcache.internal.near.NearTier;
import io.github.tieredjcache.internal.port.Lease;
import io.github.tieredjcache.internal.port.LeaseLostException;
import io.github.tieredjcache.internal.port.LoadGrant;
import io.github.tieredjcache.internal.port.LoadLease;
import io.github.tieredjcache.internal.port.OutcomeUnknownException;
import io.github.tieredjcache.internal.port.RemoteHealth;
import io.github.tieredjcache.internal.port.RemoteOutOfMemoryException;
import io.github.tieredjcache.internal.port.RemoteUnavailableException;
import io.github.tieredjcache.internal.port.RemoteUnavailableException.Kind;
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
import java.util.function.Supplier;
import javax.cache.CacheException;
import org.jspecify.annotations.Nullable;

/**
 * The tier of record of a shared cache, which goes on while Redis is away if it is told to.
 *
 * <p>A call goes to the shared record, and to this node's own if Redis is known to be away, if it fails the call, or if the key is
 * in the journal. Where the node does not go on by itself calls fail instead, and the journal holds only what was written to the
 * source and could not be committed.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
public final class OutageTolerantTierOfRecord<K, V> implements TierOfRecord<K, V> {
    private static final System.Logger LOG = System.getLogger("io.github.tieredjcache.outage");

    private final String cacheName;
    private final TierOfRecord<K, V> shared;
    private final LocalFallback<K, V> fallback;
    private final RecoveryJournal<K> journal;
    private final RemoteHealth health;
    private final TierCounters counters;
    private final Recovery<K, V> recovery;
    private final boolean goesOn;
    private final boolean writes;

    /**
     * What an outage record is made of.
     *
     * @param cacheName named in the log
     * @param shared the record in Redis
     * @param local this node's own, empty
     * @param copies the near copies of what Redis holds
     * @param near the tier that they are
     * @param journal what Redis has missed
     * @param health of the Redis
     * @param clock of the node
     */
    public record Parts<K, V>(
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
     * @param goesOn whether this node goes on by itself while Redis is away
     * @param writes whether the cache writes to a source
     * @param copyNanos for how long after Redis went near copies are shown
     */
    public OutageTolerantTierOfRecord(Parts<K, V> parts, boolean goesOn, boolean writes, long copyNanos) {
        this.cacheName = parts.cacheName();
        this.shared = parts.shared();
        this.journal = parts.journal();
        this.health = parts.health();
        this.counters = parts.counters();
        this.goesOn = goesOn;
        this.writes = writes;
        this.fallback = new LocalFallback<>(
                parts.local(), parts.copies(), parts.near(), journal, health, parts.clock(), copyNanos);
        this.recovery = new Recovery<>(cacheName, shared, fallback, journal, health, parts.clock());
    }

    /** Does what is to be done when Redis is back; to be called a few times a second, may wait for Redis, does not throw. */
    public void recover() {
        recovery.run();
    }

    /** Returns whether there is something for {@link #recover} to do now. */
    public boolean isRecoveryDue() {
        return fallback.isOutdated() || (!journal.isEmpty() && !health.isUnavailable());
    }

    /** Returns whether Redis has missed a change of the key, and is not asked for it. */
    public boolean hasMissed(K key) {
        return journal.has(key);
    }

    /** Returns whether Redis has missed changes of this cache. */
    public boolean hasMissed() {
        return !journal.isEmpty();
    }

    private boolean isHere(K key) {
        if (journal.has(key)) {
            if (goesOn) {
                return true;
            }
            recovery.settle(key);
        }
        return goesOn && health.isUnavailable();
    }

    /** Returns whether all is answered here. */
    private boolean isAllHere() {
        return goesOn && (health.isUnavailable() || journal.hasAll());
    }

    private boolean isSettled(K key) {
        return !health.isUnavailable() && !journal.has(key);
    }

    private void countAndMaybeRethrow(CacheException failure) {
        if (failure instanceof RemoteUnavailableException known) {
            counters.failedRemotely(known.kind());
        } else {
            counters.failedRemotely(Kind.REFUSAL);
        }
        if (!goesOn) {
            throw failure;
        }
    }

    /**
     * Has a call answered there or here.
     *
     * @param here is given the near copy that there was when the call began: to ask Redis drops it
     */
    private <T extends @Nullable Object> T either(K key, Supplier<T> there, Function<@Nullable Entry<V>, T> here) {
        Entry<V> last = last(key);
        if (!isHere(key)) {
            try {
                return there.get();
            } catch (RemoteUnavailableException | RemoteOutOfMemoryException e) {
                countAndMaybeRethrow(e);
            }
        }
        counters.answeredHere();
        return here.apply(last);
    }

    private @Nullable Entry<V> last(K key) {
        return goesOn ? fallback.lastKnownCopy(key) : null;
    }

    @Override
    public @Nullable Entry<V> read(K key, FillTicket ticket, long accessNanos) {
        return this.<@Nullable Entry<V>>either(
                key, () -> shared.read(key, ticket, accessNanos), last -> readHere(key, last, ticket, accessNanos));
    }

    private @Nullable Entry<V> readHere(K key, @Nullable Entry<V> last, FillTicket ticket, long accessNanos) {
        // Whoever asked Redis took a ticket in place of the copy's, and would have heard on that.
        Entry<V> known = last != null && (last.isCurrent() || ticket.isValid()) ? last : null;
        ticket.markRemoteFailed();
        // One answer that failed is no outage: nothing is taken over from near, where it ends with the next change.
        Entry<V> found = isSettled(key)
                ? fallback.shown(key, known)
                : fallback.of(key, known).read(key, ticket, accessNanos);
        if (found != null && ticket.isOfLookup()) {
            counters.hitHere();
        }
        return found;
    }

    @Override
    public Map<K, Entry<V>> readAll(Map<K, FillTicket> tickets, long accessNanos) {
        awaitEndOfHiccup(tickets.size());
        Map<K, FillTicket> here = new LinkedHashMap<>();
        Map<K, FillTicket> there = new LinkedHashMap<>();
        tickets.forEach((key, ticket) -> (isHere(key) ? here : there).put(key, ticket));
        Map<K, Entry<V>> found = new LinkedHashMap<>();
        Map<K, Entry<V>> lasts = lasts(tickets.keySet());
        if (!there.isEmpty()) {
            try {
                found.putAll(shared.readAll(there, accessNanos));
            } catch (RemoteUnavailableException e) {
                countAndMaybeRethrow(e);
                here.putAll(there);
            }
        }
        here.forEach((key, ticket) -> {
            counters.answeredHere();
            Entry<V> entry = readHere(key, lasts.get(key), ticket, accessNanos);
            if (entry != null) {
                found.put(key, entry);
            }
        });
        return found;
    }

    /**
     * A batch of many keys waits for Redis to come back from a hiccup: those behind it would else all be done without Redis before it
     * is back, and be too many for the journal.
     */
    private void awaitEndOfHiccup(int keys) {
        if (keys > 1) {
            health.awaitBriefOutage();
        }
    }

    private Map<K, Entry<V>> lasts(Collection<K> keys) {
        Map<K, Entry<V>> lasts = new HashMap<>();
        for (K key : keys) {
            Entry<V> last = last(key);
            if (last != null) {
                lasts.put(key, last);
            }
        }
        return lasts;
    }

    @Override
    public boolean contains(K key) {
        return either(
                key,
                () -> shared.contains(key),
                last -> isSettled(key)
                        ? fallback.shown(key, last) != null
                        : fallback.of(key, last).contains(key));
    }

    @Override
    public void touch(K key, Entry<V> entry, long accessNanos) {
        if (isHere(key)) {
            fallback.of(key, null).touch(key, entry, accessNanos);
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
        return either(
                mutation.key(),
                () -> shared.apply(mutation),
                last -> applyHere(mutation, last, InMemoryTierOfRecord::apply));
    }

    private Outcome<V> applyHere(
            Mutation<K, V> mutation,
            @Nullable Entry<V> last,
            BiFunction<InMemoryTierOfRecord<K, V>, Mutation<K, V>, Outcome<V>> how) {
        K key = mutation.key();
        InMemoryTierOfRecord<K, V> own = fallback.of(key, last);
        fallback.beginChange(key);
        try {
            return how.apply(own, mutation);
        } finally {
            fallback.endChange(key);
        }
    }

    @Override
    public List<Outcome<V>> applyAll(List<Mutation<K, V>> mutations) {
        awaitEndOfHiccup(mutations.size());
        List<Mutation<K, V>> there =
                mutations.stream().filter(each -> !isHere(each.key())).toList();
        Map<K, Outcome<V>> shareds = new HashMap<>();
        Map<K, Entry<V>> lasts = lasts(mutations.stream().map(Mutation::key).toList());
        if (!there.isEmpty()) {
            try {
                List<Outcome<V>> outcomes = shared.applyAll(there);
                for (int i = 0; i < outcomes.size(); i++) {
                    shareds.put(there.get(i).key(), outcomes.get(i));
                }
            } catch (RemoteUnavailableException | RemoteOutOfMemoryException e) {
                countAndMaybeRethrow(e);
            }
        }
        List<Outcome<V>> all = new ArrayList<>(mutations.size());
        for (Mutation<K, V> each : mutations) {
            Outcome<V> outcome = shareds.get(each.key());
            if (outcome == null) {
                counters.answeredHere();
                outcome = applyHere(each, lasts.get(each.key()), InMemoryTierOfRecord::apply);
            }
            all.add(outcome);
        }
        return all;
    }

    @Override
    public Map<K, LoadGrant<V>> loadGrants(Map<K, FillTicket> tickets, boolean takesOver) {
        awaitEndOfHiccup(tickets.size());
        Map<K, FillTicket> there = new LinkedHashMap<>();
        tickets.forEach((key, ticket) -> {
            // One wait for Redis is enough for a lookup.
            if (!isHere(key) && !(goesOn && ticket.hasRemoteFailed())) {
                there.put(key, ticket);
            }
        });
        Map<K, LoadGrant<V>> turns = new HashMap<>();
        if (!there.isEmpty()) {
            try {
                turns.putAll(shared.loadGrants(there, takesOver));
            } catch (RemoteUnavailableException | RemoteOutOfMemoryException e) {
                countAndMaybeRethrow(e);
            }
        }
        tickets.forEach((key, ticket) -> {
            if (!turns.containsKey(key)) {
                turns.put(key, turnHere(key, ticket));
            }
        });
        return turns;
    }

    private LoadGrant<V> turnHere(K key, FillTicket ticket) {
        if (isSettled(key)) {
            return LoadGrant.Uncoordinated.forItself();
        }
        return Objects.requireNonNull(
                fallback.of(key, null).loadGrants(Map.of(key, ticket), false).get(key));
    }

    @Override
    public LoadGrant<V> awaitLoadGrant(K key, Supplier<FillTicket> tickets, long untilNanos) {
        return either(key, () -> shared.awaitLoadGrant(key, tickets, untilNanos), last -> turnHere(key, tickets.get()));
    }

    @Override
    public boolean mayRefresh(K key) {
        return either(key, () -> shared.mayRefresh(key), last -> false);
    }

    @Override
    public Outcome<V> fill(Fill<K, V> fill) {
        return fillAll(List.of(fill)).get(0);
    }

    @Override
    public List<Outcome<V>> fillAll(List<Fill<K, V>> fills) {
        List<Fill<K, V>> there =
                fills.stream().filter(each -> each.right() != LoadLease.LOCAL).toList();
        Iterator<Outcome<V>> shareds = there.isEmpty()
                ? Collections.emptyIterator()
                : shared.fillAll(there).iterator();
        return fills.stream()
                .map(each -> each.right() == LoadLease.LOCAL ? fillHere(each) : shareds.next())
                .toList();
    }

    private Outcome<V> fillHere(Fill<K, V> fill) {
        K key = fill.key();
        return isSettled(key)
                ? new Outcome<>(false, false, null, null)
                : fallback.of(key, null).fill(fill);
    }

    @Override
    public List<K> inLeasingOrder(Collection<K> keys) {
        return shared.inLeasingOrder(keys);
    }

    /** Neighbours that are answered at one place are taken together, so that all are taken in the order of the list. */
    @Override
    public List<Lease<K, V>> leaseAll(List<K> keys) {
        awaitEndOfHiccup(keys.size());
        List<Lease<K, V>> leases = new ArrayList<>(keys.size());
        try {
            while (leases.size() < keys.size()) {
                List<K> left = keys.subList(leases.size(), keys.size());
                boolean here = isHere(left.get(0));
                int together = 1;
                while (together < left.size() && isHere(left.get(together)) == here) {
                    together++;
                }
                leases.addAll(leaseTogether(left.subList(0, together), here));
            }
            return leases;
        } catch (RuntimeException | Error e) {
            leases.forEach(Lease::release);
            throw e;
        }
    }

    private List<Lease<K, V>> leaseTogether(List<K> keys, boolean here) {
        Map<K, Entry<V>> lasts = lasts(keys);
        if (!here) {
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
            counters.answeredHere();
            return ownLease(key, fallback.of(key, lasts.get(key)).lease(key));
        });
    }

    @Override
    public Lease<K, V> leaseOfLocked(K key) {
        return either(
                key,
                () -> new FailoverLease<>(key, shared.leaseOfLocked(key), this),
                last -> ownLease(key, fallback.of(key, last).leaseOfLocked(key)));
    }

    private Lease<K, V> ownLease(K key, Lease<K, V> lease) {
        LocalLease<K, V> own = new LocalLease<>(key, lease, fallback);
        if (isSettled(key)) {
            // Redis is there, and would be asked next.
            own.begin();
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
            Supplier<Iterator<Map.Entry<K, Entry<V>>>> there, Supplier<Iterator<Map.Entry<K, Entry<V>>>> here) {
        if (isAllHere()) {
            counters.answeredHere();
            return here.get();
        }
        Function<CacheException, Iterator<Map.Entry<K, Entry<V>>>> rest = failure -> {
            countAndMaybeRethrow(failure);
            counters.answeredHere();
            return here.get();
        };
        try {
            return new FailoverIterator<>(there.get(), key -> fallback.lastKnownCopy(key) != null, rest);
        } catch (RemoteUnavailableException e) {
            return rest.apply(e);
        }
    }

    @Override
    public void clear() {
        if (!isAllHere()) {
            try {
                shared.clear();
                return;
            } catch (RemoteUnavailableException e) {
                countAndMaybeRethrow(e);
            }
        }
        counters.answeredHere();
        fallback.clear();
    }

    /** Does not fail when Redis is away: it forgets the cache when it is back. */
    @Override
    public void purge() {
        try {
            shared.purge();
        } catch (RemoteUnavailableException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the cache ''{0}'' was destroyed while Redis is away; what Redis holds of it is void when it is back, if this"
                            + " process is still there: {1}",
                    cacheName,
                    e.getMessage());
        }
    }

    /**
     * Says that Redis has failed a lease.
     *
     * @param committing whether the source may have been changed by now
     * @throws CacheException the failure, if it is for another reason than Redis, or if this node does not go on by itself
     */
    void cutOff(K key, CacheException failure, boolean committing) {
        boolean isOfRedis =
                failure instanceof RemoteUnavailableException || failure instanceof RemoteOutOfMemoryException;
        boolean isOfOutage = failure instanceof LeaseLostException && health.isUnavailable();
        if (!isOfRedis && !isOfOutage) {
            throw failure;
        }
        if (committing && writes && !goesOn && !(failure instanceof OutcomeUnknownException)) {
            missed(key);
            throw new OutcomeUnknownException(
                    failure instanceof RemoteUnavailableException known ? known.kind() : Kind.REFUSAL,
                    "the source may have been changed, and the cache could not be; it forgets the key when Redis is back: "
                            + failure.getMessage(),
                    failure);
        }
        missed(key);
        countAndMaybeRethrow(failure);
        counters.answeredHere();
    }

    /**
     * Says that Redis may have missed a change of the key that was made elsewhere: in the source, or here. Where there is neither,
     * whoever made the change is told that its outcome is unknown, and that is all there is to it.
     */
    void missed(K key) {
        if (goesOn || writes) {
            journal.begin(key);
            journal.end(key);
        }
    }

    /** Makes a change here for one who has the key exclusively. */
    Outcome<V> changeHeld(Mutation<K, V> mutation) {
        return applyHere(mutation, null, InMemoryTierOfRecord::applyHeld);
    }
}
