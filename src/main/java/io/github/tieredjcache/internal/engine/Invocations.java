package io.github.tieredjcache.internal.engine;

import io.github.tieredjcache.internal.engine.common.EngineComponents;
import io.github.tieredjcache.internal.engine.common.InvocationBatch;
import io.github.tieredjcache.internal.engine.common.Publisher;
import io.github.tieredjcache.internal.engine.common.StoreByValue;
import io.github.tieredjcache.internal.engine.load.LoaderInvoker;
import io.github.tieredjcache.internal.model.Entry;
import io.github.tieredjcache.internal.model.Expiry;
import io.github.tieredjcache.internal.model.Lifetime;
import io.github.tieredjcache.internal.model.Outcome;
import io.github.tieredjcache.internal.model.Version;
import io.github.tieredjcache.internal.near.KeyLocks;
import io.github.tieredjcache.internal.port.Lease.Prepared;
import io.github.tieredjcache.internal.port.TierOfRecord;
import io.github.tieredjcache.internal.source.Source;
import io.github.tieredjcache.internal.stats.Statistics;
import io.github.tieredjcache.internal.stats.TierCounters;
import io.github.tieredjcache.internal.support.NanoClock;
import java.util.Objects;
import java.util.function.Function;
import javax.cache.processor.EntryProcessor;
import javax.cache.processor.EntryProcessorException;
import org.jspecify.annotations.Nullable;

/**
 * Runs entry processors: exactly once a call, on the caller's thread, with exclusive access to the key.
 *
 * <p>In a shared tier, calls of this node that wait for the same key share a lease and its commit
 * ({@link InvocationBatch}). Only calls that had begun when the lease was taken take part, so that a write which
 * overtakes the lease overlaps with all of them.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
final class Invocations<K, V> {
    private final TierOfRecord<K, V> record;
    private final KeyLocks<K, InvocationBatch<K, V>> locks;
    private final boolean joins;
    private final Source<K, V> source;
    private final @Nullable Function<K, @Nullable V> loader;
    private final Expiry expiry;
    private final StoreByValue<K, V> storeByValue;
    private final Publisher<K, V> publisher;
    private final Statistics statistics;
    private final TierCounters counters;
    private final NanoClock clock;

    Invocations(EngineComponents<K, V> components, LoaderInvoker calls, NanoClock clock) {
        this.record = components.record();
        this.locks = components.locks();
        // In memory a commit costs no round trip that calls could share.
        this.joins = components.shared();
        this.source = components.source();
        this.loader = calls.options().readThrough() && source.loads()
                ? key -> calls.<@Nullable V>call(() -> source.load(key))
                : null;
        this.expiry = components.expiry();
        this.storeByValue = components.storeByValue();
        this.publisher = components.publisher();
        this.statistics = components.statistics();
        this.counters = components.counters();
        this.clock = clock;
    }

    /** Runs a processor on a key; an exception of the processor is wrapped, and then nothing has changed. */
    <T> @Nullable T invoke(K suppliedKey, EntryProcessor<K, V, T> processor, @Nullable Object... arguments) {
        long startNanos = statistics.start();
        K key = storeByValue.key(suppliedKey);
        InvocationBatch<K, V> batch = begin(key);
        Invocation invocation = new Invocation(key, batch);
        T result;
        try {
            ProcessedEntry<K, V> entry = new ProcessedEntry<>(key, invocation.before, storeByValue, loader);
            result = run(processor, entry, arguments);
            invocation.finish(entry);
        } finally {
            if (!(joins && batch.acceptsAnother() && locks.handOver(key, batch))) {
                batch.end();
            }
        }
        try {
            batch.awaitCommitted(invocation.number);
            if (publisher.hasListeners()) {
                batch.awaitTurnToNotify(invocation.number);
            }
            invocation.publish(startNanos);
        } finally {
            batch.hasNotified(invocation.number);
        }
        return result;
    }

    /** Waits for exclusive access, in a batch that another call hands over or in a new one. */
    private InvocationBatch<K, V> begin(K key) {
        if (joins) {
            InvocationBatch<K, V> handedOver = locks.lockOrJoin(key);
            if (handedOver != null) {
                return handedOver;
            }
            locks.admit(key);
        } else {
            locks.lock(key);
        }
        try {
            return new InvocationBatch<>(key, record.leaseOfLocked(key), record, clock);
        } catch (RuntimeException | Error e) {
            locks.unlock(key);
            throw e;
        }
    }

    static <K, V, T> @Nullable T run(
            EntryProcessor<K, V, T> processor, ProcessedEntry<K, V> entry, @Nullable Object[] arguments) {
        try {
            return processor.process(entry, arguments);
        } catch (EntryProcessorException e) {
            throw e;
        } catch (Exception e) {
            throw new EntryProcessorException(
                    "the entry processor " + processor.getClass().getName()
                            + " threw; nothing has changed; its own exception is the cause",
                    e);
        }
    }

    /** One call: the net effect of its processor, its commit and its notifications. */
    private final class Invocation {
        private final K key;
        private final InvocationBatch<K, V> batch;
        private final @Nullable Entry<V> before;
        private ProcessedEntry.Effect effect = ProcessedEntry.Effect.NONE;
        private @Nullable Entry<V> after;
        private @Nullable V value;
        private int number;

        Invocation(K key, InvocationBatch<K, V> batch) {
            this.key = key;
            this.batch = batch;
            this.before = batch.entry();
        }

        void finish(ProcessedEntry<K, V> entry) {
            switch (entry.effect()) {
                case NONE -> number = batch.finish(change -> change, before);
                case ACCESS -> recordAccess();
                case LOAD -> store(entry.newValue(), entry.dropsValue(), false);
                case STORE -> store(entry.newValue(), entry.dropsValue(), true);
                case REMOVE -> {
                    Prepared<V> removal = batch.prepare(null);
                    source.delete(storeByValue.key(key));
                    number = batch.finish(change -> change.removed(removal), null);
                }
            }
            effect = entry.effect();
        }

        private void recordAccess() {
            long accessNanos = expiry.accessNanos();
            number = batch.finish(change -> change.touched(accessNanos), accessNanos == Lifetime.ZERO ? null : before);
        }

        private void store(V newValue, boolean dropsValue, boolean callsWriter) {
            long lifetimeNanos =
                    dropsValue ? Lifetime.ZERO : before == null ? expiry.creationNanos() : expiry.updateNanos();
            Prepared<V> prepared = batch.prepare(dropsValue ? null : newValue);
            if (callsWriter) {
                source.write(storeByValue.key(key), storeByValue.out(newValue));
            }
            after = lifetimeNanos == Lifetime.ZERO ? null : Entry.of(newValue, Version.LOCAL, Entry.NO_DEADLINE);
            value = newValue;
            number = batch.finish(change -> change.stored(prepared, lifetimeNanos), after);
        }

        void publish(long startNanos) {
            statistics.lookedUp(before == null ? 0 : 1, before == null ? 1 : 0, startNanos);
            if (before == null) {
                counters.missed();
            }
            // A put may have overtaken the lease; then this call happened just before the put.
            Outcome<V> outcome = new Outcome<>(true, before != null, before, after);
            switch (effect) {
                case NONE, ACCESS -> {}
                case LOAD -> publisher.notifyStored(key, Objects.requireNonNull(value), outcome);
                case STORE -> publisher.stored(key, Objects.requireNonNull(value), outcome, startNanos);
                case REMOVE -> publisher.removed(key, outcome, startNanos);
            }
        }
    }
}
