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
import io.github.tieredjcache.internal.port.LoadGrant;
import io.github.tieredjcache.internal.port.TierOfRecord;
import io.github.tieredjcache.internal.port.TierOfRecord.Fill;
import io.github.tieredjcache.internal.stats.TierCounters;
import io.github.tieredjcache.internal.support.NanoClock;
import io.github.tieredjcache.internal.support.ThrottledLog;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
     * @param loads the loads of the keys; the leases of the stored values end
     * @param notifications receives the notifications of listeners
     * @return the results for callers
     */
    Map<K, FetchResult<V>> keep(Map<K, V> loaded, Map<K, KeyLoad<K, V>> loads, PendingNotifications notifications) {
        Map<K, FetchResult<V>> results = new HashMap<>();
        List<Fill<K, V>> fills = new ArrayList<>();
        List<Mutation<K, V>> replacements = new ArrayList<>();
        loaded.forEach((key, value) -> {
            V instance = storeByValue.in(value);
            results.put(key, FetchResult.loaded(instance == null ? value : instance));
            KeyLoad<K, V> load = Objects.requireNonNull(loads.get(key));
            if (load.grant() instanceof LoadGrant.Found<V> found) {
                replacements.add(replacement(key, found.entry(), instance));
            } else if (load.grant() instanceof LoadGrant.Granted<V> granted && instance != null) {
                FillTicket ticket = load.singleFlight().ticket();
                fills.add(new Fill<>(key, granted.lease(), ticket, instance, expiry.creationNanos()));
            } else {
                counters.fillRefused();
            }
        });
        fill(fills, loads, notifications);
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

    private void fill(List<Fill<K, V>> fills, Map<K, KeyLoad<K, V>> loads, PendingNotifications notifications) {
        if (fills.isEmpty()) {
            return;
        }
        List<Outcome<V>> outcomes;
        try {
            outcomes = record.fillAll(fills);
        } catch (CacheException e) {
            notFilled(fills, loads, notifications, e);
            return;
        }
        for (int i = 0; i < outcomes.size(); i++) {
            Fill<K, V> fill = fills.get(i);
            Objects.requireNonNull(loads.get(fill.key())).leaseEnds();
            publish(fill.key(), fill.value(), outcomes.get(i), notifications);
        }
    }

    /**
     * Handles a tier that cannot store loaded values: callers get them all the same, and the other values are stored
     * one by one.
     */
    private void notFilled(
            List<Fill<K, V>> fills,
            Map<K, KeyLoad<K, V>> loads,
            PendingNotifications notifications,
            CacheException failure) {
        if (fills.size() > 1 && !(failure instanceof RemoteUnavailableException)) {
            fills.forEach(fill -> fill(List.of(fill), loads, notifications));
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
