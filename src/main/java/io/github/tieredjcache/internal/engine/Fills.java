package io.github.tieredjcache.internal.engine;

import io.github.tieredjcache.internal.entry.Entry;
import io.github.tieredjcache.internal.entry.Expiry;
import io.github.tieredjcache.internal.entry.FillTicket;
import io.github.tieredjcache.internal.entry.Guard;
import io.github.tieredjcache.internal.entry.LoadRight;
import io.github.tieredjcache.internal.entry.Mutation;
import io.github.tieredjcache.internal.entry.NanoClock;
import io.github.tieredjcache.internal.entry.Outcome;
import io.github.tieredjcache.internal.entry.RemoteUnavailableException;
import io.github.tieredjcache.internal.entry.ThrottledLog;
import io.github.tieredjcache.internal.entry.TierOfRecord;
import io.github.tieredjcache.internal.entry.TierOfRecord.Fill;
import io.github.tieredjcache.internal.stats.TierCounters;
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
final class Fills<K, V> {
    private final TierOfRecord<K, V> record;
    private final Expiry expiry;
    private final Isolation<K, V> isolation;
    private final Publisher<K, V> publisher;
    private final TierCounters counters;
    private final ThrottledLog refusals;

    /** @param clock what logs are throttled by */
    Fills(Parts<K, V> parts, NanoClock clock) {
        this.record = parts.record();
        this.expiry = parts.expiry();
        this.isolation = parts.isolation();
        this.publisher = parts.publisher();
        this.counters = parts.counters();
        this.refusals = new ThrottledLog(
                System.getLogger("io.github.tieredjcache.load"),
                parts.counters().cacheName(),
                clock);
    }

    /**
     * Keeps what was loaded.
     *
     * @param loaded what the source has
     * @param rights to load those keys that have none; those that end with this are removed
     * @param present the entries that are to be replaced
     * @param tickets under which values are kept near
     * @param tellings is added what listeners must be told
     * @return what callers get
     */
    Map<K, Fetched<V>> keep(
            Map<K, V> loaded,
            Map<K, LoadRight> rights,
            Map<K, Entry<V>> present,
            Function<K, FillTicket> tickets,
            Tellings tellings) {
        Map<K, Fetched<V>> brought = new HashMap<>();
        List<Fill<K, V>> fills = new ArrayList<>();
        List<Mutation<K, V>> replacements = new ArrayList<>();
        loaded.forEach((key, value) -> {
            V instance = isolation.in(value);
            brought.put(key, Fetched.loaded(instance));
            Entry<V> before = present.get(key);
            LoadRight right = rights.get(key);
            if (before != null) {
                replacements.add(replacement(key, before, instance));
            } else if (right != null) {
                fills.add(new Fill<>(key, right, tickets.apply(key), instance, expiry.creationNanos()));
            } else {
                counters.fillRefused();
            }
        });
        fill(fills, rights, tellings);
        List<Outcome<V>> outcomes = replacements.isEmpty() ? List.of() : record.applyAll(replacements);
        for (int i = 0; i < outcomes.size(); i++) {
            told(replacements.get(i).key(), replacements.get(i).value(), outcomes.get(i), tellings);
        }
        return brought;
    }

    private Mutation<K, V> replacement(K key, Entry<V> before, V instance) {
        long lifetime = expiry.updateNanos();
        return new Mutation<>(key, Guard.unchanged(before), instance, lifetime, lifetime, true, publisher.wantsOld());
    }

    private void fill(List<Fill<K, V>> fills, Map<K, LoadRight> rights, Tellings tellings) {
        if (fills.isEmpty()) {
            return;
        }
        List<Outcome<V>> outcomes;
        try {
            outcomes = record.fillAll(fills);
        } catch (CacheException e) {
            notFilled(fills, rights, tellings, e);
            return;
        }
        for (int i = 0; i < outcomes.size(); i++) {
            Fill<K, V> fill = fills.get(i);
            rights.remove(fill.key());
            told(fill.key(), fill.value(), outcomes.get(i), tellings);
        }
    }

    /** A tier that cannot take what was loaded does not keep callers from getting it, nor the rest from being kept. */
    private void notFilled(List<Fill<K, V>> fills, Map<K, LoadRight> rights, Tellings tellings, CacheException why) {
        if (fills.size() > 1 && !(why instanceof RemoteUnavailableException)) {
            fills.forEach(fill -> fill(List.of(fill), rights, tellings));
            return;
        }
        fills.forEach(fill -> counters.fillRefused());
        refusals.warn(
                "loaded values went to their callers and could not be cached, so the next read loads them again; look at Redis's"
                        + " memory and the size of the values: " + why.getMessage(),
                why);
    }

    private void told(K key, @Nullable V value, Outcome<V> outcome, Tellings tellings) {
        if (!outcome.applied()) {
            counters.fillRefused();
        } else if (value != null) {
            tellings.add(() -> publisher.tellStored(key, value, outcome));
        }
    }
}
