package io.github.tieredjcache.internal.engine;

import io.github.tieredjcache.internal.entry.Entry;
import io.github.tieredjcache.internal.entry.Expiry;
import io.github.tieredjcache.internal.entry.Guard;
import io.github.tieredjcache.internal.entry.Lease;
import io.github.tieredjcache.internal.entry.Lifetime;
import io.github.tieredjcache.internal.entry.Mutation;
import io.github.tieredjcache.internal.entry.Outcome;
import io.github.tieredjcache.internal.entry.TierOfRecord;
import io.github.tieredjcache.internal.source.Source;
import io.github.tieredjcache.internal.stats.Statistics;
import io.github.tieredjcache.internal.stats.TierCounters;
import javax.cache.processor.EntryProcessor;
import javax.cache.processor.EntryProcessorException;
import org.jspecify.annotations.Nullable;

/**
 * Runs entry processors: exactly once a call, on the caller's thread, while nobody else can answer from the key.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
final class Invocations<K, V> {
    private final TierOfRecord<K, V> record;
    private final Source<K, V> source;
    private final boolean loads;
    private final Expiry expiry;
    private final Isolation<K, V> isolation;
    private final Publisher<K, V> publisher;
    private final Statistics statistics;
    private final TierCounters counters;

    Invocations(Parts<K, V> parts, boolean readThrough) {
        this.record = parts.record();
        this.source = parts.source();
        this.loads = readThrough && source.loads();
        this.expiry = parts.expiry();
        this.isolation = parts.isolation();
        this.publisher = parts.publisher();
        this.statistics = parts.statistics();
        this.counters = parts.counters();
    }

    /** Runs a processor on a key; what it throws is wrapped, and then nothing has changed. */
    <T> @Nullable T invoke(K callersKey, EntryProcessor<K, V, T> processor, @Nullable Object... arguments) {
        long startNanos = statistics.start();
        K key = isolation.key(callersKey);
        Lease<K, V> lease = record.lease(key);
        Change change = new Change(key, lease, startNanos);
        T result;
        try {
            Entry<V> before = lease.before();
            ProcessedEntry<K, V> entry = new ProcessedEntry<>(key, before, isolation, source, loads);
            result = run(processor, entry, arguments);
            change.commit(entry);
        } finally {
            change.releaseUnlessCommitted();
        }
        change.tell();
        return result;
    }

    private static <K, V, T> @Nullable T run(
            EntryProcessor<K, V, T> processor, ProcessedEntry<K, V> entry, @Nullable Object[] arguments) {
        try {
            return processor.process(entry, arguments);
        } catch (EntryProcessorException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new EntryProcessorException("the entry processor threw; nothing has changed", e);
        }
    }

    /** The net effect of one processor on its way through writer and tier of record to the world. */
    private final class Change {
        private final K key;
        private final Lease<K, V> lease;
        private final @Nullable Entry<V> before;
        private final long startNanos;
        private ProcessedEntry.Effect effect = ProcessedEntry.Effect.NONE;
        private @Nullable V value;
        private @Nullable Outcome<V> outcome;
        private boolean ended;

        Change(K key, Lease<K, V> lease, long startNanos) {
            this.key = key;
            this.lease = lease;
            this.before = lease.before();
            this.startNanos = startNanos;
        }

        void commit(ProcessedEntry<K, V> entry) {
            effect = entry.effect();
            switch (effect) {
                case NONE -> {}
                case ACCESS -> {
                    releaseUnlessCommitted();
                    touch();
                }
                case LOAD -> commitValue(entry.newValue());
                case STORE -> {
                    V stored = entry.newValue();
                    lease.requireHeld();
                    source.write(isolation.key(key), isolation.out(stored));
                    commitValue(stored);
                }
                case REMOVE -> {
                    lease.requireHeld();
                    source.delete(isolation.key(key));
                    commit(null, Lifetime.UNCHANGED);
                }
            }
        }

        void releaseUnlessCommitted() {
            if (!ended) {
                ended = true;
                lease.release();
            }
        }

        void tell() {
            statistics.lookedUp(before == null ? 0 : 1, before == null ? 1 : 0, startNanos);
            if (before == null) {
                counters.missed();
            }
            if (outcome == null) {
                return;
            }
            if (value == null) {
                publisher.removed(key, outcome, startNanos);
            } else if (effect == ProcessedEntry.Effect.LOAD) {
                publisher.tellStored(key, value, outcome);
            } else {
                publisher.stored(key, value, outcome, startNanos);
            }
        }

        private void commitValue(V newValue) {
            commit(newValue, before == null ? expiry.creationNanos() : expiry.updateNanos());
        }

        private void commit(@Nullable V newValue, long lifetimeNanos) {
            value = newValue;
            ended = true;
            Outcome<V> committed = lease.commit(
                    new Mutation<>(key, Guard.ALWAYS, newValue, lifetimeNanos, lifetimeNanos, true, false));
            // Overtaken by a write that waits for nobody: this change then happened just before it.
            outcome = new Outcome<>(true, before != null, before, committed.after());
        }

        private void touch() {
            long accessNanos = expiry.mayTouch() ? expiry.accessNanos() : Lifetime.UNCHANGED;
            if (before != null && accessNanos != Lifetime.UNCHANGED) {
                record.touch(key, before, accessNanos);
            }
        }
    }
}
