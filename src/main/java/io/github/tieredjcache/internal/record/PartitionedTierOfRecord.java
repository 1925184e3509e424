package io.github.tieredjcache.internal.record;

import io.github.tieredjcache.RemoteOutOfMemoryException;
import io.github.tieredjcache.RemoteUnavailableException;
import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Mutation;
import io.github.tieredjcache.internal.model.Outcome;
import io.github.tieredjcache.internal.port.Lease;
import io.github.tieredjcache.internal.port.LoadGrant;
import io.github.tieredjcache.internal.port.ReadResult;
import io.github.tieredjcache.internal.port.TierOfRecord;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import javax.cache.CacheException;

/**
 * The tier of record of a cache that is spread over a Redis Cluster: each key belongs to one partition, and in a
 * partition everything is as in a cache on one server.
 *
 * <p>A call with many keys is begun in all partitions concerned before it waits for the first of them, so that it takes
 * one round trip. A partition that fails fails the call only after the others have ended.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
public final class PartitionedTierOfRecord<K, V> implements TierOfRecord<K, V> {
    private final List<TierOfRecord<K, V>> partitions;
    private final ToIntFunction<K> partitionOf;
    private final Function<CacheException, RemoteUnavailableException> partlyDone;

    /**
     * Creates the tier.
     *
     * @param partitions the tiers of the partitions
     * @param partitionOf returns the index of the partition of a key
     * @param partlyDone returns the exception to be thrown when some partitions were changed and others have failed
     */
    public PartitionedTierOfRecord(
            List<TierOfRecord<K, V>> partitions,
            ToIntFunction<K> partitionOf,
            Function<CacheException, RemoteUnavailableException> partlyDone) {
        this.partitions = List.copyOf(partitions);
        this.partitionOf = partitionOf;
        this.partlyDone = partlyDone;
    }

    private TierOfRecord<K, V> of(K key) {
        return partitions.get(partitionOf.applyAsInt(key));
    }

    @Override
    public ReadResult<V> read(K key, FillTicket ticket, long accessNanos) {
        return of(key).read(key, ticket, accessNanos);
    }

    @Override
    public Supplier<Map<K, ReadResult<V>>> beginReadAll(Map<K, FillTicket> tickets, long accessNanos) {
        return beginByKey(tickets, (partition, some) -> partition.beginReadAll(some, accessNanos));
    }

    @Override
    public boolean contains(K key) {
        return of(key).contains(key);
    }

    @Override
    public void touch(K key, Entry<V> entry, long accessNanos) {
        of(key).touch(key, entry, accessNanos);
    }

    @Override
    public Outcome<V> apply(Mutation<K, V> mutation) {
        return of(mutation.key()).apply(mutation);
    }

    @Override
    public Supplier<List<Outcome<V>>> beginApplyAll(List<Mutation<K, V>> mutations) {
        return beginInOrder(mutations, Mutation::key, TierOfRecord::beginApplyAll);
    }

    @Override
    public void discardAll(Collection<K> keys) {
        grouped(keys, Function.identity())
                .forEach((partition, some) -> partitions.get(partition).discardAll(some.values()));
    }

    @Override
    public Supplier<Map<K, LoadGrant<V>>> beginLoadGrants(
            Map<K, FillTicket> tickets, Set<K> localKeys, boolean takesOver) {
        List<LoadGrant<V>> granted = new ArrayList<>();
        Supplier<Map<K, LoadGrant<V>>> begun = beginByKey(tickets, (partition, some) -> {
            Supplier<Map<K, LoadGrant<V>>> own = partition.beginLoadGrants(some, localKeys, takesOver);
            return () -> {
                Map<K, LoadGrant<V>> grants = own.get();
                granted.addAll(grants.values());
                return grants;
            };
        });
        return () -> {
            try {
                return begun.get();
            } catch (RuntimeException | Error e) {
                granted.forEach(LoadGrant::giveUp);
                throw e;
            }
        };
    }

    @Override
    public LoadGrant<V> awaitLoadGrant(K key, Supplier<FillTicket> tickets, long untilNanos) {
        return of(key).awaitLoadGrant(key, tickets, untilNanos);
    }

    @Override
    public boolean mayRefresh(K key) {
        return of(key).mayRefresh(key);
    }

    @Override
    public Supplier<List<Outcome<V>>> beginFillAll(List<Fill<K, V>> fills) {
        return beginInOrder(fills, Fill::key, TierOfRecord::beginFillAll);
    }

    @Override
    public List<K> inLeasingOrder(Collection<K> keys) {
        List<K> ordered = new ArrayList<>(keys.size());
        grouped(keys, Function.identity())
                .forEach((partition, some) ->
                        ordered.addAll(partitions.get(partition).inLeasingOrder(some.values())));
        return ordered;
    }

    /** Takes the leases of one partition after those of the other, so that every caller takes them in one order. */
    @Override
    public List<Lease<K, V>> leaseAll(List<K> keys) {
        return Lease.allOrNone(keys.size(), taken -> {
            List<K> left = keys.subList(taken.size(), keys.size());
            int partition = partitionOf.applyAsInt(left.get(0));
            int together = 1;
            while (together < left.size() && partitionOf.applyAsInt(left.get(together)) == partition) {
                together++;
            }
            taken.addAll(partitions.get(partition).leaseAll(left.subList(0, together)));
        });
    }

    @Override
    public Lease<K, V> leaseOfLocked(K key) {
        return of(key).leaseOfLocked(key);
    }

    @Override
    public Iterator<Map.Entry<K, Entry<V>>> entries() {
        return new Concatenation<>(
                partitions.stream().map(TierOfRecord::entries).toList().iterator());
    }

    @Override
    public Iterator<Map.Entry<K, Entry<V>>> entriesToRemove() {
        return new Concatenation<>(
                partitions.stream().map(TierOfRecord::entriesToRemove).toList().iterator());
    }

    @Override
    public Runnable beginClear() {
        List<Supplier<Supplier<Boolean>>> begun = partitions.stream()
                .map(each -> Attempt.<Supplier<Boolean>>of(() -> {
                    Runnable clear = each.beginClear();
                    return () -> {
                        clear.run();
                        return true;
                    };
                }))
                .toList();
        return () -> endAll(begun, true);
    }

    @Override
    public void purge() {
        endAll(
                partitions.stream()
                        .<Supplier<Supplier<Boolean>>>map(each -> () -> () -> {
                            each.purge();
                            return true;
                        })
                        .toList(),
                false);
    }

    /** Begins a call with many keys; its results are by key. */
    private <R> Supplier<Map<K, R>> beginByKey(
            Map<K, FillTicket> tickets, BiFunction<TierOfRecord<K, V>, Map<K, FillTicket>, Supplier<Map<K, R>>> begin) {
        List<Supplier<Supplier<Map<K, R>>>> begun = new ArrayList<>();
        prepared(grouped(tickets.entrySet(), Map.Entry::getKey)).forEach((partition, some) -> {
            Map<K, FillTicket> own = new LinkedHashMap<>();
            some.values().forEach(each -> own.put(each.getKey(), each.getValue()));
            begun.add(Attempt.of(() -> begin.apply(partitions.get(partition), own)));
        });
        return () -> {
            Map<K, R> results = new HashMap<>();
            endAll(begun, false).forEach(results::putAll);
            return results;
        };
    }

    /** Begins changes of many keys; the results are in the order of the requests. */
    private <Q, R> Supplier<List<R>> beginInOrder(
            List<Q> requests, Function<Q, K> keyOf, BiFunction<TierOfRecord<K, V>, List<Q>, Supplier<List<R>>> begin) {
        List<List<Integer>> positions = new ArrayList<>();
        List<Supplier<Supplier<List<R>>>> begun = new ArrayList<>();
        prepared(grouped(requests, keyOf)).forEach((partition, some) -> {
            positions.add(List.copyOf(some.keySet()));
            begun.add(Attempt.of(() -> begin.apply(partitions.get(partition), List.copyOf(some.values()))));
        });
        return () -> {
            List<R> results = new ArrayList<>(Collections.nCopies(requests.size(), null));
            Iterator<List<R>> ended = endAll(begun, true).iterator();
            for (List<Integer> some : positions) {
                Iterator<R> result = ended.next().iterator();
                some.forEach(position -> results.set(position, result.next()));
            }
            return results;
        };
    }

    /** Returns the requests by partition, those of a partition by their position among all. */
    private <Q> Map<Integer, Map<Integer, Q>> grouped(Collection<Q> requests, Function<Q, K> keyOf) {
        Map<Integer, Map<Integer, Q>> byPartition = new TreeMap<>();
        int position = 0;
        for (Q each : requests) {
            int partition = partitionOf.applyAsInt(keyOf.apply(each));
            byPartition
                    .computeIfAbsent(partition, same -> new LinkedHashMap<>())
                    .put(position++, each);
        }
        return byPartition;
    }

    /** Prepares the partitions for the requests, and returns these. */
    private <Q> Map<Integer, Map<Integer, Q>> prepared(Map<Integer, Map<Integer, Q>> byPartition) {
        if (byPartition.size() > 1) {
            byPartition.keySet().forEach(each -> partitions.get(each).prepare());
        }
        return byPartition;
    }

    /**
     * Ends calls that were begun, each of them even if another one fails.
     *
     * @param mutates whether the outcome is unknown if some of them fail and others do not
     */
    private <T> List<T> endAll(List<Supplier<Supplier<T>>> begun, boolean mutates) {
        List<T> results = new ArrayList<>(begun.size());
        RuntimeException failure = null;
        for (Supplier<Supplier<T>> each : begun) {
            try {
                results.add(each.get().get());
            } catch (RuntimeException e) {
                failure = failure == null ? e : failure;
            }
        }
        if (failure != null) {
            boolean isRemoteFailure =
                    failure instanceof RemoteUnavailableException || failure instanceof RemoteOutOfMemoryException;
            throw mutates && !results.isEmpty() && isRemoteFailure
                    ? partlyDone.apply((CacheException) failure)
                    : failure;
        }
        return results;
    }

    /** The elements of one iterator after those of the other. */
    private static final class Concatenation<T> implements Iterator<T> {
        private final Iterator<Iterator<T>> left;
        private Iterator<T> current = Collections.emptyIterator();

        Concatenation(Iterator<Iterator<T>> all) {
            this.left = all;
        }

        @Override
        public boolean hasNext() {
            while (!current.hasNext() && left.hasNext()) {
                current = left.next();
            }
            return current.hasNext();
        }

        @Override
        public T next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            return current.next();
        }
    }
}
