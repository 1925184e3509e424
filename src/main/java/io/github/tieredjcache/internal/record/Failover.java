package io.github.tieredjcache.internal.record;

import io.github.tieredjcache.LeaseLostException;
import io.github.tieredjcache.OutcomeUnknownException;
import io.github.tieredjcache.RemoteOutOfMemoryException;
import io.github.tieredjcache.RemoteUnavailableException;
import io.github.tieredjcache.RemoteUnavailableException.Kind;
import io.github.tieredjcache.internal.port.RemoteHealth;
import io.github.tieredjcache.internal.stats.TierCounters;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import javax.cache.CacheException;
import org.jspecify.annotations.Nullable;

/**
 * The outage policy of one cache: decides for each call whether Redis or this node answers, and goes on locally if
 * Redis fails the call.
 *
 * <p>By the policy {@code local} this node answers while Redis is unavailable, and for journaled keys. By the policy
 * {@code fail} it answers no call, and failures are thrown. Safe for use by many threads.
 *
 * @param <K> the type of the keys
 */
public final class Failover<K> {
    private final RecoveryJournal<K> journal;
    private final RemoteHealth health;
    private final Consumer<K> removal;
    private final TierCounters counters;
    private final boolean fallsBack;
    private final boolean writes;

    /**
     * Creates the policy of a cache.
     *
     * @param journal the keys of which Redis may hold an old entry
     * @param health of the Redis
     * @param removal removes a journaled key from Redis, or throws a {@link CacheException}
     * @param fallsBack whether the policy is {@code local}
     * @param writes whether the cache writes to a source
     */
    public Failover(
            RecoveryJournal<K> journal,
            RemoteHealth health,
            Consumer<K> removal,
            TierCounters counters,
            boolean fallsBack,
            boolean writes) {
        this.journal = journal;
        this.health = health;
        this.removal = removal;
        this.counters = counters;
        this.fallsBack = fallsBack;
        this.writes = writes;
    }

    /** Returns whether the policy is {@code local}. */
    boolean fallsBack() {
        return fallsBack;
    }

    /**
     * Returns whether this node answers for the key. By the policy {@code fail}, removes a journaled key from Redis first;
     * by {@code local} a key that changes too often for the recovery.
     */
    boolean answersLocally(K key) {
        if (!fallsBack) {
            if (journal.has(key)) {
                removal.accept(key);
            }
            return false;
        }
        if (journal.isBusy(key) && !health.isUnavailable()) {
            try {
                removal.accept(key);
            } catch (CacheException e) {
                countFailure(e);
            }
        }
        return journal.has(key) || health.isUnavailable();
    }

    /** Returns whether Redis may hold an old entry of the key. */
    boolean isJournaled(K key) {
        return journal.has(key);
    }

    /** Returns whether this node answers for a key that it had Redis answer for: a call between has failed. */
    boolean hasBecomeLocal(K key) {
        return fallsBack && journal.has(key);
    }

    /** Returns whether this node answers for all keys. */
    boolean answersAllLocally() {
        return fallsBack && (health.isUnavailable() || journal.hasAll());
    }

    /** Runs a call on Redis, or locally if this node answers for the key or Redis fails. */
    <T extends @Nullable Object> T remoteOrLocal(K key, Supplier<T> remote, Supplier<T> local) {
        return remoteOrLocal(answersLocally(key), remote, local);
    }

    /** Runs a call on Redis, or locally if that is decided already or Redis fails. */
    <T extends @Nullable Object> T remoteOrLocal(boolean isLocal, Supplier<T> remote, Supplier<T> local) {
        if (!isLocal) {
            try {
                return remote.get();
            } catch (RemoteUnavailableException | RemoteOutOfMemoryException e) {
                countAndMaybeRethrow(e);
            }
        }
        return local.get();
    }

    /**
     * Begins a call for many keys on Redis; when it ends, answers locally for the keys that this node answers for, and
     * for all if Redis has failed.
     *
     * @param isLocal whether this node answers for a key
     * @param remote begins a call on Redis; the map that it returns is changed
     * @return waits, and returns the results; to be called once, by the same thread
     */
    <Q, R> Supplier<Map<K, R>> beginRemoteOrLocal(
            Map<K, Q> requests,
            Predicate<K> isLocal,
            Function<Map<K, Q>, Supplier<Map<K, R>>> remote,
            BiFunction<K, Q, R> local) {
        List<K> locally = requests.keySet().stream().filter(isLocal).toList();
        Map<K, Q> remotely = locally.isEmpty() ? requests : new LinkedHashMap<>(requests);
        locally.forEach(remotely::remove);
        Supplier<Supplier<Map<K, R>>> begun =
                Attempt.of(() -> remotely.isEmpty() ? HashMap::new : remote.apply(remotely));
        return () -> {
            Map<K, R> results;
            Collection<K> left = locally;
            try {
                results = begun.get().get();
            } catch (RemoteUnavailableException | RemoteOutOfMemoryException e) {
                countAndMaybeRethrow(e);
                results = new HashMap<>();
                left = requests.keySet();
            }
            for (K key : left) {
                results.put(key, local.apply(key, requests.get(key)));
            }
            return results;
        };
    }

    /**
     * Waits for the end of a brief outage before a call with many keys: without the wait, the following batches would
     * all be done locally during that outage, and be too many keys for the journal.
     */
    void awaitEndOfBriefOutage(int keys) {
        if (keys > 1) {
            health.awaitBriefOutage();
        }
    }

    void countFailure(CacheException failure) {
        counters.remoteCallFailed(kindOf(failure));
    }

    /** Counts the failure of a call on Redis; by the policy {@code fail}, throws it. */
    void countAndMaybeRethrow(CacheException failure) {
        countFailure(failure);
        if (!fallsBack) {
            throw failure;
        }
    }

    private static Kind kindOf(CacheException failure) {
        return failure instanceof RemoteUnavailableException known ? known.kind() : Kind.REFUSAL;
    }

    /**
     * Handles a failure of Redis under a lease: journals the key, so that the lease goes on locally.
     *
     * @param committing whether the source may have been changed by now
     * @throws CacheException the failure, if its cause is not Redis or by the policy {@code fail}
     */
    void leaseFailed(K key, CacheException failure, boolean committing) {
        boolean isRemoteFailure =
                failure instanceof RemoteUnavailableException || failure instanceof RemoteOutOfMemoryException;
        boolean isLostInOutage = failure instanceof LeaseLostException && health.isUnavailable();
        if (!isRemoteFailure && !isLostInOutage) {
            throw failure;
        }
        journalKey(key);
        if (committing && writes && !fallsBack && !(failure instanceof OutcomeUnknownException)) {
            throw new OutcomeUnknownException(
                    kindOf(failure),
                    "the source may have been changed, and the cache could not be; the key is removed from "
                            + "Redis when it is available again: "
                            + failure.getMessage(),
                    failure);
        }
        countAndMaybeRethrow(failure);
        counters.answeredLocally();
    }

    /**
     * Adds a key to the journal whose change may not have reached Redis, and was made in the source or locally. With
     * neither, the caller has an exception that calls the outcome unknown, and nothing else needs to be done.
     */
    void journalKey(K key) {
        if (fallsBack || writes) {
            journal.beginChange(key);
            journal.endChange(key);
        }
    }
}
