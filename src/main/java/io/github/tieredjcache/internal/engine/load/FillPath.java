package io.github.tieredjcache.internal.engine.load;

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
import io.github.tieredjcache.internal.port.RemoteUnavailableException;
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
 * What is kept of what the source has brought: a value that came under a right to load, if that still holds; one that is to replace
 * an entry, if that has not changed. All callers get what was loaded, kept or not.
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

    /** @param clock what logs are throttled by */
    FillPath(EngineComponents<K, V> components, NanoClock clock) {
        this.record = components.record();
        this.expiry = components.expiry();
        this.storeByValue = components.isolation();
        this.publisher = components.publisher();
        this.counters = components.counters();
        this.refusals = new ThrottledLog(
                System.getLogger("io.github.tieredjcache.load"),
                components.counters().cacheName(),
                clock);
    }

    /**
     * Keeps what was loaded.
     *
     * @param loaded what the source has
     * @param rights to load those keys that have none; those that end with this are removed
     * @param present the entries that are to be replaced
     * @param tickets under which values are kept near
     * @param notifications is added what listeners must be told
     * @return what callers get
     */
    Map<K, FetchResult<V>> keep(
            Map<K, V> loaded,
            Map<K, LoadLease> rights,
            Map<K, Entry<V>> present,
            Function<K, FillTicket> tickets,
            PendingNotifications notifications) {
        Map<K, FetchResult<V>> brought = new HashMap<>();
        List<Fill<K, V>> fills = new ArrayList<>();
        List<Mutation<K, V>> replacements = new ArrayList<>();
        loaded.forEach((key, value) -> {
            V instance = storeByValue.in(value);
            brought.put(key, FetchResult.loaded(instance));
            Entry<V> before = present.get(key);
            LoadLease loadLease = rights.get(key);
            if (before != null) {
                replacements.add(replacement(key, before, instance));
            } else if (loadLease != null) {
                fills.add(new Fill<>(key, loadLease, tickets.apply(key), instance, expiry.creationNanos()));
            } else {
                counters.fillRefused();
            }
        });
        fill(fills, rights, notifications);
        List<Outcome<V>> outcomes = replacements.isEmpty() ? List.of() : record.applyAll(replacements);
        for (int i = 0; i < outcomes.size(); i++) {
            told(replacements.get(i).key(), replacements.get(i).value(), outcomes.get(i), notifications);
        }
        return brought;
    }

    private Mutation<K, V> replacement(K key, Entry<V> before, V instance) {
        long lifetime = expiry.updateNanos();
        return new Mutation<>(
                key, Precondition.unchanged(before), instance, lifetime, lifetime, true, publisher.wantsOld());
    }

    private void fill(List<Fill<K, V>> fills, Map<K, LoadLease> rights, PendingNotifications notifications) {
        if (fills.isEmpty()) {
            return;
        }
        List<Outcome<V>> outcomes;
        try {
            outcomes = record.fillAll(fills);
        } catch (CacheException e) {
            notFilled(fills, rights, notifications, e);
            return;
        }
        for (int i = 0; i < outcomes.size(); i++) {
            Fill<K, V> fill = fills.get(i);
            rights.remove(fill.key());
            told(fill.key(), fill.value(), outcomes.get(i), notifications);
        }
    }

    /** A tier that cannot take what was loaded does not keep callers from getting it, nor the rest from being kept. */
    private void notFilled(
            List<Fill<K, V>> fills, Map<K, LoadLease> rights, PendingNotifications notifications, CacheException why) {
        if (fills.size() > 1 && !(why instanceof RemoteUnavailableException)) {
            fills.forEach(fill -> fill(List.of(fill), rights, notifications));
            return;
        }
        fills.forEach(fill -> counters.fillRefused());
        refusals.warn(
                "loaded values went to their callers and could not be cached, so the next read loads them again; look at Redis's"
                        + " memory and the size of the values: " + why.getMessage(),
                why);
    }

    private void told(K key, @Nullable V value, Outcome<V> outcome, PendingNotifications notifications) {
        if (!outcome.applied()) {
            counters.fillRefused();
        } else if (value != null) {
            notifications.add(() -> publisher.notifyStored(key, value, outcome));
        }
    }
}
