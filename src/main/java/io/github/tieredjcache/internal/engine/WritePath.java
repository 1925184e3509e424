package io.github.tieredjcache.internal.engine;

import io.github.tieredjcache.internal.entry.Entry;
import io.github.tieredjcache.internal.entry.Expiry;
import io.github.tieredjcache.internal.entry.FillTicket;
import io.github.tieredjcache.internal.entry.Guard;
import io.github.tieredjcache.internal.entry.Lease;
import io.github.tieredjcache.internal.entry.Lease.Prepared;
import io.github.tieredjcache.internal.entry.LeaseLostException;
import io.github.tieredjcache.internal.entry.Lifetime;
import io.github.tieredjcache.internal.entry.Mutation;
import io.github.tieredjcache.internal.entry.Outcome;
import io.github.tieredjcache.internal.entry.TierOfRecord;
import io.github.tieredjcache.internal.entry.Verb;
import io.github.tieredjcache.internal.near.NearStore;
import io.github.tieredjcache.internal.source.Source;
import io.github.tieredjcache.internal.stats.Statistics;
import io.github.tieredjcache.internal.stats.TierCounters;
import org.jspecify.annotations.Nullable;

/**
 * How one verb on one key is decided, committed and told.
 *
 * <p>Three routes, each atomic: the tier of record decides by itself where it can; else the verb is decided on a snapshot
 * and committed by compare-and-set; else, where user code must run in between, under the key's lease.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
final class WritePath<K, V> {
    /** After so many lost compare-and-sets the key is leased, so that every call ends. */
    private static final int ATTEMPTS_MAX = 8;

    private final NearStore<K, V> store;
    private final TierOfRecord<K, V> record;
    private final Source<K, V> source;
    private final Expiry expiry;
    private final Isolation<K, V> isolation;
    private final Publisher<K, V> publisher;
    private final Statistics statistics;
    private final TierCounters counters;

    WritePath(Parts<K, V> parts) {
        this.store = parts.store();
        this.record = parts.record();
        this.source = parts.source();
        this.expiry = parts.expiry();
        this.isolation = parts.isolation();
        this.publisher = parts.publisher();
        this.statistics = parts.statistics();
        this.counters = parts.counters();
    }

    /** Runs a verb on a key. */
    Answer<V> write(K callersKey, Verb<V> callersVerb) {
        long startNanos = statistics.start();
        K key = isolation.key(callersKey);
        Verb<V> verb = isolated(callersVerb);
        Outcome<V> outcome = commit(key, verb);
        if (verb.countsLookup()) {
            statistics.lookedUp(outcome.existed() ? 1 : 0, outcome.existed() ? 0 : 1, startNanos);
        }
        if (outcome.applied()) {
            tell(key, verb, outcome, startNanos);
        }
        V old = verb.answersOld() ? isolation.outOf(outcome.before()) : null;
        return new Answer<>(outcome.applied(), outcome.existed(), old);
    }

    /** Stores the cache's own instance of a value; tells nobody, the writer neither. */
    Outcome<V> storeUntold(K key, V value) {
        return decideAndCommit(key, Verb.put(value));
    }

    private Outcome<V> commit(K key, Verb<V> verb) {
        return source.writes() ? underLease(key, verb, true) : decideAndCommit(key, verb);
    }

    private Outcome<V> decideAndCommit(K key, Verb<V> verb) {
        return verb.needsValue() || !expiry.isConstant() ? onSnapshot(key, verb) : direct(key, verb);
    }

    /** The tier of record decides. */
    private Outcome<V> direct(K key, Verb<V> verb) {
        return record.apply(mutation(key, verb, verb.guard(), expiry.creationNanos(), expiry.updateNanos()));
    }

    /** This node decides on what it has seen, and the tier of record checks that it still holds. */
    private Outcome<V> onSnapshot(K key, Verb<V> verb) {
        AskedExpiry asked = new AskedExpiry(expiry);
        Entry<V> seen = store.find(key);
        if (seen == null || !verb.actsOn(seen)) {
            // The near tier only guesses: that there is nothing to do is decided by the tier of record.
            seen = read(key);
        }
        for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
            if (!verb.actsOn(seen)) {
                return refused(key, verb, seen);
            }
            long lifetime = verb.value() == null ? Lifetime.UNCHANGED : asked.lifetime(seen != null);
            Outcome<V> outcome = record.apply(mutation(key, verb, Guard.unchanged(seen), lifetime, lifetime));
            if (outcome.applied()) {
                return seen == null ? outcome : new Outcome<>(true, true, seen, outcome.after());
            }
            counters.conflicted();
            seen = outcome.before();
        }
        return underLease(key, verb, false);
    }

    /** This node decides while nobody else can, and tells the writer, if it shall be told, before anything changes. */
    private Outcome<V> underLease(K key, Verb<V> verb, boolean tellingWriter) {
        Lease<K, V> lease = record.lease(key);
        Entry<V> before = lease.before();
        Outcome<V> outcome;
        boolean committing = false;
        try {
            if (!verb.actsOn(before)) {
                return refused(key, verb, before);
            }
            V value = verb.value();
            long lifetime = value == null ? Lifetime.UNCHANGED : new AskedExpiry(expiry).lifetime(before != null);
            Prepared<V> prepared = lease.prepare(value);
            if (tellingWriter) {
                tellWriter(key, value);
            }
            committing = true;
            outcome = lease.commit(prepared, lifetime);
        } catch (LeaseLostException e) {
            if (!committing || !tellingWriter || verb.answers()) {
                throw e;
            }
            // The source has it, and the entry is gone: whoever looks next asks the source.
            counters.writeVoided();
            return new Outcome<>(true, before != null, before, null);
        } finally {
            if (!committing) {
                lease.release();
            }
        }
        // Overtaken by a write that waits for nobody: this one then happened just before it.
        return new Outcome<>(true, before != null, before, outcome.after());
    }

    private void tellWriter(K key, @Nullable V value) {
        if (value == null) {
            source.delete(isolation.key(key));
        } else {
            source.write(isolation.key(key), isolation.out(value));
        }
    }

    private Outcome<V> refused(K key, Verb<V> verb, @Nullable Entry<V> seen) {
        if (verb.needsValue() && seen != null && expiry.mayTouch()) {
            // Comparing with a value is an access to it.
            long access = expiry.accessNanos();
            if (access != Lifetime.UNCHANGED) {
                record.touch(key, seen, access);
            }
        }
        return new Outcome<>(false, seen != null, seen, null);
    }

    private @Nullable Entry<V> read(K key) {
        return record.read(key, FillTicket.unfillable(), Lifetime.UNCHANGED);
    }

    private Mutation<K, V> mutation(K key, Verb<V> verb, Guard guard, long creationNanos, long updateNanos) {
        boolean wantsOld = verb.answersOld() || publisher.wantsOld();
        return new Mutation<>(key, guard, verb.value(), creationNanos, updateNanos, verb.answers(), wantsOld);
    }

    private Verb<V> isolated(Verb<V> verb) {
        V value = verb.value();
        return value == null ? verb : verb.withValue(isolation.in(value));
    }

    private void tell(K key, Verb<V> verb, Outcome<V> outcome, long startNanos) {
        V value = verb.value();
        if (value == null) {
            publisher.removed(key, outcome, startNanos);
        } else {
            publisher.stored(key, value, outcome, startNanos);
        }
    }
}
