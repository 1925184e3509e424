package io.github.tieredjcache.internal.engine.load;

import io.github.tieredjcache.internal.engine.common.EngineComponents;
import io.github.tieredjcache.internal.engine.common.Publisher;
import io.github.tieredjcache.internal.engine.common.StoreByValue;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Expiry;
import io.github.tieredjcache.internal.model.Mutation;
import io.github.tieredjcache.internal.model.Outcome;
import io.github.tieredjcache.internal.model.Precondition;
import io.github.tieredjcache.internal.port.TierOfRecord;
import io.github.tieredjcache.internal.source.Source;
import io.github.tieredjcache.internal.stats.TierCounters;
import io.github.tieredjcache.internal.support.NanoClock;
import io.github.tieredjcache.internal.support.ThrottledLog;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Loads entries again before they expire, in the background, so that a hot key never misses.
 *
 * <p>Each read draws at random whether it begins a refresh, with a probability that grows towards the expiry: XFetch,
 * of Vattani, Chierichetti and Lowenstein, "Optimal Probabilistic Cache Stampede Prevention" (2015), with the recent
 * time of loads as delta. Of the nodes that draw a refresh the first one loads; its value replaces the very entry that
 * was read and no other. No entry is loaded again in the first half of its life.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
public final class RefreshAhead<K, V> {
    /** The negated natural logarithm of the smallest number that is drawn: no draw reaches farther ahead. */
    private static final double DRAW_MAX = 37;

    private final LoaderInvoker calls;
    private final TierOfRecord<K, V> record;
    private final Source<K, V> source;
    private final Expiry expiry;
    private final StoreByValue<K, V> storeByValue;
    private final Publisher<K, V> publisher;
    private final TierCounters counters;
    private final NanoClock clock;
    private final ThrottledLog log;
    private final double factor;
    // With a million reads of a key a second, one draw in a million counts, and may reach back to the entry's creation.
    private final long earliestNanos;

    public RefreshAhead(EngineComponents<K, V> components, LoaderInvoker calls, NanoClock clock) {
        this.calls = calls;
        this.record = components.record();
        this.source = components.source();
        this.expiry = components.expiry();
        this.storeByValue = components.storeByValue();
        this.publisher = components.publisher();
        this.counters = components.counters();
        this.clock = clock;
        this.log = new ThrottledLog(
                System.getLogger("io.github.tieredjcache.load"),
                components.counters().cacheName(),
                clock);
        this.earliestNanos = expiry.isConstant() ? expiry.creationNanos() / 2 : Long.MAX_VALUE;
        this.factor = source.loads() ? calls.options().refreshAhead() : 0;
    }

    /** Returns whether anything is ever refreshed. */
    public boolean isOn() {
        return factor > 0;
    }

    /** Begins a refresh of an entry that was read, if the draw says so. Neither waits nor throws. */
    public void read(K key, Entry<V> entry) {
        if (isDrawn(entry) && entry.beginRefresh()) {
            try {
                calls.options().executor().execute(() -> refreshIfFree(storeByValue.key(key), entry));
            } catch (RejectedExecutionException | OutOfMemoryError e) {
                entry.endRefresh();
            }
        }
    }

    private boolean isDrawn(Entry<V> entry) {
        if (entry.isEternal()) {
            return false;
        }
        double ahead = calls.typicalNanos() * factor;
        long leftNanos = entry.deadlineNanos() - clock.nanos();
        return leftNanos < ahead * DRAW_MAX
                && leftNanos < earliestNanos
                && leftNanos <= ahead * -Math.log(ThreadLocalRandom.current().nextDouble());
    }

    private void refreshIfFree(K key, Entry<V> entry) {
        try {
            // No caller waits for a refresh, so it takes no permit that another load waits for.
            boolean unused = calls.options().bulkhead().runIfFree(() -> refresh(key, entry));
        } finally {
            entry.endRefresh();
        }
    }

    private void refresh(K key, Entry<V> entry) {
        try {
            if (!record.mayRefresh(key)) {
                return;
            }
            V loaded = calls.<@Nullable V>timed(() -> source.load(storeByValue.key(key)));
            if (loaded == null) {
                // The source has no value any more; the entry expires as before.
                return;
            }
            V instance = storeByValue.in(loaded);
            long lifetime = expiry.creationNanos();
            Outcome<V> outcome = record.apply(new Mutation<>(
                    key, Precondition.unchanged(entry), instance, lifetime, lifetime, true, publisher.wantsOld()));
            if (outcome.applied()) {
                counters.refreshed();
                publisher.notifyStored(
                        key, instance == null ? loaded : instance, new Outcome<>(true, true, entry, outcome.after()));
            }
        } catch (RuntimeException e) {
            log.warn(
                    "an entry could not be refreshed before its expiry, and stays until then; check the CacheLoader: "
                            + e.getMessage(),
                    e);
        }
    }
}
