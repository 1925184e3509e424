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
 * Loads entries again before they end, in the background, so that a hot key never misses.
 *
 * <p>Which read begins it is drawn, with a chance that grows as the end comes nearer: XFetch, of Vattani, Chierichetti and
 * Lowenstein, "Optimal Probabilistic Cache Stampede Prevention" (2015), with what loads have taken of late as delta. Of the
 * nodes that draw it the first one does it; what it brings replaces the very entry that was read and no other. No entry is
 * loaded again in the first half of its life.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
public final class RefreshAhead<K, V> {
    /** The natural logarithm of the smallest number that is drawn, but for its sign: no draw reaches farther ahead. */
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
    // Of a key that is read a million times a second one draw in a million counts, which may reach back to the
    // beginning.
    private final long earliestNanos;

    public RefreshAhead(EngineComponents<K, V> components, LoaderInvoker calls, NanoClock clock) {
        this.calls = calls;
        this.record = components.record();
        this.source = components.source();
        this.expiry = components.expiry();
        this.storeByValue = components.isolation();
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

    /** Refreshes an entry that was read, if that is drawn. Does not wait and does not throw. */
    public void read(K key, Entry<V> entry) {
        if (isDrawn(entry) && entry.beginRefresh()) {
            try {
                calls.options().executor().execute(() -> refreshIfSpare(storeByValue.key(key), entry));
            } catch (RejectedExecutionException e) {
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

    private void refreshIfSpare(K key, Entry<V> entry) {
        try {
            // Nobody waits for it, so it takes no room that anybody waits for.
            calls.options().room().runIfSpare(() -> refresh(key, entry));
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
                // The source has it no more; it ends when it would have.
                return;
            }
            V instance = storeByValue.in(loaded);
            long lifetime = expiry.creationNanos();
            Outcome<V> outcome = record.apply(new Mutation<>(
                    key, Precondition.unchanged(entry), instance, lifetime, lifetime, true, publisher.wantsOld()));
            if (outcome.applied()) {
                counters.refreshed();
                publisher.notifyStored(key, instance, new Outcome<>(true, true, entry, outcome.after()));
            }
        } catch (RuntimeException e) {
            log.warn(
                    "an entry could not be loaded again before its end, and stays until then; look at the CacheLoader: "
                            + e.getMessage(),
                    e);
        }
    }
}
