package io.github.tieredjcache.internal.record;

import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Mutation;
import io.github.tieredjcache.internal.model.Outcome;
import io.github.tieredjcache.internal.near.InMemoryTierOfRecord;
import io.github.tieredjcache.internal.port.Lease;
import io.github.tieredjcache.internal.port.LoadGrant;
import io.github.tieredjcache.internal.port.ReadResult;
import io.github.tieredjcache.internal.port.TierOfRecord.Fill;
import io.github.tieredjcache.internal.stats.TierCounters;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The operations of a tier of record as this node does them without Redis, and counts them.
 *
 * <p>The parameter {@code lastCopy} is the near copy from before the call of Redis that failed, null if there was none:
 * a read of Redis drops the copy.
 *
 * @param fallback the entries of this node
 */
record LocalAnswers<K, V>(LocalFallback<K, V> fallback, TierCounters counters) {
    ReadResult<V> read(K key, @Nullable Entry<V> lastCopy, FillTicket ticket, long accessNanos) {
        counters.answeredLocally();
        // The read of Redis tracks its ticket in place of the copy's, which is invalid since then; a change of the key
        // would have invalidated the ticket of the read.
        Entry<V> known = lastCopy != null && (lastCopy.isCurrent() || ticket.isValid()) ? lastCopy : null;
        // A single failed reply is no outage: the copy stays in the near tier, where the next change invalidates it.
        return fallback.isRemoteUsable(key)
                ? new ReadResult<>(fallback.usableCopy(key, known), true)
                : fallback.recordFor(key, known).read(key, ticket, accessNanos);
    }

    boolean contains(K key, @Nullable Entry<V> lastCopy) {
        counters.answeredLocally();
        return fallback.isRemoteUsable(key)
                ? fallback.usableCopy(key, lastCopy) != null
                : fallback.recordFor(key, lastCopy).contains(key);
    }

    void touch(K key, Entry<V> entry, long accessNanos) {
        fallback.recordFor(key, null).touch(key, entry, accessNanos);
    }

    Outcome<V> apply(Mutation<K, V> mutation, @Nullable Entry<V> lastCopy) {
        counters.answeredLocally();
        K key = mutation.key();
        InMemoryTierOfRecord<K, V> own = fallback.recordFor(key, lastCopy);
        fallback.beginChange(key);
        try {
            return own.apply(mutation);
        } finally {
            fallback.endChange(key);
        }
    }

    LoadGrant<V> loadGrant(K key, FillTicket ticket) {
        if (fallback.isRemoteUsable(key)) {
            return LoadGrant.Uncoordinated.withoutWait();
        }
        return Objects.requireNonNull(fallback.recordFor(key, null)
                .loadGrants(Map.of(key, ticket), Set.of(), false)
                .get(key));
    }

    LoadGrant<V> awaitLoadGrant(K key, FillTicket ticket) {
        counters.answeredLocally();
        return loadGrant(key, ticket);
    }

    boolean mayRefresh() {
        counters.answeredLocally();
        return false;
    }

    Outcome<V> fill(Fill<K, V> fill) {
        K key = fill.key();
        return fallback.isRemoteUsable(key)
                ? new Outcome<>(false, false, null, null)
                : fallback.recordFor(key, null).fillAll(List.of(fill)).get(0);
    }

    Lease<K, V> lease(K key, @Nullable Entry<V> lastCopy) {
        return lease(key, lastCopy, InMemoryTierOfRecord::lease);
    }

    Lease<K, V> leaseOfLocked(K key, @Nullable Entry<V> lastCopy) {
        return lease(key, lastCopy, InMemoryTierOfRecord::leaseOfLocked);
    }

    /** Takes the lease under which the holder of one in Redis goes on if Redis fails. */
    Lease<K, V> leaseBeside(K key, Lease<K, V> remote) {
        return new LocalLease<>(key, fallback.leaseWith(key, remote.before()), fallback);
    }

    private Lease<K, V> lease(
            K key, @Nullable Entry<V> lastCopy, BiFunction<InMemoryTierOfRecord<K, V>, K, Lease<K, V>> how) {
        counters.answeredLocally();
        Lease<K, V> lease = how.apply(fallback.recordFor(key, lastCopy), key);
        LocalLease<K, V> own = new LocalLease<>(key, lease, fallback);
        if (fallback.isRemoteUsable(key)) {
            // Redis is available: without the journal the next call would read the old entry there.
            own.journalKey();
        }
        return own;
    }

    Iterator<Map.Entry<K, Entry<V>>> entries() {
        counters.answeredLocally();
        return fallback.entries();
    }

    Iterator<Map.Entry<K, Entry<V>>> entriesToRemove() {
        counters.answeredLocally();
        return fallback.beginRemoval();
    }

    void clear() {
        counters.answeredLocally();
        fallback.clear();
    }
}
