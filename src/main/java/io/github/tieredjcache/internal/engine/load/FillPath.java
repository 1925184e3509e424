package io.github.tieredjcache.internal.engine.load;

import io.github.tieredjcache.RemoteUnavailableException;
import io.github.tieredjcache.internal.coherence.FillTicket;
import io.github.tieredjcache.internal.engine.common.EngineComponents;
import io.github.tieredjcache.internal.engine.common.FetchResult;
import io.github.tieredjcache.internal.engine.common.PendingNotifications;
import io.github.tieredjcache.internal.engine.common.Publisher;
import io.github.tieredjcache.internal.engine.common.StoreByValue;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Expiry;
import io.github.tieredjcache.internal.model.Mutation;
import io.github.tieredjcache.internal.model.Outcome;
import io.github.tieredjcache.internal.model.Precondition;
import io.github.tieredjcache.internal.port.LoadLease;
import io.github.tieredjcache.internal.port.TierOfRecord;
import io.github.tieredjcache.internal.port.TierOfRecord.Fill;
import io.github.tieredjcache.internal.stats.TierCounters;
import io.github.tieredjcache.internal.support.NanoClock;
import io.github.tieredjcache.internal.support.ThrottledLog;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import javax.cache.CacheException;
import org.jspecify.annotations.Nullable;

/**
 * Stores loaded values: a value with a load lease if the lease still holds, a value that replaces an entry if that
 * entry has not changed. All callers get the loaded values, stored or not.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
final class FillPath<K, V> {
    private final TierOfRecord<K, V> record;
    private final Expiry expiry;
    private final StoreByValue<K, V> storeByValue;
    private final Publisher<K, V> publisher;
    private final TierCounters counters;
    private final ThrottledLog refusals;

    /** @param clock throttles the log */
    FillPath(EngineComponents<K, V> components, NanoClock clock) {
        this.record = components.record();
        this.expiry = components.expiry();
        this.storeByValue = components.storeByValue();
        this.publisher = components.publisher();
        this.counters = components.counters();
        this.refusals = new ThrottledLog(
                System.getLogger("io.github.tieredjcache.load"),
                components.counters().cacheName(),
                clock);
    }

    /**
     * Stores loaded values.
     *
     * @param loaded the values of the source
     * @param leases the load leases of the keys without an entry; leases that end with this call are removed
     * @param present the entries to replace
     * @param tickets return the tickets under which values are kept near
     * @param notifications receives the notifications of listeners
     * @return the results for callers
     */
    Map<K, FetchResult<V>> keep(
            Map<K, V> loaded,
            Map<K, LoadLease> leases,
            Map<K, Entry<V>> present,
            Function<K, FillTicket> tickets,
            PendingNotifications notifications) {
        Map<K, FetchResult<V>> results = new HashMap<>();
        List<Fill<K, V>> fills = new ArrayList<>();
        List<Mutation<K, V>> replacements = new ArrayList<>();
        loaded.forEach((key, value) -> {
            V instance = storeByValue.in(value);
            results.put(key, FetchResult.loaded(instance == null ? value : instance));
            Entry<V> before = present.get(key);
            LoadLease loadLease = leases.get(key);
            if (before != null) {
                replacements.add(replacement(key, before, instance));
            } else if (loadLease != null && instance != null) {
                fills.add(new Fill<>(key, loadLease, tickets.apply(key), instance, expiry.creationNanos()));
            } else {
                counters.fillRefused();
            }
        });
        fill(fills, leases, notifications);
        List<Outcome<V>> outcomes = replacements.isEmpty() ? List.of() : record.applyAll(replacements);
        for (int i = 0; i < outcomes.size(); i++) {
            publish(replacements.get(i).key(), replacements.get(i).value(), outcomes.get(i), notifications);
        }
        return results;
    }

    private Mutation<K, V> replacement(K key, Entry<V> before, @Nullable V instance) {
        long lifetime = expiry.updateNanos();
        return new Mutation<>(
                key, Precondition.unchanged(before), instance, lifetime, lifetime, true, publisher.wantsOld());
    }

    private void fill(List<Fill<K, V>> fills, Map<K, LoadLease> leases, PendingNotifications notifications) {
        if (fills.isEmpty()) {
            return;
        }
        List<Outcome<V>> outcomes;
        try {
            outcomes = record.fillAll(fills);
        } catch (CacheException e) {
            notFilled(fills, leases, notifications, e);
            return;
        }
        for (int i = 0; i < outcomes.size(); i++) {
            Fill<K, V> fill = fills.get(i);
            leases.remove(fill.key());
            publish(fill.key(), fill.value(), outcomes.get(i), notifications);
        }
    }

    /**
     * Handles a tier that cannot store loaded values: callers get them all the same, and the other values are stored
     * one by one.
     */
    private void notFilled(
            List<Fill<K, V>> fills,
            Map<K, LoadLease> leases,
            PendingNotifications notifications,
            CacheException failure) {
        if (fills.size() > 1 && !(failure instanceof RemoteUnavailableException)) {
            fills.forEach(fill -> fill(List.of(fill), leases, notifications));
            return;
        }
        fills.forEach(fill -> counters.fillRefused());
        refusals.warn(
                "loaded values were returned to their callers but could not be cached, so the next read loads "
                        + "them again;"
                        + " check Redis's memory and the size of the values: " + failure.getMessage(),
                failure);
    }

    private void publish(K key, @Nullable V value, Outcome<V> outcome, PendingNotifications notifications) {
        if (!outcome.applied()) {
            counters.fillRefused();
        } else if (value != null) {
            notifications.add(() -> publisher.notifyStored(key, value, outcome));
        }
    }
}
